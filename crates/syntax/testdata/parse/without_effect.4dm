// language.md 3: an expression alone
$x
$a=5
1+1
$o.f
DoIt
$a && DoIt
"text"
$p->
