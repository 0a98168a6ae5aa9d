// Formulas: section 12 of the library digest.

//# L182: locals are captured when the formula is made
$v:=10
$o:={f: Formula($v)}
$v:=20
return $o.f()
//= 10

//# L183: call and apply
return [Formula($1+$2).call(Null; 10; 20); Formula($1+$2).apply(Null; [10; 20]); Formula(1).call()]
//= [30,30,1]

//# L184: a formula of a method passes its arguments on
return [Formula(fib).call(Null; 10); Formula(fib(5)).call(Null; 10)]
//= [55,5]

//# L185: This is the object the formula lies in
$o:={value: 50; f: Formula(This.value*2)}
return [$o.f(); $o["f"](); Value type($o.f)]
//= [100,100,38]

//# L186: a formula may assign
$o:={a: 6; b: 7}
$f:=Formula(This.total:=This.a*This.b)
$f.call($o)
return $o
//= {"a":6,"b":7,"total":42}

//# L187: source
return [Formula(String(1)).source; Formula from string("1+2").source]
//= ["String(1)","1+2"]

//# Formula from string computes
return [Formula from string("1+2").call(); Formula from string("$1*$2").call(Null; 6; 7); Formula from string("fib(10)").call(); Formula from string("This.a+1").call({a: 2})]
//= [3,42,55,3]

//# L188: Formula from string can't see locals
$x:=1
return Formula from string("$x+1").call()
//! local variable $x

//# L188: the error has its number
Try
	$f:=Formula from string("$x+1")
Catch
	return Last errors[0].errCode
End try
//= -10737

//# a text that is no expression
return Formula from string("1+").call()
//! syntax error

//# two statements are no formula
return Formula from string("a:=1\nb:=2").call()
//! is not one expression

//# Formula from string sees process variables
total:=5
return Formula from string("total*2").call()
//= 10

//# a variable nobody knows is undefined
return Undefined(Formula from string("nobodyKnowsThis").call())
//= true

//# EXECUTE FORMULA runs a statement
total:=1
EXECUTE FORMULA("total:=total+41")
return total
//= 42

//# L236: return inside a formula
$o:={ob1: {age: 42}; form1: Formula(return This.ob1.age+10)}
return $o.form1()
//= 52

//# a class function is a value
$c:=cs.Counter.me
$f:=$c.next
return Value type($f)
//= 38

//# more values in one place than a routine can hold
return Formula from string("["+("1;"*70000)+"1]").call()
//! too large to be compiled

//# and the error method lets the code go on
var errorsSeen : Integer
ON ERR CALL("onError")
EXECUTE FORMULA("["+("1;"*70000)+"1]")
return errorsSeen
//= 1

//# as many as it can
return Formula from string("["+("1;"*60000)+"1]").call().length
//= 60001
