// Arrays: section 3 of the library digest.

//# L108: Type of a variable, Value type of its content
var $t : Text
var $n : Integer
var $r : Real
return [Type($t); Type($n); Type($r); Type({}); Type(!2020-01-01!)]
//= [2,9,1,38,4]

//# L110: an array is a number to Value type and an array to Type
ARRAY TEXT($a; 2)
ARRAY OBJECT($o; 0)
ARRAY REAL($r; 0)
ARRAY LONGINT($m; 2; 2)
return [Value type($a); Type($a); Type($o); Type($r); Type($m)]
//= [1,18,39,14,13]

//# L111: element 0 is not counted
ARRAY TEXT($a; 2)
$a{0}:="z"
return [Size of array($a); $a{0}]
//= [2,"z"]

//# L112: an array grows and shrinks
ARRAY TEXT($a; 2)
$a{1}:="x"
$a{2}:="y"
ARRAY TEXT($a; 3)
$grown:=[$a{1}; $a{2}; $a{3}]
ARRAY TEXT($a; 1)
return [$grown; Size of array($a); $a{1}]
//= [["x","y",""],1,"x"]

//# an index outside is an error (53)
ARRAY TEXT($a; 2)
return $a{3}
//! Index out of range

//# L113: the name selects an element
ARRAY TEXT($a; 3)
$a{2}:="x"
$a:=2
return [$a; $a{2}; $a{$a}]
//= [2,"x","x"]

//# L114: INSERT IN ARRAY beyond the end
ARRAY TEXT($a; 1)
$a{1}:="x"
INSERT IN ARRAY($a; 99)
INSERT IN ARRAY($a; 1; 2)
return [Size of array($a); $a{1}; $a{3}; $a{4}]
//= [4,"","x",""]

//# DELETE FROM ARRAY
ARRAY LONGINT($a; 4)
For ($i; 1; 4)
	$a{$i}:=$i
End for 
DELETE FROM ARRAY($a; 2; 2)
$n:=Size of array($a)
DELETE FROM ARRAY($a; 2; 9)
return [$n; Size of array($a); $a{1}]
//= [2,1,1]

//# L115: Find in array
ARRAY TEXT($a; 2)
$a{1}:="Henry"
$a{2}:="Albert"
return [Find in array($a; "zz"); Find in array($a; "al@"); Find in array($a; "henry"); Find in array($a; "henry"; 2)]
//= [-1,2,1,-1]

//# L116: objects are found by reference
ARRAY OBJECT($a; 2)
$o:={n: 1}
$a{2}:=$o
return [Find in array($a; $o); Find in array($a; {n: 1})]
//= [2,-1]

//# Count in array
ARRAY TEXT($a; 3)
$a{1}:="a"
$a{2}:="b"
$a{3}:="A"
return Count in array($a; "a")
//= 2

//# L117: a text does not fit a number array
ARRAY LONGINT($a; 0)
APPEND TO ARRAY($a; ?00:01:00?)
APPEND TO ARRAY($a; 2.6)
$e:=Undefined(Try(JSON Parse("x")))
Try
	APPEND TO ARRAY($a; "x")
Catch
	return [Last errors[0].errCode; Size of array($a); $a{1}; $a{2}]
End try
//= [54,2,60,3]

//# L118: APPEND TO ARRAY makes the array
APPEND TO ARRAY($new; 1)
APPEND TO ARRAY($new; 2)
APPEND TO ARRAY(names; "x")
return [Size of array($new); $new{2}; Size of array(names); names{1}]
//= [2,2,1,"x"]

//# L119: SORT ARRAY moves others along
ARRAY LONGINT($a; 3)
ARRAY TEXT($b; 3)
$a{1}:=2
$a{2}:=3
$a{3}:=1
$b{1}:="two"
$b{2}:="three"
$b{3}:="one"
SORT ARRAY($a; $b; <)
$down:=[$a{1}; $b{1}; $b{3}]
SORT ARRAY($a; $b)
return [$down; $a{1}; $b{1}]
//= [[3,"three","one"],1,"one"]

//# arrays of different sizes can't be sorted together
ARRAY LONGINT($a; 3)
ARRAY LONGINT($b; 2)
SORT ARRAY($a; $b; >)
//! same size

//# MULTI SORT ARRAY sorts by levels
ARRAY TEXT($city; 3)
ARRAY LONGINT($n; 3)
ARRAY TEXT($tag; 3)
$city{1}:="Lyon"
$city{2}:="Brno"
$city{3}:="Lyon"
$n{1}:=1
$n{2}:=2
$n{3}:=3
$tag{1}:="a"
$tag{2}:="b"
$tag{3}:="c"
MULTI SORT ARRAY($city; >; $n; <; $tag)
return [$city{1}; $n{2}; $n{3}; $tag{1}; $tag{2}]
//= ["Brno",3,1,"b","c"]

