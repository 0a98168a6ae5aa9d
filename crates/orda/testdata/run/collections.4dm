// What collections and objects need the datastore's rules for.

//# L103: OB Copy of an entity is Null; in an object too (docs/commands/ob-copy.md)
$person:=ds.Person.new()
$person.name:="Ada"
$person.save()
return [OB Copy(ds.Person.get($person.ID)); OB Copy({p: $person; d: ds.Person}).p]
//= [null,null]

//# L154: indices are the positions of what the query finds, ascending (docs/API/CollectionClass.md)
$c:=[{name: "A"; zc: 35060}; {name: "B"; zc: 35049}; {name: "C"; zc: 30}; {name: "D"; zc: 35040}; {name: "E"; zc: 35041}]
return [$c.indices("zc > 35040"); $c.indices("zc = :1"; 30); $c.indices("name = :1"; "x")]
//= [[0,1,4],[2],[]]

//# L165: @ is a wildcard in collection.query
$c:=[{name: "Martin"; age: 4}; {name: "Ines"; age: Null}; {name: "Bob"}; {name: "MARTINEZ"; age: 9}]
return [$c.query("name = :1"; "@in@").extract("name"); $c.query("name === :1"; "@in@").length]
//= [["Martin","Ines","MARTINEZ"],0]

//# L165: null finds Null and what is missing
$c:=[{name: "Martin"; age: 4}; {name: "Ines"; age: Null}; {name: "Bob"}]
return [$c.query("age=null").extract("name"); $c.query("age # null").extract("name")]
//= [["Ines","Bob"],["Martin"]]

//# L166: a placeholder may not be Null
return [{spouse: Null}].query("spouse = :1"; Null)
//! Null

//# L167: objects are compared by reference, through parameters
$o:={a: 1}
$c:=[{id: 1; o: $o}; {id: 2; o: {a: 1}}; {id: 3}]
return [$c.query("o = :v"; {parameters: {v: $o}}).extract("id"); $c.query("o # :v"; {parameters: {v: $o}}).extract("id")]
//= [[1],[2]]

//# L167: so are collections
$tags:=["a"]
$c:=[{id: 1; t: ["a"]}; {id: 2; t: $tags}]
return $c.query("t = :v"; {parameters: {v: $tags}}).extract("id")
//= [2]

//# named attributes of a query
$c:=[{n: "a"; v: {x: 1}}; {n: "b"; v: {x: 2}}]
return $c.query(":att = :val"; {attributes: {att: "v.x"}; parameters: {val: 2}}).extract("n")
//= ["b"]

//# IN, NOT, parentheses and order by in collection.query
$c:=[{n: "a"; v: 1}; {n: "b"; v: 2}; {n: "c"; v: 3}; {n: "d"; v: 4}]
return [$c.query("v IN :1"; [2; 4]).extract("n"); $c.query("not(v IN :1)"; [2; 4]).extract("n"); $c.query("(v > 1 and v < 4) or n = d order by v desc").extract("n")]
//= [["b","d"],["a","c"],["d","c","b"]]

//# a query that can't be read is an error
return [{a: 1}].query("a >")
//! Column 4: a value expected

//# L195: a status that tells of a failure is no error (docs/Concepts/error-handling.md)
$person:=ds.Person.new()
$person.name:="Ada"
$person.save()
$other:=ds.Person.get($person.ID)
$other.name:="Bob"
$other.save()
var $steps : Text:=""
Try
	$person.name:="Cid"
	$status:=$person.save()
	$steps+="b"
Catch
	$steps+="c"
End try
return [$status.success; $status.status; $steps; Last errors]
//= [false,2,"b",null]

//# code assigns texts and reals to number attributes (public code fills them from the columns of files)
$person:=ds.Person.new()
$ages:=[]
For each ($value; ["42"; "007"; "COM"; "about 12.6 years"; 2.5; -2.5])
	$person.age:=$value
	$ages.push($person.age)
End for each 
return $ages
//= [42,7,0,13,3,-3]

//# a time that lay in a collection is a number of seconds, and becomes a time again
$person:=ds.Person.new()
$hours:=[?07:30:00?; ?08:00:00?]
$person.rises:=$hours[0]
return [Value type($person.rises)=Is time; String($person.rises)]
//= [true,"07:30:00"]
