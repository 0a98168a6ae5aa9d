// Text: section 7 of the library digest.

//# L055: Position (docs/commands/position.md)
return [Position("ll"; "Willow"); Position(""; ""); Position("x"; "Willow")]
//= [3,0,0]

//# L056: Position from a place
return Position("day"; "Today is the first day"; 4)
//= 20

//# L057: Position with *
return [Position("DAY"; "Today is the first day"; 1; *); Position("DAY"; "Today is the first day")]
//= [0,3]

//# L058: @ is no wildcard in Position
return Position("abc@"; "abcdef")
//= 0

//# Position tells the length found
$p:=Position("œ"; "Bœuf"; 1; $l)
return [$p; $l]
//= [2,1]

//# Position takes oe for œ
$p:=Position("oe"; "Bœuf"; 1; $l)
return [$p; $l]
//= [2,1]

//# Position with options: whole words
return [Position("cat"; "category cat"; 1; $l; sk whole word); Position("CAT"; "a cat"; 1; $l; sk strict)]
//= [10,0]

//# positions count UTF-16 units
return [Length("né😀"); Position("b"; "😀b"); Substring("😀b"; 3)]
//= [4,3,"b"]

//# L059: Replace string ignores accents
return [Replace string("Crème brûlée"; "Brulee"; "caramel"); Replace string("Crème brûlée"; "Brulee"; "caramel"; *)]
//= ["Crème caramel","Crème brûlée"]

//# L060: Replace string deletes; nothing is never found
return [Replace string("Shout"; "o"; ""); Replace string("abc"; ""; "x")]
//= ["Shut","abc"]

//# L061: Replace string a number of times
return [Replace string("aaa"; "a"; "b"; 2); Replace string("aAa"; "a"; "b"; 2; *)]
//= ["bba","bAb"]

//# L062: Substring
return [Substring("08/04/62"; 4; 2); Substring("abc"; 9); Substring("abc"; 2; 99); Substring("abc"; 0; 2)]
//= ["04","","bc","ab"]

//# L063: Substring from the start
return Substring("Emergency"; 1; 6)
//= "Emerge"

//# L064: Split string keeps empty pieces
return Split string("John;Doe;;NJ"; ";")
//= ["John","Doe","","NJ"]

//# L065: Split string with options
return Split string("a; ;b"; ";"; sk ignore empty strings+sk trim spaces)
//= ["a","b"]

//# L066: Split string into characters; no separator found
return [Split string("abc"; ""); Split string("abc"; ","); Split string(""; ",")]
//= [["a","b","c"],["abc"],[""]]

//# L067: Match regex needs the whole text to match
return [Match regex(".*smith.*"; "joe smith"); Match regex("smith"; "joe smith")]
//= [true,false]

//# L068: Match regex tells place and length
$b:=Match regex("a.b"; "---a-b---"; 1; $p; $l)
return [$b; $p; $l]
//= [true,4,3]

//# L069: Match regex with * looks at the start only
$a:=Match regex("a.b"; "---a-b---"; 1; $p; $l; *)
$b:=Match regex("a.b"; "---a-b---"; 4; $p; $l; *)
return [$a; $b]
//= [false,true]

//# L070: groups go into arrays
ARRAY LONGINT($p; 0)
ARRAY LONGINT($l; 0)
$b:=Match regex("(\\d+)-(\\d+)"; "tel 12-345"; 1; $p; $l)
return [$b; $p{0}; $l{0}; Size of array($p); $p{1}; $l{1}; $p{2}; $l{2}]
//= [true,5,6,2,5,2,8,3]

//# L071: a bad pattern is an error
return Match regex("("; "x"; 1)
//! Match regex

//# L071: the error can be caught
return Undefined(Try(Match regex("("; "x"; 1)))
//= true

//# L072: Uppercase drops accents unless told not to
return [Uppercase("hélène"); Uppercase("hélène"; *); Lowercase("ÉTÉ"); Lowercase("ÉTÉ"; *)]
//= ["HELENE","HÉLÈNE","ete","été"]

//# L073: Compare strings by character codes
return [Compare strings("alpha Bravo"; "Alpha Bravo"; sk char codes); Compare strings("alpha Bravo"; "Alpha Bravo"; sk char codes+sk case insensitive)]
//= [1,0]

