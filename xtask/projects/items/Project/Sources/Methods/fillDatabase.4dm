var $item : cs.ItemEntity
var $user : cs.UsersEntity
var $i : Integer

ds.startTransaction()
$user:=ds.Users.new()
$user.email:="bench@example.com"
$user.password:=Generate password hash("bench-secret")
$user.save()
For ($i; 1; 10000)
	$item:=ds.Item.new()
	$item.name:="Item "+String($i)
	$item.city:="City "+String($i%100)
	$item.amount:=$i*1.5
	$item.since:=!2020-01-01!
	$item.active:=($i%7)#0
	$item.note:="Note of item "+String($i)
	$item.save()
End for
ds.validateTransaction()
