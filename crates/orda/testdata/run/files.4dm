// Files and folders (docs/API/FileClass.md, FolderClass.md, FileHandleClass.md).

//# L208: create makes the folders above as well; a second time it answers False
$file:=File("/PACKAGE/x/y/z.txt")
return [$file.exists; $file.create(); $file.exists; $file.create(); Folder("/PACKAGE/x/y").isFolder]
//= [false,true,true,false,true]

//# L209: deleting a file that is not there does nothing
File("/PACKAGE/missing.txt").delete()
return File("/PACKAGE/missing.txt").exists
//= false

//# L209: a folder that holds something is deleted with its contents only
$folder:=Folder("/PACKAGE/full")
$folder.file("a/b.txt").create()
Try
	$folder.delete()
Catch
	$code:=Last errors[0].errCode
End try
$folder.delete(Delete with contents)
return [$code; $folder.exists]
//= [-47,false]

//# L209: a folder that is not there can't be deleted, except with its contents
$folder:=Folder("/PACKAGE/nowhere")
Try
	$folder.delete(Delete only if empty)
Catch
	$code:=Last errors[0].errCode
End try
$folder.delete(Delete with contents)
return $code
//= -120

//# L210: copyTo onto a file that exists is an error
$a:=File("/PACKAGE/a.txt")
$a.setText("A")
$folder:=Folder("/PACKAGE/to")
$folder.create()
$copy:=$a.copyTo($folder; "b.txt")
Try
	$a.copyTo($folder; "b.txt")
	$failed:=False
Catch
	$failed:=True
End try
$a.setText("new")
$again:=$a.copyTo($folder; "b.txt"; fk overwrite)
return [$copy.path; $failed; $again.getText(); $a.exists]
//= ["/PACKAGE/to/b.txt",true,"new",true]

//# L210: copyTo a folder that is not there is an error
File("/PACKAGE/a.txt").create()
return File("/PACKAGE/a.txt").copyTo(Folder("/PACKAGE/none")).exists
//! 

//# L211: rename takes the whole name and adds no extension
$file:=File("/PACKAGE/a.txt")
$file.create()
$renamed:=$file.rename("b")
return [$renamed.fullName; $renamed.extension; $renamed.exists; File("/PACKAGE/a.txt").exists]
//= ["b","",true,false]

//# L212: setText writes no byte order mark
$file:=File("/PACKAGE/t.txt")
$file.setText("é")
return [$file.size; $file.getContent()[0]]
//= [2,195]

//# L212: getText honours a byte order mark
$file:=File("/PACKAGE/t.txt")
$file.setText("é"; "UTF-16LE")
return [$file.getContent()[0]; $file.getText("UTF-8")]
//= [255,"é"]

//# moveTo moves under another name
$file:=File("/PACKAGE/a.txt")
$file.setText("A")
Folder("/PACKAGE/to").create()
$moved:=$file.moveTo(Folder("/PACKAGE/to"); "c.md")
return [$moved.path; $moved.getText(); $file.exists]
//= ["/PACKAGE/to/c.md","A",false]

//# line ends of setText and getText (docs/API/FileClass.md)
$file:=File("/PACKAGE/t.txt")
$file.setText("a\nb"; "UTF-8-no-bom"; Document with CRLF)
return [$file.size; $file.getText("UTF-8"; Document unchanged); $file.getText("UTF-8"; Document with CR)]
//= [4,"a\r\nb","a\rb"]

//# content as bytes
var $blob : Blob
TEXT TO BLOB("xyz"; $blob; UTF8 text without length)
$file:=File("/PACKAGE/t.bin")
$file.setContent($blob)
$read:=$file.getContent()
return [$read.size; $read[2]; OB Instance of($read; 4D.Blob)]
//= [3,122,true]

//# L213: a file that is not there can't be read
return File("/PACKAGE/none.txt").open("read")
//! none.txt

