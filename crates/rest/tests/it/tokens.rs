//! `Session` in code: session tokens, other people's sessions, and what start-up code sees of it.

use serde_json::json;

use crate::project::folder;
use crate::server::{Client, Server};

const DATASTORE: &str = r"Class extends DataStoreImplementation

exposed Function authentify($name : Text) : Text
	Session.setPrivileges({userName: $name})
	return Session.id

exposed Function token($seconds : Variant) : Text
	If ($seconds=Null)
		return Session.createOTP()
	End if
	return Session.createOTP($seconds)

exposed Function restore($token : Text) : Object
	var $before : Text
	$before:=Session.id
	var $done : Boolean
	$done:=Session.restore($token)
	return {done: $done; before: $before; after: Session.id; user: Session.userName; guest: Session.isGuest(); text: Session.storage.text}

exposed Function remember($text : Text)
	Use (Session.storage)
		Session.storage.text:=$text
	End use

exposed Function whoAmI() : Object
	return {id: Session.id; user: Session.userName; text: Session.storage.text}
";

/// A project in default mode: everybody may call everything.
fn served(more: &[(&str, &str)]) -> Server {
    let mut files = vec![("Project/Sources/Classes/DataStore.4dm", DATASTORE)];
    files.extend(more);
    Server::new(folder(None, &files))
}

fn call(client: &mut Client, function: &str, arguments: &serde_json::Value) -> serde_json::Value {
    client.post(&format!("/$catalog/{function}"), &arguments.to_string()).ok()["result"].clone()
}

#[test]
fn a_token_brings_code_into_another_session() {
    // S089, S095, S097
    let server = served(&[]);
    let (mut ada, mut phone) = (server.client(), server.client());
    let id = call(&mut ada, "authentify", &json!(["ada"]));
    call(&mut ada, "remember", &json!(["kept"]));
    let token = call(&mut ada, "token", &json!([60]));
    assert_eq!(token.as_str().unwrap().len(), 32);
    let used = server.licenses_used();

    let restored = call(&mut phone, "restore", &json!([token]));
    assert_eq!((&restored["done"], &restored["after"]), (&json!(true), &id));
    assert_eq!(
        (&restored["user"], &restored["text"], &restored["guest"]),
        (&json!("ada"), &json!("kept"), &json!(true))
    );
    // The phone had taken a licence of its own in default mode, as every first request there; none came on top.
    assert_eq!(server.licenses_used(), used + 1);
    // Both go on in it.
    assert_eq!(call(&mut phone, "whoAmI", &json!([]))["id"], id);
    assert_eq!(call(&mut ada, "whoAmI", &json!([]))["id"], id);
}

#[test]
fn a_token_that_is_no_good_changes_nothing() {
    // S092, S095
    let server = served(&[]);
    let (mut ada, mut phone) = (server.client(), server.client());
    call(&mut ada, "authentify", &json!(["ada"]));
    let token = call(&mut ada, "token", &json!([60]));
    assert_eq!(call(&mut phone, "restore", &json!([token]))["done"], true);
    for no_good in [token, json!("nonsense"), json!("")] {
        let mut other = server.client();
        let refused = call(&mut other, "restore", &json!([no_good]));
        assert_eq!((&refused["done"], &refused["after"]), (&json!(false), &refused["before"]));
    }
}

#[test]
fn a_token_lives_as_long_as_an_idle_session() {
    // S093, S096
    let server = served(&[]);
    let mut ada = server.client();
    call(&mut ada, "authentify", &json!(["ada"]));
    let token = call(&mut ada, "token", &json!([null]));
    server.minutes(59);
    call(&mut ada, "whoAmI", &json!([]));
    assert_eq!(call(&mut server.client(), "restore", &json!([token]))["done"], true);
    let token = call(&mut ada, "token", &json!([null]));
    server.minutes(59);
    call(&mut ada, "whoAmI", &json!([]));
    server.minutes(2);
    assert_eq!(call(&mut server.client(), "restore", &json!([token]))["done"], false);
}

#[test]
fn start_up_code_has_a_session_without_a_client() {
    // S140; docs/API/SessionClass.md: "stored procedure sessions"
    let method = r#"return [Session.setPrivileges("x"); Session.clearPrivileges(); Session.hasPrivilege("any"); Session.getPrivileges()[0]; Session.createOTP(); Session.restore("x"); Session.promote("x"); Session.isGuest(); Session.info.type; Session.storage#Null]
"#;
    let server = served(&[("Project/Sources/Methods/own.4dm", method)]);
    let mut answers = String::new();
    tessera_values::write_json(&mut answers, &server.run("own"), tessera_values::DateForm::Day).unwrap();
    assert_eq!(answers, r#"[false,true,true,"WebAdmin","",false,0,false,"storedProcedure",true]"#);
}
