// Documents that are open, and packets (docs/commands/theme/System-Documents.md, Communications.md).

//# a new document is written and read again (docs/commands/create-document.md)
var $doc : Time
$doc:=Create document("note.txt")
$result:=[OK; Document=(Get 4D folder(Database folder)+"note.txt")]
SEND PACKET($doc; "Héllo")
$result.push(OK; Get document position($doc); Get document size($doc))
CLOSE DOCUMENT($doc)
return $result.concat([Document to text("note.txt"); Get document size("note.txt")])
//= [1,true,1,6,6,"Héllo",6]

//# Append document writes at the end, Open document over the beginning (docs/commands/append-document.md)
TEXT TO DOCUMENT("note.txt"; "Good-bye")
$doc:=Append document("note.txt")
SEND PACKET($doc; " and so long")
CLOSE DOCUMENT($doc)
$text:=Document to text("note.txt")
$doc:=Open document("note.txt"; Read and write)
SEND PACKET($doc; "BAD!")
CLOSE DOCUMENT($doc)
return [$text; Document to text("note.txt")]
//= ["Good-bye and so long","BAD!-bye and so long"]

//# up to a stop text, and so many letters; at the end the variable is empty and OK is 0 (docs/commands/receive-packet.md)
TEXT TO DOCUMENT("t.txt"; "one;two;été\r\n"; "UTF-8-no-bom"; Document unchanged)
$doc:=Open document("t.txt"; Read mode)
var $text : Text
$result:=[]
RECEIVE PACKET($doc; $text; ";")
$result.push($text; OK)
RECEIVE PACKET($doc; $text; 4)
$result.push($text)
RECEIVE PACKET($doc; $text; "\r\n")
$result.push($text; OK)
RECEIVE PACKET($doc; $text; 10)
$result.push($text; OK)
CLOSE DOCUMENT($doc)
return $result
//= ["one",1,"two;","été",1,"",0]

//# what is left is read when the stop text does not come, and OK is still 1 (docs/commands/receive-packet.md)
TEXT TO DOCUMENT("t.txt"; "abc")
$doc:=Open document("t.txt")
RECEIVE PACKET($doc; $text; "x")
$result:=[$text; OK]
RECEIVE PACKET($doc; $text; "x")
return $result.concat([$text; OK])
//= ["abc",1,"",0]

//# Blobs go and come as they are (docs/commands/send-packet.md)
var $blob; $back : Blob
TEXT TO BLOB("âz"; $blob; UTF8 text without length)
SET BLOB SIZE($blob; 6; 255)
USE CHARACTER SET("iso-8859-1"; 0)
$doc:=Create document("blob.test")
SEND PACKET($doc; $blob)
SET DOCUMENT POSITION($doc; 1)
RECEIVE PACKET($doc; $back; 65536)
CLOSE DOCUMENT($doc)
return [BLOB size($back); $back{0}; $back{4}; OK]
//= [5,162,255,1]

//# the character sets of texts, each for one direction; a byte order mark wins (docs/commands/use-character-set.md)
USE CHARACTER SET("iso-8859-1"; 0)
$doc:=Create document("t.txt")
SEND PACKET($doc; "é")
$size:=Get document size($doc)
SET DOCUMENT POSITION($doc; 0)
USE CHARACTER SET("latin1"; 1)
RECEIVE PACKET($doc; $text; 5)
CLOSE DOCUMENT($doc)
USE CHARACTER SET(*; 1)
TEXT TO DOCUMENT("u.txt"; "ab\ncd"; "UTF-16LE")
$doc:=Open document("u.txt")
RECEIVE PACKET($doc; $first; "\n")
RECEIVE PACKET($doc; $second; 1)
return [$size; $text; $first; $second]
//= [1,"é","ab","c"]

