// Restrictions (docs/ORDA/entities.md).

//# O192: what restricts nothing, and everything
ds.Secret.fromCollection([{ID: 1; level: 1}; {ID: 2; level: 9}])
$seen:=[ds.Secret.all().length]
setRule("foreign")
$seen.push(ds.Secret.all().length)
setRule("none")
$seen.push(ds.Secret.all().length)
return $seen
//= [2,2,0]

//# O193, O197: hidden entities
ds.Secret.fromCollection([{ID: 1; level: 1}; {ID: 2; level: 9}])
setRule("low")
return [ds.Secret.get(2); ds.Secret.get(1).ID; ds.Secret.query("level > 0").length; ds.Secret.getCount()]
//= [null,1,1,1]

//# O194, O200: related entities, and what is combined
makeStaff
ds.Secret.fromCollection([{ID: 1; level: 1; firmID: 1}; {ID: 2; level: 9; firmID: 1}])
$all:=ds.Secret.all()
$n:=$all.length
setRule("low")
return [$n; ds.Company.get(1).secrets.length; ds.Company.all().secrets.length; $all.or($all).length; $all.and($all).length; $all.minus(Null).length]
//= [2,1,1,1,1,1]

//# O195: once for each selection
ds.Secret.fromCollection([{ID: 1; level: 1}; {ID: 2; level: 9}; {ID: 3; level: 2}])
setRule("low")
$before:=Num(Storage.restricts)
$sel:=ds.Secret.all()
$first:=$sel.first()
return [$first.next().ID; $first.next().next(); Storage.restricts-$before]
//= [3,null,1]

//# O196: its error reaches who asked
setRule("fail")
return ds.Secret.all().length
//! the restriction failed

//# O199: what is hidden can't be updated
ds.Secret.fromCollection([{ID: 2; level: 9}])
setRule("low")
Try
	ds.Secret.fromCollection([{ID: 2; level: 1}])
Catch
	$failed:=True
End try
setRule("")
return [$failed; ds.Secret.get(2).level]
//= [true,9]

//# O209: a restriction that leads to its own dataclass ends
makeStaff
ds.Secret.fromCollection([{ID: 1; level: 1; firmID: 1}; {ID: 2; level: 9}])
setRule("cycle")
return ds.Secret.all().extract("ID")
//= [1]
