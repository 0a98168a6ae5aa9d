// What is computed over entity selections (docs/API/EntitySelectionClass.md).

//# O143: over nothing
$none:=ds.Employee.newSelection()
return [$none.sum("salary"); Value type($none.average("salary"))=Is undefined; Value type($none.min("salary"))=Is undefined; Value type($none.max("salary"))=Is undefined; $none.count("salary")]
//= [0,true,true,true,0]

//# O144: a text has no sum
makeStaff
return ds.Employee.all().sum("lastName")
//! lastName

//# O145: nor has a relation
makeStaff
return ds.Employee.all().average("employer")
//! employer

//# O145: nor what is not there
makeStaff
return ds.Employee.all().min("nothing")
//! nothing

//# O146: numbers, and how many values there are
makeStaff
$sel:=ds.Employee.all()
return [$sel.sum("salary"); $sel.average("salary"); $sel.min("salary"); $sel.max("lastName"); $sel.count("salary"); $sel.count("extra.tags"); $sel.count("extra.age"); $sel.sum("extra.age"); $sel.average("extra.age")]
//= [90,30,20,"Turing",3,0,2,121,60.5]

//# O147: different values, from low to high, by type
ds.Employee.fromCollection([{extra: {v: 2}}; {extra: {v: "b"}}; {extra: {v: True}}; {extra: {v: "a"}}; {extra: {v: 1}}; {extra: {v: Null}}; {extra: {v: 2}}])
return ds.Employee.all().distinct("extra.v")
//= [true,"a","b",1,2]

//# O148, O149: variants of case, and how often
ds.Employee.fromCollection([{lastName: "b"}; {lastName: "A"}; {lastName: "a"}; {lastName: Null}])
$sel:=ds.Employee.all()
return [$sel.distinct("lastName").length; $sel.distinct("lastName"; dk diacritical).length; $sel.distinct("lastName"; dk count values)]
//= [2,3,[{"value":"A","count":2},{"value":"b","count":1}]]

//# O151, O152, O154: extracted values
makeStaff
$sel:=ds.Employee.all()
return [$sel.extract("salary"); $sel.extract("salary"; ck keep null); $sel.extract("employer").length; ds.Company.all().extract("staff")[0].length; $sel.extract("nothing"); $sel.extract("employer.name")]
//= [[40,30,20],[40,30,20,null],3,2,[],["Acme","Acme","Birch"]]

//# O153: extracted objects
makeStaff
return ds.Employee.all().extract("ID"; "id"; "salary"; "pay"; "employer.name"; "firm").slice(2)
//= [{"id":3,"pay":20,"firm":"Birch"},{"id":4,"pay":null,"firm":null}]
