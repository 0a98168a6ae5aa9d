// Errors: who takes them, and what code sees of them (docs/Concepts/error-handling.md, docs/commands/throw.md,
// docs/commands/on-err-call.md).

//# L192: an error skips the rest of the Try block, and Catch runs
var $steps : Text:=""
Try
	$steps+="a"
	throwNow(3)
	$steps+="b"
Catch
	$steps+="c"
End try
return [$steps; Last errors[0].errCode]
//= ["ac",3]

//# without an error Catch is skipped
var $steps : Text:=""
Try
	$steps+="a"
Catch
	$steps+="c"
End try
return [$steps; Last errors]
//= ["a",null]

//# L193: a deferred error thrown in the block itself does not run Catch; Last errors tells of it
var $steps : Text:=""
Try
	throw({errCode: 5; message: "later"; deferred: True})
	$steps+="b"
Catch
	$steps+="c"
End try
return [$steps; Last errors[0].errCode]
//= ["b",5]

//# L194: a deferred error of a called method runs Catch when that returns, and the method runs to its end
var steps : Text:=""
Try
	$result:=throwDeferred
	steps:=steps+"b"
Catch
	steps:=steps+"c"
End try
return [steps; Last errors[0].errCode]
//= ["after c",5]

//# several deferred errors are raised together
Try
	Formula from string("throw({errCode: 1; deferred: True})").call()
Catch
	return Last errors.extract("errCode")
End try
//= [1]

//# a deferred error outside any Try is raised when its routine returns
var steps : Text:=""
throw({errCode: 6; message: "at the end"; deferred: True})
steps:=steps+"on"
//! at the end

//# L196: the innermost Try takes the error
$inner:=Try(throwNow(1)) || "caught inside"
return Try($inner+" and on")
//= "caught inside and on"

//# L196: an error in a called method is taken by the Try in it
return [Try(tryInside); Last errors[0].errCode]
//= ["inner",8]

//# the next Try begins without errors
Try(throwNow(1))
$first:=Last errors.length
$x:=Try(1+1)
return [$first; $x; Last errors]
//= [1,2,null]

//# an error in Catch goes on outwards
Try
	Try
		throwNow(1)
	Catch
		throwNow(2)
	End try
Catch
	return Last errors[0].errCode
End try
//= 2

//# L198: an error goes to the method of the process, not to that of the server
var errorsSeen; otherErrorsSeen : Integer
ON ERR CALL("otherOnError"; ek global)
ON ERR CALL("onError")
throwNow(1)
ON ERR CALL("")
$both:=[errorsSeen; otherErrorsSeen]
throwNow(1)
ON ERR CALL(""; ek global)
return $both.concat([errorsSeen; otherErrorsSeen])
//= [1,0,1,1]

//# the names of both methods (docs/commands-legacy/method-called-on-error.md)
ON ERR CALL("onError"; ek local)
ON ERR CALL("otherOnError"; ek global)
$names:=[Method called on error; Method called on error(ek local); Method called on error(ek global); Method called on error(ek errors from components)]
ON ERR CALL("")
ON ERR CALL(""; ek global)
return $names.concat([Method called on error; Method called on error(ek global)])
//= ["onError","onError","otherOnError","","",""]

//# L199: after the error method the next statement runs, in the routine that failed
var errorsSeen : Integer
var steps : Text
ON ERR CALL("onError")
$result:=failInside
ON ERR CALL("")
return [errorsSeen; steps; $result]
//= [1,"after ","end"]

//# an error method that calls ABORT ends the code with the error
var errorsSeen : Integer
ON ERR CALL("abortOnError")
throwNow(77)
errorsSeen:=1000
return errorsSeen
//! now

//# no Try around catches what was aborted
var errorsSeen : Integer
Try
	ON ERR CALL("abortOnError")
	throwNow(78)
Catch
	return "caught"
End try
return "went on"
//! now

//# L200: an error inside Try is not given to a method installed before
var errorsSeen : Integer
ON ERR CALL("onError")
Try
	throwNow(1)
Catch
End try
$x:=Try(throwNow(2))
ON ERR CALL("")
return [errorsSeen; Last errors[0].errCode]
//= [0,2]

//# L200: nor to that of the server
var otherErrorsSeen : Integer
ON ERR CALL("otherOnError"; ek global)
Try(throwNow(1))
ON ERR CALL(""; ek global)
return otherErrorsSeen
//= 0

//# a method installed inside the Try takes it
var errorsSeen : Integer
var $steps : Text:=""
Try
	ON ERR CALL("onError")
	throwNow(1)
	$steps+="b"
	ON ERR CALL("")
Catch
	$steps+="c"
End try
return [errorsSeen; $steps]
//= [1,"b"]

//# Error and its like tell an error method what failed
var Error; errorsSeen : Integer
ON ERR CALL("onError")
throwNow(42)
ON ERR CALL("")
return [Error method; Error line]
//= ["throwNow",2]

//# with an empty error method Error can be read after the failing command
var Error : Integer
ON ERR CALL("emptyOnError")
throwNow(43)
$code:=Error
ON ERR CALL("")
return [$code; Error]
//= [43,0]

//# throw without parameters raises the current errors again, when the routine returns
Try
	ON ERR CALL("rethrowOnError")
	throwNow(9)
	ON ERR CALL("")
Catch
	return Last errors.extract("errCode")
End try
return "nothing"
//= [9]

//# custom properties of an error are found again
Try
	throw({componentSignature: "xbox"; errCode: 600; message: "File {name} not found ({path})"; name: "myFileName"; path: "myFilePath"; more: 3})
Catch
	return Last errors[0]
End try
//= {"errCode":600,"message":"File myFileName not found (myFilePath)","componentSignature":"xbox","name":"myFileName","path":"myFilePath","more":3}

//# GET LAST ERROR STACK gives the errors as three arrays
ARRAY LONGINT($codes; 0)
ARRAY TEXT($components; 0)
ARRAY TEXT($texts; 0)
Try(throwNow(12))
GET LAST ERROR STACK($codes; $components; $texts)
return [Size of array($codes); $codes{1}; $components{1}; $texts{1}]
//= [1,12,"host","now"]

//# return inside Try leaves the method, and its protection ends there
var $n : Integer
For ($n; 1; 3)
	If (returnInTry#"inside")
		return "wrong"
	End if 
End for 
throwNow(4)
//! now

//# break and continue leave a Try block
var $steps : Text:=""
var $i : Integer
For ($i; 1; 4)
	Try
		If ($i=2)
			continue
		End if 
		If ($i=4)
			break
		End if 
		$steps+=String($i)
	Catch
	End try
End for 
return [$steps; Undefined(Try(throwNow(1)))]
//= ["13",true]

//# the older name of throw with an object
Try
	_4D THROW ERROR({componentSignature: "abcd"; errCode: 3; message: "old"})
Catch
	$result:=[Last errors[0].errCode; Last errors[0].message]
End try
return $result
//= [3,"old"]
