// Entity selections (docs/API/EntitySelectionClass.md).

//# O114: an index outside is an error
makeStaff
return ds.Employee.all()[9]
//! outside the entity selection

//# O114, O115, O116: places
makeStaff
$none:=ds.Employee.newSelection()
$sel:=ds.Employee.all()
return [$sel.at(9); $sel.at(-1).ID; $sel.at(-9); $none.first(); $none.last()]
//= [null,4,null,null,null]

//# O117, O118: dropped entities keep their places until the selection is cleaned
makeStaff
$sel:=ds.Employee.all().orderBy("ID desc")
ds.Employee.get(3).drop()
$clean:=$sel.clean()
return [$sel[1]; $sel.length; $clean.extract("ID"); $clean.isOrdered(); $clean.isAlterable()]
//= [null,4,[4,2,1],true,false]

//# O119, O121: the values of an attribute, and related entities without duplicates
makeStaff
$sel:=ds.Employee.all()
return [$sel.firstName; $sel.employer.length; $sel.employer.isOrdered(); ds.Company.newSelection().staff.length; ds.Company.all().staff.length; $sel.employer.staff.employer.name]
//= [["Ada","Grace","Alan","Kurt"],2,false,0,3,["Acme","Birch"]]

//# O119: the values of one attribute, nulls included and dropped entities left out
makeStaff
$sel:=ds.Employee.all().orderBy("ID desc")
ds.Employee.get(2).drop()
$e:=ds.Employee.get(1)
$e.firstName:=Null
$e.extra:={a: 1}
$e.save()
return [$sel.firstName; $sel.extra; $sel.length; $sel.clean().length; $sel.clean().firstName]
//= [["Kurt","Alan",null],[{"tags":[]},null,{"a":1}],4,3,["Kurt","Alan",null]]

//# O120: an unknown attribute is an error
return ds.Employee.all().nothing
//! nothing

//# O122: what can be shared can't be altered
makeStaff
return ds.Employee.all().add(ds.Employee.get(1))
//! 1637

//# O123, O125: an ordered selection keeps duplicates
makeStaff
$sel:=ds.Employee.newSelection(dk keep ordered)
$first:=ds.Employee.get(2)
$same:=$sel.add($first)
$sel.add($first).add(ds.Employee.get(1)).add(Null)
return [$sel.extract("ID"); $same=$sel; $sel.length]
//= [[2,2,1],true,3]

//# O124: adding a selection orders
makeStaff
$sel:=ds.Employee.newSelection()
$before:=$sel.isOrdered()
$sel.add(ds.Employee.get(3))
$between:=$sel.isOrdered()
$sel.add(ds.Employee.query("ID < 3"))
return [$before; $between; $sel.isOrdered(); $sel.extract("ID")]
//= [false,false,true,[3,1,2]]

//# O126, O127: the order of what is combined
makeStaff
$sel:=ds.Employee.newSelection(dk keep ordered)
$sel.add(ds.Employee.get(3)).add(ds.Employee.get(1)).add(ds.Employee.get(3)).add(ds.Employee.get(1)).add(ds.Employee.get(2))
$one:=ds.Employee.get(1)
$kept:=$sel.minus($one; dk keep ordered)
return [$sel.and($one).isOrdered(); $sel.or($one).isOrdered(); $sel.minus($one).isOrdered(); $sel.minus($one).extract("ID"); $kept.isOrdered(); $kept.extract("ID")]
//= [false,false,false,[2,3],true,[3,3,2]]

//# O128: combined with nothing
makeStaff
$sel:=ds.Employee.query("ID < 3")
$none:=ds.Employee.newSelection()
return [$sel.and(Null).length; $sel.and($none).length; $sel.or(Null).length; $sel.or($none).length; $sel.minus(Null).length; $sel.minus($none).length; $none.or($none).length]
//= [0,0,2,2,2,2,0]

//# O129: another dataclass
makeStaff
return ds.Employee.all().or(ds.Company.all())
//! 1587

//# O130: is it there
makeStaff
$sel:=ds.Employee.query("ID < 3")
return [$sel.contains(Null); $sel.contains(ds.Employee.get(1)); $sel.contains(ds.Employee.get(3))]
//= [false,true,false]

//# O131: where another selection lies in this one
makeStaff
$sel:=ds.Employee.all().orderBy("ID")
$some:=ds.Employee.query("ID in [1,2,4]")
return [$sel.selected($some); $sel.selected(ds.Employee.newSelection()); ds.Employee.newSelection().selected($sel)]
//= [{"ranges":[{"start":0,"end":1},{"start":3,"end":3}]},{"ranges":[]},{"ranges":[]}]

//# O131: not in one of another dataclass
makeStaff
return ds.Employee.all().selected(ds.Company.all())
//! 1587

//# O132: parts
makeStaff
$sel:=ds.Employee.all()
ds.Employee.get(2).drop()
$sel:=$sel.copy()
return [$sel.slice(-1; -2).length; $sel.slice(9).length; $sel.slice(-2).extract("ID"); $sel.slice(0; 1).extract("ID")]
//= [0,0,[3,4],[1]]

//# O132: parts keep dropped references
makeStaff
$sel:=ds.Employee.all()
$n:=$sel.length
ds.Employee.get(2).drop()
return [$sel.slice(0; 2).length; $sel.slice(0; 2).clean().length]
//= [2,1]

