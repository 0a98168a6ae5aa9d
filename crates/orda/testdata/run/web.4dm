// Web classes (docs/API/OutgoingMessageClass.md, WebServerClass.md, WebFormClass.md).

//# L224: the body decides the content type
$message:=4D.OutgoingMessage.new()
$types:=[]
$message.setBody({a: 1})
$types.push($message.headers["content-type"])
$message.setBody("text")
$types.push($message.headers["content-type"])
$message.setBody(4D.Blob.new())
$types.push($message.headers["content-type"])
$message.setBody([1; 2])
$types.push($message.headers["content-type"])
return $types
//= ["application/json","text/plain","application/octet-stream","application/json"]

//# L224: a header set after the body overrides it
$message:=4D.OutgoingMessage.new()
$message.setBody("a,b")
$message.setHeader("Content-Type"; "text/csv")
return [$message.headers["content-type"]; $message.status; $message.body]
//= ["text/csv",200,"a,b"]

//# L225: a header is a text
return 4D.OutgoingMessage.new().setHeader("X"; 1)
//! text

//# L225: so is its name
return 4D.OutgoingMessage.new().setHeader(1; "x")
//! text

//# L225: a status is a number
return 4D.OutgoingMessage.new().setStatus("a")
//! must be a number

//# headers with line breaks are refused
return 4D.OutgoingMessage.new().setHeader("X"; "a\r\nSet-Cookie: b")
//! X

//# L229: a server that runs can't be started; the status tells
$first:=WEB Server.start()
$status:=WEB Server.start({HTTPTrace: True})
return [$first.success; $status.success; $status.errors.length; $status.errors[0].errCode>0; WEB Server.isRunning; WEB Server.HTTPTrace]
//= [true,false,1,true,true,false]

//# settings are taken by start, and forgotten by stop
$server:=WEB Server
$before:=[$server.isRunning; $server.sessionCookieSameSite]
$server.start({sessionCookieSameSite: "Lax"; HTTPTrace: True})
$between:=[$server.isRunning; $server.sessionCookieSameSite; $server.HTTPTrace; WEB Is server running]
$server.stop()
return [$before; $between; [$server.isRunning; $server.sessionCookieSameSite; $server.HTTPTrace]]
//= [[false,"Strict"],[true,"Lax",true,true],[false,"Strict",false]]

//# the web servers of the project are one
return [WEB Server list.length; WEB Server(Web server database).name]
//= [1,"people"]

//# L231: without a page, states and components are no error
Web Form.enableState("none")
Web Form.disableState("none")
Web Form["nobody"].hide()
Web Form.nobody.addCSSClass("x")
return "no error"
//= "no error"

//# messages for a page are kept, never an error
Web Form.setMessage("done")
Web Form.setError("wrong")
Web Form.setWarning("careful")
return OB Instance of(Web Form; 4D.WebForm)
//= true
