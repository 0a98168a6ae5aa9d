// Which entities of Secret the restriction shows.
#DECLARE($rule : Text)
Use (Storage)
	Storage.rule:=$rule
End use
