// docs/commands/value-type.md; language-library.md 19
$a:=Is text
$b:=MD5 digest
$c:=Carriage return+Tab
$d:=Pi
$e:=HTTP POST method
$f:=On Load
$g:=sk ignore empty strings+sk trim spaces
$h:=MAXLONG
$i:=ek global
