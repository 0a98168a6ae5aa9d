// XML trees and documents (docs/commands/theme/XML-DOM.md, XML-SAX.md, XML.md).

//# a tree is made and exported (docs/commands/dom-create-xml-ref.md)
$root:=DOM Create XML Ref("MyRoot")
var $text : Text
DOM EXPORT TO VAR($root; $text)
$result:=[Length($root); OK; $text]
DOM CLOSE XML($root)
Try
	DOM EXPORT TO VAR($root; $text)
Catch
	$result.push(OK)
End try
return $result
//= [16,1,"<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\" ?>\n<MyRoot/>\n",0]

//# name spaces of the root (docs/commands/dom-create-xml-ref.md)
$root:=DOM Create XML Ref("My:Root"; "http://a"; "xmlns:b"; "http://b")
XML SET OPTIONS($root; XML indentation; XML no indentation)
DOM EXPORT TO VAR($root; $text)
Try
	$other:=DOM Create XML Ref("My:Root")
Catch
	$failed:=True
End try
return [Split string($text; "\n")[1]; $failed]
//= ["<My:Root xmlns:My=\"http://a\" xmlns:b=\"http://b\"/>",true]

//# missing elements of a path are made, and a number asks for as many (docs/commands/dom-create-xml-element.md)
$root:=DOM Create XML Ref("RootElement")
$element:=DOM Create XML element($root; "/RootElement/Elem1/Elem2/Elem3[2]")
DOM EXPORT TO VAR($root; $text)
return Split string($text; "\n"; sk ignore empty strings+sk trim spaces)
//= ["<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\" ?>","<RootElement>","<Elem1>","<Elem2>","<Elem3/>","<Elem3/>","</Elem2>","</Elem1>","</RootElement>"]

//# an element that exists gets a neighbour; at a number, one before it (docs/commands/dom-create-xml-element.md)
$root:=DOM Create XML Ref("R")
$e:=DOM Create XML element($root; "/R/A/E"; "Font"; "Verdana"; "Size"; 10)
$e:=DOM Create XML element($root; "/R/A/E"; "Font"; "Verdana"; "Size"; 8)
$e:=DOM Create XML element($root; "/R/A/E[2]"; "Font"; "Arial")
$e:=DOM Create XML element($root; "Last")
XML SET OPTIONS($root; XML indentation; XML no indentation)
DOM EXPORT TO VAR($root; $text)
return Split string($text; "\n")[1]
//= "<R><A><E Font=\"Verdana\" Size=\"10\"/><E Font=\"Arial\"/><E Font=\"Verdana\" Size=\"8\"/></A><Last/></R>"

//# a path that is no path, or does not begin with the root, is an error (docs/commands/dom-create-xml-element.md)
$root:=DOM Create XML Ref("R")
$failed:=0
For each ($path; ["/Other/A"; "/R"; "1a"; "a//b"; ""])
	Try
		$e:=DOM Create XML element($root; $path)
	Catch
		$failed:=$failed+1
	End try
End for each 
return $failed
//= 5

//# attributes from arrays (docs/commands/dom-create-xml-element-arrays.md)
ARRAY TEXT($names; 2)
ARRAY TEXT($values; 2)
$names{1}:="Font"
$values{1}:="Verdana"
$names{2}:="Style"
$values{2}:="Bold"
$root:=DOM Create XML Ref("R")
$e:=DOM Create XML element arrays($root; "E"; $names; $values)
DOM GET XML ATTRIBUTE BY NAME($e; "Style"; $style)
return [DOM Count XML attributes($e); $style]
//= [2,"Bold"]

