Try
	throw(8; "in here")
Catch
	return "inner"
End try