//# O133, O134, O135: what can be altered
makeStaff
$all:=ds.Employee.all()
return [$all.isAlterable(); ds.Employee.query("ID > 0").isAlterable(); $all.copy().isAlterable(); $all.copy(ck shared).isAlterable(); ds.Employee.newSelection().isAlterable(); $all.copy().query("ID > 1").isAlterable(); $all.query("ID > 1").isAlterable()]
//= [false,false,true,false,true,true,false]

//# O136: what can be altered can't be shared
makeStaff
Use (Storage)
	Storage.sel:=ds.Employee.all().copy()
End use
//! -10721

//# O138: without order there are no duplicates
makeStaff
$sel:=ds.Employee.newSelection(dk keep ordered)
$sel.add(ds.Employee.get(2)).add(ds.Employee.get(2)).add(ds.Employee.get(1))
return [$sel.or($sel).extract("ID"); $sel.query("ID > 0").length]
//= [[1,2],2]

//# O139, O140, O141: sorted
makeStaff
$sel:=ds.Employee.all()
return [$sel.orderBy("salary").extract("ID"); $sel.orderBy("salary desc").extract("ID"); $sel.orderBy("nothing").length; $sel.orderBy([{propertyPath: "employer.name"; descending: True}; {propertyPath: "salary"}]).extract("ID"); $sel.orderBy("employer.name desc, salary").extract("ID")]
//= [[4,3,2,1],[1,2,3,4],0,[3,2,1,4],[3,2,1,4]]

//# O142: sorted by formulas
makeStaff
$sel:=ds.Employee.all()
return [$sel.orderByFormula("Length(This.lastName)"; dk descending).first().ID; $sel.orderByFormula(Formula(This.ID*$1.n); {args: {n: -1}}).extract("ID")]
//= [1,[4,3,2,1]]

//# O155: what could not be dropped
makeStaff
$sel:=ds.Employee.query("ID > 2")
$kept:=$sel.drop()
return [$kept.length; ds.Employee.getCount(); $sel.length]
//= [0,2,2]

//# O156: dropping stops at the first failure
ds.Product.fromCollection([{ID: 1}; {ID: 2; status: "kept"}; {ID: 3}; {ID: 4; status: "kept"}])
$kept:=ds.Product.all().drop(dk stop dropping on first error)
$after:=ds.Product.all().extract("ID")
return [$kept.extract("ID"); $after; ds.Product.all().drop().extract("ID"); ds.Product.all().extract("ID")]
//= [[2],[2,3,4],[2,4],[2,4]]

//# O201: a loop skips what is dropped meanwhile
makeStaff
var $e : cs.EmployeeEntity
$seen:=[]
For each ($e; ds.Employee.all())
	$seen.push($e.ID)
	If ($e.ID=1)
		ds.Employee.get(2).drop()
	End if
End for each
return $seen
//= [1,3,4]

//# O006: a copy by OB Copy, and one that can be shared
makeStaff
$sel:=ds.Employee.query("ID < 3 order by ID desc")
$copy:=OB Copy($sel)
$shared:=OB Copy($copy; ck shared)
$inside:=OB Copy({list: $sel}).list
$copy.add(ds.Employee.get(4))
return [$sel.isAlterable(); $copy.isAlterable(); $copy.extract("ID"); $shared.isAlterable(); $shared.extract("ID"); OB Is shared($shared); $inside.isAlterable(); $sel.length]
//= [false,true,[2,1,4],false,[2,1],true,true,2]

//# O006: what Storage keeps is copied as well
makeStaff
Use (Storage)
	Storage.sel:=ds.Employee.query("ID < 3")
End use
return [OB Copy(Storage.sel).isAlterable(); OB Copy(Storage.sel; ck shared).isAlterable(); Storage.sel.copy().isAlterable()]
//= [true,false,true]

//# O137: selections that can be altered from now on
makeStaff
$before:=ds.Employee.all()
ds.makeSelectionsAlterable()
$all:=ds.Employee.all()
return [$before.isAlterable(); $all.isAlterable(); ds.Employee.query("ID > 1").isAlterable(); ds.Company.get(1).staff.isAlterable(); $all.copy(ck shared).isAlterable(); $all.add(ds.Employee.get(1)).length; $before.orderBy("ID").isAlterable()]
//= [false,true,true,true,false,4,true]

//# O135: a selection sorted by what code computes keeps its nature
makeStaff
$sel:=ds.Employee.query("ID < 4").copy()
return [$sel.orderBy("double").isAlterable(); $sel.orderBy("double desc").extract("ID"); ds.Employee.all().orderBy("double").isAlterable()]
//= [true,[1,2,3],false]

//# O150: the paths into the objects of an indexed attribute
ds.Product.fromCollection([{name: "a"; parts: {age: 1; Children: [{Name: "x"; age: 3}; {age: 4}]; client: True}}; {name: "b"; parts: {telephone: ["1"]; Address: {city: "y"}}}; {name: "c"}])
return [ds.Product.all().distinctPaths("parts"); ds.Product.query("name = c").distinctPaths("parts")]
//= [["Address","Address.city","age","Children","Children[]","Children[].age","Children[].Name","Children.length","client","telephone","telephone[]","telephone.length"],[]]

//# O150: an attribute without index has no paths
return ds.Employee.all().distinctPaths("extra")
//! is no indexed object attribute

//# O150: nor has one that holds no objects
return ds.Employee.all().distinctPaths("lastName")
//! is no indexed object attribute

//# O157: a classic selection can't become an entity selection
return Create entity selection([Employee]).length
//! Create entity selection

//# O198: nor is there a classic selection to make
ALL RECORDS([Employee])
//! ALL RECORDS