//# Find in sorted array
ARRAY LONGINT($a; 3)
$a{1}:=1
$a{2}:=5
$a{3}:=5
$b:=Find in sorted array($a; 5; >; $first; $last)
$c:=Find in sorted array($a; 3; >; $where)
return [$b; $first; $last; $c; $where]
//= [true,2,3,false,2]

//# L120: two dimensions
ARRAY TEXT($m; 3; 5)
$m{2}{4}:="x"
return [Size of array($m); Size of array($m{1}); $m{2}{4}]
//= [3,5,"x"]

//# a row is an array for commands
ARRAY LONGINT($m; 2; 0)
APPEND TO ARRAY($m{1}; 7)
return [Size of array($m{1}); Size of array($m{2}); $m{1}{1}]
//= [1,0,7]

//# COPY ARRAY
ARRAY LONGINT($a; 2)
$a{2}:=9
COPY ARRAY($a; $b)
$a{2}:=1
return [Size of array($b); $b{2}]
//= [2,9]

//# L121: ARRAY TO COLLECTION
ARRAY TEXT($a; 4)
$a{1}:="first"
$c:=[]
ARRAY TO COLLECTION($c; $a)
return [$c.length; $c[0]]
//= [4,"first"]

//# L122: ARRAY TO COLLECTION with names
ARRAY TEXT($a; 2)
ARRAY LONGINT($b; 1)
$a{1}:="Lyon"
$a{2}:="Brno"
$b{1}:=69000
$c:=[]
ARRAY TO COLLECTION($c; $a; "cityName"; $b; "Zip")
return $c
//= [{"cityName":"Lyon","Zip":69000},{"cityName":"Brno"}]

//# COLLECTION TO ARRAY
ARRAY TEXT($a; 0)
COLLECTION TO ARRAY(["x"; "y"]; $a)
COLLECTION TO ARRAY([{n: 1; t: {u: "p"}}; {n: 2}]; $n; "n"; $u; "t.u")
return [Size of array($a); $a{2}; Size of array($n); $n{2}; $u{1}; $u{2}]
//= [2,"y",2,2,"p",""]

//# L123: an array goes by pointer
ARRAY LONGINT($a; 2)
$p:=->$a
APPEND TO ARRAY($p->; 5)
return [Size of array($p->); Size of array($a); Find in array($p->; 5)]
//= [3,3,3]

//# a number is no array
return Size of array(5)
//! must be an array

//# rows are limited like elements
ARRAY TEXT($a; 2; 100000)
INSERT IN ARRAY($a; 1; 1000)
//! more than 50000000 elements

//# an array has no negative size
ARRAY TEXT($a; -1)
//! number from 0 on

//# a variable does not take the array of another
ARRAY TEXT($a; 3)
$n:=$a
APPEND TO ARRAY($n; "no array")
//! Argument 1 must be an array

//# the bare name of an array is the number of its selected element (docs/Concepts/arrays.md)
ARRAY TEXT($a; 3)
$a:=2
var $typed : Real
var processVariable : Integer
$n:=$a
$typed:=$a
processVariable:=$a
$p:=->$a
$m:=$p->
$o:={}
$o.x:=True ? $a : 0
$a:=3
return [$n; $typed; processVariable; $m; $o.x; $a+0]
//= [2,2,2,2,2,3]

//# an array assigned to another selects
ARRAY TEXT($a; 3)
ARRAY TEXT($b; 3)
$b{1}:="b"
$a:=2
$b:=$a
return [$b{1}; $b+0; Size of array($b)]
//= ["b",2,3]

//# L128: a pointer to a local of a routine that is over is an error
$p:=pointerToLocal
return $p->
//! a local variable of a routine that is over

//# L128: so is writing through it, and an element of such an array
$p:=pointerToLocal
Try
	$p->:="x"
Catch
	$first:=Last errors.length
End try
$q:=pointerToLocal(1)
return [$first; Undefined(Try($q->)); Is nil pointer($q)]
//= [1,true,false]

//# Type of what a dead pointer leads to is undefined, without an error (docs/commands/type.md)
$p:=pointerToLocal
return [Type($p->); Undefined($p->); Value type($p->)]
//= [5,true,5]

//# a pointer to a local is good in what the routine calls
var $n : Integer:=4
addThrough(->$n; 3)
return $n
//= 7

//# Is a variable tells what a pointer leads to (docs/commands/is-a-variable.md)
var $nowhere : Pointer
ARRAY TEXT($texts; 2)
return [Is a variable(->$nowhere); Is a variable(->$texts{1}); Is a variable($nowhere)]
//= [true,true,false]
