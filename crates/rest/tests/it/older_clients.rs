//! What clients of the same protocol family send that today's documentation no longer mentions (D24, clients M1 to
//! M16).

use serde_json::json;
use tessera_rest::{Method, Request};
use tessera_sessions::PoolSize;

use crate::project::{filled, folder, open};
use crate::server::Server;

const AUTHENTICATION: &str = r#"#DECLARE($name : Text; $password : Text; $digest : Boolean; $ip : Text) : Boolean
If ($name="ann") & ($password="pw")
	Session.setPrivileges({userName: $name})
End if
return ($name="") | (($name="ann") & ($password="pw"))
"#;

#[test]
fn a_login_may_be_an_array_in_the_body() {
    let more = [("Project/Sources/DatabaseMethods/onRESTAuthentication.4dm", AUTHENTICATION)];
    let server = filled(Server::with_licenses(folder(None, &more), PoolSize::Limited(5)));
    let mut client = server.client();
    assert_eq!(client.post("/$directory/login", r#"["ann","no",7200]"#).status(), 401);
    assert_eq!(client.post("/$directory/login", r#"["ann","pw",7200]"#).ok()["result"], true);
    assert_eq!(client.get("/$directory/currentUser").ok()["result"]["userName"], "ann");
    assert_eq!(client.get("/$info").ok()["sessionInfo"][0]["lifeTime"], 120);
    // An open session hears the truth about another password.
    assert_eq!(client.post("/$directory/login", r#"["ann","wrong",null]"#).status(), 401);
    assert_eq!(client.get("/Employee").status(), 200, "and stays what it was");
    // Nobody's name: the method decides, as for every first request.
    assert_eq!(server.client().post("/$directory/login", "[null,null,3600]").ok()["result"], true);
    assert_eq!(server.client().post("/$directory/login", "[1").ok()["result"], true);
}

#[test]
fn functions_are_named_by_em_method() {
    // R209
    let server = open();
    let mut client = server.client();
    let mut call = |target: &str| client.post(target, "[]");
    let related = "/Company(1)/staff?$expand=staff&$method=subentityset&$emMethod=names";
    assert_eq!(call(related).ok()["result"], json!(["Martin", "Durand"]));
    let first = call("/Company(1)/staff?$expand=staff&$method=subentityset&$emMethod=leader").ok();
    assert_eq!((&first["__KEY"], &first["lastName"]), (&json!("1"), &json!("Martin")), "{first}");
    assert_eq!(call("/Employee?$filter=\"salary > 300\"&$emMethod=names").ok()["result"], json!(["Lopez"]));
    call("/Employee?$emMethod=nothing").refused(404, 1827);
    call("/Company(1)?$emMethod=names&$method=subentityset").refused(500, 1815);
    client.get("/Employee?$emMethod=names").refused(405, 1829);
}

#[test]
fn refresh_shows_what_would_be_saved() {
    let server = open();
    let mut client = server.client();
    let body = r#"{"__KEY":"1","__STAMP":1,"firstName":"Zz"}"#;
    let shown = client.post("/Employee?$method=update&$refresh=true", body).ok();
    assert_eq!((&shown["fullName"], &shown["__STAMP"]), (&json!("Zz Martin"), &json!(1)));
    let new = client.post("/Employee?$method=update&$refresh=true", r#"{"firstName":"New"}"#).ok();
    assert_eq!(new["__STAMP"], 0);
    let all = client.get("/Employee").ok();
    assert_eq!((&all["__COUNT"], &all["__ENTITIES"][0]["firstName"]), (&json!(4), &json!("Ada")));
}

#[test]
fn a_blob_is_stored_without_saying_that_it_is_one() {
    let server = open();
    let mut client = server.client();
    client.post("/Album?$method=update", "{}").ok();
    let request = Request::new(Method::Post, "/Album(1)/file", b"\xffbytes".to_vec());
    assert_eq!(client.send(request).ok(), json!({"ok": true}));
    assert_eq!(client.get("/Album(1)/file?$binary=true").bytes(), b"\xffbytes");
    let body = r#"{"__KEY":"1","__STAMP":2,"file":null}"#;
    client.post("/Album(1)", body).ok();
    assert_eq!(client.get("/Album(1)").ok()["file"], json!(null));
}

#[test]
fn an_empty_set_id_after_a_function_is_no_set() {
    let server = open();
    let target = "/Employee/names/$entityset/?$filter=\"salary > 300\"";
    assert_eq!(server.client().post(target, "[]").ok()["result"], json!(["Lopez"]));
}

#[test]
fn a_save_that_changes_nothing_keeps_the_stamp() {
    let server = open();
    let mut client = server.client();
    let saved = client.post("/Employee?$method=update", r#"{"__KEY":"1","__STAMP":1,"ID":1}"#).ok();
    assert_eq!(saved["__STAMP"], 1);
}
