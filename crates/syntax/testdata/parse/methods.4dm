// docs/Concepts/methods.md; language.md 2.5
DoIt
doit(1)
my method
MY METHOD($a; $b)
00_Start
2 clicks
other
other($x)
$r:=my method(1).name
