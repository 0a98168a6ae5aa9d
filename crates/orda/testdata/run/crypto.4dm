// 4D.CryptoKey (docs/API/CryptoKeyClass.md).

//# L221: what a key signs it verifies, and nothing else (ES256)
$key:=4D.CryptoKey.new({type: "ECDSA"; curve: "prime256v1"})
$signature:=$key.sign("hello world"; {hash: "SHA256"})
$good:=$key.verify("hello world"; $signature; {hash: "SHA256"})
$bad:=$key.verify("hello World"; $signature; {hash: "SHA256"})
return [$good; $bad.success; $bad.errors.length; $key.type; $key.curve; Undefined($key.size)]
//= [{"success":true},false,1,"ECDSA","prime256v1",true]

//# L221: the signature of a web token has 64 bytes, and no characters that addresses have to escape
$key:=4D.CryptoKey.new({type: "ECDSA"})
$signature:=$key.sign("a.b"; {hash: "SHA256"; encoding: "Base64URL"})
return [Length($signature); Match regex("[A-Za-z0-9_-]+"; $signature); $key.verify("a.b"; $signature; {hash: "SHA256"; encoding: "Base64URL"}).success]
//= [86,true,true]

//# L221: the other curves
$es384:=4D.CryptoKey.new({type: "ECDSA"; curve: "secp384r1"})
$es512:=4D.CryptoKey.new({type: "ECDSA"; curve: "secp521r1"})
return [$es384.verify("x"; $es384.sign("x"; {hash: "SHA384"}); {hash: "SHA384"}).success; $es512.verify("x"; $es512.sign("x"; {hash: "SHA512"}); {hash: "SHA512"}).success; $es512.verify("x"; $es384.sign("x"; {hash: "SHA384"}); {hash: "SHA512"}).success]
//= [true,true,false]

//# a public key verifies and can't sign
$key:=4D.CryptoKey.new({type: "ECDSA"})
$public:=4D.CryptoKey.new({type: "PEM"; pem: $key.getPublicKey()})
$signature:=$key.sign("x"; {})
return [$public.verify("x"; $signature; {}).success; $public.getPrivateKey(); $public.type; Undefined(Try($public.sign("x"; {}))); Last errors.length]
//= [true,"","PEM",true,1]

//# a private key brings its public one
$key:=4D.CryptoKey.new({type: "ECDSA"; curve: "secp384r1"})
$again:=4D.CryptoKey.new({type: "PEM"; pem: $key.getPrivateKey()})
return [$again.getPublicKey()=$key.getPublicKey(); $again.curve; Position("-----BEGIN PRIVATE KEY-----"; $key.getPrivateKey())]
//= [true,"secp384r1",1]

//# L222: RSA encrypts with the public key and decrypts with the private one
$key:=4D.CryptoKey.new({type: "RSA"; size: 1024})
$public:=4D.CryptoKey.new({type: "PEM"; pem: $key.getPublicKey()})
$encrypted:=$public.encrypt("secret é"; {hash: "SHA256"; encodingEncrypted: "Base64URL"})
$status:=$key.decrypt($encrypted; {hash: "SHA256"; encodingEncrypted: "Base64URL"})
$other:=$key.decrypt($encrypted; {hash: "SHA384"; encodingEncrypted: "Base64URL"})
return [$status; $other.success; $other.errors.length; $key.size; $encrypted#$public.encrypt("secret é"; {hash: "SHA256"})]
//= [{"success":true,"result":"secret é"},false,1,1024,true]

//# L222: keys on curves can't encrypt
return 4D.CryptoKey.new({type: "ECDSA"}).encrypt("x"; {hash: "SHA256"})
//! can't encrypt

//# RSA signs with and without PSS
$key:=4D.CryptoKey.new({type: "RSA"; size: 1024})
$plain:=$key.sign("x"; {hash: "SHA256"})
$pss:=$key.sign("x"; {hash: "SHA256"; pss: True})
return [$key.verify("x"; $plain; {hash: "SHA256"}).success; $key.verify("x"; $pss; {hash: "SHA256"; pss: True}).success; $key.verify("x"; $pss; {hash: "SHA256"}).success; $key.sign("x"; {hash: "SHA256"})=$plain]
//= [true,true,false,true]

//# what is no whole key is refused
$pem:="-----BEGIN PUBLIC KEY-----\nMFwwDQYJKoZIhvcNAQEBBQADSwAwSAJB\n-----END PUBLIC KEY-----"
return 4D.CryptoKey.new({type: "PEM"; pem: $pem})
//! no private or public key in PEM form

//# a key is shared between processes
Use (Storage)
	Storage.key:=4D.CryptoKey.new({type: "ECDSA"})
End use 
return Storage.key.verify("x"; Storage.key.sign("x"; {}); {}).success
//= true

//# other types, curves, sizes and hashes are refused
$key:=4D.CryptoKey.new({type: "ECDSA"})
$messages:=[]
Try(4D.CryptoKey.new({type: "DSA"}))
$messages.push(Last errors.length)
Try(4D.CryptoKey.new({type: "ECDSA"; curve: "secp256k1"}))
$messages.push(Last errors.length)
Try(4D.CryptoKey.new({type: "RSA"; size: 512}))
$messages.push(Last errors.length)
Try($key.sign("x"; {hash: "MD5"}))
$messages.push(Last errors.length)
return $messages
//= [1,1,1,1]
