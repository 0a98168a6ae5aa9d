Try
	return "inside"
Catch
	return "catch"
End try
