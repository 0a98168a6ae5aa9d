// Saving, dropping and locking entities (docs/API/EntityClass.md).

//# O022, O023: an entity is new until it was saved, and each save moves its stamp
$e:=ds.Badge.new()
$new:=[$e.isNew(); $e.getStamp(); $e.touched()]
$e.code:="a"
$e.save()
$first:=[$e.isNew(); $e.getStamp()]
$e.firmName:="x"
$e.save()
return [$new; $first; $e.getStamp()]
//= [[true,0,false],[false,1],2]

//# O024, O203: what was not touched is not written
makeStaff
$e:=ds.Employee.get(1)
return [$e.save(); $e.getStamp()]
//= [{"success":true},1]

//# O025, O027, O028: assigning the same value touches; saving ends it
makeStaff
$e:=ds.Employee.get(1)
$before:=[$e.touched(); $e.touchedAttributes()]
$e.salary:=$e.salary
$after:=[$e.touched(); $e.touchedAttributes()]
$status:=$e.save()
return [$before; $after; $status.success; $e.touched(); $e.getStamp()]
//= [[false,[]],[true,["salary"]],true,false,2]

//# O026: a changed relation counts under both its names
makeStaff
$e:=ds.Employee.get(1)
$e.firstName:="Augusta"
$e.employer:=ds.Company.get(2)
return [$e.touchedAttributes(); $e.employerID]
//= [["firstName","employer","employerID"],2]

//# O029: a stale entity is not saved
makeStaff
$a:=ds.Employee.get(1)
$b:=ds.Employee.get(1)
$a.salary:=1
$a.save()
$b.firstName:="x"
return [$b.save(); ds.Employee.get(1).firstName]
//= [{"success":false,"status":2,"statusText":"Stamp has changed"},"Ada"]

//# O030, O031: auto merge writes what was touched over what somebody else changed
makeStaff
$a:=ds.Employee.get(1)
$b:=ds.Employee.get(1)
$a.salary:=1
$first:=$a.save(dk auto merge)
$b.firstName:="x"
$second:=$b.save(dk auto merge)
$e:=ds.Employee.get(1)
return [$first; $second; $e.firstName; $e.salary; $b.salary; $b.getStamp()=$e.getStamp(); $b.touched()]
//= [{"success":true,"autoMerged":false},{"success":true,"autoMerged":true},"x",1,1,true,false]

//# O032: both changed the same attribute
makeStaff
$a:=ds.Employee.get(1)
$b:=ds.Employee.get(1)
$a.salary:=1
$a.save()
$b.salary:=2
$b.firstName:="x"
return [$b.save(dk auto merge); ds.Employee.get(1).salary; ds.Employee.get(1).firstName; $b.salary]
//= [{"success":false,"status":6,"statusText":"Auto merge failed","autoMerged":false},1,"Ada",2]

//# O033: objects are not merged
makeStaff
$a:=ds.Employee.get(1)
$b:=ds.Employee.get(1)
$a.extra.age:=1
$a.save()
$b.extra.age:=2
$status:=$b.save(dk auto merge)
return [$status.status; $status.statusText; ds.Employee.get(1).extra.age]
//= [2,"Stamp has changed",1]

//# O035, O042, O043: what is gone can't be saved or dropped, and is still readable
makeStaff
$a:=ds.Employee.get(1)
$b:=ds.Employee.get(1)
$dropped:=$a.drop()
$b.salary:=1
return [$dropped; $a.firstName; $b.save(); $b.drop(dk force drop if stamp changed).status; $b.reload().status; $a.unlock().success]
//= [{"success":true},"Ada",{"success":false,"status":5,"statusText":"Entity does not exist anymore"},5,5,false]

//# O036, O202: a duplicate key is answered and thrown
makeStaff
$e:=ds.Employee.new()
$e.ID:=1
Try
	$status:=$e.save()
Catch
	$caught:=True
