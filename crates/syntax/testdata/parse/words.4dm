// docs/Concepts/identifiers.md; language.md 2.5
$a:=Current date
$b:=Current date()
$c:=current DATE(*)
$d:=New object("a"; 1)
$e:=Is integer 64 bits
$f:=Session.storage.x
$g:=Web Form["ref"].hide()
$h:=Get database measures.DB.tables
BASE64 ENCODE($a)
SET TIMER(0)
USE SET("x")
$i:=4D Remote mode
$j:=Version type ?? 64 bit version
