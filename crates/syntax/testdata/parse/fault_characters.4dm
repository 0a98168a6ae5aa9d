// language.md 17
$a:=1 @ 2
$b:=~3
$c:=$
DoIt
