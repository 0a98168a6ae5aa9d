Class extends DataStoreImplementation

// Called by POST /rest/$catalog/authentify, the one function a guest may always call.
exposed Function authentify($credentials : Object) : Text
	var $user : cs.UsersEntity
	
	// === and not =, because the @ of an e-mail address is a wildcard to =
	$user:=ds.Users.query("email === :1"; String($credentials.email)).first()
	
	If ($user=Null)
		return "Wrong user"
	End if 
	
	If (Not(Verify password hash(String($credentials.password); $user.password)))
		return "Wrong password"
	End if 
	
	Session.clearPrivileges()
	If (Not(Session.setPrivileges({roles: $user.role; userName: $user.name})))
		return "No licence is free"
	End if 
	
	Use (Session.storage)
		Session.storage.user:=New shared object("ID"; $user.ID; "name"; $user.name; "role"; $user.role)
	End use 
	
	return "Welcome, "+$user.name
	
	// A few figures over everything the caller may see.
exposed Function summary() : Object
	var $customers : cs.CustomersSelection
	
	$customers:=ds.Customers.all()
	
	return {customers: $customers.length; active: $customers.query("active = true").length; cities: $customers.distinct("city").length}