//# values of every type become text (docs/commands/dom-set-xml-attribute.md, xml-set-options.md)
var $blob : Blob
TEXT TO BLOB("hi"; $blob; UTF8 text without length)
$root:=DOM Create XML Ref("R")
DOM SET XML ATTRIBUTE($root; "a"; True; "b"; 123456; "c"; 12.34; "d"; !2003-01-01!; "e"; ?02:00:46?; "f"; $blob; "g"; "a<\"b\"&\n")
XML SET OPTIONS($root; XML indentation; XML no indentation; XML date encoding; XML datetime UTC; XML time encoding; XML duration)
DOM SET XML ATTRIBUTE($root; "d2"; !2003-01-01!; "e2"; ?02:00:46?)
XML SET OPTIONS($root; XML time encoding; XML seconds; XML binary encoding; XML data URI scheme)
DOM SET XML ATTRIBUTE($root; "e3"; ?02:00:46?; "f2"; $blob)
DOM EXPORT TO VAR($root; $text)
return Split string(Split string($text; "\n")[1]; "\" ")
//= ["<R a=\"true","b=\"123456","c=\"12.34","d=\"2003-01-01","e=\"0000-00-00T02:00:46","f=\"aGk=","g=\"a&lt;&quot;b&quot;&amp;&#10;","d2=\"2003-01-01T00:00:00Z","e2=\"PT02H00M46S","e3=\"7246","f2=\"data:;base64,aGk=\"/>"]

//# element values, escaped, as CDATA, and with one kind of line end (docs/commands/dom-set-xml-element-value.md)
$root:=DOM Create XML Ref("Maths")
$e:=DOM Create XML element($root; "Postulate")
XML SET OPTIONS($root; XML indentation; XML no indentation)
$result:=[]
DOM SET XML ELEMENT VALUE($e; "12<18")
DOM EXPORT TO VAR($root; $text)
$result.push(Split string($text; "\n")[1])
DOM SET XML ELEMENT VALUE($root; "/Maths/Postulate"; "12<18"; *)
DOM EXPORT TO VAR($root; $text)
$result.push(Split string($text; "\n")[1])
var $value; $cdata : Text
DOM GET XML ELEMENT VALUE($e; $value; $cdata)
$result.push($value; $cdata)
DOM SET XML ELEMENT VALUE($e; "a\r\nb\rc")
DOM GET XML ELEMENT VALUE($e; $value)
return $result.concat($value)
//= ["<Maths><Postulate>12&lt;18</Postulate></Maths>","<Maths><Postulate><![CDATA[12<18]]></Postulate></Maths>","","12<18","a\nb\nc"]

//# raw texts become elements where they can, else CDATA (docs/commands/xml-set-options.md)
$root:=DOM Create XML Ref("R")
XML SET OPTIONS($root; XML indentation; XML no indentation; XML string encoding; XML raw data)
DOM SET XML ELEMENT VALUE($root; "one <b>two</b>")
DOM EXPORT TO VAR($root; $text)
$e:=DOM Create XML element($root; "x")
DOM SET XML ELEMENT VALUE($e; "1 < 2")
DOM GET XML ELEMENT VALUE($e; $value; $cdata)
return [Split string($text; "\n")[1]; $cdata]
//= ["<R>one <b>two</b></R>","1 < 2"]

//# a value is read as the type of its variable (docs/commands/dom-get-xml-element-value.md)
$root:=DOM Parse XML variable("<r><i>12</i><d>2006-12-04T00:00:00Z</d><b>true</b><t>5233</t><x>aGk=</x></r>")
var $integer : Integer
var $date : Date
var $boolean : Boolean
var $time : Time
var $blob : Blob
DOM GET XML ELEMENT VALUE(DOM Find XML element($root; "i"); $integer)
DOM GET XML ELEMENT VALUE(DOM Find XML element($root; "d"); $date)
DOM GET XML ELEMENT VALUE(DOM Find XML element($root; "b"); $boolean)
DOM GET XML ELEMENT VALUE(DOM Find XML element($root; "t"); $time)
DOM GET XML ELEMENT VALUE(DOM Find XML element($root; "x"); $blob)
return [$integer; $date=!2006-12-04!; $boolean; String($time); BLOB to text($blob; UTF8 text without length)]
//= [12,true,true,"01:27:13","hi"]

