// Collections: section 11 of the library digest, docs/API/CollectionClass.md.

//# L133: at
return [[10; 20; 30].at(-1); Undefined([10; 20; 30].at(9)); [10; 20; 30].at(0)]
//= [30,true,10]

//# L134: average looks at numbers only
return [[10; 20; "Monday"; True; 6].average(); Undefined([].average()); [{n: 1}; {n: 4}; {}].average("n")]
//= [12,true,2.5]

//# clear empties the collection itself
$c:=[1; 2]
$d:=$c.clear()
return [$c; $d=$c]
//= [[],true]

//# L135: combine inserts elements
return [[1; 2; 3; 4; 5; 6].combine(["a"; "b"]; 3); [1].combine([2]); [1; 2].combine([9]; -1); [1].combine([2]; 99)]
//= [[1,2,3,"a","b",4,5,6],[1,2],[1,9,2],[1,2]]

//# L136: concat makes a new collection
$c:=[1]
$d:=$c.concat([2; 3]; 4; [[5]])
return [$c; $d]
//= [[1],[1,2,3,4,[5]]]

//# copy is deep, and shared when asked
$c:=[{a: 1}; [1]]
$d:=$c.copy()
$d[0].a:=2
return [$c; $d; OB Is shared($c.copy(ck shared)); OB Is shared($d)]
//= [[{"a":1},[1]],[{"a":2},[1]],true,false]

//# copy resolves pointers
$x:=7
return [->$x].copy(ck resolve pointers)
//= [7]

//# L137: count does not count nulls
return [[20; 30; Null; 40].count(); [{a: 1}; {a: Null}; {}].count("a")]
//= [3,1]

//# L138: countValues
return [[1; 5; 5; 5].countValues(5); ["a"; "A"; "á"].countValues("a"); [{n: 1}; {n: 2}; {n: 1}].countValues(1; "n")]
//= [3,3,2]

//# L139: distinct keeps the first spelling
return [["a"; "b"; "c"; "A"; "B"; "c"].distinct(); ["a"; "b"; "c"; "A"; "B"; "c"].distinct(ck diacritical)]
//= [["a","b","c"],["a","A","b","B","c"]]

//# L140: distinct counts values
return [{s: 1}; {s: 3}; {s: 1}].distinct("s"; ck count values)
//= [{"value":1,"count":2},{"value":3,"count":1}]

//# distinct drops nulls, sorts by kind, and keeps objects apart
return [[2; Null; "x"; True; 1].distinct(); [{size: 1}; {size: 1}].distinct().length]
//= [[true,"x",1,2],2]

//# L141: equal looks inside
return [[{a: 1; b: "orange"}].equal([{b: "ORange"; a: 1}]); [{a: 1; b: "orange"}].equal([{a: 1; b: "ORange"}]; ck diacritical); [1; 2].equal([1]); [Null].equal([0]); [].equal([])]
//= [true,false,false,false,true]

//# L142: every stops at the first False
return [[5; 3; 1].every(Formula($1.value>0)); [5; 3; 1].every(3; Formula($1.value>0)); [5; -3].every(Formula($1.value>0)); [-5; 3].every(1; Formula($1.value>0)); [].every(Formula(True))]
//= [true,false,false,true,false]

//# L143: extract skips nulls unless told not to
return [[{name: "C"}; {zip: 1}; {name: "B"}; 42].extract("name"); [{name: "C"}; {zip: 1}; {name: "B"}; 42].extract("name"; ck keep null)]
//= [["C","B"],["C",null,"B",null]]

//# L144: extract makes objects
return [{name: "X"; zc: 1}; {name: "Y"; zc: Null}; {zc: 3}].extract("name"; "City"; "zc"; "Zip")
//= [{"City":"X","Zip":1},{"City":"Y","Zip":null},{"Zip":3}]

//# L237: extract leaves out what has none of the paths
return [{a: 1; b: 2}; {c: 3}].extract("a"; "A")
//= [{"A":1}]

//# extract follows a path
return [{a: {b: "x"}}; {a: {}}; {a: [1]}].extract("a.b")
//= ["x"]

