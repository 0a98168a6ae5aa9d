// The structure, transactions, tags, and the older commands of the web and of HTTP.

//# tables by number, name and pointer (docs/commands-legacy/table.md, table-name.md)
$pointer:=Table(1)
return [Table name(1); Table name($pointer); Table($pointer); Last table number; Is table number valid(1); Is table number valid(9); Table name([Person])]
//= ["Person","Person",1,8,true,false,"Person"]

//# fields by number and pointer (docs/commands-legacy/field.md, field-name.md)
$pointer:=Field(1; 2)
return [Field name(1; 2); Field name($pointer); Field($pointer); Last field number(1); Is field number valid(1; 3); Is field number valid(1; 99)]
//= ["name","name",2,6,true,false]

//# pointers to tables and fields by name (docs/Concepts/dt_pointer.md)
var $name : Text
var $table; $field : Integer
RESOLVE POINTER(->[Person]name; $name; $table; $field)
return [Table(->[Person]); Table name(->[Person]); Field(->[Person]name); Field name(->[Person]name); (->[Person]name)=Field(1; 2); $name; $table; $field]
//= [1,"Person",2,"name",true,"",1,2]

//# a pointer to a field that is not there
return ->[Person]nobody
//! The table Person has no field nobody

//# what a field is (docs/commands-legacy/get-field-properties.md)
var $type; $length : Integer
var $indexed; $unique; $invisible : Boolean
GET FIELD PROPERTIES(1; 2; $type; $length; $indexed; $unique; $invisible)
$first:=[$type; $length; $indexed; $unique; $invisible]
GET FIELD PROPERTIES(Field(1; 1); $type; $length; $indexed; $unique)
return [$first; [$type=Is longint; $length; $unique]]
//= [[0,255,false,false,false],[true,0,true]]

//# a table that is not there
return Table name(99)
//! There is no such table

//# transactions are nested, and their level is told (docs/commands-legacy/transaction-level.md)
$levels:=[In transaction; Transaction level]
START TRANSACTION
START TRANSACTION
$levels.push(In transaction; Transaction level)
VALIDATE TRANSACTION
CANCEL TRANSACTION
return $levels.concat([In transaction; Transaction level])
//= [false,0,true,2,false,0]

//# tags are replaced, with parameters (docs/commands-legacy/process-4d-tags.md)
var $out : Text
PROCESS 4D TAGS("<!--#4DTEXT $1--> is <!--#4DIF ($2>18)-->grown<!--#4DELSE-->young<!--#4DENDIF-->"; $out; "Ada & Co"; 20)
return $out
//= "Ada &amp; Co is grown"

//# HTTP Get waits for the answer and gives its status (docs/commands-legacy/http-get.md)
var $text : Text
var $object : Object
$status:=HTTP Get(origin+"/json"; $text)
$again:=HTTP Get(origin+"/json"; $object)
return [$status; $text; $again; $object.a[1]]
//= [200,"{\"a\":[1,2]}",200,2]

//# HTTP Request sends headers and content, and gives the headers received (docs/commands-legacy/http-request.md)
ARRAY TEXT($names; 1)
ARRAY TEXT($values; 1)
$names{1}:="X-Mine"
$values{1}:="yes"
var $text : Text
$status:=HTTP Request(HTTP POST method; origin+"/echo"; {a: 1}; $text; $names; $values)
return [$status; Position("POST /echo"; $text); Position("x-mine: yes"; Lowercase($text))>0; Position("application/json"; $text)>0; Find in array($names; "Content-Type")>0]
//= [200,1,true,true,true]

//# nobody there is an error
var $text : Text
return HTTP Get("http://127.0.0.1:1/"; $text)
//! No answer from http://127.0.0.1:1/

//# the older commands of the web server
$before:=WEB Get server info.started
WEB START SERVER
$between:=WEB Get server info.started
WEB STOP SERVER
return [$before; $between; WEB Get server info.started; Process aborted]
//= [false,true,false,false]

