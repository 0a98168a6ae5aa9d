// Objects, JSON, pointers: sections 4 and 10 of the library digest.

//# New object takes names and values in turn (docs/commands/new-object.md)
return [New object("a"; 1; "b"; "x"); New object; New object("a")]
//= [{"a":1,"b":"x"},{},{}]

//# L085: JSON Parse of numbers
return [JSON Parse("42.17"); JSON Parse("120.13"; Is longint)]
//= [42.17,120]

//# L086: JSON Parse of a time
return String(JSON Parse("5120"; Is time))
//= "01:25:20"

//# L087: a date with a time stays text
return [JSON Parse("\"1990-12-25T12:00:00Z\""); Value type(JSON Parse("\"1990-12-25T12:00:00Z\""))]
//= ["1990-12-25T12:00:00Z",2]

//# L088: Paris, a moment in UTC as a date
return JSON Parse("\"2017-07-13T23:00:00.000Z\""; Is date)
//= "2017-07-14"

//# JSON Parse of a date, a text and a Boolean (section 10.1)
return [JSON Parse("\"2008-01-01T12:00:00Z\""; Is date); JSON Parse("\"Year 42\""; Is text); JSON Parse("{\"manager\":true}"; Is Boolean); JSON Parse("true"); JSON Parse("null")]
//= ["2008-01-01","Year 42",true,true,null]

//# L089: a text that is a date becomes one
return Value type(JSON Parse("{\"b\":\"2017-10-16\"}").b)
//= 4

