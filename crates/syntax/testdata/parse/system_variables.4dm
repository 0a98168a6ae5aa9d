// docs/Concepts/variables.md; docs/Concepts/error-handling.md
$a:=Error method
$b:=Error line+1
$c:=error FORMULA
$d:=Error
OK:=1
Error line:=0
