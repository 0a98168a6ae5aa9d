var $name : Text
var $row : Collection
var $company : cs.CompanyEntity
var $employee : cs.EmployeeEntity

For each ($name; ["Acme"; "Bolt"])
	$company:=ds.Company.new()
	$company.name:=$name
	$company.save()
End for each

For each ($row; [["Ada"; "Martin"; 100; 1]; ["Zoé"; "Durand"; 200; 1]; ["Max"; "Martinez"; 300; 2]; ["Eva"; "Lopez"; 400; Null]])
	$employee:=ds.Employee.new()
	$employee.firstName:=$row[0]
	$employee.lastName:=$row[1]
	$employee.salary:=$row[2]
	$employee.companyID:=$row[3]
	$employee.hired:=!2020-04-01!
	$employee.save()
End for each
