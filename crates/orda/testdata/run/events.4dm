// The events of entities (docs/ORDA/orda-events.md).

//# O176, O177: touched, and an error in it
$e:=ds.Product.new()
$e.name:="bad touch"
$e.name:=$e.name
return [$e.name; Storage.notes]
//= ["bad touch",["then touched status","touched name","then touched name","touched name","then touched name"]]

//# O179, O180, O187, O207: the order of events, of touched attributes
$e:=ds.Product.new()
$e.save()
Storage.notes.clear()
$e.price:=2
$e.save()
$first:=Storage.notes.copy()
Use (Storage.notes)
	Storage.notes.clear()
End use
$e.save()
return [$first; Storage.notes]
//= [["then touched price","validateSave label","validateSave","saving","afterSave success price true"],["validateSave","saving"]]

//# O181, O185, O204: a mild refusal ends the chain
$e:=ds.Product.new()
$e.name:="mild"
$status:=$e.save()
return [$status.status; $status.statusText; $status.errors[0]; ds.Product.getCount(); Storage.notes.slice(-2)]
//= [7,"Mild Validation Error",{"errCode":1,"message":"mild refusal","extraDescription":{"info":"a"},"seriousError":false,"componentSignature":"DBEV"},0,["validateSave name","afterSave failed  false"]]

//# O182, O191, O202: a serious refusal is thrown, and answered
$e:=ds.Product.new()
$e.name:="serious"
Try
	$status:=$e.save()
Catch
	$caught:=Last errors[0].componentSignature
End try
return [$caught; $status.status; $status.statusText; $status.errors[0].message; ds.Product.getCount()]
//= ["DBEV",8,"Serious Validation Error","serious refusal",0]

//# O183: fatalError is another name of seriousError
$e:=ds.Product.new()
$e.name:="fatal"
$e.save()
//! fatal refusal

//# O184, O205, O206: what saving refuses is thrown always
$e:=ds.Product.new()
$e.status:="refused"
Try
	$status:=$e.save()
Catch
	$caught:=True
End try
return [$caught; $status.status; $status.statusText; $status.errors[0].message; Storage.notes.at(-1)]
//= [true,4,"Other error","saving refused","afterSave failed  true"]

//# O186: a refusal comes before a changed stamp
$e:=ds.Product.new()
$e.save()
$other:=ds.Product.get($e.ID)
$other.price:=1
$other.save()
$e.name:="mild"
return $e.save().status
//= 7

//# O188: afterSave can't save
$e:=ds.Product.new()
$e.status:="again"
$status:=$e.save()
return [$status; $e.getStamp(); $e.drop(); ds.Product.getCount()]
//= [{"success":true},1,{"success":true},0]

//# O189: dropping a selection asks each entity
ds.Product.fromCollection([{ID: 1}; {ID: 2; status: "kept"}])
Use (Storage.notes)
	Storage.notes.clear()
End use
$kept:=ds.Product.all().drop()
return [$kept.extract("ID"); Storage.notes]
//= [[2],["dropping name","dropping","afterDrop success 6","afterDrop failed 0"]]