//# L090: malformed JSON is an error that can be caught
return [Undefined(Try(JSON Parse("{bad"))); Last errors#Null]
//= [true,true]

//# L090: malformed JSON names the place
return JSON Parse("{bad")
//! line 1

//# L091: symbols tell where values stand
$o:=JSON Parse("{\n  \"a\":1,\n  \"b\":[{\"c\":2}]\n}"; Is object; *)
return [$o.__symbols.a; $o.__symbols["b[0].c"].line]
//= [{"line":2,"offset":3},3]

//# duplicate keys: the last wins (UNSPECIFIED)
return JSON Parse("{\"a\":1,\"b\":2,\"a\":3}")
//= {"a":3,"b":2}

//# L092: a time is written in seconds
return JSON Stringify(?20:00:00?)
//= "72000"

//# L093: a date is written as a day
return [JSON Stringify({d: !1975-10-22!}); JSON Stringify({d: !00-00-00!})]
//= ["{\"d\":\"1975-10-22\"}","{\"d\":\"\"}"]

//# L094: JSON Stringify with *
return JSON Stringify({a: 1}; *)
//= "{\n\t\"a\": 1\n}"

//# nested values with *
return JSON Stringify({a: [1; {b: Null}]; c: {}; d: []}; *)
//= "{\n\t\"a\": [\n\t\t1,\n\t\t{\n\t\t\t\"b\": null\n\t\t}\n\t],\n\t\"c\": {},\n\t\"d\": []\n}"

//# L095: a pointer stands for its target
$x:="Smith"
return JSON Stringify({p: ->$x})
//= "{\"p\":\"Smith\"}"

//# L096: formulas are named
return JSON Stringify({f: Formula(1)})
//= "{\"f\":\"[object Formula]\"}"

//# scalars and escapes
return [JSON Stringify("a\"b\\c\n/é"); JSON Stringify(True); JSON Stringify(Null); JSON Stringify(1.5)]
//= ["\"a\\\"b\\\\c\\n/é\"","true","null","1.5"]

//# an object inside itself can't be written
$o:={}
$o.o:=$o
return JSON Stringify($o)
//! nested too deeply

//# L099: a time in an object is a number of seconds
var $o : Object
OB SET($o; "t"; ?01:00:01?)
$p:={t: ?01:00:01?}
$p.u:=?00:00:02?
return [$o.t; $p.t; $p.u; Value type($p.u); New collection(?00:01:00?)[0]; [?00:01:00?][0]]
//= [3601,3601,2,1,60,60]

//# L100: OB Get as a time
return String(OB Get({t: 3601}; "t"; Is time))
//= "01:00:01"

//# L101: names are case-sensitive
return [Undefined(OB Get({age: 42}; "Age")); OB Get({age: 42}; "age"); OB Get({n: Null}; "n")]
//= [true,42,null]

//# OB Get takes dots as part of the name
return [OB Get({"a.b": 1}; "a.b"); Undefined(OB Get({a: {b: 1}}; "a.b"))]
//= [1,true]

//# OB Get converts (docs/commands/ob-get.md)
return [OB Get({d: "2017-10-16"}; "d"; Is date); OB Get({n: 42.9}; "n"; Is longint); OB Get({n: 42}; "n"; Is text); OB Get({t: "12"}; "t"; Is real)]
//= ["2017-10-16",42,"42",12]

//# L102: OB SET makes the object
var $o : Object
OB SET($o; "a"; 1; "b"; "x"; "a"; 2)
return $o
//= {"a":2,"b":"x"}

//# OB Get type
return [OB Get type({a: 1}; "a"); OB Get type({a: "x"}; "a"); OB Get type({a: True}; "a"); OB Get type({a: []}; "a"); OB Get type({a: {}}; "a"); OB Get type({a: Null}; "a"); OB Get type({}; "a"); OB Get type({a: !2020-01-01!}; "a")]
//= [1,2,6,42,38,255,5,4]

//# OB Is defined sees values, Null too, and class functions
$c:=cs.Counter.me
return [OB Is defined({a: Null}; "a"); OB Is defined({}; "a"); OB Is defined({}); OB Is defined($c; "next"); OB Is defined($c; "none")]
//= [true,false,true,true,false]

//# OB Is empty
var $n : Object
return [OB Is empty({}); OB Is empty({a: 1}); OB Is empty($n)]
//= [true,false,true]

//# OB Keys, Values, Entries keep the order
$o:={b: 1; a: "x"}
return [OB Keys($o); OB Values($o); OB Entries($o)]
//= [["b","a"],[1,"x"],[{"key":"b","value":1},{"key":"a","value":"x"}]]

//# OB REMOVE
$o:={a: 1; b: 2}
OB REMOVE($o; "a")
OB REMOVE($o; "zz")
return $o
//= {"b":2}

//# OB GET PROPERTY NAMES
$o:={name: "x"; age: 3}
OB GET PROPERTY NAMES($o; $names; $types)
return [Size of array($names); $names{1}; $types{1}; $names{2}; $types{2}]
//= [2,"name",2,"age",1]

//# OB SET ARRAY and OB GET ARRAY
ARRAY TEXT($a; 2)
$a{1}:="x"
$a{2}:="y"
$o:={}
OB SET ARRAY($o; "list"; $a)
ARRAY TEXT($b; 0)
OB GET ARRAY($o; "list"; $b)
ARRAY LONGINT($n; 0)
OB GET ARRAY({n: [1; 2; 3]}; "n"; $n)
return [$o; Size of array($b); $b{2}; Size of array($n); $n{3}]
//= [{"list":["x","y"]},2,"y",3,3]

//# OB Copy is deep
$o:={a: {b: [1; {c: 2}]}}
$p:=OB Copy($o)
$p.a.b[1].c:=3
return [$o; $p]
//= [{"a":{"b":[1,{"c":2}]}},{"a":{"b":[1,{"c":3}]}}]

//# OB Copy keeps what is one object one object
$i:={n: 1}
$p:=OB Copy({a: $i; b: $i})
$p.a.n:=2
return $p.b.n
//= 2

//# L104: OB Copy resolves pointers
$x:="v"
return [OB Copy({p: ->$x}; True).p; Value type(OB Copy({p: ->$x}).p)]
//= ["v",23]

//# L105: OB Copy of a shared object is not shared, with ck shared it is
$s:=New shared object("a"; New shared collection(1; 2))
$o:=OB Copy($s)
$o.a.push(3)
return [OB Is shared($s); OB Is shared($o); OB Is shared(OB Copy($o; ck shared)); $s; OB Copy({list: [{a: 1}]}; ck shared).list]
//= [true,false,true,{"a":[1,2]},[{"a":1}]]

//# L106: a shared object in another group can't be stored
$one:=New shared object("c"; New shared object("x"; 1))
$two:=New shared object
Use ($two)
	$two.c:=$one.c
End use 
//! belongs to another group

//# an ordinary object can't be shared (L179)
return New shared object("a"; {})
//! Not supported value type

//# L107: Null is not undefined
$o:={}
$o.a:=Null
return [Undefined($o.a); $o.a=Null; Undefined($o.b); $o.b=Null]
//= [false,true,true,true]

//# L109: numbers in objects are real
return [Value type({v: 42}.v); Value type(42); Value type("x"); Value type(Null); Value type({}.x); Value type(?00:00:01?)]
//= [1,1,2,255,5,11]

//# OB Class and OB Instance of
$c:=cs.Square.new(2)
return [OB Class($c).name; OB Class({}).name; OB Class(1)=Null; OB Instance of($c; cs.Square); OB Instance of($c; cs.Shape); OB Instance of($c; cs.Counter); OB Instance of({}; 4D.Object)]
//= ["Square","Object",true,true,true,false,true]

//# OB Instance of a Blob and of a function
$b:=4D.Blob.new()
return [OB Instance of($b; 4D.Blob); OB Instance of($b; 4D.Object); OB Instance of(Formula(1); 4D.Function); OB Instance of(Formula(1); 4D.Blob)]
//= [true,true,true,false]

//# 4D.Object.new, 4D.Blob as a class
return [4D.Object.new(); 4D.Blob.name; 4D.Blob.superclass.name; 4D.Blob.superclass.superclass]
//= [{},"Blob","Object",null]

//# a class that is not there
return 4D.Nothing
//! 4D.Nothing is not available

//# L124: writing through a pointer
$x:="a"
$p:=->$x
$p->:="b"
return $x
//= "b"

//# L125: writing an element through a pointer
ARRAY LONGINT($a; 5)
$p:=->$a
$p->{4}:=84
return $a{4}
//= 84

//# L126: through two pointers
$x:="a"
$p:=->$x
$pp:=->$p
($pp->)->:="q"
return $x
//= "q"

//# L127: pointers to the same variable are equal
$x:=1
$y:=1
return [(->$x)=(->$x); (->$x)=(->$y)]
//= [true,false]

//# Get pointer and RESOLVE POINTER
total:=5
$p:=Get pointer("total")
RESOLVE POINTER($p; $name; $table; $field)
return [$p->; $name; $table; $field; Is nil pointer(Get pointer("nobody"))]
//= [5,"total",-1,-1,true]

//# RESOLVE POINTER of an element
ARRAY LONGINT(numbers; 3)
RESOLVE POINTER(->numbers{2}; $name; $table; $field)
return [$name; $table; $field]
//= ["numbers",2,-1]

//# CLEAR VARIABLE empties
$t:="x"
$n:=5
ARRAY TEXT($a; 3)
CLEAR VARIABLE($t)
CLEAR VARIABLE($n)
CLEAR VARIABLE($a)
return [$t; $n; Size of array($a)]
//= ["",0,0]

//# JSON of arrays
ARRAY LONGINT($a; 2)
$a{1}:=7
$t:=JSON Stringify array($a)
JSON PARSE ARRAY("[1,2,3]"; $b)
return [$t; Size of array($b); $b{3}]
//= ["[7,0]",3,3]

//# L097: JSON Validate finds a missing property
$r:=JSON Validate({a: 1}; {type: "object"; required: ["b"]})
return [$r.success; $r.errors.length; $r.errors[0].code; $r.errors[0].jsonPath]
//= [false,1,16,""]

//# JSON Validate of what is right
return JSON Validate({a: 1; b: ["x"]}; {type: "object"; properties: {a: {type: "integer"; minimum: 1}; b: {type: "array"; items: {type: "string"}}}; additionalProperties: False})
//= {"success":true,"errors":[]}

//# JSON Validate tells each fault by its number (section 10.3)
$schema:={properties: {n: {multipleOf: 2; maximum: 5}; t: {maxLength: 2; pattern: "^a"}; l: {maxItems: 1; uniqueItems: True}; e: {enum: [1; 2]}; c: {const: "x"}; o: {oneOf: [{type: "number"}; {minimum: 0}]}; k: {not: {type: "string"}}}; additionalProperties: False}
return JSON Validate({n: 7; t: "bcd"; l: [1; 1]; e: 3; c: "y"; o: 1; k: "s"; z: 0}; $schema).errors.extract("code")
//= [2,3,7,9,11,13,19,25,21,23,17]

//# JSON Validate follows references
$schema:={definitions: {name: {type: "string"}}; properties: {a: {"$ref": "#/definitions/name"}; b: {"$ref": "#/none"}}}
return JSON Validate({a: 1; b: 2}; $schema).errors.extract("code"; "code"; "jsonPath"; "jsonPath")
//= [{"code":20,"jsonPath":"a"},{"code":37,"jsonPath":"b"}]

//# JSON Validate tells lines of a text that was parsed with *
$o:=JSON Parse("{\n\"a\":\"x\"}"; Is object; *)
return JSON Validate($o; {properties: {a: {type: "number"}}}).errors[0].line
//= 2

//# L098: a schema draft nobody knows is an error
return JSON Validate({}; {"$schema": "http://example.org/draft-99"})
//! does not know the schema draft

//# objects in objects, ever deeper, come to an end like others
var $i : Integer
$o:={}
$c:=[]
$f:=Formula(1)
For ($i; 1; 100000)
	$o:={inner: $o}
	$c:=[$c]
	$f:=Formula($f)
End for 
$o:=Null
$c:=Null
$f:=Null
return "still here"
//= "still here"

//# a schema that refers to itself twice is left when the server stops
$schema:={anyOf: [{_ref: "#"}; {_ref: "#"}]}
$schema:=JSON Parse(Replace string(JSON Stringify($schema); "_ref"; "$ref"))
return JSON Validate({a: 1}; $schema)
//! The server is stopping

//# a message can't grow without end by the names in it
throw({message: "{a}"*100000; a: "x"*100000})
//! longer than 1 GB

//# a pointer may lead back to itself
$p:=->$p
return $p.name
//! lead in a circle

//# nothing can be written through a pointer to itself
$p:=->$p
$p.name:=1
//! lead in a circle

//# it has no elements either
$p:=->$p
return $p{1}
//! lead in a circle

//# JSON pointers are resolved in place, one leading to the next (docs/commands/json-resolve-pointers.md)
$o:={value: 42; first: {$ref: "#/second"}; second: {$ref: "#/value"}; list: [{$ref: "#/deep/a~1b"}]; deep: {"a/b": {n: 1}}}
$result:=JSON Resolve pointers($o)
return [$result.success; $result.value.first; $o.second; $o.list; $result.errors]
//= [true,42,42,[{"n":1}],[]]

//# with merge the pointer's own properties are laid over what it means
$o:={settings: {read: True; delete: False}; rights: {$ref: "#/settings"; delete: True; id: 456}}
$plain:=JSON Resolve pointers(OB Copy($o)).value.rights
return [$plain; JSON Resolve pointers($o; {merge: True}).value.rights; $o.settings]
//= [{"read":true,"delete":false},{"read":true,"delete":true,"id":456},{"read":true,"delete":false}]

//# a pointer to nothing, or into another document, stays and is told
$result:=JSON Resolve pointers({a: {$ref: "#/nowhere"}; b: {$ref: "file.json#/x"}; c: {$ref: "#"}})
return [$result.success; $result.value.a; $result.errors.extract("pointerURI"); OB Is defined($result.value.c; "a")]
//= [false,{"$ref":"#/nowhere"},["#/nowhere","file.json#/x"],true]

//# pointers in a circle are an error
return JSON Resolve pointers({a: {$ref: "#/b"}; b: {$ref: "#/a"}})
//! The pointers lead too deep, or in a circle
