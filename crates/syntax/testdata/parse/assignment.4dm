// docs/Concepts/operators.md
$a:=1
$a+=1
$a-=1
$a*=2
$a/=2
$o.x+=1
var1:=2
$c[0]:=3
[Employee]Name:="x"
This.total:=This.a*This.b
