// collections: map, filter, sort and reduce with formulas
var $i : Integer
var $numbers : Collection
$numbers:=[]
For ($i; 1; 100000)
	$numbers.push(($i*7919)%100003)
End for 
$mapped:=$numbers.map(Formula($1.value*3+1))
$some:=$mapped.filter(Formula($1.value>150000))
$sorted:=$some.orderByMethod(Formula($1.value<$1.value2))
return $sorted[0]+$sorted.length+$sorted.reduce(Formula($1.accumulator:=$1.accumulator+$1.value); 0)
