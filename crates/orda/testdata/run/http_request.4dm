// 4D.HTTPRequest (docs/API/HTTPRequestClass.md).

//# L218: five redirections are followed
$request:=4D.HTTPRequest.new(origin+"/hops/5").wait()
return [$request.response.status; $request.response.body]
//= [200,"arrived"]

//# L218: the sixth is returned
$request:=4D.HTTPRequest.new(origin+"/hops/6").wait()
return [$request.response.status; $request.response.headers.location]
//= [302,"/hops/0"]

//# none is followed when code says so
$request:=4D.HTTPRequest.new(origin+"/hops/1"; {automaticRedirections: False}).wait()
return $request.response.status
//= 302

//# L219: names of headers are in lower case, and in rawHeaders as they came
$response:=4D.HTTPRequest.new(origin+"/headers").wait().response
return [$response.headers["x-odd-case"]; $response.rawHeaders["X-Odd-CASE"]; $response.rawHeaders["x-odd-case"]; $response.statusText]
//= ["Yes","Yes",null,"OK"]

//# L219: those of the last answer, after redirections
$response:=4D.HTTPRequest.new(origin+"/hops/2").wait().response
return [$response.rawHeaders["Content-Type"]; $response.rawHeaders.Location]
//= ["text/plain",null]

//# L220: somebody has to take the body
return 4D.HTTPRequest.new(origin; {returnResponseBody: False})
//! onData

//# L220: onData takes it, and the response has none
$seen:=New shared object
$options:={returnResponseBody: False; onData: Formula(noteData($seen; $2))}
$request:=4D.HTTPRequest.new(origin+"/headers"; $options).wait()
return [$seen.type; $seen.size; $request.response.body; $request.returnResponseBody]
//= ["data",5,null,false]

//# callbacks come in their order
var steps : Collection:=[]
$note:=Formula(steps.push($2.type))
$request:=4D.HTTPRequest.new(origin+"/json"; {onHeaders: $note; onData: $note; onResponse: $note; onError: $note; onTerminate: $note}).wait()
return steps
//= ["headers","data","response","terminate"]

//# JSON becomes an object, unless text is asked for
return [4D.HTTPRequest.new(origin+"/json").wait().response.body; 4D.HTTPRequest.new(origin+"/json"; {dataType: "text"}).wait().response.body]
//= [{"a":[1,2]},"{\"a\":[1,2]}"]

//# headers and verb are sent as asked
$echo:=4D.HTTPRequest.new(origin+"/echo"; {method: "PUT"; headers: {accept: "a/b"; many: ["1"; "2"]}}).wait().response.body
return [Position("PUT /echo"; $echo); Position("accept: a/b"; $echo)>0; Position("many: 1"; $echo)>0; Position("many: 2"; $echo)>0]
//= [1,true,true,true]

//# nobody there: an error, and no response
var steps : Collection:=[]
$note:=Formula(steps.push($2.type))
$request:=4D.HTTPRequest.new("http://127.0.0.1:1/"; {onResponse: $note; onError: $note; onTerminate: $note}).wait()
return [$request.errors.length; $request.response; $request.terminated; steps]
//= [1,null,true,["error","terminate"]]

//# a message of several parts in an object (docs/commands/http-parse-message.md)
$message:="POST /batch HTTP/1.1\r\nConnection: Close\r\nContent-Type: multipart/mixed; boundary=b_1; charset=UTF-8\r\n\r\n--b_1\r\nContent-Type: application/http\r\nContent-ID: <item1>\r\n\r\nGET /1\r\n--b_1\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n\r\n--b_1--\r\n"
$parsed:=HTTP Parse message($message)
var $blob : Blob
TEXT TO BLOB("Content-Type: text/plain\n\nbody"; $blob; UTF8 text without length)
$plain:=HTTP Parse message($blob)
return [$parsed.requestLine; $parsed.headers.Connection; $parsed.parts.extract("contentType"); $parsed.parts[0].contentID; BLOB to text($parsed.parts[0].data; UTF8 text without length); $parsed.parts[1].name; $parsed.parts[1].fileName; $plain.requestLine; BLOB to text($plain.parts[0].data; UTF8 text without length)]
//= ["POST /batch HTTP/1.1","Close",["application/http",""],"item1","GET /1","file","a.txt","","body"]
