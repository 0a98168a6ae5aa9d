// Remembers what an event did.
#DECLARE($what : Text)
Use (Storage)
	If (Storage.notes=Null)
		Storage.notes:=New shared collection
	End if
End use
Use (Storage.notes)
	Storage.notes.push($what)
End use
