// docs/Concepts/classes.md
Class extends Parent

property name; city : Text
property tags : Collection:=[]
property count:=0
property any

Class constructor($name : Text)
	Super()
	This.name:=$name

Function hello
	return "hello "+This.name

Function full($a : Text; $b) : Text
	return $a

Function named($x : Object)->$r : cs.Other
	$r:=$x
