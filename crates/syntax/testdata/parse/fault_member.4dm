// docs/Concepts/dt_object.md
$a:=$o.
$b:=$o.1
$c:=$o..x
DoIt
