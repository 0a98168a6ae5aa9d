// docs/Concepts/classes.md
DoIt
other
Function a()
	DoIt
