// The language itself: operators, flow control, calls, objects, errors.

//# operators have no precedence (docs/Concepts/operators.md)
return 3+4*5
//= 35

//# parentheses change the order
return 3+(4*5)
//= 23

//# unary minus binds to its operand
var $x : Integer
$x:=4
return -$x+1
//= -3

//# a comparison chain reads from the left
return ("abc"="ABC") & ("é"="e")
//= true

//# the wildcard works on the right only
return ["Martin"="mar@"; "mar@"="Martin"; "a"#"b"]
//= [true,false,true]

//# recursion
return fib(15)
//= 610

//# For with step, continue and break
var $i; $sum : Integer
For ($i; 10; 1; -2)
	If ($i=6)
		continue
	End if 
	If ($i=2)
		break
	End if 
	$sum+=$i
End for 
return [$sum; $i]
//= [22,2]

//# the counter ends just beyond the limit
For ($i; 1; 3)
End for 
return $i
//= 4

//# While and Repeat
$n:=0
While ($n<5)
	$n:=$n+2
End while 
Repeat 
	$n:=$n-1
Until ($n<=3)
return $n
//= 3

//# For each over a collection, an object and a range
var $c : Collection
$c:=[]
For each ($v; [1; 2; 3; 4; 5]; 1; 4)
	$c.push($v)
End for each 
For each ($k; {a: 1; b: 2})
	$c.push($k)
End for each 
return $c
//= [2,3,4,"a","b"]

//# For each with Until
$c:=[]
For each ($v; [1; 2; 3; 4]) Until ($v=2)
	$c.push($v)
End for each 
return $c
//= [1,2]

//# Case of takes the first that is true
$x:=5
Case of 
	: ($x>10)
		return "big"
	: ($x>3)
		return "middle"
	Else 
		return "small"
End case 
//= "middle"

//# ternary and short circuits (0 is truthy)
return [0 ? "yes" : "no"; "" || "default"; Null && 1; 1 && 2]
//= ["yes","default",null,2]

//# objects keep the order of creation and are references
$o:={b: 1; a: {c: 2}}
$p:=$o
$p.a.c+=40
$o["new key"]:="x"
return $o
//= {"b":1,"a":{"c":42},"new key":"x"}

//# reading what is not there is undefined, all the way down
$o:={}
return ($o.a.b.c=Null) & Undefined($o.a)
//= true

//# writing to Null is an error
var $o : Object
$o.x:=1
//! can't be set on Null

//# calling a function on Null is an error
var $o : Object
$o.run()
//! can't be called on Null

//# undefined resets an existing property and creates none
$o:={a: "x"; n: 5}
$o.a:=$o.missing
$o.b:=$o.missing
return $o
//= {"a":"","n":5}

//# collections grow when written beyond the end
$c:=[1]
$c[3]:=4
return $c
//= [1,null,null,4]

//# a typed variable converts or refuses
var $i : Integer
$i:=2.5
return $i
//= 3

//# a typed variable refuses a text
var $i : Integer
$i:="2"
//! can't be assigned to a variable of type Integer

//# text operators
var $t : Text
$t:="ab"
$t+="cd"
$t[[1]]:="X"
return [$t*2; $t[[2]]; "one two" % "two"]
//= ["XbcdXbcd","b",true]

//# dates and times
return [!2024-02-28!+2; !2024-03-01!-!2024-02-01!; ?01:00:00?+?00:30:00?; ?01:00:00?+1]
//= ["2024-03-01",29,5400,3601]

//# division, integer division, modulo, power
return [7/2; 7\2; 7%4; 2^10; 8/4]
//= [3.5,3,3,1024,2]

//# bits
return [5 & 3; 5 | 3; 1 << 4; 5 ?? 2; 4 ?+ 1]
//= [1,7,16,true,6]

//# classes: constructor, inheritance, computed properties
$s:=cs.Square.new(3)
$s.upper:="box"
return [$s.name; $s.upper; $s.area(); $s.describe(); $s.tags]
//= ["box","<box>",9,"shape box of box",["new"]]

//# a shared singleton is one instance
cs.Counter.me.next()
return cs.Counter.new().next()
//= 2

//# writing a shared object needs Use
Storage.x:=1
//! between Use and End use

//# Use allows it, and End use ends it
Use (Storage)
	Storage.x:=New shared object("a"; 1)
	Storage.y:=5
End use 
return [Storage.x.a; Storage.y]
//= [1,5]

//# Try catches, and Last errors tells
Try
	throw(12; "my error")
	return "not here"
Catch
	return Last errors[0]
End try
//= {"errCode":12,"message":"my error","componentSignature":"host"}

//# Try as an expression gives undefined
$o:=Null
return Undefined(Try($o.run()))
//= true

//# throw with an object fills its message
throw({errCode: 7; message: "no {what}"; what: "luck"})
//! no luck

//# an error method lets the code go on
var errorsSeen : Integer
errorsSeen:=0
ON ERR CALL("onError")
$o:=Null
$o.run()
ON ERR CALL("")
return errorsSeen
//= 1

//# a return inside Use gives the lock back
Use (Storage)
	Storage.z:=1
	return Storage.z
End use 
//= 1

//# old style parameters
return legacySum(1; 2; 3.5)
//= 6.5

//# pointers and arrays
ARRAY TEXT($a; 2)
$a{1}:="one"
$a{2}:="two"
$p:=->$a
$p->{2}:="zwei"
$n:=5
$q:=->$n
$q->:=$q->+1
return [$a{1}+$a{2}; $n]
//= ["onezwei",6]

//# an array knows its bounds
ARRAY LONGINT($a; 2)
$a{3}:=1
//! Index out of range

//# formulas capture by value and bind This
$n:=10
$o:={v: 5; f: Formula(This.v+$n+$1)}
$n:=20
return $o.f(1)
//= 16

//# calls may not go on for ever
$o:={}
$o.f:=Formula(This.f())
$o.f()
//! nested too deeply

//# recursion without end is an error
endless
//! calls inside calls

//# a process variable is shared by the methods of a process
var total : Integer
total:=3
addToTotal
return total
//= 4

//# Count parameters, Copy parameters, Current method name
return tellParameters(1; "b")
//= [2,[1,"b"],"tellParameters"]

//# Choose computes all and picks one
return [Choose(True; "a"; "b"); Choose(2; "x"; "y"; "z"); Choose(9; "x"; "y")]
//= ["a","z",""]

//# a condition must be Boolean
If (1)
End if 
//! must be Boolean

//# comparing Null with a number has no order
return Null<1
//! can't be compared

//# undefined compared with a number is False
$o:={}
return $o.x>1
//= false

//# a loop without end is left when the server stops
var $i : Integer
For ($i; 1; 2; 0)
End for 
//! The server is stopping

//# a loop that waits for its commands is left soon when the server stops
var $i : Integer
For ($i; 1; 200)
	$x:=Length("a")
End for 
//! The server is stopping

//# an empty text takes no time to repeat
return ""*9000000000000000000
//= ""

//# times beyond all sense stay times
$t:=Time("9000000000000000000:00")
return [Time(-9000000000000000000)%Time(-1); $t+$t=$t; !2024-01-01!-(-1e300)]
//= [0,true,""]

//# an error method that fails leaves nothing behind
var errorsSeen : Integer
Try
	ON ERR CALL("failingOnError")
	Use (Storage)
		throw(1; "first")
	End use 
Catch
	return [Last errors[0].message; errorsSeen]
End try
//= ["second",1]

//# an error method that fails inside a callback
var errorsSeen : Integer
Try
	ON ERR CALL("failingOnError")
	[1; 2].map(Formula(This.x.y()))
Catch
	return [Last errors[0].message; errorsSeen; fib(5)]
End try
//= ["second",2,5]
