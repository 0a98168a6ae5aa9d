// docs/Concepts/dt_pointer.md; language-library.md L124-L126
$p:=->$x
$p->:="b"
$p->{4}:=84
($pp->)->:="q"
$q:=->[Employee]
$r:=->$a{1}
$p->name:=1
$p->["k"]:=2
$s:=$p->+1
If ($p->="x")
End if
If ($p->>5)
End if
$t:=Self->