//# going through the elements (docs/commands/dom-get-first-child-xml-element.md and its neighbours)
$root:=DOM Parse XML variable("<r> <a>1</a><!--c--><b>2</b> <c/></r>")
$a:=DOM Get first child XML element($root; $name; $value)
$result:=[$name; $value]
$b:=DOM Get next sibling XML element($a; $name)
$c:=DOM Get last child XML element($root; $name)
$result.push($name; DOM Get previous sibling XML element($c)=$b; DOM Get parent XML element($b; $name)=$root; $name)
$none:=DOM Get next sibling XML element($c)
$result.push($none; OK)
$document:=DOM Get parent XML element($root; $name)
$result.push($name; $document=DOM Get XML document ref($a); DOM Get root XML element($c)=$root)
$none:=DOM Get parent XML element($document)
return $result.concat([$none; OK])
//= ["a","1","c",true,true,"r","0000000000000000",0,"#document",true,true,"0000000000000000",0]

//# the nth child of a name, its value and its attributes; the case counts unless the option says otherwise (docs/commands/dom-get-xml-element.md)
$root:=DOM Parse XML variable("<r><a>1</a><a n=\"x\" m=\"y\">2</a><A/></r>")
var $value : Text
$a:=DOM Get XML element($root; "a"; 2; $value; $names; $values)
$result:=[$value; $names{1}; $values{2}; DOM Count XML elements($root; "a")]
XML SET OPTIONS($root; XML DOM case sensitivity; XML case insensitive)
XML GET OPTIONS($root; XML DOM case sensitivity; $option)
$result.push(DOM Count XML elements($root; "a"); $option=XML case insensitive)
$none:=DOM Get XML element($root; "a"; 9; $value)
return $result.concat(OK)
//= ["2","n","y",2,3,true,0]

//# elements by path and by id (docs/commands/dom-find-xml-element.md, dom-find-xml-element-by-id.md)
$root:=DOM Parse XML variable("<bookstore><book id='b1'><title lang='en'>Harry Potter</title></book><book><title>Learning XML</title></book></bookstore>")
ARRAY TEXT($found; 0)
$title:=DOM Find XML element($root; "book[2]/title")
DOM GET XML ELEMENT VALUE($title; $value)
$first:=DOM Find XML element($root; "/bookstore/book/title"; $found)
$result:=[$value; Size of array($found); $found{2}=$title; $first=$found{1}]
$result.push(DOM Find XML element by ID($title; "b1")=DOM Get first child XML element($root))
$none:=DOM Find XML element($root; "nothing"; $found)
$result.push(OK; Size of array($found))
Try
	$none:=DOM Find XML element($root; "a[")
Catch
	$result.push("no path")
End try
return $result
//= ["Learning XML",2,true,true,true,0,0,"no path"]

//# attributes by name, by their alphabetical place, and removed (docs/commands/dom-count-xml-attributes.md, dom-remove-xml-attribute.md)
$root:=DOM Parse XML variable("<e size=\"10\" N=\"1\" Font=\"Verdana\"/>")
$result:=[]
For ($i; 1; DOM Count XML attributes($root))
	DOM GET XML ATTRIBUTE BY INDEX($root; $i; $name; $value)
	$result.push($name+"="+$value)
End for 
DOM REMOVE XML ATTRIBUTE($root; "N")
$result.push(DOM Count XML attributes($root))
For each ($call; [Formula(DOM REMOVE XML ATTRIBUTE($1; "N")); Formula(DOM GET XML ATTRIBUTE BY INDEX($1; 3; name; value)); Formula(DOM GET XML ATTRIBUTE BY NAME($1; "N"; value))])
	Try
		$call.call(Null; $root)
	Catch
		$result.push(OK)
	End try
