// docs/Concepts/classes.md
Class constructor
	This.a:=1
Class constructor
	This.a:=2
Class extends Late
