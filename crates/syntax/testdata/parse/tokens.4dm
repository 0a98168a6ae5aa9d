// docs/Concepts/identifiers.md; language.md 2.6
$a:=New object:C1471("x"; 1)
$b:=cs:C1710.Employee.new()
$c:=4D:C1709.File
$d:=This:C1470.x
$e:=ds:C1482.T.all()
$f:=On Load:K2:1
$g:=Is longint:K8:6
$h:=whatever:K8:6
$i:=Get call chain:C1662
$j:=Form event:C388
QUERY:C277([Employee:1]; [Employee:1]Name:4="x")
Super:C1705($a)
Super:C1706.f()
$k:=$x ? True:C214 : False:C215
