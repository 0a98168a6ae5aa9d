// Locks an employee until it is told to let go; the lock ends with the process.
#DECLARE($key : Integer; $locked : Object; $letGo : Object)
var $e : cs.EmployeeEntity
$e:=ds.Employee.get($key)
$e.lock()
$locked.trigger()
$letGo.wait(10)
