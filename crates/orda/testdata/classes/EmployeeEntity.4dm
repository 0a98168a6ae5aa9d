Class extends Entity

exposed Alias surname lastName
exposed Alias companyName employer.name

Function get fullName($event : Object) : Text
	If (This.firstName="nobody")
		$event.result:=Null
	Else
		return This.firstName+" "+This.lastName
	End if

Function set fullName($value : Text; $event : Object)
	$names:=Split string($value; " ")
	This.firstName:=$names[0]
	This.lastName:=$names[1]+" ("+$event.kind+")"

Function query fullName($event : Object) : Object
	If ($event.value="operator")
		$event.result:="lastName = '"+Choose($event.operator="=="; "Lovelace"; "Hopper")+"'"
	End if
	return {query: "firstName = :1 and lastName = :2"; parameters: Split string($event.value; " ")}

Function orderBy fullName($event : Object) : Text
	return "lastName "+$event.operator

Function get double() : Integer
	Use (Storage)
		Storage.reads:=Num(Storage.reads)+1
	End use
	return Num(This.salary)*2

Function get endless() : Integer
	return This.endless
