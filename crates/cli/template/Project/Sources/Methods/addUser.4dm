//%attributes = {"invisible":true}
// Makes a user: tessera run FOLDER addUser '"me@example.com"' '"my secret"'
#DECLARE($email : Text; $password : Text; $role : Text) : Text
var $user : cs.UsersEntity

$user:=ds.Users.new()
$user.email:=$email
$user.password:=Generate password hash($password)
$user.role:=($role="") ? "Author" : $role
$user.save()

return $user.email
