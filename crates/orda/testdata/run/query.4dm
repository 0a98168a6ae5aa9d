// Queries (docs/API/DataClassClass.md).

//# O091, O092: comparing texts
makeStaff
return [ds.Employee.query("lastName = :1"; "GODEL").length; ds.Employee.query("lastName = :1"; "L@").length; ds.Employee.query("lastName === :1"; "L@").length; ds.Employee.query("lastName === :1"; "LOVELACE").length]
//= [1,1,0,1]

//# O093, O094: what is null
makeStaff
return [ds.Employee.query("salary # 40").extract("ID"); ds.Employee.query("salary = null").extract("ID"); ds.Employee.query("extra.age = null").extract("ID"); ds.Employee.query("salary # null").length]
//= [[2,3],[4],[3,4],3]

//# O095: and binds before or
makeStaff
return [ds.Employee.query("ID = 1 and ID = 2 or ID = 3").extract("ID"); ds.Employee.query("ID = 3 or ID = 1 and ID = 2").extract("ID")]
//= [[3],[3]]

//# O096: IN takes a collection, a list and wildcards
makeStaff
return [ds.Employee.query("lastName in :1"; ["lovelace"; "T@"]).extract("ID"); ds.Employee.query("ID in [2,3]").extract("ID"); ds.Employee.query("firstName in ['Ada','Kurt']").length]
//= [[1,3],[2,3],2]

//# O097: a text becomes the type of the attribute
makeStaff
return ds.Employee.query("salary = v20").extract("ID")
//= [3]

//# O098: a quote inside a text, through a placeholder
makeStaff
ds.Badge.fromCollection([{code: "O'Neil"}])
return ds.Badge.query("code = :1"; "O'Neil").length
//= 1

//# O098: a quote inside a text is an error
return ds.Badge.query("code = 'O'Neil'").length
//! Cannot complete the query

//# O099, O100, O101: placeholders for paths and values, with names
makeStaff
$settings:={parameters: {extra: {name: "Acme"}}; attributes: {path: "employer.name"; levels: ["extra"; "age"]}}
return [ds.Employee.query(":1 = :2"; "employer.name"; "Birch").extract("ID"); ds.Employee.query("employer.name = :extra.name"; $settings).extract("ID"); ds.Employee.query(":path = :extra.name and :levels = 85"; $settings).extract("ID")]
//= [[3],[1,2],[2]]

//# O103: formulas can be refused
makeStaff
return ds.Employee.query("eval(This.salary=20)"; {allowFormulas: False}).length
//! 1278

//# O104: nothing is no formula
var $formula : Object
return ds.Employee.query($formula).length
//! 1626

//# O105, O106: what a formula answers, and its parameter
makeStaff
return [ds.Employee.query("eval(This.salary)").length; ds.Employee.query(Formula(This.salary=$1.pay); {args: {pay: 20}}).extract("ID"); ds.Employee.query("eval(This.salary=$1.pay)"; {args: {pay: 30}}).extract("ID"); ds.Employee.all().orderByFormula(Formula(This.ID*$1.sign); {args: {sign: -1}}).extract("ID")]
//= [0,[3],[2],[4,3,2,1]]

//# O107: no element and one element of a collection
ds.Employee.fromCollection([{ID: 1; extra: {c: [{val: 1}; {val: 1}]}}; {ID: 2; extra: {c: [{val: 1}; {val: 0}]}}; {ID: 3; extra: {c: [{val: 0}; {val: 0}]}}])
return [ds.Employee.query("extra.c[].val = 0").extract("ID"); ds.Employee.query("extra.c[].val != 0").extract("ID"); ds.Employee.query("extra.c[a].val != 0").extract("ID")]
//= [[2,3],[1],[1,2]]

