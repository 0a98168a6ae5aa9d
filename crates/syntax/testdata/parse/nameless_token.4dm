// public code: a command without a name is stored as its token
$progress:=:C1776
$now:=:C33
$a:=$b ? :C33 : 2
