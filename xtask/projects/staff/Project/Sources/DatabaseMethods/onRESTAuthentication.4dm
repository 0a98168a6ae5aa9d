#DECLARE($name : Text; $password : Text; $digest : Boolean; $ip : Text) : Boolean

If ($name="ann") && ($password="pw")
	return Session.setPrivileges({userName: $name})
End if

// A first request without a name opens a session in default mode.
return $name=""
