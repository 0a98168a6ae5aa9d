//%attributes = {"invisible":true}
#DECLARE($name : Text; $email : Text; $password : Text; $role : Text) : cs.UsersEntity
var $user : cs.UsersEntity

$user:=ds.Users.new()
$user.name:=$name
$user.email:=$email
$user.password:=Generate password hash($password)
$user.role:=$role
$user.save()

return $user
