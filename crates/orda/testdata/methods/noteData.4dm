#DECLARE($seen : Object; $event : Object)
Use ($seen)
	$seen.type:=$event.type
	$seen.size:=$event.data.size
End use 
