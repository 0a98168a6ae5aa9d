//! Pictures and blobs: uploading, storing, sending, clearing (rest-protocol sections 3.5, 5.7 and 8.6).

use serde_json::json;
use tessera_rest::{Body, BrokenOff, Method, Request, prepare};

use crate::project::{filled, folder, open};
use crate::server::{Answer, Client, Server};

/// A picture of one transparent dot.
const GIF: &[u8] = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";
const BLOB: &[u8] = b"\x00\x01any bytes\xff";

fn send(client: &mut Client, target: &str, body: &[u8]) -> Answer {
    client.send(Request::new(Method::Post, target, body.to_vec()))
}

fn upload(client: &mut Client, query: &str, body: &[u8]) -> String {
    let id = send(client, &format!("/$upload?{query}"), body).ok()["ID"].as_str().unwrap().to_owned();
    assert!(id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit()), "{id}");
    id
}

/// A server with one album without anything in it.
fn album() -> (Server, Client) {
    let server = open();
    let mut client = server.client();
    client.post("/Album?$method=update", "{}").ok();
    (server, client)
}

#[test]
pub(crate) fn an_upload_becomes_a_picture_and_is_sent_again() {
    // R041, R042, R086, R087, R127
    let (_server, mut client) = album();
    assert_eq!(client.get("/Album(1)").ok()["photo"], json!(null));
    let id = upload(&mut client, "$rawPict=true", GIF);
    let body = json!({"__KEY": 1, "__STAMP": 1, "photo": {"ID": id}}).to_string();
    let saved = client.post("/Album?$method=update", &body).ok();
    let expected = json!({"__deferred": {
        "uri": "/rest/Album[1]/photo?$imageformat=best&$version=2&$expand=photo", "image": true,
    }});
    assert_eq!((&saved["photo"], &saved["__STAMP"]), (&expected, &json!(2)));
    let sent = client.get("/Album[1]/photo?$imageformat=best&$version=2&$expand=photo");
    assert_eq!((sent.response.header("content-type"), sent.bytes()), (Some("image/gif"), GIF));
    let png = client.get("/Album(1)/photo?$imageformat=PNG&$expand=photo");
    assert_eq!(png.response.header("content-type"), Some("image/png"));
    assert!(png.bytes().starts_with(b"\x89PNG"));
    client.get("/Album(1)/photo?$imageformat=heic").refused(400, 1801);
    // Used once, it is gone.
    client.post("/Album?$method=update", &json!({"photo": {"ID": id}}).to_string()).refused(500, 1825);
    // What the client got, it may send back: nothing changes.
    let same = json!({"__KEY": 1, "photo": expected}).to_string();
    client.post("/Album?$method=update", &same).ok();
    assert_eq!(client.get("/Album(1)/photo?$imageformat=best").bytes(), GIF);
}

#[test]
pub(crate) fn a_picture_is_sent_once() {
    let (_server, mut client) = album();
    send(&mut client, "/Album(1)/photo?$rawPict=true", GIF).ok();
    let first = client.get("/Album(1)/photo?$imageformat=best");
    assert!(first.response.header("content-security-policy").unwrap().contains("sandbox"));
    let mut again = Request::get("/Album(1)/photo?$imageformat=best");
    again.if_none_match = first.response.header("etag").map(str::to_owned);
    assert_eq!(client.send(again).status(), 304);
}

#[test]
pub(crate) fn an_empty_picture_is_an_empty_body() {
    // R128
    let (_server, mut client) = album();
    let sent = client.get("/Album(1)/photo?$imageformat=best&$expand=photo");
    assert_eq!((sent.status(), sent.bytes().len()), (200, 0));
    client.get("/Album(9)/photo?$imageformat=best").refused(404, 1543);
}

#[test]
pub(crate) fn blobs_go_in_and_out_byte_by_byte() {
    // R043, R129
    let (_server, mut client) = album();
    let id = upload(&mut client, "$binary=true", BLOB);
    client.post("/Album?$method=update", &json!({"__KEY": 1, "file": {"ID": id}}).to_string()).ok();
    let deferred = client.get("/Album(1)").ok()["file"]["__deferred"].clone();
    assert_eq!(deferred, json!({"uri": "/rest/Album[1]/file?$binary=true&$version=2&$expand=file"}));
    let sent = client.get("/Album(1)/file?$binary=true&$expand=file");
    assert_eq!(sent.bytes(), BLOB);
    assert_eq!(sent.response.header("content-type"), Some("application/octet-stream"));
    assert_eq!(sent.response.header("content-disposition"), Some("attachment"));
}