//# O108: a letter means one element
makeStaff
return [ds.Employee.query("extra.tags[a].kind = x and extra.tags[a].city = w").extract("ID"); ds.Employee.query("extra.tags[a].kind = x and extra.tags[b].city = w").extract("ID"); ds.Employee.query("extra.tags[].kind = x and extra.tags[].city = w").extract("ID")]
//= [[2],[1,2],[1,2]]

//# O109: one way to related entities, or two
makeStaff
return [ds.Company.query("staff.lastName = Lovelace and staff.lastName = Hopper").length; ds.Company.query("staff.lastName = Lovelace and staff{2}.lastName = Hopper").extract("name")]
//= [0,["Acme"]]

//# O110, O111: a query with an order is ordered
makeStaff
return [ds.Employee.query("ID > 0 order by lastName desc").isOrdered(); ds.Employee.query("ID > 0").isOrdered(); ds.Employee.query("ID > 0 order by lastName desc").extract("ID")]
//= [true,false,[3,1,2,4]]

//# O102: 128 values
makeStaff
var $i : Integer
$terms:=[]
$values:=[]
For ($i; 1; 128)
	$terms.push("ID = :"+String($i))
	$values.push(String($i))
End for
return Formula from string("ds.Employee.query($1; "+$values.join("; ")+")").call(Null; $terms.join(" or ")).length
//= 4

//# O112: what a query tells only when it is asked
makeStaff
$plain:=ds.Employee.query("salary > 15")
$told:=ds.Employee.query("salary > 15"; {queryPlan: True})
return [$plain.queryPlan=Null; $plain.queryPath=Null; $told.queryPlan; $told.queryPath=Null]
//= [true,true,{"item":"Employee.salary > 15"},true]

//# O112: the index that is searched, relations, and how many each step left
makeStaff
$told:=ds.Employee.query("lastName = 'L@' and (salary > 15 or employer.name = Birch)"; {queryPlan: True; queryPath: True})
return [$told.queryPlan; $told.queryPath; $told.extract("ID")]
//= [{"And":[{"item":"[index : Employee.lastName ] = L@"},{"Or":[{"item":"Employee.salary > 15"},{"item":"Join on Table : Company  :  Employee.employerID = Company.ID","subquery":[{"item":"[index : Company.name ] === Birch"}]}]}]},{"steps":[{"description":"AND","time":0,"recordsfounds":1,"steps":[{"description":"[index : Employee.lastName ] = L@","time":0,"recordsfounds":1},{"description":"OR","time":0,"recordsfounds":1,"steps":[{"description":"Employee.salary > 15","time":0,"recordsfounds":1},{"description":"Join on Table : Company  :  Employee.employerID = Company.ID","time":0,"recordsfounds":0,"steps":[{"steps":[{"description":"[index : Company.name ] === Birch","time":0,"recordsfounds":1}]}]}]}]}]},[1]]

//# O112: steps of a conjunction narrow one another, and not inside a selection more than that
makeStaff
$told:=ds.Employee.query("ID < 4").query("not(salary = 20 and ID > 1)"; {queryPath: True})
return [$told.queryPath; $told.extract("ID")]
//= [{"steps":[{"description":"NOT","time":0,"recordsfounds":2,"steps":[{"description":"AND","time":0,"recordsfounds":1,"steps":[{"description":"Employee.salary = 20","time":0,"recordsfounds":1},{"description":"Employee.ID > 1","time":0,"recordsfounds":1}]}]}]},[1,2]]

//# O112: code is asked about one entity after the other
makeStaff
$told:=ds.Employee.query("eval(Num(This.salary) > 15) and (fullName = 'Ada Lovelace' or double = 40)"; {queryPath: True; queryPlan: True})
return [$told.queryPlan; $told.queryPath; $told.length]
//= [{"And":[{"item":"eval(Num(This.salary) > 15)"},{"Or":[{"And":[{"item":"Employee.firstName === Ada"},{"item":"Employee.lastName === Lovelace"}]},{"item":"Employee.double == 40"}]}]},{"steps":[{"description":"AND","time":0,"recordsfounds":2,"steps":[{"description":"eval(Num(This.salary) > 15)","time":0,"recordsfounds":3},{"description":"OR","time":0,"recordsfounds":2,"steps":[{"description":"AND","time":0,"recordsfounds":1,"steps":[{"description":"Employee.firstName === Ada","time":0,"recordsfounds":1},{"description":"[index : Employee.lastName ] === Lovelace","time":0,"recordsfounds":1}]},{"description":"Employee.double == 40","time":0,"recordsfounds":1}]}]}]},2]

