// Entities as objects and back (docs/API/EntityClass.md, docs/API/DataClassClass.md, docs/API/EntitySelectionClass.md).

//# O063, O064, O065, O072: the object of an entity
makeStaff
$e:=ds.Employee.get(2)
$o:=$e.toObject()
return [OB Keys($o); $o.employer; $o.manager; Value type(ds.Employee.get(1).toObject().birthDate)=Is date; New collection($e.toObject("")).equal([$o]); New collection($e.toObject("*")).equal([$o])]
//= [["ID","firstName","lastName","salary","birthDate","employerID","managerID","extra","employer","manager"],{"__KEY":1},{"__KEY":1},true,true,true]

//# O066, O067, O068: what a filter takes of related entities
makeStaff
$e:=ds.Employee.get(2)
$boss:=ds.Employee.get(1)
return [$e.toObject("employer.*"); $e.toObject("employer.name, employer.revenues"); $boss.toObject("firstName, directReports.lastName"); $e.toObject("directReports.*"); $e.toObject("firstName,employer")]
//= [{"employer":{"ID":1,"name":"Acme","revenues":100}},{"employer":{"name":"Acme","revenues":100}},{"firstName":"Ada","directReports":[{"lastName":"Hopper"},{"lastName":"Turing"}]},{"directReports":[]},{"firstName":"Grace","employer":{"__KEY":1}}]

//# O069, O070: a collection of paths, keys and stamps
makeStaff
$e:=ds.Company.get(1)
return [$e.toObject(["name"; "revenues"]); $e.toObject("name"; dk with primary key); $e.toObject("name"; dk with stamp); $e.toObject("name"; dk with primary key+dk with stamp)]
//= [{"name":"Acme","revenues":100},{"__KEY":1,"name":"Acme"},{"__STAMP":1,"name":"Acme"},{"__KEY":1,"__STAMP":1,"name":"Acme"}]

//# O071: the key of a relation is what the relation is made on
makeStaff
ds.Badge.fromCollection([{code: "a"; firmName: "Acme"}])
return ds.Badge.get("a").toObject()
//= {"code":"a","firmName":"Acme","firm":{"__KEY":"Acme"}}

//# O073, O074, O076: a selection as a collection, in pages
makeStaff
$sel:=ds.Employee.all()
return [$sel.toCollection().equal([$sel[0].toObject(); $sel[1].toObject(); $sel[2].toObject(); $sel[3].toObject()]); $sel.toCollection("ID"; 0; 1; 2); $sel.toCollection("ID"; 0; 3; 9); $sel.toCollection("ID"; 0; 9)]
//= [true,[{"ID":2},{"ID":3}],[{"ID":4}],[]]

//# O075: dropped entities count and are not given
makeStaff
$sel:=ds.Employee.all()
$n:=$sel.length
ds.Employee.get(2).drop()
return [$n; $sel.toCollection("ID"; 0; 0; 3)]
//= [4,[{"ID":1},{"ID":3}]]

//# O077, O078, O080: an object fills what fits, and is not saved
makeStaff
$e:=ds.Employee.get(1)
$e.fromObject({salary: "12"; birthDate: {a: 1}; nothing: 3})
return [$e.salary; $e.birthDate; ds.Employee.get(1).salary; $e.touchedAttributes()]
//= [12,"1815-12-10",40,["salary"]]

//# O079: a related entity by its key, as a text too
makeStaff
$e:=ds.Employee.get(1)
$e.fromObject({employer: {__KEY: "2"}})
return [$e.employerID; $e.employer.name]
//= [2,"Birch"]

//# O081, O082: a copy gets a key of its own
makeStaff
$e:=ds.Employee.new()
$e.ID:=70
$e.save()
$copy:=ds.Employee.new()
$copy.fromObject(ds.Employee.get(1).toObject())
$copy.ID:=Null
$status:=$copy.save()
return [$e.ID; $status.success; $copy.ID>4; $copy.firstName; $copy.employer.name]
//= [70,true,true,"Ada","Acme"]

//# O083, O084: an existing key updates
makeStaff
$sel:=ds.Employee.fromCollection([{ID: 1; salary: 7}; {__KEY: 2; salary: 8}])
return [ds.Employee.getCount(); $sel.extract("ID"; "ID"; "salary"; "salary"); ds.Employee.get(1).firstName]
//= [4,[{"ID":1,"salary":7},{"ID":2,"salary":8}],"Ada"]

//# O085: an unknown __KEY alone is ignored
makeStaff
$sel:=ds.Employee.fromCollection([{__KEY: 900; firstName: "New"}])
return [$sel.length; $sel.first().ID#900; $sel.first().firstName]
//= [1,true,"New"]

//# O086: an existing key of what must be new is an error, and what came before stays
makeStaff
Try
	ds.Employee.fromCollection([{ID: 50; firstName: "Fifty"}; {__NEW: True; ID: 1; firstName: "One"}])
Catch
	$failed:=True
End try
return [$failed; ds.Employee.get(50).firstName; ds.Employee.get(1).firstName]
//= [true,"Fifty","Ada"]

//# O087: a nested object links and changes nothing of what it links to
makeStaff
ds.Employee.fromCollection([{ID: 1; employer: {ID: 2; name: "changed"}}; {ID: 2; employer: {__KEY: 2; name: "changed"}}])
return [ds.Employee.get(1).employer.name; ds.Employee.get(2).employer.name]
//= ["Birch","Birch"]

//# O088: an old stamp is an error
makeStaff
return ds.Employee.fromCollection([{ID: 1; __STAMP: 9; salary: 1}])
//! Given stamp does not match current one for record# 1 of table Employee

//# O089, O090: what does not fit stays empty, and the result can be shared
makeStaff
$sel:=ds.Employee.fromCollection([{ID: 60; birthDate: {a: 1}; firstName: "Sixty"}])
return [$sel.first().birthDate; $sel.first().firstName; $sel.isAlterable(); $sel.isOrdered()]
//= [null,"Sixty",false,false]
