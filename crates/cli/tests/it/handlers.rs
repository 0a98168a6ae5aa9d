//! Requests that the project's own code answers: HTTP handlers, 4DACTION, the database methods of the web.

use tessera_test_support::TempProject;

use crate::server::{Server, tessera};

const SHOP: &str = r#"shared singleton Class constructor()

Function echo($request : 4D.IncomingMessage) : 4D.OutgoingMessage
	var $answer:=4D.OutgoingMessage.new()
	$answer.setBody({url: $request.url; path: $request.urlPath; query: $request.urlQuery; verb: $request.verb; agent: $request.getHeader("USER-agent"); kind: $request.headers["content-type"]; text: $request.getText(); size: BLOB size($request.getBlob()); same: ($request.getHeader("Content-TYPE")=$request.headers["content-type"]); picture: $request.getPicture()})
	$answer.setHeader("X-Shop"; "open")
	$answer.setStatus(201)
	return $answer

Function kinds($request : 4D.IncomingMessage) : 4D.OutgoingMessage
	var $blob : Blob
	TEXT TO BLOB("abc"; $blob; UTF8 text without length)
	var $bodies:={text: "abc"; blob: $blob; object: {a: 1}; list: [1; 2]; number: 1}
	var $answer:=4D.OutgoingMessage.new()
	If ($request.urlQuery.before#Null)
		$answer.setHeader("content-TYPE"; $request.urlQuery.before)
	End if
	$answer.setBody($bodies[$request.urlQuery.of])
	If ($request.urlQuery.after#Null)
		$answer.setHeader("content-TYPE"; $request.urlQuery.after)
	End if
	return $answer

Function json($request : 4D.IncomingMessage) : Variant
	return $request.getJSON().name

Function login($request : 4D.IncomingMessage) : Text
	Session.setPrivileges({roles: "Administrator"; userName: "Ada"})
	return "in"

Function count() : Integer
	return ds.Customers.all().length

Function files() : Object
	var $content : Blob
	var $name; $type; $file : Text
	WEB GET BODY PART(WEB Get body part count; $content; $name; $type; $file)
	return {name: $name; type: $type; file: $file; size: BLOB size($content)}
"#;

const HANDLERS: &str = r#"[
	{"class": "Shop", "method": "json", "regexPattern": "/shop/(json|data)", "verbs": "post"},
	{"class": "Shop", "method": "login", "pattern": "shop/login", "verbs": "PoSt"},
	{"class": "Shop", "method": "kinds", "pattern": "shop/kinds"},
	{"class": "Shop", "method": "count", "pattern": "shop/count"},
	{"class": "Shop", "method": "files", "pattern": "shop/files", "verbs": "post"},
	{"class": "Private", "method": "echo", "pattern": "private"},
	{"class": "Shop", "method": "missing", "pattern": "missing"},
	{"class": "Shop", "method": "echo", "pattern": "shop", "verbs": "get, PUT"}
]"#;

fn shop() -> (TempProject, Server) {
    let project = TempProject::copy_of("crm");
    project.write("Project/Sources/Classes/Shop.4dm", SHOP);
    project.write("Project/Sources/Classes/Private.4dm", "singleton Class constructor()\nFunction echo()\n");
    project.write("Project/Sources/HTTPHandlers.json", HANDLERS);
    let server = Server::start(project.path(), &[]);
    (project, server)
}

// S160, S161; L226, L227, L228: what a message tells
#[test]
fn the_first_handler_of_path_and_verb_answers() {
    let (_project, server) = shop();
    let reply = server.client().send(
        "PUT",
        "/shop/a%20b?id=3&list='[1]'",
        &[("User-Agent", "test"), ("Content-Type", "text/x")],
        "héllo",
    );
    assert_eq!((reply.status, reply.header("x-shop")), (201, Some("open")), "{}", reply.body);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    let expected = serde_json::json!({
        "url": "/shop/a%20b?id=3&list='%5B1%5D'", "path": ["shop", "a b"], "query": {"id": "3", "list": "[1]"},
        "verb": "PUT", "agent": "test", "kind": "text/x", "text": "héllo", "size": 6,
        "same": true, "picture": null,
    });
    assert_eq!(reply.json(), expected);
    let reply = server.client().post("/shop/json/more", r#"{"name": "Ada"}"#);
    assert_eq!((reply.status, reply.body.as_str()), (200, "Ada"));
    assert_eq!(reply.header("content-type"), Some("text/plain"));
    assert_eq!(server.client().post("/shop/json", "{").status, 500);
    let reply = server.client().post("/shop", "");
    assert_eq!((reply.status, reply.header("allow")), (405, Some("GET, PUT")));
    for target in ["/rest/$catalog", "/"] {
        let reply = server.client().send("TRACE", target, &[], "");
        assert_eq!((reply.status, reply.header("allow")), (405, Some("GET, HEAD, POST, PUT, DELETE")));
    }
    assert_eq!(server.client().get("/shopping").status, 404);
}

// S164
#[test]
fn the_body_decides_its_type_unless_a_header_comes_after_it() {
    let (_project, server) = shop();
    for (query, kind, body) in [
        ("of=text", "text/plain", "abc"),
        ("of=blob", "application/octet-stream", "abc"),
        ("of=object", "application/json", r#"{"a":1}"#),
        ("of=list", "application/json", "[1,2]"),
        ("of=list&before=text/x", "application/json", "[1,2]"),
        ("of=list&after=text/x", "text/x", "[1,2]"),
    ] {
        let reply = server.client().get(&format!("/shop/kinds?{query}"));
        assert_eq!((reply.status, reply.body.as_str()), (200, body), "{query}");
        assert_eq!(reply.header("content-type"), Some(kind), "{query}");
    }
    assert_eq!(server.client().get("/shop/kinds?of=number").status, 500);
}

// S163
#[test]
fn a_handler_without_a_shared_singleton_is_an_error_that_says_so() {
    let (project, server) = shop();
    let reply = server.client().get("/private");
    assert_eq!(reply.status, 500);
    assert!(reply.body.contains("Cannot find singleton (Private.echo)"), "{}", reply.body);
    let reply = server.client().get("/missing");
    assert!(reply.body.contains("Cannot find singleton function"), "{}", reply.body);
    let check = tessera().args(["check", project.path().as_str()]).output().unwrap();
    let said = String::from_utf8_lossy(&check.stdout).into_owned();
    assert!(
        said.contains("Private is no shared singleton") && said.contains("no function missing"),
        "{said}"
    );
}

// S026
#[test]
fn privileges_set_in_a_handler_log_the_session_in() {
    let (_project, server) = shop();
    let mut ada = server.client();
    let refused = ada.get("/shop/count");
    assert_eq!(refused.status, 500, "what a handler reads is checked: {}", refused.body);
    assert_eq!(ada.get("/rest/Customers?$top=1").status, 401);
    let guest = ada.cookie.clone();
    assert_eq!(ada.post("/shop/login", "").body, "in");
    assert_ne!(ada.cookie, guest, "the secret changes at login");
    assert_eq!(ada.get("/rest/Customers?$top=1").status, 200);
    assert!(ada.get("/shop/count").json().as_i64().is_some_and(|count| count > 0));
}

#[test]
fn parts_of_a_body_are_told_apart() {
    let (_project, server) = shop();
    let body = "--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.txt\"\r\n\
                Content-Type: text/plain\r\n\r\nfour\r\n--x--\r\n";
    let kind = [("Content-Type", "multipart/form-data; boundary=x")];
    let reply = server.client().send("POST", "/shop/files", &kind, body);
    let expected = serde_json::json!({"name": "f", "type": "text/plain", "file": "a.txt", "size": 4});
    assert_eq!(reply.json(), expected);
}

// S162
#[test]
fn a_handler_for_what_the_server_answers_itself_stops_the_start() {
    let project = TempProject::copy_of("crm");
    let handlers = "[\n\t{\"class\": \"Shop\", \"method\": \"a\", \"pattern\": \"rest/x\"}\n]";
    project.write("Project/Sources/HTTPHandlers.json", handlers);
    let serve =
        tessera().args(["serve", project.path().as_str(), "--listen", "127.0.0.1:0"]).output().unwrap();
    let log = String::from_utf8_lossy(&serve.stderr).into_owned();
    assert_eq!(serve.status.code(), Some(2), "{log}");
    assert!(log.contains("HTTPHandlers.json:2:46") && log.contains("/rest"), "{log}");
    let check = tessera().args(["check", project.path().as_str(), "--format", "json"]).output().unwrap();
    assert_eq!(check.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&check.stdout).contains("web/fault"));
}

const PUBLISHED: &str = "//%attributes = {\"publishedWeb\":true}\n";

fn pages(methods: &[(&str, &str)]) -> (TempProject, Server) {
    let project = TempProject::copy_of("crm");
    for (path, text) in methods {
        project.write(&format!("Project/Sources/{path}"), text);
    }
    let server = Server::start(project.path(), &[]);
    (project, server)
}

// S156, S151
#[test]
fn a_4daction_runs_published_methods_only() {
    let show = format!(
        "{PUBLISHED}#DECLARE($parameter : Text)\nARRAY TEXT($names; 0)\nARRAY TEXT($values; 0)\n\
         WEB GET VARIABLES($names; $values)\nvar $all : Text\n$all:=$parameter\nvar $i : Integer\n\
         For ($i; 1; Size of array($names))\n\t$all+=\"|\"+$names{{$i}}+\"=\"+$values{{$i}}\nEnd for\n\
         WEB SET HTTP HEADER(\"X-A: b\\rX-STATUS: 202\")\nWEB SEND TEXT($all; \"text/plain\")\n"
    );
    let nothing = format!("{PUBLISHED}#DECLARE($parameter : Text)\n");
    let away = format!("{PUBLISHED}#DECLARE($to : Text)\nWEB SEND HTTP REDIRECT(\"/\"+$to)\n");
    let (_project, server) = pages(&[
        ("Methods/show.4dm", &show),
        ("Methods/nothing.4dm", &nothing),
        ("Methods/away.4dm", &away),
        ("Methods/hidden.4dm", "#DECLARE($parameter : Text)\nWEB SEND TEXT(\"hidden\")\n"),
    ]);
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let reply = server.client().send("POST", "/4daction/show/smith/2?q=1", &form, "a=b+c&d=%C3%A9");
    assert_eq!((reply.status, reply.body.as_str()), (202, "smith/2|q=1|a=b c|d=é"), "{}", reply.head);
    assert_eq!(reply.header("x-a"), Some("b"));
    assert_eq!(server.client().get("/4DACTION/nothing").status, 204);
    let reply = server.client().get("/4DACTION/away/new page");
    assert_eq!((reply.status, reply.header("location")), (302, Some("/new%20page")));
    let reply = server.client().get("/4DACTION/hidden");
    assert_eq!(reply.status, 404);
    assert!(!reply.body.contains("hidden"));
    assert_eq!(server.client().get("/4DACTION/no_such").status, 404);
}

const ASK: &str = "#DECLARE($url : Text; $content : Text; $client : Text; $server : Text; $user : Text; \
                   $password : Text)->$accept : Boolean\n";
const TELL: &str = "#DECLARE($url : Text; $content : Text; $client : Text; $server : Text; $user : Text; \
                    $password : Text)\nWEB SEND TEXT($url+\"|\"+$client+\"|\"+$server+\"|\"+String(Length($content))\
                    +\"|\"+$user+\"|\"+$password; \"text/plain\")\n";

// S152, S155
#[test]
fn unknown_paths_come_to_on_web_connection_after_on_web_authentication() {
    let method = format!("{PUBLISHED}#DECLARE($parameter : Text)\nWEB SEND TEXT(\"ran\")\n");
    let (_project, server) = pages(&[
        ("DatabaseMethods/onWebAuthentication.4dm", &format!("{ASK}$accept:=($url#\"@closed@\")\n")),
        ("DatabaseMethods/onWebConnection.4dm", TELL),
        ("Methods/closed.4dm", &method),
        ("HTTPHandlers.json", r#"[{"class": "Shop", "method": "count", "pattern": "closed/handler"}]"#),
        (
            "Classes/Shop.4dm",
            "shared singleton Class constructor()\nFunction count() : Text\n\treturn \"handled\"\n",
        ),
        ("../../WebFolder/closed.txt", "a file"),
    ]);
    let long = "x".repeat(50_000);
    let reply = server.client().post("/no/such?page=1", &long);
    assert_eq!(
        (reply.status, reply.body.as_str()),
        (200, "/no/such?page=1|::ffff:127.0.0.1|::ffff:127.0.0.1|32768||")
    );
    assert_eq!(server.client().get("/4dcgi/any").status, 200);
    for refused in ["/closed/page", "/4DCGI/closed", "/4DACTION/closed"] {
        let reply = server.client().get(refused);
        assert_eq!((reply.status, reply.header("www-authenticate")), (401, None), "{refused}");
    }
    // Nobody is asked for handlers, files and REST.
    assert_eq!(server.client().get("/closed/handler").body, "handled");
    assert_eq!(server.client().get("/closed.txt").body, "a file");
    assert_eq!(server.client().get("/rest/$catalog?x=closed").status, 200);
}

// S153
#[test]
fn without_on_web_authentication_custom_accepts_and_basic_rejects() {
    let (project, server) = pages(&[("DatabaseMethods/onWebConnection.4dm", TELL)]);
    assert_eq!(server.client().get("/x").status, 200);
    drop(server);
    project.write("tessera.toml", "[http]\npasswords = \"basic\"\n");
    let server = Server::start(project.path(), &[]);
    let reply = server.client().get("/x");
    assert_eq!(reply.status, 401);
    assert!(reply.header("www-authenticate").unwrap().starts_with("Basic realm="), "{}", reply.head);
    let ada = [("Authorization", "Basic YWRhOnM6ZWNyZXQ=")];
    assert_eq!(server.client().send("GET", "/x", &ada, "").status, 401);
    drop(server);
    let ask = format!("{ASK}$accept:=($user=\"ada\") & ($password=\"s:ecret\")\n");
    project.write("Project/Sources/DatabaseMethods/onWebAuthentication.4dm", &ask);
    let server = Server::start(project.path(), &[]);
    let reply = server.client().send("GET", "/x", &ada, "");
    assert_eq!(reply.status, 200);
    assert!(reply.body.ends_with("|ada|s:ecret"), "{}", reply.body);
    assert_eq!(server.client().send("GET", "/x", &[("Authorization", "Basic YWRhOng=")], "").status, 401);
}

// S154, L230
#[test]
fn only_false_and_errors_refuse() {
    let untyped = "#DECLARE($url : Text)\n";
    let fails = format!("{ASK}$accept:=True\nthrow(1; \"on purpose\")\n");
    for (ask, status) in [(untyped, 200), (fails.as_str(), 401), (ASK, 401)] {
        let (_project, server) = pages(&[
            ("DatabaseMethods/onWebAuthentication.4dm", ask),
            ("DatabaseMethods/onWebConnection.4dm", TELL),
        ]);
        assert_eq!(server.client().get("/x").status, status, "{ask}");
    }
}

#[test]
fn what_is_sent_by_commands() {
    let connection = "#DECLARE($url : Text)\nvar $blob : Blob\nCase of\n\
        \t: ($url=\"/text\")\n\t\tWEB SEND TEXT(\"<b><!--#4DTEXT 1+1--></b>\")\n\
        \t: ($url=\"/file\")\n\t\tWEB SEND FILE(\"tags.html\")\n\
        \t: ($url=\"/plain\")\n\t\tWEB SEND FILE(\"plain.txt\")\n\
        \t: ($url=\"/out\")\n\t\tWEB SEND FILE(\"../tessera.toml\")\n\
        \t: ($url=\"/blob\")\n\t\tTEXT TO BLOB(\"<!--#4DTEXT 1-->\"; $blob; UTF8 text without length)\n\
        \t\tWEB SEND BLOB($blob; \"application/x\")\n\
        \t: ($url=\"/raw\")\n\
        \t\tTEXT TO BLOB(\"HTTP/1.1 418 Teapot\\r\\nX-Raw: yes\\r\\n\\r\\ntea\"; $blob; UTF8 text without length)\n\
        \t\tWEB SEND RAW DATA($blob)\n\
        \t: ($url=\"/secure\")\n\t\tWEB SEND TEXT(String(WEB Is secured connection); \"text/plain\")\n\
        \t: ($url=\"/body\")\n\t\tvar $text : Text\n\t\tWEB GET HTTP BODY($text)\n\
        \t\tvar $head : Text\n\t\tWEB GET HTTP HEADER($head)\n\
        \t\tWEB SEND TEXT($text+\"|\"+Substring($head; 1; 19); \"text/plain\")\nEnd case\n";
    let (project, server) = pages(&[("DatabaseMethods/onWebConnection.4dm", connection)]);
    project.write("WebFolder/tags.html", "<i><!--#4DTEXT 2+2--></i>");
    project.write("WebFolder/plain.txt", "plain");
    let get = |path: &str| server.client().get(path);
    let reply = get("/text");
    assert_eq!((reply.status, reply.body.as_str()), (200, "<b>2</b>"));
    assert_eq!(reply.header("content-type"), Some("text/html; charset=UTF-8"));
    assert_eq!(get("/file").body, "<i>4</i>");
    // S158: asked for by its URL, the same page is sent as it is.
    assert_eq!(get("/tags.html").body, "<i><!--#4DTEXT 2+2--></i>");
    assert_eq!((get("/plain").status, get("/plain").body.as_str()), (200, "plain"));
    assert_eq!(get("/out").status, 404);
    let reply = get("/blob");
    assert_eq!(
        (reply.body.as_str(), reply.header("content-type")),
        ("<!--#4DTEXT 1-->", Some("application/x"))
    );
    let reply = get("/raw");
    assert_eq!((reply.status, reply.header("x-raw"), reply.body.as_str()), (418, Some("yes"), "tea"));
    assert_eq!(get("/secure").body, "False");
    assert_eq!(server.client().post("/body", "sent").body, "sent|POST /body HTTP/1.1");
    assert_eq!(get("/nothing").status, 204);
}
