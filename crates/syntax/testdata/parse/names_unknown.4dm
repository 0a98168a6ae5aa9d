// language.md 15, 17: unknown commands and plug-in commands spoil their own line only
OT New
$x:=OT PutText($x; "a")
$y:=Length Limit
Foo bar:C9999(1)
Foo:C9999
Write area:P14000:1($a)
Nouvel objet:C1471
Custom name:K999:1
ARRAY TEXT(Tab Control; 0)
Tab Control:=3
