// ZIP archives (docs/commands/zip-create-archive.md, zip-read-archive.md, docs/API/ZipFileClass.md, ZipFolderClass.md).

//# a file goes into an archive and is read without being unpacked (docs/commands/zip-read-archive.md)
$file:=File("/PACKAGE/a.txt")
$file.setText("Héllo")
$status:=ZIP Create archive($file; File("/PACKAGE/a.zip"))
$archive:=ZIP Read archive(File("/PACKAGE/a.zip"))
$zipped:=$archive.root.files()[0]
return [$status; $zipped.fullName; $zipped.extension; $zipped.path; $zipped.getText(); $zipped.size; BLOB size($zipped.getContent()); $zipped.isWritable; $zipped.exists; OB Instance of($archive; 4D.ZipArchive); OB Instance of($zipped; 4D.ZipFile)]
//= [{"success":true,"status":0,"statusText":""},"a.txt",".txt","a.txt","Héllo",6,6,false,true,true,true]

//# a folder with and without itself (docs/commands/zip-create-archive.md)
$folder:=Folder("/PACKAGE/docs")
$folder.file("a.txt").create()
$folder.file(".hidden").create()
$folder.file("sub/b.txt").setText("b")
$with:=ZIP Create archive($folder; File("/PACKAGE/with.zip"))
$without:=ZIP Create archive($folder; File("/PACKAGE/without.zip"); ZIP Without enclosing folder)
$root:=ZIP Read archive(File("/PACKAGE/with.zip")).root
$result:=[$with.success; $root.folders().extract("path"); $root.folder("docs/sub").files().extract("path"); $root.parent; $root.isFolder]
$root:=ZIP Read archive(File("/PACKAGE/without.zip")).root
return $result.concat([[$without.success]; $root.files().extract("fullName"); $root.files(fk recursive+fk ignore invisible).extract("path"); $root.file("sub/b.txt").parent.fullName; $root.file("none").exists; $root.file("../x")])
//= [true,["docs/"],["docs/sub/b.txt"],null,true,[true],[".hidden","a.txt"],["a.txt","sub/b.txt"],"sub",false,null]

//# unpacking a file, a folder, everything; nothing is overwritten unless asked (docs/API/ZipFileClass.md)
Folder("/PACKAGE/docs").file("sub/b.txt").setText("b")
$status:=ZIP Create archive(Folder("/PACKAGE/docs"); File("/PACKAGE/a.zip"))
$root:=ZIP Read archive(File("/PACKAGE/a.zip")).root
$to:=Folder("/PACKAGE/out")
$to.create()
$file:=$root.file("docs/sub/b.txt").copyTo($to; "c.txt")
$folder:=$root.folder("docs").copyTo($to)
$result:=[$file.path; $file.getText(); $folder.path; $folder.file("sub/b.txt").exists]
Try
	$file:=$root.file("docs/sub/b.txt").copyTo($to; "c.txt")
Catch
	$result.push(Last errors[0].errCode)
End try
$file:=$root.file("docs/sub/b.txt").copyTo($to; "c.txt"; fk overwrite)
$all:=Folder("/PACKAGE/all")
$all.create()
$root.copyTo($all)
return $result.concat([$file.exists; $all.file("docs/sub/b.txt").getText()])
//= ["/PACKAGE/out/c.txt","b","/PACKAGE/out/docs/",true,-48,true,"b"]

//# a structure: places of its own, no compression, hidden files left out, progress told (docs/commands/zip-create-archive.md)
Folder("/PACKAGE/docs").file(".hidden").create()
Folder("/PACKAGE/docs").file("a.txt").setText("x"*1000)
File("/PACKAGE/t.txt").setText("t")
$told:=[]
$zip:={files: [{source: Folder("/PACKAGE/docs"); destination: "moved"; option: ZIP Ignore invisible files}; File("/PACKAGE/t.txt")]; compression: ZIP Compression none; callback: Formula($told.push($1))}
$status:=ZIP Create archive($zip; File("/PACKAGE/a.zip"))
$size:=File("/PACKAGE/a.zip").size
$zip.compression:=ZIP Compression standard
$zip.level:=10
$status:=ZIP Create archive($zip; File("/PACKAGE/a.zip"))
$paths:=ZIP Read archive(File("/PACKAGE/a.zip")).root.files(fk recursive).extract("path")
return [$status.success; $paths; $told; $size>1000; File("/PACKAGE/a.zip").size<500]
//= [true,["moved/a.txt","t.txt"],[33,66,100,33,66,100],true,true]

//# a password (docs/commands/zip-create-archive.md, zip-read-archive.md)
File("/PACKAGE/t.txt").setText("secret")
$zip:={files: [File("/PACKAGE/t.txt")]; password: "word"; encryption: ZIP Encryption AES128}
$status:=ZIP Create archive($zip; File("/PACKAGE/a.zip"))
$result:=[$status.success; ZIP Read archive(File("/PACKAGE/a.zip"); "word").root.file("t.txt").getText()]
For each ($password; [""; "wrong"])
	Try
		$text:=ZIP Read archive(File("/PACKAGE/a.zip"); $password).root.file("t.txt").getText()
	Catch
		$result.push("refused")
	End try
End for each 
$zip.password:=""
return $result.concat(ZIP Create archive($zip; File("/PACKAGE/b.zip")))
//= [true,"secret","refused","refused",{"success":false,"status":3,"statusText":"Password is required for encryption"}]

//# what does not exist, or is not supported, is a status and no error (docs/commands/zip-create-archive.md)
$a:=ZIP Create archive(File("/PACKAGE/none.txt"); File("/PACKAGE/a.zip"))
$b:=ZIP Create archive({files: []; compression: ZIP Compression LZMA}; File("/PACKAGE/a.zip"))
return [$a.success; $a.statusText; $b.success; File("/PACKAGE/a.zip").exists]
//= [false,"Cannot create ZIP archive: /PACKAGE/none.txt does not exist",false,false]

//# an archive whose paths lead out of it is refused
var $blob : Blob
// One stored entry "../evil.txt" with the text "x".
BASE64 DECODE("UEsDBBQAAAAAAAAAIQCDFtyMAQAAAAEAAAALAAAALi4vZXZpbC50eHR4UEsBAhQDFAAAAAAAAAAhAIMW3IwBAAAAAQAAAAsAAAAAAAAAAAAAAIABAAAAAC4uL2V2aWwudHh0UEsFBgAAAAABAAEAOQAAACoAAAAAAA=="; $blob)
File("/PACKAGE/evil.zip").setContent($blob)
return ZIP Read archive(File("/PACKAGE/evil.zip"))
//! may lead out of it

//# what is no archive is an error
File("/PACKAGE/a.zip").setText("no archive")
return ZIP Read archive(File("/PACKAGE/a.zip"))
//! can't be read as a ZIP archive
