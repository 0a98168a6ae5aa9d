// docs/ORDA/ordaClasses.md
Class extends Entity
exposed Function get fullName($event : Object) : Text
	return This.first+" "+This.last
Function set fullName($value : Text; $event : Object)
Function query fullName($event : Object) : Object
Function orderBy fullName($event : Object) : Text
Function get()
Function set($x)
Function query($q : Text)
Function event($e)
