//%attributes = {"invisible":true}
var $person : cs.PeopleEntity
var $customer : cs.CustomersEntity
var $name : Text
var $i; $n : Integer

ds.startTransaction()

$n:=0
For each ($name; ["Mia Meyer"; "Leo Lang"])
	$n+=1
	$person:=ds.People.new()
	$person.name:=$name
	$person.email:=Lowercase(Substring($name; 1; Position(" "; $name)-1))+"@example.com"
	$person.password:=Generate password hash("secret-"+String($n))
	$person.save()
	
	For ($i; 1; 8)
		$customer:=ds.Customers.new()
		$customer.name:="Customer "+Char(64+$i)+" of "+$name
		$customer.revenue:=($i*$i*137)%1000
		$customer.person:=$person
		$customer.save()
	End for 
End for each 

ds.validateTransaction()
