// docs/Concepts/classes.md
session singleton Class constructor
	This.a:=1