//# L145: fill
return [[1; 2; 3; 4].fill(0; 1; -1); [1; 2; 3].fill("x"); [1; 2; 3].fill(0; 2; 1); [1; 2; 3].fill(0; -1)]
//= [[1,0,0,4],["x","x","x"],[1,2,3],[1,2,0]]

//# L146: filter passes its parameters on
return ["abc"; "abcdefgh"; ""].filter(Formula(Length($1.value)<$2); 6)
//= ["abc",""]

//# filter is a shallow copy
$c:=[{n: 1}; {n: 2}]
$d:=$c.filter(Formula($1.value.n>1))
$d[0].n:=9
return $c
//= [{"n":1},{"n":9}]

//# L147: find takes its start first
return [[1; 5; 7].find(Formula($1.value>3)); [1; 5; 7].find(2; Formula($1.value>3)); Undefined([1].find(Formula($1.value>3))); Undefined([9].find(5; Formula(True)))]
//= [5,7,true,true]

//# L148: findIndex
return [[1; 5].findIndex(Formula($1.value=5)); [1].findIndex(Formula($1.value=5)); [5].findIndex(1; Formula($1.value=5)); [5; 1; 5].findIndex(-1; Formula($1.value=5))]
//= [1,-1,-1,2]

//# L149: nothing from an empty collection
return [Undefined([].first()); Undefined([].last()); Undefined([].pop()); Undefined([].shift())]
//= [true,true,true,true]

//# first and last
return [[1; 2; 3].first(); [1; 2; 3].last()]
//= [1,3]

//# L150: flat
return [[1; 2; [3; 4; [5; 6]]].flat(); [1; 2; [3; 4; [5; 6]]].flat(2); [1; [2; [3]]].flat(MAXLONG); [[1]].flat(0)]
//= [[1,2,3,4,[5,6]],[1,2,3,4,5,6],[1,2,3],[[1]]]

//# L151: flatMap opens one level
return ["Hello how"; ""; "are you"].flatMap(Formula(Split string($1.value; " ")))
//= ["Hello","how","","are","you"]

//# L152: includes and indexOf take a wildcard
return [["Henry"; "Albert"].includes("al@"); ["Henry"; "Albert"].indexOf("AL@"); ["a"].includes("b"); [1; 2; 1].indexOf(1; 1); [Null; 1].indexOf(Null)]
//= [true,1,false,2,0]

//# L153: objects are compared by reference
$o:={value: 10}
return [[$o].includes(New object("value"; 10)); [$o].includes($o); [1].includes("1")]
//= [false,true,false]

//# includes from a start
return [["a"; "b"].includes("a"; 1); ["a"; "b"].includes("b"; -1); ["a"].includes("a"; 5)]
//= [false,true,false]

//# L155: insert
return [["a"; "b"; "c"; "d"].insert(2; "X"); ["a"].insert(-10; "Hi"); ["a"].insert(9; ["b"])]
//= [["a","b","X","c","d"],["Hi","a"],["a",["b"]]]

//# L156: join
return [[1; "Paris"; Null; ""; 4].join("|"); [1; "Paris"; Null; ""; 4].join("|"; ck ignore null or empty); [].join(","); [True; 1.5].join(" ")]
//= ["1|Paris|null||4","1|Paris|4","","True 1.5"]

//# L157: lastIndexOf
$c:=Split string("a,b,c,d,e,f,g,h,i,j,e,k,e"; ",")
return [$c.lastIndexOf("e"; 6); $c.lastIndexOf("e"; -2); $c.lastIndexOf("e"; 0); $c.lastIndexOf("e"); $c.lastIndexOf("e"; -99)]
//= [4,10,-1,12,-1]

//# length is a property
$c:=[1; 2; 3]
return [$c.length; $c["length"]]
//= [3,3]

//# L158: map with a parameter
return [1; 4; 9; 10; 20].map(Formula(Round(($1.value/$2)*100; 2)); 44)
//= [2.27,9.09,20.45,22.73,45.45]

//# L159: min and max follow the order of kinds
return [[200; 150; 55; {n: 1}].min(); [200; 150; 55; {n: 1}].max(); Undefined([].min()); [{n: 3}; {n: 1}].max("n")]
//= [55,{"n":1},true,3]

