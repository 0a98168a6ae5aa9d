property name : Text
property tags : Collection:=["new"]

Class constructor($name : Text)
	This.name:=$name
	
Function get upper() : Text
	return "<"+This.name+">"
	
Function set upper($value : Text)
	This.name:=$value
	
Function describe() : Text
	return "shape "+This.name
	
Function area()->$area : Real
	$area:=0
