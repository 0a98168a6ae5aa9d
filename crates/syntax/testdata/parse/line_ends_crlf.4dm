// language.md 1: all three line ends
$a:=1+\
2
DoIt
