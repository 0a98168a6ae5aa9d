// Locks an employee that nothing refers to once the method has ended.
var $e : cs.EmployeeEntity
$e:=ds.Employee.get(1)
return $e.lock().success
