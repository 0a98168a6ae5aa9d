// docs/Concepts/classes.md; language.md 2.5
property date; type : Text
Function select($property : Text)
	property:=1
	$local:=$property
	local:=2
Function Date() : Date
	return This.date