//# L213: "append" creates it and writes at its end
$file:=File("/PACKAGE/log.txt")
$handle:=$file.open("append")
$handle.writeText("one")
$handle:=Null
$handle:=$file.open("append")
$handle.writeText("two")
$handle:=Null
return $file.getText()
//= "onetwo"

//# L213: the mode is case-sensitive
File("/PACKAGE/a.txt").create()
return File("/PACKAGE/a.txt").open("READ")
//! READ

//# L214: readText up to a text that is not there reads nothing
$file:=File("/PACKAGE/a.txt")
$file.setText("one,two")
$handle:=$file.open()
$first:=$handle.readText(",")
$offset:=$handle.offset
return [$first; $offset; $handle.readText("!"); $handle.offset; $handle.readText(); $handle.eof]
//= ["one",4,"",4,"two",true]

//# a handle reads lines, and writes with the line ends it was opened with
$file:=File("/PACKAGE/a.txt")
$handle:=$file.open({mode: "write"; breakModeWrite: "crlf"})
$handle.writeLine("one")
$handle.writeLine("two")
$size:=$handle.getSize()
$handle:=Null
$handle:=$file.open("read")
$lines:=[]
While (Not($handle.eof))
	$lines.push($handle.readLine())
End while 
return [$size; $lines; $handle.mode; $handle.charset; $handle.file.name]
//= [10,["one","two"],"read","UTF-8","a"]

//# offset and size of a handle
$file:=File("/PACKAGE/a.txt")
$file.setText("0123456789")
$handle:=$file.open("write")
$handle.offset:=99
$at:=$handle.offset
$handle.offset:=-3
$handle.writeText("abc")
$handle.setSize(5)
$handle:=Null
return [$at; $file.getText()]
//= [10,"abc34"]

//# readBlob and writeBlob
$file:=File("/PACKAGE/a.bin")
$handle:=$file.open("write")
$handle.writeBlob(4D.Blob.new())
$handle.writeText("abcdef")
$handle:=Null
$handle:=$file.open("read")
$blob:=$handle.readBlob(4)
return [$blob.size; $blob[3]; $handle.offset]
//= [4,100,4]

//# L215: paths and their parts
$folder:=Folder(fk database folder)
$file:=$folder.file("a/b.txt")
return [$folder.path; $file.path; $file.fullName; $file.name; $file.extension; $file.parent.path; $file.isFile; $file.isFolder; $file.isAlias]
//= ["/PACKAGE/","/PACKAGE/a/b.txt","b.txt","b",".txt","/PACKAGE/a/",true,false,false]

//# L215: other folders by constant
return [Folder(fk data folder).path; Folder(fk resources folder).path; Folder(fk logs folder).path; Folder(fk web root folder).name]
//= ["/DATA/","/RESOURCES/","/LOGS/","WebFolder"]

//# L216: File and Folder inherit from Document and Directory, and these from Object
return [4D.File.superclass.name; 4D.File.superclass.superclass.name; 4D.File.superclass.superclass.superclass; 4D.Folder.superclass.name]
//= ["Document","Object",null,"Directory"]

//# files and folders of a folder, recursive and without hidden ones
$folder:=Folder("/PACKAGE/tree")
$folder.file("a.txt").create()
$folder.file(".hidden").create()
$folder.file("sub/b.txt").create()
$names:=$folder.files(fk recursive+fk ignore invisible).extract("fullName").sort()
return [$names; $folder.files().extract("fullName").sort(); $folder.folders().extract("name"); $folder.folder("sub").file("b.txt").exists]
//= [["a.txt","b.txt"],[".hidden","a.txt"],["sub"],true]

//# aliases are refused: they could lead out of what code may reach
return File("/PACKAGE/a.txt").createAlias(Folder("/PACKAGE"); "link.txt"; fk symbolic link)
//! links could lead out of the project

//# dates of a file
$file:=File("/PACKAGE/a.txt")
$file.create()
return [Value type($file.modificationDate)=Is date; Value type($file.modificationTime); Year of($file.creationDate)>2020; $file.isWritable; $file.hidden]
//= [true,11,true,true,false]

