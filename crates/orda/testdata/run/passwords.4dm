// Password hashes (docs/commands-legacy/generate-password-hash.md, verify-password-hash.md).

//# L081: two hashes of a password differ, and both verify
$a:=Generate password hash("a"; {cost: 4})
$b:=Generate password hash("a"; {cost: 4})
return [Compare strings($a; $b; sk char codes)#0; Verify password hash("a"; $a); Verify password hash("a"; $b); Verify password hash("A"; $a)]
//= [true,true,true,false]

//# L082: only the first 72 bytes count
$long:="0123456789"*8
$hash:=Generate password hash($long; {algorithm: "bcrypt"; cost: 4})
return [Verify password hash(Substring($long; 1; 72); $hash); Verify password hash(Substring($long; 1; 71); $hash)]
//= [true,false]

//# L083: a cost outside 4 to 31 is error 852, and the hash is empty
var $hash : Text:="before"
Try
	$hash:=Generate password hash("a"; {cost: 3})
Catch
End try
return [Last errors[0].errCode; $hash]
//= [852,""]

//# L083: an unknown algorithm is error 850; its name is case-sensitive
var $hash : Text:="before"
Try
	$hash:=Generate password hash("a"; {algorithm: "md5"})
Catch
End try
$first:=Last errors[0].errCode
Try(Generate password hash("a"; {algorithm: "BCRYPT"; cost: 4}))
return [$first; $hash; Last errors[0].errCode]
//= [850,"",850]

//# a malformed hash is simply not verified
return Verify password hash("a"; "no hash at all")
//= false