//# the position, from the beginning, the end, and where it is (docs/commands/set-document-position.md)
TEXT TO DOCUMENT("t.txt"; "0123456789")
$doc:=Open document("t.txt")
$result:=[]
SET DOCUMENT POSITION($doc; 3)
RECEIVE PACKET($doc; $text; 1)
$result.push($text)
SET DOCUMENT POSITION($doc; 2; 3)
RECEIVE PACKET($doc; $text; 1)
$result.push($text)
SET DOCUMENT POSITION($doc; -2; 2)
RECEIVE PACKET($doc; $text; 1)
$result.push($text; Get document position($doc))
SET DOCUMENT SIZE($doc; 4)
return $result.concat([Get document size($doc); Get document position($doc)])
//= ["3","6","8",9,4,4]

//# Get Pathname opens nothing (docs/commands/open-document.md)
TEXT TO DOCUMENT("t.txt"; "x")
$doc:=Open document("t.txt"; Get pathname)
return [$doc=?00:00:00?; OK; Document=(Get 4D folder(Database folder)+"t.txt")]
//= [true,1,true]

//# a document that is open for writing can be opened for reading only (docs/commands/open-document.md)
TEXT TO DOCUMENT("t.txt"; "x")
$doc:=Open document("t.txt")
$second:=Open document("t.txt"; "TEXT"; Read mode)
Try
	$third:=Open document("t.txt"; "TEXT"; Write mode)
Catch
	$result:=[Last errors[0].errCode; OK]
End try
Try
	SEND PACKET($second; "y")
Catch
	$result.push(OK)
End try
return $result
//= [-43,0,0]

//# without a name a dialog would open: as if it was cancelled; a document that does not exist is an error (docs/commands/open-document.md)
$doc:=Open document("")
$result:=[$doc=?00:00:00?; OK]
Try
	$doc:=Open document("none.txt")
Catch
	$result.push(Last errors[0].errCode; OK)
End try
Try
	CLOSE DOCUMENT(?00:00:77?)
Catch
	$result.push("closed")
End try
return $result
//= [true,0,-43,0,"closed"]

//# packets and variables through SET CHANNEL (docs/commands/set-channel.md)
SET CHANNEL(12; "c.bin")
SEND PACKET("head;")
SEND VARIABLE("text")
$number:=5
SEND VARIABLE($number)
SET CHANNEL(11)
SET CHANNEL(10; "c.bin")
var $head : Text
RECEIVE PACKET($head; ";")
RECEIVE VARIABLE($a)
RECEIVE VARIABLE($b)
$result:=[$head; $a; $b; OK]
RECEIVE VARIABLE($b)
$result.push($b; OK)
SET CHANNEL(11)
Try
	SEND PACKET("x")
Catch
	$result.push("no channel")
End try
return $result
//= ["head","text",5,1,5,0,"no channel"]

//# variables in a document of their own (docs/commands/save-variables.md, load-variables.md)
SAVE VARIABLES("User Prefs"; "Smith"; 12; !2024-05-06!)
$result:=[OK]
LOAD VARIABLES("User Prefs"; $name; $code; $date)
$result.push(OK; $name; $code; String($date; ISO date))
TEXT TO DOCUMENT("other"; "no variables")
LOAD VARIABLES("other"; $name)
return $result.concat([OK; $name])
//= [1,1,"Smith",12,"2024-05-06T00:00:00",0,"Smith"]

//# what the disk says of a document (docs/commands/get-document-properties.md, set-document-properties.md)
TEXT TO DOCUMENT(".t.txt"; "x")
SET DOCUMENT PROPERTIES(".t.txt"; False; False; !00-00-00!; ?00:00:00?; !2001-02-03!; ?04:05:06?)
GET DOCUMENT PROPERTIES(".t.txt"; $locked; $invisible; $createdOn; $createdAt; $modifiedOn; $modifiedAt)
return [$locked; $invisible; $createdOn>!2020-01-01!; Value type($createdAt)=Is time; $modifiedOn=!2001-02-03!; String($modifiedAt)]
//= [false,true,true,true,true,"04:05:06"]

//# documents stay inside what code may use
return Open document("/etc/passwd")
//! lies outside

//# not more than a hundred documents are open at once
For ($i; 1; 101)
	$doc:=Create document(String($i)+".txt")
End for 
//! No more than 100 documents
