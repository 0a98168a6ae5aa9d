// Names that lead nowhere.
#DECLARE($given : cs.Employee; $other : cs.Nobody) //! check/unknown-class
var $employee : cs.EmployeeEntity
twcie(1) //! check/unknown-method
twice(1; 2) //! check/arguments
anyNumber(1; 2; 3)
classic(1; 2)
classic(1; 2; 3) //! check/arguments
ON ERR CALL("onErrr") //! check/unknown-method
ON ERR CALL("")
New process("twice"; 0; "name"; 1)
CALL WORKER("w"; "nobody") //! check/unknown-method
aVariable:=Formula(1)
aVariable
$employee:=ds.Employee.get(1)
$employee.lastNmae:="x" //! check/unknown-attribute
$employee.lastName:=$employee.employer.name
$employee.extra.anything:=1
$employee.employer.staff.first().lastName:=""
$employee.employer.staff.frist().lastName:="" //! check/unknown-attribute
$employee.greet("hello")
$employee.greet("hello"; "again") //! check/arguments
$found:=ds.Employee.query("lastName = :1 and employer.name = x order by employer.ID desc"; "a")
$found:=$found.query("employer.nmae = :1"; "a") //! check/query
$found:=$found.orderBy("lastNmae asc") //! check/query
$found:=ds.Employee.query("lastName = ") //! check/query
$lost:=ds.Employe.all() //! check/unknown-dataclass
For each ($one; ds.Company.all())
	$one.save()
	$one.staf.length:=1 //! check/unknown-attribute
End for each 
$list:=[1; 2; 3]
$list.puhs(4) //! check/unknown-member
$tool:=cs.Tool.new()
$tool.work()
$tool.wrok() //! check/unknown-member
$tool.given:=1
$lost:=cs.Toll.new() //! check/unknown-class
$component:=cs.NetKit.Provider.new()
$formula:=Formula(This.anything.nmae)
Session.setPrivilege("coded") //! check/unknown-member
Session.setPrivileges("coded")
ds.startTransaction()
ds.startTransactoin() //! check/unknown-dataclass
$mixed:=ds.Employee.new()
$mixed:=ds.Company.new()
$mixed.nobodyKnows:=1
return $given || $other
