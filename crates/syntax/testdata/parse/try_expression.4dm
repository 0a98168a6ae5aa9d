// docs/Concepts/error-handling.md
$a:=Try(JSON Parse($t))
Try(f())
$b:=Try($o.f(1)).x
$c:=Try(a(Try(b)))
