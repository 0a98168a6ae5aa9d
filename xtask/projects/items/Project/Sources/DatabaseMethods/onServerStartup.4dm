If (ds.Users.getCount()=0)
	fillDatabase
End if
