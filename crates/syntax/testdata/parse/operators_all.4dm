// docs/Concepts/operators.md
$a:=1+2-3*4/5\6%7^8
$b:=($a=1) | ($a#2) & ($a<3) ^| ($a>4)
$c:=($a<=1) || ($a>=2) && True
$d:=$a << 2 >> 1
$e:=$a ?+ 1 ?- 2 ?? 3
$f:=$p*+$q
$g:=$p*|$q
$h:="ab"*3
$i:="a b"%"a"