End for each 
return $result
//= ["Font=Verdana","N=1","size=10",2,0,0,0]

//# child nodes of every kind (docs/commands/dom-get-xml-child-nodes.md, dom-append-xml-child-node.md)
$root:=DOM Create XML Ref("r")
DOM SET XML ELEMENT VALUE($root; "Hello")
$br:=DOM Create XML element($root; "br")
$node:=DOM Append XML child node($root; XML DATA; "New")
$node:=DOM Append XML child node($root; XML CDATA; "12 < 18")
$node:=DOM Append XML child node($root; XML comment; "Hello world")
$node:=DOM Append XML child node($root; XML ELEMENT; "tbreak")
$node:=DOM Append XML child node($root; XML ELEMENT; "<child>simon</child><child>eva</child>")
$document:=DOM Get XML document ref($root)
$node:=DOM Append XML child node($document; XML DOCTYPE; "Books SYSTEM \"Book.DTD\"")
$node:=DOM Append XML child node($document; XML processing instruction; "xml-stylesheet type=\"text/xsl\"")
ARRAY LONGINT($kinds; 0)
ARRAY TEXT($nodes; 0)
DOM GET XML CHILD NODES($root; $kinds; $nodes)
$c:=[]
ARRAY TO COLLECTION($c; $kinds)
DOM EXPORT TO VAR($root; $text)
return [$c; $nodes{1}; $nodes{2}=$br; $nodes{4}; Split string($text; "\n")]
//= [[6,11,6,7,2,11,11,11],"Hello",true,"12 < 18",["<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\" ?>","<!DOCTYPE Books SYSTEM \"Book.DTD\">","<?xml-stylesheet type=\"text/xsl\"?>","<r>Hello<br/>New<![CDATA[12 < 18]]><!--Hello world--><tbreak/><child>simon</child><child>eva</child></r>",""]]

//# elements move from tree to tree (docs/commands/dom-insert-xml-element.md)
$source:=DOM Parse XML variable("<c><Book><T>1</T></Book><Book><T>2</T></Book></c>")
$new:=DOM Create XML Ref("c")
$element:=DOM Append XML element($new; DOM Find XML element($source; "/c/Book[1]"))
$element:=DOM Insert XML element($new; DOM Find XML element($source; "/c/Book[2]"); 1)
DOM SET XML ELEMENT NAME($element; "First")
XML SET OPTIONS($new; XML indentation; XML no indentation)
DOM EXPORT TO VAR($new; $text)
$result:=[Split string($text; "\n")[1]]
DOM REMOVE XML ELEMENT($element)
Try
	DOM SET XML ELEMENT NAME($element; "x")
Catch
	$result.push(OK; DOM Count XML elements($new; "Book"))
End try
return $result
//= ["<c><First><T>2</T></First><Book><T>1</T></Book></c>",0,1]

//# only the root closes its tree (docs/commands/dom-close-xml.md)
$root:=DOM Parse XML variable("<r><a/></r>")
DOM CLOSE XML(DOM Get first child XML element($root))
//! needs the root element

//# what a document says of itself (docs/commands/dom-get-xml-information.md)
$root:=DOM Parse XML variable("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><!DOCTYPE html PUBLIC \"-//W3C//DTD\" \"http://x.dtd\"><html/>")
return [DOM Get XML information($root; PUBLIC ID); DOM Get XML information($root; SYSTEM ID); DOM Get XML information($root; DOCTYPE Name); DOM Get XML information($root; Encoding); DOM Get XML information($root; Version)]
//= ["-//W3C//DTD","http://x.dtd","html","ISO-8859-1","1.0"]

