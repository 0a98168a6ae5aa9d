// docs/Concepts/dt_string.md
$a:="open
DoIt
