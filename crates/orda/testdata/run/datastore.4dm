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
//= [null,null,null,["code","firmName","firm"],["code","firmName","firm"],["Person","Company","Employee","Badge","Product","Secret","Loan"]]

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

//# a relation has the name of a field, which is stored all the same
ds.Product.fromCollection([{name: "saw"; price: 7}; {name: "axe"; price: 5}])
ds.Person.fromCollection([{name: "Ann"}])
For each ($product; ds.Product.all())
	$loan:=ds.Loan.new()
	$loan.product:=$product
	$loan.by:=ds.Person.get(1)
	$touched:=$loan.touchedAttributes()
	$loan.save()
End for each
$loans:=ds.Loan.all()
$found:=ds.Loan.query("product.name = saw and by.name = Ann")
return [OB Keys($loan); $touched; $loans.product.sum("price"); $loans.length; $found.first().product.price; $loan.toObject(); ds.Loan.product.kind; ds.Product.get(1).loans.length; ds.Loan.query("product = :1"; 2).length]
//= [["ID","personID","product","by"],["product","by","personID"],12,2,7,{"ID":2,"personID":1,"product":{"__KEY":2},"by":{"__KEY":1}},"relatedEntity",1,1]

//# an entity that is not saved yet lends the key it will have to those that refer to it
$product:=ds.Product.new()
$first:=ds.Loan.new()
$first.product:=$product
$before:=$product.ID
$saved:=[$first.save().success]
$second:=ds.Loan.new()
$second.product:=$product
$saved.push($second.save().success)
$saved.push($product.save().success)
return [$before; $saved; $product.ID; ds.Loan.all().extract("product.ID"); $product.loans.length; ds.Product.new().save().success; ds.Product.all().ID]
//= [null,[true,true,true],1,[1,1],2,true,[1,2]]

//# O013, O014: types and kinds of attributes
$types:=[ds.Person.ID.type; ds.Person.rises.type; ds.Company.revenues.type; ds.Badge.code.type; ds.Employee.birthDate.type; ds.Employee.extra.type; ds.Person.photo.type; ds.Person.file.type]
return [$types; ds.Person.ID.kind; ds.Employee.fullName.kind; ds.Employee.surname.kind; ds.Employee.lastName.indexed; ds.Person.ID.autoFilled; ds.Person.ID.mandatory]
//= [["number","number","number","string","date","object","image","blob"],"storage","calculated","alias",true,true,true]

//# O015, O016: what can be written, and the path of an alias
return [ds.Employee.double.readOnly; ds.Employee.fullName.readOnly; ds.Employee.companyName.path; ds.Employee.surname.path=Null; ds.Employee.surname.readOnly; ds.Employee.companyName.readOnly]
//= [true,false,"employer.name",true,false,true]

//# the types of what is computed, and of aliases
$types:=[]
For each ($name; ["fullName"; "double"; "surname"; "companyName"])
	$a:=ds.Employee[$name]
	$types.push([$a.type; $a.fieldType; $a.indexed; $a.mandatory])
End for each
return $types
//= [["string",2,false,false],["number",9,false,false],["string",0,true,false],["string",0,null,null]]

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

//# data that is not encrypted has no key that fits
$wrong:=ds.provideDataKey("secret")
return [ds.encryptionStatus(); ds.provideDataKey(); $wrong.success; $wrong.status; $wrong.errors[0].errCode; ds.provideDataKey({encodedKey: "00"}).errors.length]
//= [{"isEncrypted":false,"keyProvided":false,"tables":{}},null,false,4,2003,1]

//# a key is a text or an object
return ds.provideDataKey(12)
//! provideDataKey needs a passphrase or an object

//# what was said of the administrators' access is remembered
$before:=ds.isAdminProtected()
ds.setAdminProtection(True)
$between:=ds.isAdminProtected()
ds.setAdminProtection(False)
return [$before; $between; ds.isAdminProtected()]
//= [false,true,false]

//# O161: a request log of the server's own stays empty
ds.startRequestLog()
ds.startRequestLog(3)
ds.startRequestLog(File("/LOGS/requests.jsonl"); 0)
ds.Person.all().length
ds.stopRequestLog()
return [ds.getRequestLog(); File("/LOGS/requests.jsonl").exists]
//= [[],false]

//# it takes a file or a number
ds.startRequestLog("requests.jsonl")
//! startRequestLog needs a 4D.File or a number of requests

//# optimisation contexts are kept, and change no result
makeStaff
ds.setRemoteContextInfo("a"; ds.Employee; "firstName, employer.name, employer")
ds.setRemoteContextInfo("b"; "Company"; ["name"; "staff:20"; "staff.lastName"]; "main"; 30)
ds.setRemoteContextInfo("a"; "Employee"; ["lastName"]; "currentItem")
$all:=ds.getAllRemoteContexts()
$first:=ds.Employee.all({context: "a"}).first()
$read:=[$first.lastName; $first.getRemoteContextAttributes(); ds.Employee.query("ID=1"; {context: "a"}).length]
ds.clearAllRemoteContexts()
return [$all; $read; ds.getRemoteContextInfo("a"); ds.getAllRemoteContexts()]
//= [[{"name":"a","dataclass":"Employee","main":"firstName, employer.name, employer","currentItem":"lastName"},{"name":"b","dataclass":"Company","main":"name, staff:20, staff.lastName"}],["Lovelace","",1],null,[]]

//# an empty list means every storage attribute
ds.setRemoteContextInfo("all"; ds.Badge; "")
return ds.getRemoteContextInfo("all").main
//= "code, firmName"

//# an attribute that is not there is left out, and an error
Try
	ds.setRemoteContextInfo("c"; ds.Badge; "code, colour, firm.nothing")
Catch
	$told:=Last errors[0].message
End try
return [$told; ds.getRemoteContextInfo("c").main]
//= ["The \"colour\" attribute cannot be found in The \"Badge\" dataclass","code"]

//# a context belongs to a dataclass of this datastore
ds.setRemoteContextInfo("d"; "Nothing"; "code")
//! setRemoteContextInfo needs a dataclass of this datastore

//# O210: without tracked tables there is no global stamp
makeStaff
return ds.getGlobalStamp()
//= 0
