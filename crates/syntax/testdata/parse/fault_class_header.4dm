// docs/Concepts/classes.md; public code: parameters without `$`
Function a(x : Text)
	DoIt
Function b() : 
	other
Function c
	third
property a; b:=1
Alias one
