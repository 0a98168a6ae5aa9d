// docs/Concepts/operators.md
1:=2
f(1):=2
$a+1:=2
True:=1
This:=1
