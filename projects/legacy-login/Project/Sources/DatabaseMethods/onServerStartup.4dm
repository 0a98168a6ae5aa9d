// An empty database gets the people of the example, the same each time.
If (ds.People.getCount()=0)
	fillDatabase
End if 
