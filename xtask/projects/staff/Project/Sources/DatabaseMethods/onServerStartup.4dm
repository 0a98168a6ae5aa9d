If (ds.Company.getCount()=0)
	fill
End if
