// docs/Concepts/variables.md
<>a:=1
$b:=<>a+<>B
<>Log Writer:="x"
$c:=-><>a
◊old:=1
