// docs/Concepts/operators.md
$a:=3+4*5
$b:=$a=1 & $b=2
$c:=$a || $b && $c
$d:=2^3^2
$e:=(3+4)*5
$f:=-$x+1
$g:=-$x^2
$h:=+$x
$i:=--$x
