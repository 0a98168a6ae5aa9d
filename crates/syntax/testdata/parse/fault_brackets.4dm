// language.md 17
$a:=(1
$b:=1)
$c:=[1; 2
$d:={a: 1
$e:=$x[1
$f:=$x{1
$g:=f(1
$h:={a 1}
$i:={1: 2}
DoIt