//# O112: an order is kept by a query that tells its path
makeStaff
return ds.Employee.query("ID > 1 order by lastName desc"; {queryPath: True}).extract("ID")
//= [3,2,4]

//# O113: vectors are stored, read as vectors, and compared; the angle and 0.5 unless something else is said
For each ($numbers; [[1; 0]; [3; 3]; [0; 2]; [-1; 0]; [1; 2; 3]])
	$e:=ds.Product.new()
	$e.meaning:=4D.Vector.new($numbers)
	$e.save()
End for each
ds.Product.new().save()
$v:=4D.Vector.new([2; 0])
$read:=ds.Product.get(2).meaning
return [$read.toCollection(); OB Class($read).name; ds.Product.query("meaning > :1"; {vector: $v}).extract("ID"); ds.Product.query("meaning >= :1"; {vector: $v; threshold: 0}).extract("ID"); ds.Product.query("meaning < :1"; {vector: $v; metric: mk dot; threshold: 3}).extract("ID"); ds.Product.query("meaning <= :1"; {vector: $v; metric: mk euclidean; threshold: 2}).extract("ID")]
//= [[3,3],"Vector",[1,2],[1,2,3],[1,3,4],[1]]

//# O113: found by likeness, and sorted by it
For each ($numbers; [[1; 0]; [3; 3]; [0; 2]; [-1; 0]])
	$e:=ds.Product.new()
	$e.meaning:=4D.Vector.new($numbers)
	$e.save()
End for each
$like:={vector: 4D.Vector.new([0; 1]); threshold: -2}
$near:=ds.Product.query("meaning > :1 and ID < 4 order by meaning desc"; $like)
$told:=ds.Product.query("meaning > :near and not(meaning > :far) order by meaning"; {parameters: {near: $like; far: {vector: 4D.Vector.new([1; 0]); threshold: 0.9}}; queryPlan: True})
$byFormula:=ds.Product.all().orderByFormula(Formula(This.meaning.dotSimilarity($1.vector)); dk descending; {args: $like})
return [$near.extract("ID"); $near.isOrdered(); $told.extract("ID"); $told.queryPlan; $byFormula.extract("ID")]
//= [[3,2,1],true,[4,2,3],{"And":[{"item":"Product.meaning cosine > -2"},{"Not":[{"item":"Product.meaning cosine > 0.9"}]}]},[2,3,1,4]]

//# O113: vectors are more or less alike, and nothing else
return ds.Product.query("meaning = :1"; {vector: 4D.Vector.new([1])}).length
//! 1112

//# O113: a metric that does not exist
return ds.Product.query("meaning > :1"; {vector: 4D.Vector.new([1]); metric: "feeling"}).length
//! can only be compared with a vector

//# O113: a vector attribute takes vectors only
$e:=ds.Product.new()
$e.meaning:=[1; 2]
//! can't be assigned to the attribute

//# O113: objects keep vectors as they are
$e:=ds.Product.new()
$e.meaning:=4D.Vector.new([1; 2])
$e.save()
$o:=$e.toObject("meaning")
$copy:=ds.Product.new()
$copy.fromObject($o)
$copy.save()
$e.meaning:=Null
$e.save()
return [OB Class($o.meaning).name; ds.Product.get(2).meaning.toCollection(); ds.Product.get(1).meaning; ds.Product.all().meaning.length]
//= ["Vector",[1,2],null,2]
