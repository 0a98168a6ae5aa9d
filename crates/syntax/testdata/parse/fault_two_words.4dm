// language.md 2.5
$a foo
$x:=$o.name foo
$y:="a" "b"
DoIt
