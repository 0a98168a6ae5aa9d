// The server itself, quiet commands, refusals: sections 15.4 and 17 of the language digest.

//# L233: Application type is 4D Server
return [Application type; Application version; Is Windows; Is macOS; Is compiled mode]
//= [5,"2100",false,false,false]

//# L234: LOG EVENT goes to the log and answers nothing
LOG EVENT(Into system standard outputs; "m"; Error message)
LOG EVENT("only a message")
return "done"
//= "done"

//# quiet commands set OK and answer defaults (docs/Admin/cli.md)
ALERT("a")
$a:=OK
CONFIRM("b"; "yes"; "no")
$b:=OK
$c:=Request("name?"; "default")
MESSAGE("x")
BEEP
return [$a; $b; $c; OK; Shift down; Open form window("f"); Screen width]
//= [1,1,"default",1,false,0,0]

//# DIALOG shows nothing and sets OK to 0
DIALOG("form")
return OK
//= 0

//# a desktop command is refused by name
OBJECT SET VISIBLE(*; "x"; True)
//! OBJECT SET VISIBLE is not available on a server without a desktop

//# a record command is refused by name
ALL RECORDS
//! ALL RECORDS belongs to the record language, which is not supported; use ORDA.

//# a command nobody implements is refused by name
$x:=DOM Create XML Ref("root")
//! The command DOM Create XML Ref is not available.

//# a refusal can be caught
Try
	PRINT SETTINGS
Catch
	return Last errors[0].errCode
End try
//= 33

//# Command name
var $info : Integer
var $theme : Text
$all:=[Command name(41); Command name(59999); OK; Command name(10; $info; $theme)]
$all.push($info; $theme; Command name(603; $info); $info)
return $all
//= ["ALERT","",0,"String",1,"","OBJECT SET VISIBLE",0]

//# Application version gives the build's number as well (docs/commands/application-version.md)
var $build : Integer
$build:=-1
return [Application version($build); $build; Application version($build; *); Application version(*)]
//= ["2100",0,"F0021000","F0021000"]

//# system information
return [System info.osVersion; Application info.headless; Get database localization]
//= ["Linux",true,"en"]

//# assertions can be switched off
SET ASSERT ENABLED(False)
ASSERT(False; "never")
return [Get assert enabled; Asserted(False)]
//= [false,false]

//# a failed assertion is an error
ASSERT(1=2; "must hold")
//! must hold

//# L190: throw without a message
Try
	throw({errCode: 1})
Catch
	return [Last errors[0].message; Last errors[0].componentSignature]
End try
//= ["Error code: 1 (host)","host"]

//# L191: names in a message are replaced
Try
	throw({message: "File {name} gone"; name: "f"})
Catch
	return [Last errors[0].message; Last errors[0].name; Last errors[0].errCode]
End try
//= ["File f gone","f",-1]

//# L197: no error is Null
return Last errors=Null
//= true

//# years of two digits (docs/commands/set-default-century.md)
$result:=[Date("01/25/97")=!1997-01-25!; Date("01/25/29")=!2029-01-25!]
SET DEFAULT CENTURY(20)
$result.push(Date("01/25/97")=!2097-01-25!; Date("01/25/07")=!2007-01-25!)
SET DEFAULT CENTURY(19; 95)
$result.push(Date("01/25/97")=!1997-01-25!; Date("01/25/07")=!2007-01-25!; Date("01/25/1907")=!1907-01-25!)
return $result
//= [true,true,true,true,true,true,true]
