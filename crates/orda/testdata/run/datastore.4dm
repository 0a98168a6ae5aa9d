// The datastore, its dataclasses and their attributes (docs/API/DataStoreClass.md, docs/API/DataClassClass.md).

//# O001, O002, O003: a table without a key is not in the datastore, one hidden from REST is
return [ds.Keyless=Null; ds.Product#Null; ds["Product"]=ds.Product; ds.Product.getInfo().exposed]
//= [true,true,true,false]

//# names have the case they were given; an unknown one is Undefined
return [Value type(ds.person)=Is undefined; Value type(ds.Person.Name)=Is undefined; Value type(ds.Person.new().Name)=Is undefined]
//= [true,true,true]

//# O004, O005: datastore, dataclass and entity are listed, and not copied
ds.Badge.fromCollection([{code: "a"}])
return [OB Copy(ds); OB Copy(ds.Badge); OB Copy(ds.Badge.get("a")); OB Keys(ds.Badge); OB Keys(ds.Badge.get("a")); OB Keys(ds)]
//= [null,null,null,["code","firmName","firm"],["code","firmName","firm"],["Person","Company","Employee","Badge","Product","Secret"]]

//# O007, O008: the classes of a dataclass exist without files; entities are made by the dataclass alone
$there:=[cs.BadgeEntity#Null; cs.Badge#Null; cs.BadgeSelection#Null; cs.DataStore#Null]
Try
	$entity:=cs.BadgeEntity.new()
Catch
	$there.push("refused")
End try
return $there
//= [true,true,true,true,"refused"]

//# O009, O010: what is told of the datastore and of a dataclass
$info:=ds.Badge.getInfo()
return [ds.getInfo(); OB Keys($info).sort(); $info]
//= [{"type":"4D","networked":false,"localID":""},["exposed","name","primaryKey","tableNumber"],{"name":"Badge","primaryKey":"code","tableNumber":4,"exposed":true}]

//# O011: what is told of a relation to one entity
$a:=ds.Employee.employer
return [$a.kind; $a.fieldType; $a.type; $a.inverseName; $a.relatedDataClass; $a.indexed=Null; $a.unique=Null; $a.mandatory=Null]
//= ["relatedEntity",38,"Company","staff","Company",true,true,true]

//# O012: what is told of a relation to entities
$a:=ds.Company.staff
return [$a.kind; $a.fieldType; $a.type; $a.inverseName; $a.relatedDataClass]
//= ["relatedEntities",42,"EmployeeSelection","employer","Employee"]

//# O013, O014: types and kinds of attributes
$types:=[ds.Person.ID.type; ds.Person.rises.type; ds.Company.revenues.type; ds.Badge.code.type; ds.Employee.birthDate.type; ds.Employee.extra.type; ds.Person.photo.type; ds.Person.file.type]
return [$types; ds.Person.ID.kind; ds.Employee.fullName.kind; ds.Employee.surname.kind; ds.Employee.lastName.indexed; ds.Person.ID.autoFilled; ds.Person.ID.mandatory]
//= [["number","number","number","string","date","object","image","blob"],"storage","calculated","alias",true,true,true]

//# O015, O016: what can be written, and the path of an alias
return [ds.Employee.double.readOnly; ds.Employee.fullName.readOnly; ds.Employee.companyName.path; ds.Employee.surname.path=Null; ds.Employee.surname.readOnly; ds.Employee.companyName.readOnly]
//= [true,false,"employer.name",true,false,true]

//# O017, O018, O019: nothing there, and an entity without a selection
makeStaff
$none:=ds.Person.all()
return [$none#Null; $none.length; ds.Employee.get(99); ds.Employee.get(1).getSelection()]
//= [true,0,null,null]

//# O020, O021: two gets are two entities, an assignment is one
makeStaff
$a:=ds.Employee.get(1)
$b:=ds.Employee.get(1)
$c:=$a
$c.firstName:="Augusta"
return [$a=$b; $a=$c; $a.firstName; $b.firstName]
//= [false,true,"Augusta","Ada"]

//# O158: the count knows what the transaction made
makeStaff
START TRANSACTION
$new:=ds.Employee.new()
$new.save()
$count:=[ds.Employee.getCount()]
CANCEL TRANSACTION
return $count.concat(ds.Employee.getCount())
//= [5,4]

//# O159: cancelling the outer transaction cancels the inner one too
ds.startTransaction()
ds.startTransaction()
ds.Badge.fromCollection([{code: "a"}])
ds.validateTransaction()
$between:=ds.Badge.getCount()
ds.cancelTransaction()
return [$between; ds.Badge.getCount()]
//= [1,0]

//# O161: what only clients keep
return [ds.getRequestLog(); ds.Person.getRemoteCache()]
//= [[],null]

//# O210: without tracked tables there is no global stamp
makeStaff
return ds.getGlobalStamp()
//= 0
