// 4D.Vector (docs/API/VectorClass.md).

//# L223: how alike two directions are
$x:=4D.Vector.new([1; 0])
return [$x.cosineSimilarity(4D.Vector.new([0; 1])); $x.cosineSimilarity(4D.Vector.new([3; 0])); $x.cosineSimilarity(4D.Vector.new([-2; 0]))]
//= [0,1,-1]

//# L223: vectors of different lengths can't be compared
return 4D.Vector.new([1; 0]).cosineSimilarity(4D.Vector.new([1; 0; 0]))
//! different lengths: 2 and 3

//# the other measures (docs/API/VectorClass.md)
$a:=4D.Vector.new([1; 2; 3])
$b:=4D.Vector.new([4; 6; 3])
return [$a.dotSimilarity($b); $a.euclideanDistance($b); $a.length; $a[1]; $b.toCollection()]
//= [25,5,3,2,[4,6,3]]

//# a vector holds numbers only
return 4D.Vector.new([1; "two"])
//! Element 1 of a vector must be a number

//# a vector is shared, and never changes
Use (Storage)
	Storage.v:=4D.Vector.new([1.5])
End use 
$v:=Storage.v
Try
	$v[0]:=2
Catch
End try
return [Storage.v[0]; Last errors.length; OB Instance of($v; 4D.Vector)]
//= [1.5,1,true]

//# beyond its end there is nothing
return 4D.Vector.new([1])[1]
//! elements 0 to 0