End try
return [$caught; $status.success; $status.status; $status.statusText; $status.errors[0].message#""; $status.errors[0].componentSignature; $status.errors[0].errCode>0; $e.isNew()]
//= [true,false,4,"Other error",true,"dbmg",true,true]

//# O038: inside a transaction stamps are not compared
makeStaff
START TRANSACTION
$a:=ds.Employee.get(1)
$b:=ds.Employee.get(1)
$a.salary:=1
$b.salary:=2
$both:=[$a.save().success; $b.save().success]
VALIDATE TRANSACTION
return [$both; ds.Employee.get(1).salary]
//= [[true,true],2]

//# O039, O040: each entity saves itself alone, and a relation leads to the same entity each time
makeStaff
$e:=ds.Employee.get(1)
$e.employer.name:="Apex"
$e.salary:=1
$e.save()
$before:=ds.Company.get(1).name
$status:=$e.employer.save()
return [$before; $status.success; ds.Company.get(1).name]
//= ["Acme",true,"Apex"]

//# O041: a stale entity is dropped by force alone
makeStaff
$a:=ds.Employee.get(1)
$b:=ds.Employee.get(1)
$a.salary:=1
$a.save()
return [$b.drop(); $b.drop(dk force drop if stamp changed)]
//= [{"success":false,"status":2,"statusText":"Stamp has changed"},{"success":true}]

//# O034, O044, O051: what another process locks is neither saved nor dropped, until that process ends
makeStaff
$locked:=New signal
$letGo:=New signal
New process("holdLock"; 0; "holder"; 1; $locked; $letGo)
$locked.wait(10)
$e:=ds.Employee.get(1)
$e.salary:=1
$save:=$e.save()
$drop:=$e.drop()
$lock:=$e.lock()
$letGo.trigger()
$ended:=New signal
New process("holdLock"; 0; "after"; 2; $ended; $letGo)
$ended.wait(10)
return [$save.status; $save.statusText; $save.lockKindText; Value type($save.lockInfo.task_id)=Is real; $drop.status; $lock.status]
//= [3,"Already locked","Locked by record",true,3,3]

//# O045, O048, O049: a process locks twice; the reference that locked unlocks
makeStaff
$a:=ds.Employee.get(1)
$b:=ds.Employee.get(1)
$never:=$a.unlock().success
return [$never; $a.lock().success; $b.lock().success; $a.unlock().success; $a.unlock().success]
//= [false,true,true,true,false]

//# O048: another reference of the record does not unlock
makeStaff
$a:=ds.Employee.get(1)
$b:=ds.Employee.get(1)
$a.lock()
return [$b.unlock().success; $a.unlock().success]
//= [false,true]

//# O046, O047: a stale entity is locked after it was read again
makeStaff
$a:=ds.Employee.get(1)
$b:=ds.Employee.get(1)
$a.salary:=1
$a.save()
$plain:=$b.lock()
$again:=$b.lock(dk reload if stamp changed)
return [$plain; $again.success; $again.wasReloaded; $b.salary; $a.lock().wasReloaded=Null; $a.lock(dk reload if stamp changed).wasReloaded]
//= [{"success":false,"status":2,"statusText":"Stamp has changed"},true,true,1,true,false]

//# O053: reload forgets what was changed
makeStaff
$e:=ds.Employee.get(1)
$e.salary:=1
$status:=$e.reload()
return [$status; $e.salary; $e.touched()]
//= [{"success":true},40,false]

//# O054: a clone has its own values and shares objects
makeStaff
$e:=ds.Employee.get(1)
$copy:=$e.clone()
$copy.salary:=1
$copy.extra.age:=2
return [$e.salary; $e.extra.age; $copy=$e]
//= [40,2,false]

//# O055: a new entity has no clone
$copy:=ds.Person.new().clone()
//! never saved

//# O056, O057, O058: how two entities differ
makeStaff
$a:=ds.Employee.get(1)
$b:=ds.Employee.get(1)
$same:=$a.diff($b)
$a.firstName:="Augusta"
$b.employer:=ds.Company.get(2)
$b.salary:=1
$rows:=$a.diff($b)
return [$same; $rows.extract("attributeName"); $rows[0]; $a.diff($b; ["salary"; "none"])]
//= [[],["firstName","salary","employerID","employer"],{"attributeName":"firstName","value":"Augusta","otherValue":"Ada"},[{"attributeName":"salary","value":40,"otherValue":1}]]

//# O056: nothing can't be compared with
return ds.Person.new().diff(Null)
//! diff needs an entity

//# O059: the key, as it is or as a text
makeStaff
$e:=ds.Employee.get(1)
return [$e.getKey(); $e.getKey(dk key as string)]
//= [1,"1"]

//# O060, O061, O062: neighbours and place in the selection
makeStaff
$sel:=ds.Employee.all().orderBy("ID")
ds.Employee.get(3).drop()
$second:=$sel[1]
return [$second.next().ID; $sel.last().next(); ds.Employee.get(1).next(); $sel[3].previous().ID; $second.indexOf(); ds.Employee.get(1).indexOf(); $second.indexOf($sel.slice(1))]
//= [4,null,null,2,1,-1,0]

//# O062: a place in another dataclass's selection
makeStaff
return ds.Employee.get(1).indexOf(ds.Company.all())
//! incompatible dataclass

//# O050: a lock ends with the last entity that refers to the record
makeStaff
$locked:=lockBriefly
$into:=New shared object
$done:=New signal
New process("saveOther"; 0; "other"; $into; $done)
$done.wait(10)
return [$locked; $into.success]
//= [true,true]

//# O034: who locked is told by number and name
makeStaff
$locked:=New signal
$letGo:=New signal
$number:=New process("holdLock"; 0; "holder"; 1; $locked; $letGo)
$locked.wait(10)
$status:=ds.Employee.get(1).lock()
$letGo.trigger()
return [$status.lockInfo.task_name; $status.lockInfo.task_id=$number]
//= ["holder",true]

//# O160: a transaction begun by either means holds what ORDA saves
makeStaff
START TRANSACTION
$e:=ds.Employee.get(1)
$e.salary:=1
$e.save()
$inside:=[In transaction; Transaction level; ds.Employee.get(1).salary]
CANCEL TRANSACTION
$after:=ds.Employee.get(1).salary
ds.startTransaction()
$e:=ds.Employee.get(1)
$e.salary:=2
$e.save()
VALIDATE TRANSACTION
return [$inside; $after; ds.Employee.get(1).salary; In transaction]
//= [[true,1,1],40,2,false]

//# O190: a record of the classic language isn't saved, and so no event runs
CREATE RECORD([Employee])
//! CREATE RECORD

//# O190: nor is there one to save
SAVE RECORD([Employee])
//! SAVE RECORD

//# O162: while a process holds the datastore, others wait with what they write
makeStaff
ds.flushAndLock()
ds.flushAndLock()
$into:=New shared object
$done:=New signal
New process("saveOther"; 0; ""; $into; $done)
$locked:=ds.locked()
$e:=ds.Employee.get(2)
$e.salary:=7
$own:=$e.save().success
$waits:=Not($done.wait(0.2))
ds.unlock()
$stillWaits:=Not($done.wait(0.2)) & ds.locked()
ds.unlock()
ds.unlock()
$saved:=$done.wait(10)
return [$locked; $own; $waits; $stillWaits; $saved; $into.success; ds.locked(); ds.Employee.get(1).salary]
//= [true,true,true,true,true,true,false,1]

//# O162: a process that ends lets go of the datastore
makeStaff
$done:=New signal
New process("freezeBriefly"; 0; ""; $done)
$done.wait(10)
$e:=ds.Employee.get(1)
$e.salary:=1
return [$e.save().success; ds.Employee.get(1).salary]
//= [true,1]