#[test]
pub(crate) fn an_attribute_takes_a_body_directly_and_is_emptied() {
    // R090
    let (_server, mut client) = album();
    let stored = send(&mut client, "/Album(1)/photo?$rawPict=image/gif", GIF);
    assert_eq!(stored.ok(), json!({"ok": true}));
    assert_eq!(client.get("/Album(1)").ok()["__STAMP"], 2);
    let cleared = client.send(Request::new(Method::Delete, "/Album(1)/photo?$imageformat=best", Vec::new()));
    assert_eq!(cleared.ok(), json!({"ok": true}));
    assert_eq!(client.get("/Album(1)").ok()["photo"], json!(null));
    assert_eq!(client.get("/Album").ok()["__COUNT"], 1, "only the picture is deleted");
}

/// A request with a form: fields, then a file.
fn form(target: &str, file: &[u8]) -> Request {
    let mut body = b"--xX\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nplain\r\n--xX\r\n\
        Content-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\nContent-Type: text/plain\r\n\r\n"
        .to_vec();
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--xX--\r\n");
    let multipart = Some("multipart/form-data; boundary=xX".to_owned());
    Request { multipart, ..Request::post(target, body) }
}

#[test]
pub(crate) fn the_first_file_of_a_form_is_what_was_sent() {
    // R086, R090
    let (_server, mut client) = album();
    let id = client.send(form("/$upload?$rawPict=true", GIF)).ok()["ID"].clone();
    client.post("/Album?$method=update", &json!({"__KEY": 1, "photo": {"ID": id}}).to_string()).ok();
    assert_eq!(client.get("/Album(1)/photo?$imageformat=best").bytes(), GIF);
    let id = client.send(form("/$upload?$binary=true", BLOB)).ok()["ID"].clone();
    client.post("/Album?$method=update", &json!({"__KEY": 1, "file": {"ID": id}}).to_string()).ok();
    assert_eq!(client.get("/Album(1)/file?$binary=true").bytes(), BLOB);

    client.post("/Album", "{}").ok();
    assert_eq!(client.send(form("/Album(2)/photo?$rawPict=image/gif", GIF)).ok(), json!({"ok": true}));
    client.send(form("/Album(2)/file", BLOB)).ok();
    let album = client.get("/Album(2)").ok();
    assert_eq!(album["__STAMP"], 3);
    assert_eq!(client.get("/Album(2)/photo?$imageformat=best").bytes(), GIF);
    assert_eq!(client.get("/Album(2)/file?$binary=true").bytes(), BLOB);
}

#[test]
pub(crate) fn a_form_without_a_file_is_refused_by_name() {
    let (_server, mut client) = album();
    let whole = form("/$upload?$binary=true", BLOB);
    let with = |kind: &str, body: &[u8]| Request {
        multipart: Some(kind.into()),
        ..Request::post("/$upload?$binary=true", body)
    };
    let kind = "multipart/form-data; boundary=xX";
    let cases = [
        (with("multipart/form-data", &whole.body), "needs its boundary"),
        (with("multipart/form-data; boundary=yY", &whole.body), "\"yY\" does not occur"),
        (with("multipart/mixed; boundary=xX", &whole.body), "send multipart/form-data"),
        (with(kind, &whole.body[..whole.body.len() - 10]), "its last boundary is missing"),
        (with(kind, b"--xX\r\n\r\nno head\r\n--xX--"), "Part 1 of the body has no Content-Disposition"),
        (with(kind, b"--xX--"), "needs a filename"),
        (with(kind, b""), "does not occur"),
    ];
    for (request, words) in cases {
        let answer = client.send(request);
        answer.refused(400, 1806);
        let message = answer.json()["__ERROR"][0]["message"].as_str().unwrap().to_owned();
        assert!(message.contains(words), "{message}");
    }
    client.send(form("/$upload?$rawPict=true", b"<script>")).refused(400, 1824);
    client.send(form("/$upload", GIF)).refused(400, 1806);
    assert_eq!(client.get("/Album(1)").ok()["__STAMP"], 1);
}

