Class extends DataClass

// A sales person sees the customers of their own, everybody else sees all of them.
Function event restrict() : cs.CustomersSelection
	If (Session.hasPrivilege("ownCustomers"))
		return This.query("salesPerson.userID = :1"; Session.storage.user.ID)
	End if 
	
exposed onHTTPGet Function countIn($city : Text) : Integer
	return This.query("city = :1"; $city).length