//# 4D.File.new and 4D.Folder.new are the commands
return [4D.File.new("/PACKAGE/a.txt").fullName; 4D.Folder.new(fk database folder).path; OB Instance of(File("/DATA/x"); 4D.File); OB Instance of(File("/DATA/x"); 4D.Document)]
//= ["a.txt","/PACKAGE/",true,true]

//# code stays inside the project, its data and the temporary folder
return [Undefined(Try(File("/PACKAGE/../../etc/passwd").getText())); Undefined(Try(File("/etc/passwd").getText()))]
//= [true,true]

//# L235: folders of the older commands end with the separator
$folder:=Get 4D folder(Current resources folder)
return [$folder[[Length($folder)]]="/"; Position("Resources"; $folder)>0; Folder separator]
//= [true,true,"/"]

//# file names in parts (docs/commands/path-to-object.md)
return [Path to object("/a/b/c.txt"); Object to path({parentFolder: "/a/"; name: "c"; extension: "md"; isFolder: False})]
//= [{"parentFolder":"/a/b/","name":"c","extension":".txt","isFolder":false},"/a/c.md"]

//# the older commands on documents
$path:=Get 4D folder(Database folder)+"old.txt"
TEXT TO DOCUMENT($path; "hello")
$exists:=Test path name($path)=Is a document
$text:=Document to text($path)
$size:=Get document size($path)
COPY DOCUMENT($path; $path+"2")
DELETE DOCUMENT($path)
return [$exists; $text; $size; Test path name($path)<0; Test path name($path+"2"); Test path name(Get 4D folder(Database folder))]
//= [true,"hello",5,true,1,0]

//# a file or its path may be assigned to a picture or a blob attribute (docs/ORDA/entities.md)
$file:=File("/RESOURCES/dot.gif")
var $gif : Blob
TEXT TO BLOB("R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs="; $gif; UTF8 text without length)
BASE64 DECODE($gif)
$file.create()
$file.setContent($gif)
$person:=ds.Person.new()
$person.photo:="/RESOURCES/dot.gif"
$person.file:=$file
$size:=[BLOB size($person.photo); $person.file.size]
$person.photo:=$file
$person.save()
$person:=ds.Person.get($person.ID)
$size.push(BLOB size($person.photo))
$person.photo:="/RESOURCES/none.gif"
return $size.concat($person.photo=Null)
//= [29,29,29,true]

//# documents move to another name or folder, and overwrite nothing (docs/commands/move-document.md)
TEXT TO DOCUMENT("a.txt"; "a")
CREATE FOLDER("there/")
MOVE DOCUMENT("a.txt"; "b.txt")
MOVE DOCUMENT("b.txt"; "there/")
$found:=[OK; Test path name("a.txt"); Test path name("there/b.txt")]
TEXT TO DOCUMENT("b.txt"; "b")
Try
	MOVE DOCUMENT("b.txt"; "there/b.txt")
Catch
	$found.push(Document to text("there/b.txt"))
End try
return $found
//= [1,-43,1,"a"]

//# paths are written as in an address and read from it (docs/commands/convert-path-system-to-posix.md)
return [Convert path system to POSIX("/a b/é.txt"; *); Convert path POSIX to system("/a%20b/%C3%A9.txt"; *); Convert path system to POSIX("/a b"); Convert path POSIX to system("/a%20b")]
//= ["/a%20b/%C3%A9.txt","/a b/é.txt","/a b","/a%20b"]

//# files by constant (docs/commands/get-4d-file.md)
$before:=Get 4D file(HTTP log file)
$file:=File(HTTP log file)
$file.setText("x")
return [$before; $file.path; Get 4D file(HTTP log file; *)=$file.platformPath; File(Backup log file); Get 4D file(Backup log file)]
//= ["","/LOGS/logweb.txt",true,null,""]
