// docs/Concepts/operators.md
$a:=$x ? 1 : 2
$b:=$x ? $y ? 1 : 2 : 3
$c:=$x ? 1 : $y ? 2 : 3
$d:=$x=1 ? $y : $z || $w
$e:=$x ?-1 : 2
$f:=$x ?- 1
$g:=f($x ?+1 : 2; $y ?+1)
$h:=$x ? This.a : That.b
$i:={a: $x ? 1 : 2; b: 3}
$j:=$x?$a:$b
