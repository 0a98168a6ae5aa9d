// An empty database gets the people and customers of the example, the same each time.
If (ds.Users.getCount()=0)
	fillDatabase
End if 
