Class extends DataStoreImplementation

exposed Function authentify($credentials : Object) : Text
	var $user : cs.UsersEntity

	$user:=ds.Users.query("email === :1"; String($credentials.email)).first()
	If ($user=Null)
		return "Wrong user"
	End if
	If (Not(Verify password hash(String($credentials.password); $user.password)))
		return "Wrong password"
	End if
	Session.clearPrivileges()
	Session.setPrivileges({roles: "Clerk"; userName: $user.email})
	return "Welcome"