//# to a file and from it, in the character set of the declaration (docs/commands/dom-set-xml-declaration.md, dom-export-to-file.md, dom-parse-xml-source.md)
$root:=DOM Create XML Ref("r")
DOM SET XML ELEMENT VALUE($root; "é")
DOM SET XML DECLARATION($root; "ISO-8859-1"; True)
DOM EXPORT TO FILE($root; "d.xml")
$content:=File("/PACKAGE/d.xml").getText("ISO-8859-1")
$back:=DOM Parse XML source("d.xml")
DOM GET XML ELEMENT VALUE($back; $value)
var $blob : Blob
DOM EXPORT TO VAR($root; $blob)
return [$content; $value; OK; BLOB size($blob)=File("/PACKAGE/d.xml").size]
//= ["<?xml version=\"1.0\" encoding=\"ISO-8859-1\" standalone=\"yes\" ?>\n<r>é</r>\n","é",1,true]

//# line ends and byte order mark (docs/commands/xml-set-options.md)
$root:=DOM Create XML Ref("r")
XML SET OPTIONS($root; XML line ending; XML CRLF; XML BOM; XML enabled)
DOM EXPORT TO FILE($root; "d.xml")
$content:=File("/PACKAGE/d.xml").getContent()
return [$content[0]; Length(File("/PACKAGE/d.xml").getText("UTF-8"; Document unchanged)); Position("\r\n<r/>\r\n"; File("/PACKAGE/d.xml").getText("UTF-8"; Document unchanged))>0]
//= [239,63,true]

//# a fault is named with its place (docs/commands/xml-get-error.md)
Try
	$root:=DOM Parse XML variable("<a>\n  <b></c>\n</a>")
Catch
	$result:=[OK; Position("line 2"; Last errors[0].message)>0]
