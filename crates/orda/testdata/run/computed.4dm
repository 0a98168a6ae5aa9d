// Computed attributes, aliases and constructors (docs/ORDA/ordaClasses.md).

//# O163, O164: the constructor of an entity
ds.Product.fromCollection([{ID: 1}; {ID: 2; status: "given"}])
$e:=ds.Product.get(1)
$e.status:="kept"
$e.save()
$new:=ds.Product.new()
return [$new.status; ds.Product.get(1).status; $e.clone().status; ds.Product.get(2).status; ds.Product.all().status]
//= ["fresh","kept","kept","given",["kept","given"]]

//# O165: the function runs at each access
makeStaff
$e:=ds.Employee.get(1)
$before:=Storage.reads
$all:=[$e.double; $e.double]
return [$before=Null; $all; Storage.reads]
//= [true,[80,80],2]

//# O166, O167: Null, and what set is told
makeStaff
$e:=ds.Employee.get(1)
$e.fullName:="Augusta King"
$name:=$e.fullName
$e.firstName:="nobody"
return [$name; $e.fullName; $e.touchedAttributes()]
//= ["Augusta King (set)",null,["firstName","lastName"]]

//# O168, O169: the query function
makeStaff
return [ds.Employee.query("fullName = :1"; "Alan Turing").extract("ID"); ds.Employee.query("fullName = operator").extract("ID"); ds.Employee.query("fullName = :1 and ID > 3"; "Alan Turing").length; ds.Employee.all().orderBy("fullName desc").extract("ID")]
//= [[3],[1],0,[3,1,2,4]]

//# O170: without functions it is queried and sorted all the same
makeStaff
return [ds.Employee.query("double >= 60").extract("ID"); ds.Employee.query("ID < 4").orderBy("double").extract("ID"); ds.Employee.query("ID < 4").sum("double")]
//= [[1,2],[3,2,1],180]

//# O171: one that leads to itself is an error
makeStaff
return ds.Employee.get(1).endless
//! nested too deeply

//# O172, O173: aliases
makeStaff
$e:=ds.Employee.get(1)
$e.surname:="King"
$sel:=ds.Employee.all()
return [$e.lastName; $e.touchedAttributes(); $e.companyName; ds.Employee.query("companyName = Birch").extract("ID"); $sel.orderBy("companyName desc, ID").extract("ID"); $e.toObject("surname,companyName"); $sel.extract("companyName"); $sel.max("companyName"); $sel.distinct("companyName")]
//= ["King",["lastName"],"Acme",[3],[3,1,2,4],{"surname":"King","companyName":"Acme"},["Acme","Acme","Birch"],"Birch",["Acme","Birch"]]

//# O172: an alias over a relation is read-only
makeStaff
$e:=ds.Employee.get(1)
$e.companyName:="x"
//! read-only
