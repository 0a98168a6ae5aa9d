// language.md 2.6, 9
$a:=This.x
Super()
$b:=Super.f(1)
$c:=cs.Employee.new()
$d:=4D.File.new("/x")
$e:=Null
$f:=cs.NetKit.Provider
