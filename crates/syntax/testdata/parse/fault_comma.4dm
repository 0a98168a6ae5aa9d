// public code: arguments with commas
f(1, 2)
$a:=1,5
