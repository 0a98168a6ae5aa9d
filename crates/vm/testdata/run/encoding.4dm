// Digests, Base64, UUIDs, Blobs: sections 5 and 15 of the library digest.

//# L076: Generate UUID has 32 hexadecimal digits
return [Length(Generate UUID); Match regex("[0-9A-F]{12}4[0-9A-F]{3}[89AB][0-9A-F]{15}"; Generate UUID); Substring(Generate UUID(7); 13; 1)]
//= [32,true,"7"]

//# L077: MD5
return Generate digest("The quick brown fox jumps over the lazy dog."; MD5 digest)
//= "e4d909c290d0fb1ca068ffaddf22cbd0"

//# L078: SHA1
return Generate digest("The quick brown fox jumps over the lazy dog."; SHA1 digest)
//= "408d94384216f890ff7a0c3528e8bed1e0b01621"

//# L079: MD5 of nothing
return Generate digest(""; MD5 digest)
//= "d41d8cd98f00b204e9800998ecf8427e"

//# SHA256 of nothing, and the length of SHA512
return [Generate digest(""; SHA256 digest); Length(Generate digest(""; SHA512 digest))]
//= ["e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",128]

//# L080: a digest in Base64URL
$t:=Generate digest("hello"; SHA256 digest; *)
return [Length($t); Position("+"; $t; *)+Position("/"; $t; *)+Position("="; $t; *)]
//= [43,0]

//# S175: every algorithm, in hex and in Base64URL
var $digests : Collection
var $type : Integer
$digests:=[]
For each ($type; [MD5 digest; SHA1 digest; SHA256 digest; SHA512 digest])
	$digests.push(Generate digest("hello"; $type))
	$digests.push(Generate digest("hello"; $type; *))
End for each
return $digests
//= ["5d41402abc4b2a76b9719d911017c592","XUFAKrxLKna5cZ2REBfFkg","aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d","qvTGHdzF6KLavt4PO0gs2a6pQ00","2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824","LPJNul-wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ","9b71d224bd62f3785d96d46ad3ea3d73319bfbc2890caadae2dff72519673ca72323c3d99ba5c11d7c7acc6e14b8c5da0c4663475c2e5c3adef46f73bcdec043","m3HSJL1i83hdltRq0-o9czGb-8KJDKra4t_3JRlnPKcjI8PZm6XBHXx6zG4UuMXaDEZjR1wuXDre9G9zvN7AQw"]

//# an algorithm that does not exist
return Generate digest("x"; 99)
//! knows no algorithm

//# L084: BASE64 ENCODE with a second variable leaves the first
$a:="Hello?>"
BASE64 ENCODE($a; $b)
return [$a; $b]
//= ["Hello?>","SGVsbG8/Pg=="]

//# L084: BASE64 ENCODE alone changes its variable
$a:="Hello?>"
BASE64 ENCODE($a)
$c:=$a
BASE64 DECODE($a)
return [$c; $a]
//= ["SGVsbG8/Pg==","Hello?>"]

//# Base64URL has no padding and reads back
$a:="Hello?>"
BASE64 ENCODE($a; $b; *)
BASE64 DECODE($b; $c; *)
return [$b; $c]
//= ["SGVsbG8_Pg","Hello?>"]

//# text that is not Base64 is an error
$a:="%%%"
BASE64 DECODE($a)
//! BASE64 DECODE

//# a Blob stays one through Base64
var $blob; $copy : Blob
TEXT TO BLOB("abc"; $blob; UTF8 text without length)
BASE64 ENCODE($blob)
BASE64 DECODE($blob; $copy)
return [BLOB size($blob); BLOB size($copy); BLOB to text($copy; UTF8 text without length)]
//= [4,3,"abc"]

//# L129: a Blob in a property reads back as a Blob
var $blob : Blob
TEXT TO BLOB("abc"; $blob; UTF8 text without length)
$o:={b: $blob}
$blob:=$o.b
return [Value type($blob); $o.b.size; $o.b[0]; $blob{2}]
//= [30,3,97,99]

//# L131: slices of a 4D.Blob
var $blob : Blob
TEXT TO BLOB("abcde"; $blob; UTF8 text without length)
$b:=4D.Blob.new($blob)
return [$b.size; Convert to text($b.slice(-3); "UTF-8"); $b.slice(99).size; Convert to text($b.slice(1; 3); "UTF-8"); 4D.Blob.new().size]
//= [5,"cde",0,"bc",0]

//# a byte of a 4D.Blob can't be assigned (L130)
$b:=4D.Blob.new()
$b[0]:=1
//! can't be set

//# L132: Convert to text drops the mark of UTF-8
var $blob : Blob
SET BLOB SIZE($blob; 3; 0xEF)
CONVERT FROM TEXT(Char(0xFEFF)+"é"; "UTF-8"; $blob)
return [BLOB size($blob); Convert to text($blob; "UTF-8"); Convert to text($blob; 4)]
//= [5,"é","é"]

//# character sets by name and MIBEnum
var $blob : Blob
CONVERT FROM TEXT("é€"; "windows-1252"; $blob)
$n:=BLOB size($blob)
$t:=Convert to text($blob; 2252)
CONVERT FROM TEXT("é"; "UTF-16"; $blob)
return [$n; $t; BLOB size($blob); Convert to text($blob; "utf-16")]
//= [2,"é€",2,"é"]

//# a character set that is not known sets OK to 0
var $blob : Blob
$t:=Convert to text($blob; "klingon")
return [$t; OK]
//= ["",0]

//# texts with their length, one after the other (docs/commands/blob-to-text.md)
var $blob : Blob
TEXT TO BLOB("ab"; $blob; UTF8 text with length; *)
TEXT TO BLOB("cde"; $blob; UTF8 text with length; *)
$offset:=0
$a:=BLOB to text($blob; UTF8 text with length; $offset)
$b:=BLOB to text($blob; UTF8 text with length; $offset)
return [BLOB size($blob); $a; $b; $offset]
//= [13,"ab","cde",13]

//# a text with a zero at its end
var $blob : Blob
TEXT TO BLOB("ab"; $blob; UTF8 C string)
return [BLOB size($blob); BLOB to text($blob; UTF8 C string)]
//= [3,"ab"]

//# numbers in Blobs
var $blob : Blob
LONGINT TO BLOB(258; $blob; 1; *)
INTEGER TO BLOB(-2; $blob; 2; *)
REAL TO BLOB(1.5; $blob; 0; *)
$o:=0
return [BLOB size($blob); $blob{2}; BLOB to longint($blob; 1; $o); BLOB to integer($blob; 2; $o); BLOB to real($blob; 0; $o); $o]
//= [14,1,258,-2,1.5,14]

//# Blobs are cut, filled and copied
var $a; $b : Blob
SET BLOB SIZE($a; 4; 7)
INSERT IN BLOB($a; 1; 2; 9)
DELETE FROM BLOB($a; 0; 1)
$from:=0
$to:=0
COPY BLOB($a; $b; $from; $to; 3)
return [BLOB size($a); $a{0}; $a{2}; BLOB size($b); $from; $to]
//= [5,9,7,3,3,3]

//# bytes outside a Blob are an error
var $blob : Blob
return BLOB to longint($blob; 0)
//! outside the Blob
