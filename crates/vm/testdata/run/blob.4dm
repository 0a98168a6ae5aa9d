// Variables in Blobs, and Blobs made smaller (docs/commands/theme/BLOB.md).

//# every type of variable comes back from a Blob, one after the other (docs/commands/variable-to-blob.md)
var $blob; $inner : Blob
ARRAY TEXT($texts; 2)
$texts{1}:="a"
$texts{2}:="é"
$texts:=2
TEXT TO BLOB("xy"; $inner; UTF8 text without length)
VARIABLE TO BLOB("text"; $blob)
VARIABLE TO BLOB(12; $blob; *)
VARIABLE TO BLOB(1.5; $blob; *)
VARIABLE TO BLOB(!2024-02-29!; $blob; *)
VARIABLE TO BLOB(?01:02:03?; $blob; *)
VARIABLE TO BLOB(True; $blob; *)
VARIABLE TO BLOB({a: [1; Null; {b: "c"}]}; $blob; *)
VARIABLE TO BLOB($texts; $blob; *)
VARIABLE TO BLOB($inner; $blob; *)
var $text; $integer; $real; $date; $time; $boolean; $object : Variant
ARRAY TEXT($back; 0)
var $blobBack : Blob
$offset:=0
BLOB TO VARIABLE($blob; $text; $offset)
BLOB TO VARIABLE($blob; $integer; $offset)
BLOB TO VARIABLE($blob; $real; $offset)
BLOB TO VARIABLE($blob; $date; $offset)
BLOB TO VARIABLE($blob; $time; $offset)
BLOB TO VARIABLE($blob; $boolean; $offset)
BLOB TO VARIABLE($blob; $object; $offset)
BLOB TO VARIABLE($blob; $back; $offset)
BLOB TO VARIABLE($blob; $blobBack; $offset)
return [$text; $integer; $real; String($date; ISO date); String($time); $boolean; $object; $back{1}+$back{2}; $back; BLOB to text($blobBack; UTF8 text without length); $offset=BLOB size($blob); OK]
//= ["text",12,1.5,"2024-02-29T00:00:00","01:02:03",true,{"a":[1,null,{"b":"c"}]},"aé",2,"xy",true,1]

//# without an offset the variable takes the place of everything; with one it is written there (docs/commands/variable-to-blob.md)
var $blob : Blob
SET BLOB SIZE($blob; 100)
VARIABLE TO BLOB("a"; $blob)
$size:=BLOB size($blob)
$offset:=20
VARIABLE TO BLOB("b"; $blob; $offset)
$at:=20
BLOB TO VARIABLE($blob; $back; $at)
return [$size<20; BLOB size($blob)=(20+$size); $offset=BLOB size($blob); $back; $at=$offset]
//= [true,true,true,"b",true]

//# a pointer can't be stored, one inside an object is stored as what it points at (docs/commands/variable-to-blob.md)
var $blob : Blob
var $number : Integer
$number:=5
VARIABLE TO BLOB({p: ->$number}; $blob)
BLOB TO VARIABLE($blob; $object)
Try
	VARIABLE TO BLOB(->$number; $blob)
Catch
	$failed:=(OK=0)
End try
return [$object; $failed]
//= [{"p":5},true]

//# where no variable is stored, OK is 0 and the variable stays (docs/commands/blob-to-variable.md)
var $blob : Blob
$text:="as it was"
SET BLOB SIZE($blob; 10)
BLOB TO VARIABLE($blob; $text)
return [OK; $text]
//= [0,"as it was"]

//# the three modes and back (docs/commands/compress-blob.md)
var $blob : Blob
$result:=[]
For each ($mode; [Compact compression mode; Fast compression mode; GZIP best compression mode; GZIP fast compression mode])
	TEXT TO BLOB("abcdefgh"*100; $blob; UTF8 text without length)
	COMPRESS BLOB($blob; $mode)
	BLOB PROPERTIES($blob; $compressed; $expanded; $current)
	$result.push([OK; $compressed=$mode; $expanded; $current=BLOB size($blob); $current<$expanded])
	EXPAND BLOB($blob)
	$result.push(BLOB to text($blob; UTF8 text without length)=("abcdefgh"*100))
End for each 
return $result
//= [[1,true,800,true,true],true,[1,true,800,true,true],true,[1,true,800,true,true],true,[1,true,800,true,true],true]