#[test]
pub(crate) fn an_upload_that_is_not_there_is_named() {
    // R088, R089
    let (server, mut client) = album();
    let (picture, blob) = (json!({"photo": {"ID": "00"}}), json!({"file": {"ID": "00"}}));
    client.post("/Album?$method=update", &picture.to_string()).refused(500, 1825);
    client.post("/Album?$method=update", &blob.to_string()).refused(500, 1826);
    let (soon, later) =
        (upload(&mut client, "$rawPict=true", GIF), upload(&mut client, "$rawPict=true&$timeout=600", GIF));
    server.minutes(3);
    client.post("/Album?$method=update", &json!({"photo": {"ID": soon}}).to_string()).refused(500, 1825);
    let mut stranger = server.client();
    let body = json!({"photo": {"ID": later}}).to_string();
    stranger.post("/Album?$method=update", &body).refused(500, 1825);
    client.post("/Album?$method=update", &body).ok();
    send(&mut client, "/$upload?$rawPict=true", b"<script>").refused(400, 1824);
    send(&mut client, "/$upload", GIF).refused(400, 1806);
    client.get("/$upload?$rawPict=true").refused(400, 1813);
}

#[test]
pub(crate) fn a_function_takes_an_upload() {
    // U25
    let datastore = "Class extends DataStoreImplementation\n\nexposed Function size($file : Blob) : Integer\n\t\
                     return BLOB size($file)\n";
    let server = filled(Server::new(folder(None, &[("Project/Sources/Classes/DataStore.4dm", datastore)])));
    let mut client = server.client();
    let id = upload(&mut client, "$binary=true", BLOB);
    let size = client.post("/$catalog/size", &json!([{"ID": id}]).to_string());
    assert_eq!(size.ok()["result"], BLOB.len());
    client.post("/$catalog/size", r#"[{"ID":"00"}]"#).refused(500, 1826);
}

/// What code asks of an album whose bytes did not come with the page.
const ALBUM: &str = r#"Class extends Entity

exposed Function get weight() : Integer
	return BLOB size(This.file)

exposed Function get format() : Text
	return This.photo=Null ? "none" : "some"

exposed Function get both() : Text
	var $copy : cs.AlbumEntity
	$copy:=This.clone()
	return String(BLOB size($copy.file))+" "+String(This.toObject().photo#Null)+" "+String(This.diff($copy).length)

exposed Function halve() : Object
	var $file : Blob
	$file:=This.file
	SET BLOB SIZE($file; BLOB size($file)\2)
	This.file:=$file
	return {success: This.save(dk auto merge).success; touched: This.touched(); size: BLOB size(This.file)}
"#;

#[test]
pub(crate) fn code_reads_the_bytes_that_a_page_leaves_out() {
    let class = [("Project/Sources/Classes/AlbumEntity.4dm", ALBUM)];
    let server = filled(Server::new(folder(None, &class)));
    let mut client = server.client();
    client.post("/Album?$method=update", "{}").ok();
    client.post("/Album?$method=update", "{}").ok();
    send(&mut client, "/Album(1)/photo?$rawPict=true", GIF).ok();
    send(&mut client, "/Album(1)/file?$binary=true", BLOB).ok();
    let shown = |albums: &serde_json::Value| {
        let members = ["weight", "format", "both"].map(|name| albums[name].clone());
        (members, albums["photo"].clone(), albums["file"]["__deferred"]["uri"].clone())
    };
    let page = client.get("/Album?$orderby=ID").ok();
    let photo = json!({"__deferred": {
        "uri": "/rest/Album[1]/photo?$imageformat=best&$version=3&$expand=photo", "image": true,
    }});
    let file = json!("/rest/Album[1]/file?$binary=true&$version=3&$expand=file");
    let full = ([json!(BLOB.len()), json!("some"), json!("12 True 0")], photo, file);
    assert_eq!(shown(&page["__ENTITIES"][0]), full);
    let empty = ([json!(0), json!("none"), json!("0 False 0")], json!(null), json!(null));
    assert_eq!(shown(&page["__ENTITIES"][1]), empty);
    assert_eq!(shown(&client.get("/Album(1)").ok()), full);

    let halved = client.post("/Album(1)/halve", "[]").ok();
    assert_eq!(halved["result"], json!({"success": true, "touched": false, "size": 6}));
    assert_eq!(client.get("/Album(1)/file?$binary=true").bytes(), &BLOB[..6]);
    assert_eq!(client.get("/Album(1)/photo?$imageformat=best").bytes(), GIF);
}

/// A picture of a size that is sent in pieces: what follows its end is nobody's business.
fn long_gif() -> Vec<u8> {
    let rest = (0..5_000_000_u32).map(|at| (at * 31 + at / 251) as u8);
    GIF.iter().copied().chain(rest).collect()
}

/// The body of an answer as it is made.
fn unsent(server: &Server, client: &Client, target: &str) -> tessera_rest::Response {
    let request = Request::get(target);
    let session = server.application.sessions.resolve(client.cookie.as_deref(), &request.address).session;
    prepare(&server.application, session, request).respond().0
}

#[test]
pub(crate) fn what_is_long_is_read_while_it_is_sent() {
    // R127, R129
    let (server, mut client) = album();
    let long = long_gif();
    send(&mut client, "/Album(1)/photo?$rawPict=true", &long).ok();
    send(&mut client, "/Album(1)/file?$binary=true", &long).ok();
    for target in [
        "/Album(1)/photo?$imageformat=best",
        "/Album(1)/photo?$imageformat=gif",
        "/Album(1)/photo?$binary=true",
        "/Album(1)/file?$binary=true",
    ] {
        let response = unsent(&server, &client, target);
        let is_picture = target.contains("photo");
        let kind = if is_picture { "image/gif" } else { "application/octet-stream" };
        assert_eq!(response.header("content-type"), Some(kind), "{target}");
        let Body::Pieces(mut pieces) = response.body else { panic!("{target} is whole") };
        assert_eq!(pieces.length(), Some(long.len() as u64));
        let pieces: Vec<_> = pieces.by_ref().map(Result::unwrap).collect();
        assert!(pieces.iter().all(|piece| piece.len() <= 256 << 10) && pieces.concat() == long, "{target}");
    }
    // What has to be converted is read whole.
    let png = unsent(&server, &client, "/Album(1)/photo?$imageformat=png");
    assert!(png.bytes().unwrap().starts_with(b"\x89PNG"));
    // A tag needs none of the bytes; it changes with the entity, and each format has its own.
    let tag = |target: &str| unsent(&server, &client, target).header("etag").unwrap().to_owned();
    let best = tag("/Album(1)/photo?$imageformat=best");
    assert_eq!(tag("/Album(1)/photo?$imageformat=best"), best);
    assert_ne!(tag("/Album(1)/photo?$imageformat=png"), best);
    let mut again = Request::get("/Album(1)/photo?$imageformat=best");
    again.if_none_match = Some(best);
    assert_eq!(client.send(again.clone()).status(), 304);
    send(&mut client, "/Album(1)/photo?$rawPict=true", GIF).ok();
    let changed = client.send(again);
    assert_eq!((changed.status(), changed.bytes()), (200, GIF));
}

#[test]
pub(crate) fn what_is_saved_while_it_is_sent_is_broken_off() {
    let (server, mut client) = album();
    send(&mut client, "/Album(1)/file?$binary=true", &long_gif()).ok();
    let begin = || {
        let Body::Pieces(mut pieces) = unsent(&server, &client, "/Album(1)/file?$binary=true").body else {
            panic!("it is whole")
        };
        assert!(pieces.next().is_some_and(|piece| piece.is_ok()));
        pieces
    };
    let (changed, dropped) = (begin(), begin());
    send(&mut client, "/Album(1)/file?$binary=true", BLOB).ok();
    assert_eq!(Body::Pieces(changed).gathered(), Err(BrokenOff));
    client.post("/Album(1)?$method=delete", "").ok();
    assert_eq!(Body::Pieces(dropped).gathered(), Err(BrokenOff));
}

#[test]
pub(crate) fn contents_are_protected_like_any_attribute() {
    let roles = r#"{"privileges":[{"privilege":"see"}],"roles":[],"permissions":{"allowed":[
        {"applyTo":"Album.photo","type":"attribute","read":["see"],"update":["see"]}]}}"#;
    let server = filled(Server::new(folder(Some(roles), &[])));
    let mut client = server.client();
    client.post("/Album?$method=update", "{}").ok();
    assert_eq!(client.get("/Album(1)/photo?$imageformat=best").status(), 401);
    assert_eq!(send(&mut client, "/Album(1)/photo?$rawPict=true", GIF).status(), 401);
}
