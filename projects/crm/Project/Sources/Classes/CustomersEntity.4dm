Class extends Entity

exposed Alias salesPersonName salesPerson.name

exposed Function get title() : Text
	return String(This.name)+", "+String(This.city)
	
Function query title($event : Object) : Object
	return {query: "name "+$event.operator+" :1 or city "+$event.operator+" :1"; parameters: [$event.value]}
	
Function orderBy title($event : Object) : Text
	return "name "+$event.operator+", city "+$event.operator
	
exposed Function orderTotal() : Real
	return This.orders.sum("total")
	
	// Only administrators: roles.json says so for this one function.
exposed Function closeAccount($reason : Text) : Boolean
	This.active:=False
	This.notes:=String(This.notes)+"Closed: "+$reason
	return This.save().success
