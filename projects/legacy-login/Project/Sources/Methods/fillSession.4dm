//%attributes = {"invisible":true}
// Keeps what the pages show: the person's name and their three best customers.
#DECLARE($person : cs.PeopleEntity)
var $top : Collection

$top:=$person.customers.orderBy("revenue desc").slice(0; 3).toCollection("name, revenue")

Session.setPrivileges({userName: $person.name})

Use (Session.storage)
	Session.storage.person:=New shared object("name"; $person.name)
	Session.storage.topCustomers:=$top.copy(ck shared)
End use 
