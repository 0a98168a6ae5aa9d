//%attributes = {"invisible":true}
#DECLARE($name : Text; $email : Text; $password : Text; $region : Text) : cs.SalesPersonsEntity
var $person : cs.SalesPersonsEntity

$person:=ds.SalesPersons.new()
$person.name:=$name
$person.region:=$region
$person.user:=addUser($name; $email; $password; "Sales")
$person.save()

return $person
