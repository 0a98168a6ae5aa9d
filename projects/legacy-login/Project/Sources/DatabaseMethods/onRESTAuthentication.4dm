// Decides whether a REST session may open. Without a name nobody gets in.
#DECLARE($name : Text; $password : Text; $isDigest : Boolean; $address : Text) : Boolean
var $person : cs.PeopleEntity

If (($name="") | $isDigest)
	return False
End if 

$person:=ds.People.query("email === :1"; $name).first()
If ($person=Null)
	return False
End if 

If (Not(Verify password hash($password; $person.password)))
	return False
End if 

fillSession($person)

return True