End try
XML GET ERROR(""; $text; $row; $column)
return $result.concat([$text#""; $row; $column>1])
//= [0,true,true,2,true]

//# external entities are not read, nor are those that grow without end (docs/commands/xml-set-options.md)
Try
	$root:=DOM Parse XML variable("<!DOCTYPE r [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><r>&x;</r>")
Catch
	$result:=[OK]
End try
Try
	XML SET OPTIONS(""; XML external entity resolution; XML enabled)
Catch
	$result.push("refused")
End try
XML SET OPTIONS(""; XML external entity resolution; XML disabled)
return $result
//= [0,"refused"]

//# addresses and validation are refused with what to do instead
Try
	$root:=DOM Parse XML source("http://example.com/a.xml")
Catch
	$result:=[Position("HTTP Get"; Last errors[0].message)>0]
End try
Try
	$root:=DOM Parse XML variable("<a/>"; True)
Catch
	$result.push(Position("without validation"; Last errors[0].message)>0)
End try
return $result
//= [true,true]

//# XML text to values (docs/commands/xml-decode.md)
var $real : Real
var $boolean : Boolean
var $date : Date
var $time : Time
XML DECODE("8,5"; $real)
XML DECODE("1"; $boolean)
XML DECODE("2009-10-25T01:03:20+01:00"; $date)
XML DECODE("2009-10-25T01:03:20+05:00"; $time)
XML DECODE("as it is"; $text)
return [$real; $boolean; $date=!2009-10-25!; String($time); $text]
//= [8.5,true,true,"20:03:20","as it is"]

//# a document written piece by piece; what is open is closed with it (docs/commands/sax-open-xml-element.md, sax-close-xml-element.md)
$doc:=Create document("s.xml")
SAX SET XML DECLARATION($doc; "UTF-8"; True)
SAX ADD XML DOCTYPE($doc; "Books SYSTEM \"Book.DTD\"")
SAX ADD XML COMMENT($doc; "Created by Tessera")
SAX ADD PROCESSING INSTRUCTION($doc; "xml-stylesheet type=\"text/xsl\"")
SAX OPEN XML ELEMENT($doc; "Books"; "n"; 2; "d"; !2024-01-02!)
SAX OPEN XML ELEMENT($doc; "Book")
SAX ADD XML ELEMENT VALUE($doc; "a < b")
SAX CLOSE XML ELEMENT($doc)
SAX OPEN XML ELEMENT($doc; "Book")
SAX CLOSE XML ELEMENT($doc)
SAX OPEN XML ELEMENT($doc; "Book")
SAX ADD XML CDATA($doc; "if (a < b)")
$ok:=OK
CLOSE DOCUMENT($doc)
return [$ok; Split string(Document to text("s.xml"); "\n")]
//= [1,["<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\" ?>","<!DOCTYPE Books SYSTEM \"Book.DTD\">","<!--Created by Tessera-->","<?xml-stylesheet type=\"text/xsl\"?>","<Books n=\"2\" d=\"2024-01-02\">","  <Book>a &lt; b</Book>","  <Book/>","  <Book><![CDATA[if (a < b)]]></Book>","</Books>",""]]

//# attributes from arrays, raw values, and the escape a star asks for (docs/commands/sax-open-xml-element-arrays.md, sax-add-xml-element-value.md)
ARRAY TEXT($names; 1)
ARRAY LONGINT($values; 1)
$names{1}:="n"
$values{1}:=5
$doc:=Create document("s.xml")
XML SET OPTIONS($doc; XML indentation; XML no indentation; XML string encoding; XML raw data)
SAX OPEN XML ELEMENT ARRAYS($doc; "r"; $names; $values)
SAX ADD XML ELEMENT VALUE($doc; "<b/>")
SAX ADD XML ELEMENT VALUE($doc; "<b/>"; *)
CLOSE DOCUMENT($doc)
return Split string(Document to text("s.xml"); "\n")[1]
//= "<r n=\"5\"><b/>&lt;b/&gt;</r>"

//# what does not fit is an error (docs/commands/sax-set-xml-declaration.md, sax-close-xml-element.md)
$doc:=Create document("s.xml")
$result:=[]
For each ($call; [Formula(SAX CLOSE XML ELEMENT($1)); Formula(SAX ADD XML ELEMENT VALUE($1; "x")); Formula(SAX OPEN XML ELEMENT($1; "1a")); Formula(SAX ADD XML COMMENT($1; "a--b"))])
	Try
		$call.call(Null; $doc)
	Catch
		$result.push(OK)
	End try
End for each 
SAX OPEN XML ELEMENT($doc; "a")
Try
	SAX SET XML DECLARATION($doc; "UTF-8")
Catch
	$result.push(OK)
End try
return $result
//= [0,0,0,0,0]

//# a document is read event by event (docs/commands/sax-get-xml-node.md)
TEXT TO DOCUMENT("s.xml"; "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><!--by--><?PI TextProcess?><p:r a=\"1\" b=\"2\">text<![CDATA[c<d]]><e/></p:r>")
$doc:=Open document("s.xml"; "xml"; Read mode)
$events:=[]
Repeat
	$event:=SAX Get XML node($doc)
	$events.push($event)
	Case of 
		: ($event=XML start document)
			SAX GET XML DOCUMENT VALUES($doc; $encoding; $version; $standalone)
			$events.push($encoding; $version; $standalone)
		: ($event=XML comment)
			SAX GET XML COMMENT($doc; $text)
			$events.push($text)
		: ($event=XML processing instruction)
			SAX GET XML PROCESSING INSTRUCTION($doc; $name; $value)
			$events.push($name; $value)
		: ($event=XML start element)
			SAX GET XML ELEMENT($doc; $name; $prefix; $names; $values)
			$events.push($name; $prefix; Size of array($names))
		: ($event=XML DATA)
			SAX GET XML ELEMENT VALUE($doc; $value)
			$events.push($value)
		: ($event=XML CDATA)
			SAX GET XML CDATA($doc; $value)
			$events.push($value)
	End case 
Until ($event=XML end document)
CLOSE DOCUMENT($doc)
return $events
//= [1,"UTF-8","1.0",true,2,"by",3,"PI","TextProcess",4,"r","p",2,6,"text",7,"c<d",4,"e","",0,5,5,9]