//# L160: multiSort moves others in step
$c2:=[1; 2; 3]
$c:=["A"; "C"; "B"]
$c.multiSort([$c2])
return [$c; $c2]
//= [["A","B","C"],[1,3,2]]

//# L160: multiSort needs equal lengths
$c:=["A"; "C"]
$c.multiSort([[1]])
//! same length

//# multiSort with further levels
$city:=["Lyon"; "Brno"; "Lyon"]
$n:=[1; 2; 3]
$city.multiSort([{collection: $n; order: ck descending}])
return [$city; $n]
//= [["Brno","Lyon","Lyon"],[2,3,1]]

//# multiSort with a formula
$c:=["bb"; "a"; "ccc"]
$d:=[1; 2; 3]
$c.multiSort(Formula(Length($1.value)>Length($1.value2)); [$d])
return [$c; $d]
//= [["ccc","bb","a"],[3,1,2]]

//# L161: the order of kinds
return [!2020-01-01!; [1]; {a: 1}; 5; "x"; True; Null].orderBy()
//= [null,true,"x",5,{"a":1},[1],"2020-01-01"]

//# L162: sort changes the collection itself
$c:=["Tom"; 5; "Mary"; 3]
$d:=$c.sort()
return [$c; $d=$c; [3; 1; 2].sort(ck descending)]
//= [["Mary","Tom",3,5],true,[3,2,1]]

//# sort with a formula
return [3; 10; 2].sort(Formula($1.value>$1.value2))
//= [10,3,2]

//# a formula that contradicts itself gives some order
return [3; 1; 2].sort(Formula(True)).length
//= 3

//# L163: orderByMethod
return ["33"; "4"; "1111"; "222"].orderByMethod(Formula(Num($1.value)<Num($1.value2)))
//= ["4","33","222","1111"]

//# L164: orderBy with criteria
$c:=[{id: 1; value: 5}; {id: 3; value: 7}; {id: 2; value: 7}; {id: 4}]
$d:=$c.orderBy("value desc, id asc")
return [$d.extract("id"); $c.extract("id"); $c.orderBy("value").extract("id")]
//= [[2,3,1,4],[1,3,2,4],[4,1,3,2]]

//# orderBy with a collection of criteria and with paths
return [[{a: {b: 2}}; {a: {b: 1}}].orderBy([{propertyPath: "a.b"; descending: False}]); ["b"; "a"].orderBy(ck descending); [{a: {b: 1}}; {a: {b: 2}}].orderBy("a.b desc")]
//= [[{"a":{"b":1}},{"a":{"b":2}}],["b","a"],[{"a":{"b":2}},{"a":{"b":1}}]]

//# orderBy does not understand everything
return [{a: 1}].orderBy("a sideways")
//! does not understand

//# pop, push, shift, unshift
$c:=[1; 2; 3]
$c.push(4; [5])
$last:=$c.pop()
$first:=$c.shift()
$c.unshift("x")
return [$last; $first; $c]
//= [[5],1,["x",2,3,4]]

//# push of undefined becomes Null
$c:=[]
$c.push({}.x; ?00:00:05?)
return $c
//= [null,5]

//# L168: reduce
return [[5; 3; 2].reduce(Formula($1.accumulator*=$1.value); 1); [].reduce(Formula($1.accumulator:=0); "init")]
//= [30,"init"]

//# reduce passes further parameters
return [1; 2].reduce(Formula($1.accumulator:=$1.accumulator+($1.value*$2)); 0; 10)
//= 30

//# L169: reduceRight begins at the end
return ["a"; "b"; "c"].reduceRight(Formula($1.accumulator+=$1.value); "")
//= "cba"

//# L170: remove
return [["a"; "b"; "c"; "d"; "e"].remove(3; 2); ["a"; "b"].remove(-8; 1); [].remove(0); ["a"; "b"].remove(-1); ["a"].remove(5)]
//= [["a","b","c"],["b"],[],["a"],["a"]]

//# L171: resize
return [[].resize(3); [].resize(2; 0); [1; 2; 3].resize(1)]
//= [[null,null,null],[0,0],[1]]

