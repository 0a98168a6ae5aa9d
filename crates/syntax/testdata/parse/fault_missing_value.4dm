// language.md 17
$a:=
$b:=1+
$c:=f(1; +)
If ()
End if
$d:=)
DoIt
