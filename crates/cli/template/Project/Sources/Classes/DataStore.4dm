Class extends DataStoreImplementation

// Called by POST /rest/$catalog/authentify with [{"email": …, "password": …}].
exposed Function authentify($credentials : Object) : Boolean
	var $user : cs.UsersEntity
	
	// === and not =, because the @ of an e-mail address is a wildcard to =
	$user:=ds.Users.query("email === :1"; String($credentials.email)).first()
	
	If ($user=Null)
		return False
	End if 
	
	If (Not(Verify password hash(String($credentials.password); $user.password)))
		return False
	End if 
	
	return Session.setPrivileges({roles: $user.role; userName: $user.email})