//# TRUNCATE TABLE drops all entities of a table, and does nothing in a transaction (docs/commands/truncate-table.md)
makeStaff
$counts:=[ds.Employee.getCount()>0]
START TRANSACTION
TRUNCATE TABLE([Employee])
$counts.push(OK; ds.Employee.getCount()>0)
CANCEL TRANSACTION
TRUNCATE TABLE([Employee])
$counts.push(OK; ds.Employee.getCount())
TRUNCATE TABLE([Employee])
return $counts.push(OK)
//= [true,0,true,1,0,1]

//# TRUNCATE TABLE of no table
TRUNCATE TABLE([Nobody])
//! TRUNCATE TABLE: there is no such table

//# licences of the server are there, those of plug-ins are not (docs/commands/is-license-available.md)
return [Is license available; Is license available(4D Web license); Is license available(4D View license)]
//= [true,true,false]

//# what the server does not do is refused by name, with what to do instead (D20)
$told:=[]
$x:=Try(4D.SystemWorker.new("ls"))
$told.push(Last errors[0].message)
$x:=Try(SMTP New transporter({}))
$told.push(Last errors[0].message)
Try
	SET ENVIRONMENT VARIABLE("A"; "b")
Catch
	$told.push(Last errors[0].errCode)
End try
return $told
//= ["4D.SystemWorker is not available: code may not start programs of the machine; run them as a service and call it with 4D.HTTPRequest.","SMTP New transporter is not available: the server speaks no mail protocols; call a mail service over HTTP with 4D.HTTPRequest.",33]

//# formulas with their names in proper spelling, and with tokens (docs/commands/parse-formula.md)
$result:=[Parse formula("string([person]name)+CARRIAGE return"); Parse formula("String:C10([Person:1]ID)"; 0; $error); $error]
$table:=Table name(1)
$result.push(Parse formula("String([Person]ID)"; Formula out with tokens))
$result.push(Parse formula("1+(2"; 0; $error)="1+(2"; $error#"")
return $result.concat(Parse formula("Is longint"; Formula out with tokens))
//= ["String([Person]name)+Carriage return","String([Person]ID)","","String:C10([Person:1]ID:1)",true,true,"Is longint:K8:6"]

//# a transaction is active while it is open; none is suspended (docs/commands/active-transaction.md)
$result:=[Active transaction]
START TRANSACTION
$result.push(Active transaction)
Try
	SUSPEND TRANSACTION
Catch
	$result.push(Position("CANCEL TRANSACTION"; Last errors[0].message)>0)
End try
RESUME TRANSACTION
CANCEL TRANSACTION
return $result.concat(Active transaction)
//= [false,true,true,false]

//# indexes are the engine's business; the table has to exist (docs/commands/pause-indexes.md, resume-indexes.md)
PAUSE INDEXES([Person])
RESUME INDEXES([Person]; *)
return Get database parameter(1; $text)
//= 0

//# what a server does not do is refused with what to do instead
$result:=[]
For each ($call; [Formula(SVG EXPORT TO PICTURE("x"; picture)); Formula(CREATE ALIAS("a"; "b")); Formula(MAIL New attachment("a"))])
	Try
		$call.call()
	Catch
		$result.push(Position(" is not available: "; Last errors[0].message)>0)
	End try
End for each 
SET DATABASE LOCALIZATION("fr"; *)
return $result.concat(OK)
//= [true,true,true,0]

//# names and numbers of tables and fields; no components, and a cache that minds itself (docs/commands/get-table-titles.md, get-field-titles.md, component-list.md)
GET TABLE TITLES($tables; $numbers)
GET FIELD TITLES([Person]; $fields; $fieldNumbers)
COMPONENT LIST($components)
FLUSH CACHE
SET CACHE SIZE(1000000)
RESUME PROCESS(Current process)
return [$tables{1}; $numbers{1}; $fields{1}; $fieldNumbers{1}; Size of array($components)]
//= ["Person",1,"ID",1,0]
