// docs/Concepts/dt_object.md
$a:=$o.a.b.c
$b:=$o["a b"].c
$c:=$o.f(1; 2).g()
$d:=$c[0]
$e:=$c[$i+1].name
$f:=$t[[1]]
$t[[$i]]:="x"
$g:=$arr{1}{2}
$h:=$c[[1; 2][0]]
$i:=$o.date
$j:=$o.Current
$k:=($a).b
$l:=$f(1)
$m:=$c[ [1; 2] ]
$n:=$o[Is text]
