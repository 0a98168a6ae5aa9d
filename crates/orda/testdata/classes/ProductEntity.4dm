Class extends Entity

Class constructor
	This.status:="fresh"

Function get label() : Text
	return String(This.price)

Function event touched name($event : Object)
	note("touched name")
	If (This.name="bad touch")
		throw(1; "not this")
	End if

Function event touched($event : Object)
	note("then touched "+$event.attributeName)

Function event validateSave name($event : Object) : Object
	note("validateSave name")
	Case of
		: (This.name="mild")
			return {errCode: 1; message: "mild refusal"; extraDescription: {info: "a"}; seriousError: False}
		: (This.name="serious")
			return {errCode: 2; message: "serious refusal"; seriousError: True}
		: (This.name="fatal")
			return {errCode: 3; message: "fatal refusal"; fatalError: True}
	End case

Function event validateSave label($event : Object) : Object
	note("validateSave label")

Function event validateSave($event : Object) : Object
	note("validateSave")

Function event saving status($event : Object) : Object
	If (This.status="refused")
		return {errCode: 4; message: "saving refused"; seriousError: False}
	End if

Function event saving($event : Object) : Object
	note("saving")

Function event afterSave($event : Object)
	note("afterSave "+$event.saveStatus+" "+$event.savedAttributes.join(",")+" "+JSON Stringify($event.status.errors=Null))
	If (This.status="again")
		This.save()
	End if

Function event validateDrop($event : Object) : Object
	If (This.status="kept")
		return {errCode: 5; message: "kept"; seriousError: False}
	End if

Function event dropping name($event : Object) : Object
	note("dropping name")

Function event dropping($event : Object) : Object
	note("dropping")

Function event afterDrop($event : Object)
	note("afterDrop "+$event.dropStatus+" "+String($event.droppedAttributes.length))
	If (This.status="again")
		This.drop()
	End if
