// Saves an employee in a process of its own and tells the status.
#DECLARE($into : Object; $done : Object)
var $e : cs.EmployeeEntity
$e:=ds.Employee.get(1)
$e.salary:=1
$status:=$e.save()
Use ($into)
	$into.success:=$status.success
End use
$done.trigger()