//# resize has its bounds
return [].resize(999999999)
//! can't have more than

//# L172: reverse is a copy
$c:=[1; 2; {a: 3}]
$d:=$c.reverse()
return [$c; $d]
//= [[1,2,{"a":3}],[{"a":3},2,1]]

//# L173: slice
return [[1; 2; 3; 4; 5].slice(1; -1); [1; 2; 3; 4; 5].slice(-3; -2); [1; 2; 3; 4; 5].slice(3; 1); [1; 2].slice(0)]
//= [[2,3,4],[3],[],[1,2]]

//# L174: some
return [[1; -5].some(1; Formula($1.value>0)); [1; -5].some(Formula($1.value>0)); [].some(Formula(True))]
//= [false,true,false]

//# L175: sum looks at numbers only
return [[10; 20; "Monday"; True; 2].sum(); [].sum(); [{n: 1.5}; {n: 2}].sum("n")]
//= [32,0,3.5]

//# L176: unshift keeps the order
return [1; 2].unshift(6; 7)
//= [6,7,1,2]

//# L177: writing beyond the end
$c:=[1; 2; 3]
$c[9]:="z"
return [$c.length; $c[5]=Null; $c[9]]
//= [10,true,"z"]

//# a negative index is an error
return [1][-1]
//! no negative index

//# L178: a shared collection is written inside Use only, functions lock it themselves
$c:=New shared collection(1; 2)
$c.push(3)
$c.remove(0)
Try
	$c[0]:=9
Catch
	return [$c; Last errors[0].errCode]
End try
//= [[2,3],-10722]

//# L179: an ordinary object can't go into a shared collection
return New shared collection({})
//! Not supported value type

//# results of a shared collection are shared
$c:=New shared collection(3; 1; 2)
return [OB Is shared($c.filter(Formula($1.value>1))); OB Is shared($c.orderBy()); OB Is shared($c.slice(1)); OB Is shared($c.reverse()); OB Is shared($c.map(Formula($1.value))); $c.orderBy()]
//= [true,true,true,true,false,[1,2,3]]

//# L180: stop ends the loop after the element
return [1; 2; 3; 4].map(Formula(stopAtTwo($1)))
//= [10,20]

//# L181: a method without a result uses $1.result
return [["abc"; "abcdef"].filter("isLong"; 5); [1; 2].map("twice")]
//= [["abcdef"],[2,4]]

//# a callback that is no code
return [1].map(5)
//! must be a formula

//# a method that does not exist
return [1].map("nobody")
//! There is no method nobody

//# This in a callback is the object passed (UNSPECIFIED)
return [1; 2].map(Formula(This.value+1))
//= [2,3]

//# what a callback keeps of $1 stays
kept:=[]
[1; 2; 3].map(Formula(keep($1)))
return kept.extract("value")
//= [1,2,3]

//# an error in a callback is the caller's
return [1].map(Formula(throw(7; "inside")))
//! inside

//# var c : Collection is Null
var $c : Collection
return $c.push(1)
//! can't be called on Null

//# a function that does not exist
return [].nothing()
//! does not exist in Collection

//# callbacks see captured locals
$limit:=2
return [1; 2; 3].filter(Formula($1.value>=$limit))
//= [2,3]

//# collections that hold each other twice: flat ends when the server stops
$c:=[]
$c.push($c; $c)
return $c.flat(256)
//! The server is stopping

//# collections that hold each other twice: equal ends when the server stops
var $i : Integer
$c:=[]
$d:=[]
For ($i; 1; 100)
	$c:=[$c; $c]
	$d:=[$d; $d]
End for 
return $c.equal($d)
//! The server is stopping

//# a collection is equal to itself, even when it holds itself
$c:=[]
$c.push($c; $c)
return $c.equal($c)
//= true

//# a callback raises the errors of all its lines, also of those that its result does not need
Try
	return [1; 2].map("failsOnTheWay")
Catch
	return Last errors.length>0
End try
//= true

//# a callback that computes with what it computed takes no longer for it
return [1; 3].map("doublesOften")
//= [1099511627776,3298534883328]
