// object properties: reading and writing by name, and making small objects
var $i : Integer
var $object; $point : Object
$object:={count: 0; total: 0; name: "x"}
For ($i; 1; 1000000)
	$object.count:=$object.count+1
	$object.total:=$object.total+$object.count
End for 
For ($i; 1; 200000)
	$point:={x: $i; y: $i+1}
	$object.count:=$object.count+$point.y
End for 
return $object.total+$object.count
