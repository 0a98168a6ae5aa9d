//%attributes = {"invisible":true}
var $cities; $countries; $firsts; $seconds; $sellers : Collection
var $customer : cs.CustomersEntity
var $order : cs.OrdersEntity
var $i; $j : Integer

$cities:=["Lyon"; "Porto"; "Gent"; "Malmö"; "Graz"; "Turku"; "Bergen"; "Galway"; "Tartu"; "Brno"]
$countries:=["France"; "Portugal"; "Belgium"; "Sweden"; "Austria"; "Finland"; "Norway"; "Ireland"; "Estonia"; "Czechia"]
$firsts:=["North"; "Blue"; "Old"; "River"; "Green"; "Stone"; "Silver"; "Linden"; "Harbour"; "Summer"; "Café"]
$seconds:=["Bakery"; "Tools"; "Books"; "Cycles"; "Garden"; "Foods"; "Optics"; "Timber"; "Press"; "Textiles"; "Travel"; "Glass"; "Music"]

ds.startTransaction()

addUser("Ada Admin"; "ada@example.com"; "ada-secret"; "Administrator")
addUser("Sam Support"; "sam@example.com"; "sam-secret"; "Support")
$sellers:=New collection
$sellers.push(addSalesPerson("Nora North"; "nora@example.com"; "nora-secret"; "North"))
$sellers.push(addSalesPerson("Sven South"; "sven@example.com"; "sven-secret"; "South"))

For ($i; 1; 2000)
	$customer:=ds.Customers.new()
	$customer.name:=$firsts[$i%11]+" "+$seconds[$i%13]+" "+String($i)
	$customer.email:="office"+String($i)+"@customer.example.com"
	$customer.city:=$cities[$i%10]
	$customer.country:=$countries[$i%10]
	$customer.since:=Add to date(!2015-01-01!; 0; 0; $i)
	$customer.creditLimit:=1000+(($i%20)*250)
	$customer.notes:=""
	$customer.active:=($i%7)#0
	$customer.salesPersonID:=$sellers[$i%2].ID
	$customer.save()
	
	For ($j; 1; $i%3)
		$order:=ds.Orders.new()
		$order.number:="A-"+String($i)+"-"+String($j)
		$order.orderedOn:=Add to date($customer.since; 0; $j; 0)
		$order.total:=(($i*37)%5000)+($j*10)
		$order.shipped:=($j=1)
		$order.customer:=$customer
		$order.save()
	End for 
End for 

ds.validateTransaction()