//# L074: Compare strings by language
return [Compare strings("ete"; "été"); Compare strings("ete"; "été"; sk strict)#0; Compare strings("a"; "b"); Compare strings("b"; "a")]
//= [0,true,-1,1]

//# Compare strings: case or accents alone (docs/commands/compare-strings.md)
return [Compare strings("a"; "A"; sk case insensitive); Compare strings("a"; "á"; sk case insensitive)#0; Compare strings("a"; "á"; sk diacritic insensitive); Compare strings("a"; "A"; sk diacritic insensitive)#0]
//= [0,true,0,true]

//# Compare strings knows no wildcard
return Compare strings("abc"; "a@")#0
//= true

//# Insert, Delete and Change string count from 1
return [Insert string("The tree"; " green"; 4); Delete string("Lamborghini"; 6; 6); Change string("Acme"; "CME"; 2); Change string("November"; "Dec"; 1); Change string("abc"; "x"; 9)]
//= ["The green tree","Lambo","ACME","December","abc"]

//# Char and Character code
return [Char(65); Char(233); Character code("é"); Character code("Abc"); Character code("")]
//= ["A","é",233,65,0]

//# Char takes the constants that are texts
return Char(Carriage return)+Char(Tab)
//= "\r\t"

//# Length of nothing
return [Length(""); Length("abc")]
//= [0,3]

//# Length of a number is an error
return Length(123)
//! must be a text

//# Trim, Trim start, Trim end (20 R6)
return [Trim("  a b \n"); Trim start("  a "); Trim end("  a ")]
//= ["a b","a ","  a"]

//# a localized string that is not there (UNSPECIFIED)
return Localized string("none")
//= ""

//# TEXT TO ARRAY splits lines
TEXT TO ARRAY("a\rb\nc"; $lines; 100; "Arial"; 9)
return [Size of array($lines); $lines{2}]
//= [3,"b"]

//# a replaced text may not grow without end
return Replace string("x"*100000; "x"; "y"*100000)
//! longer than 1 GB

//# a replaced text may not grow without end, exactly
return Replace string("x"*100000; "x"; "y"*100000; *)
//! longer than 1 GB

//# a start far outside the text is its beginning
return Substring("abc"; -1e300; 2)
//= "ab"

//# a text that is built from itself, and from what mentions it (docs/Concepts/operators.md)
var $t : Text:="a"
$t:=$t+"b"+String(1)
$t:=$t+$t+"c"
$copy:=$t
$t:=$t+"d"
$u:="x"
$u:=$u+"y"+"z"
return [$t; $copy; $u]
//= ["ab1ab1cd","ab1ab1c","xyz"]

//# numbers added to themselves keep their order and type
var $n : Integer:=1
$n:=$n+2+3
var $d : Date:=!2024-01-31!
$d:=$d+1+1
$v:=1
$v:=$v+1.5+2
return [$n; $d; $v]
//= [6,"2024-02-02",4.5]

//# what can't be appended leaves an error
var $t : Text:="a"
$t:=$t+"b"+1
return $t
//! can't be applied

//# the words of a text, all of them or each once (docs/commands/get-text-keywords.md)
ARRAY TEXT($all; 0)
ARRAY TEXT($different; 0)
GET TEXT KEYWORDS("10,000 Jean-Pierre BC45: l'été, L'Été"; $all)
GET TEXT KEYWORDS("10,000 Jean-Pierre BC45: l'été, L'Été"; $different; *)
$c:=[]
ARRAY TO COLLECTION($c; $all)
return [$c; Size of array($different)]
//= [["10,000","Jean","Pierre","BC45","l'","été","L'","Été"],6]

//# tags of styled text are no words (docs/commands/get-text-keywords.md)
ARRAY TEXT($words; 0)
GET TEXT KEYWORDS("<SPAN STYLE=\"font-size:12pt\">one</SPAN> two"; $words)
return [Size of array($words); $words{1}; $words{2}]
//= [2,"one","two"]

//# both forms of Position (docs/commands/position.md)
var $length : Integer
return [Position("b"; "aBb"; 2; *); Position("b"; "aBb"; 1; $length; sk char codes); $length; Position("B"; "abb"; 1; $length; *)]
//= [3,3,1,0]
