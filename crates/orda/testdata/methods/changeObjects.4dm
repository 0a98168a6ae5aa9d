#DECLARE($copied : Object; $shared : Object; $done : Object)
$copied.n:=2
Use ($shared)
	$shared.n:=2
	$shared.seen:=$copied.n
End use 
$done.trigger()
