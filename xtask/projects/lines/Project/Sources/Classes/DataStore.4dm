Class extends DataStoreImplementation

exposed Function authentify($credentials : Object) : Text
	Session.setPrivileges({roles: "Reader"; userName: String($credentials.email)})
	return "Welcome"
