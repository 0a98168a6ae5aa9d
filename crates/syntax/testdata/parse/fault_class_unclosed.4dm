// language.md 17: an open block ends with its function
Function a()
	If (True)
		DoIt
Function b()
	other
