// docs/Concepts/dt_date.md
$a:=!yesterday!
$b:=!2024-01!
$c:=!!
DoIt