//# less than 255 bytes are left as they are and OK is 0; what is compressed is not compressed again (docs/commands/compress-blob.md)
var $small; $large : Blob
SET BLOB SIZE($small; 254)
COMPRESS BLOB($small)
$result:=[OK; BLOB size($small)]
SET BLOB SIZE($large; 255)
COMPRESS BLOB($large)
$size:=BLOB size($large)
COMPRESS BLOB($large)
BLOB PROPERTIES($small; $compressed; $expanded; $current)
return $result.concat([OK; BLOB size($large)=$size; $compressed=Is not compressed; $expanded; $current])
//= [0,254,1,true,true,254,254]

//# a Blob that is not compressed can't be expanded: error -10600 (docs/commands/expand-blob.md)
var $blob : Blob
SET BLOB SIZE($blob; 300)
Try
	EXPAND BLOB($blob)
Catch
	$result:=[Last errors[0].errCode; OK]
End try
COMPRESS BLOB($blob; GZIP fast compression mode)
$at:=12
INTEGER TO BLOB(-1; $blob; PC byte ordering; $at)
Try
	EXPAND BLOB($blob)
Catch
	$result.push(Last errors[0].errCode)
End try
return $result
//= [-10600,0,-10600]

//# bytes are read and assigned by their number, from 0 (docs/Concepts/dt_blob.md#accessing-a-scalar-blobs-bytes)
var $blob : Blob
SET BLOB SIZE($blob; 256; 7)
For ($byte; 0; BLOB size($blob)-1)
	$blob{$byte}:=$byte
End for 
$blob{1}+=40
return [$blob{0}; $blob{1}; $blob{255}; BLOB size($blob)]
//= [0,41,255,256]

//# a copy keeps its bytes, and so does what the Blob was given to (docs/Concepts/dt_blob.md#assigning-a-blob-variable-to-another)
var $a; $b : Blob
TEXT TO BLOB("abc"; $a; UTF8 text without length)
$b:=$a
$object:={blob: $a}
$a{0}:=Character code("x")
return [BLOB to text($a; UTF8 text without length); BLOB to text($b; UTF8 text without length); BLOB to text($object.blob; UTF8 text without length)]
//= ["xbc","abc","abc"]

//# through a pointer, in an array and in a process variable (docs/Concepts/dt_blob.md#passing-a-scalar-blob-by-reference-using-a-pointer)
var $blob : Blob
SET BLOB SIZE($blob; 2)
$pointer:=->$blob
$pointer->{1}:=5
$byte:=->$blob{0}
$byte->:=4
ARRAY BLOB($blobs; 2)
SET BLOB SIZE($blobs{2}; 3)
$blobs{2}{1}:=9
$blobs{2}{1}*=2
$pointer:=->$blobs{2}
$pointer->{0}:=3
C_BLOB(bytesOfProcess)
SET BLOB SIZE(bytesOfProcess; 1)
bytesOfProcess{0}:=200
return [$blob{0}; $blob{1}; $blobs{2}{0}; $blobs{2}{1}; $byte->; bytesOfProcess{0}]
//= [4,5,3,18,4,200]

//# of a number that is no byte the lowest eight bits count, as in INTEGER TO BLOB; a text is no number
var $blob : Blob
SET BLOB SIZE($blob; 3)
$blob{0}:=256+1
$blob{1}:=-1
Try
	$blob{2}:="x"
Catch
	return [$blob{0}; $blob{1}; $blob{2}]
End try
//= [1,255,0]

//# a byte that is not there can be neither read nor assigned: error 53, as for arrays (docs/Concepts/dt_blob.md)
var $blob : Blob
SET BLOB SIZE($blob; 2)
$codes:=[]
For each ($number; [-1; 2])
	Try
		$blob{$number}:=1
	Catch
		$codes.push(Last errors[0].errCode)
	End try
	Try
		$codes.push($blob{$number})
	Catch
		$codes.push(Last errors[0].message)
	End try
End for each 
return $codes
//= [53,"Index out of range: the Blob has 2 bytes, and the first one has the number 0.",53,"Index out of range: the Blob has 2 bytes, and the first one has the number 0."]

//# the bytes of a 4D.Blob are read with brackets and can't be assigned (docs/Concepts/dt_blob.md#accessing-a-4dblobs-bytes)
var $blob : Blob
TEXT TO BLOB("abc"; $blob; UTF8 text without length)
var $object : 4D.Blob
$object:=4D.Blob.new($blob)
$holder:={blob: $blob}
$result:=[$object[1]; $holder.blob[2]]
Try
	$object{1}:=1
Catch
	$result.push(Last errors[0].message)
End try
Try
	$holder.blob{1}:=1
Catch
	$result.push($holder.blob{1})
End try
return $result
//= [98,99,"Only the bytes of a Blob variable can be assigned. Copy this Blob into a variable first.",98]
