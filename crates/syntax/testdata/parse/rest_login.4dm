// docs/REST/authUsers.md
#DECLARE($name : Text; $password : Text) -> $result : Text
var $user : cs.EmployeeEntity
$user:=ds.Employee.query("name = :1"; $name).first()
If ($user#Null) && (Verify password hash($password; $user.hash))
	Session.clearPrivileges()
	Session.setPrivileges({roles: ["staff"]; userName: $name})
	Use (Session.storage)
		Session.storage.user:=New shared object("ID"; $user.ID)
	End use
	$result:="ok"
Else
	$result:="no"
End if
