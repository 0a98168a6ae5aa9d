//! `Session` in code: session tokens, other people's sessions, and what start-up code sees of it.

use serde_json::json;

use crate::project::folder;
use crate::server::{Client, Server};

const DATASTORE: &str = r#"Class extends DataStoreImplementation

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

exposed Function others($id : Text) : Object
	return {info: Session info($id); storage: Session storage($id); activity: Process activity($id; Sessions only)}

exposed Function everybody() : Object
	return Process activity()

exposed Function processesOnly() : Object
	return Process activity(Processes only)

exposed Function licences() : Collection
	return License usage()

exposed Function putInto($id : Text; $text : Text)
	var $storage : Object
	$storage:=Session storage($id)
	Use ($storage)
		$storage.text:=$text
	End use

exposed Function adminAtHeart() : Boolean
	return Session.setPrivileges({privileges: ["WebAdmin"]}) & Session.hasPrivilege("webadmin") & (Session.getPrivileges()[0]="WebAdmin")

exposed Function limitSets($count : Integer; $default : Integer; $most : Integer)
	Session.quotas.nbEntitySets:=$count
	Session.quotas.defaultEntitySetTimeout:=$default
	Session.quotas.maxEntitySetTimeout:=$most

exposed Function whoAmI() : Object
	return {id: Session.id; user: Session.userName; text: Session.storage.text}
"#;

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

#[test]
fn code_sees_other_sessions_by_their_id() {
    // S072, S074, S075; S073: it was Null before 21
    let server = served(&[]);
    let (mut ada, mut bea) = (server.client(), server.client());
    let id = call(&mut ada, "authentify", &json!(["ada"]));
    call(&mut ada, "remember", &json!(["ada's"]));
    let seen = call(&mut bea, "others", &json!([id]));
    assert_eq!(seen["info"]["userName"], "ada");
    assert_eq!(seen["storage"]["text"], "ada's");
    assert_eq!(seen["activity"]["sessions"].as_array().unwrap().len(), 1);
    assert_eq!(seen["activity"]["sessions"][0], seen["info"]);
    assert!(seen["activity"].get("processes").is_none());
    call(&mut bea, "putInto", &json!([id, "bea's"]));
    assert_eq!(call(&mut ada, "whoAmI", &json!([]))["text"], "bea's");
    for (name, expected) in [
        ("type", "rest"),
        ("userName", "ada"),
        ("machineName", ""),
        ("systemUserName", ""),
        ("IPAddress", "localhost"),
        ("hostType", "browser"),
        ("creationDateTime", "2023-11-14T22:13:20.000Z"),
        ("state", "active"),
        ("persistentID", ""),
    ] {
        assert_eq!(seen["info"][name], expected, "{name}");
    }
    let nobody = call(&mut bea, "others", &json!(["00112233445566778899AABBCCDDEEFF"]));
    assert!(nobody["info"].is_null() && nobody["storage"].is_null() && nobody["activity"].is_null());
}

#[test]
fn a_snapshot_lists_every_session_once() {
    // S075
    let server = served(&[]);
    let (mut ada, mut bea) = (server.client(), server.client());
    call(&mut ada, "authentify", &json!(["ada"]));
    call(&mut ada, "token", &json!([60]));
    let all = call(&mut bea, "everybody", &json!([]));
    let mut kinds: Vec<_> =
        all["sessions"].as_array().unwrap().iter().map(|session| session["type"].as_str().unwrap()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["rest", "rest", "storedProcedure"]);
    assert_eq!(all["processes"][0]["session"]["type"], "rest");
    let processes = call(&mut bea, "processesOnly", &json!([]));
    assert!(processes.get("sessions").is_none() && processes["processes"][0].get("session").is_none());
}

#[test]
fn licences_name_their_holders() {
    // S088
    let server = Server::with_licenses(
        folder(None, &[("Project/Sources/Classes/DataStore.4dm", DATASTORE)]),
        tessera_sessions::PoolSize::Limited(5),
    );
    let (mut ada, mut bea) = (server.client(), server.client());
    let id = call(&mut ada, "authentify", &json!(["ada"]));
    server.minutes(1);
    let licences = call(&mut bea, "licences", &json!([]));
    let [first, second] = licences.as_array().unwrap().as_slice() else { panic!("{licences}") };
    assert_eq!((&first["session"]["ID"], &first["session"]["sessionID"]), (&id, &id));
    assert_eq!(first["session"]["userName"], "ada");
    assert_eq!(first["time"], "2023-11-14T22:13:20.000Z");
    assert_eq!(second["time"], "2023-11-14T22:14:20.000Z");
    for (licence, used, balance) in [(first, 1, 4), (second, 2, 3)] {
        assert_eq!(
            (&licence["productUsedCount"], &licence["productBalance"]),
            (&json!(used), &json!(balance))
        );
        assert_eq!(licence["globalProductUsedCount"], 2);
        assert_eq!((&licence["productName"], &licence["reason"]), (&json!("4D Client"), &json!("REST")));
    }
    assert_ne!(first["token"], second["token"]);
}

#[test]
fn web_admin_can_be_held_although_nobody_declares_it() {
    // S142
    let server = served(&[]);
    assert_eq!(call(&mut server.client(), "adminAtHeart", &json!([])), true);
}

#[test]
fn code_limits_the_entity_sets_of_its_session() {
    // docs/API/QuotaManagerClass.md
    let server = crate::project::filled(served(&[]));
    let (mut ada, mut bea) = (server.client(), server.client());
    let make =
        |client: &mut Client, seconds: &str| client.get(&format!("/Employee?$method=entityset{seconds}"));
    call(&mut ada, "limitSets", &json!([2, 600, 1200]));
    let first = make(&mut ada, "").ok();
    let second = make(&mut ada, "&$timeout=5000").ok();
    let refused = make(&mut ada, "");
    refused.refused(429, -20_430);
    assert_eq!(refused.response.header("retry-after"), Some(""));
    for _ in 0..3 {
        make(&mut bea, "").ok();
    }
    // Ten minutes by default, and never more than twenty.
    let is_there = |client: &mut Client, set: &serde_json::Value| {
        client.get(set["__ENTITYSET"].as_str().unwrap().trim_start_matches("/rest")).status() == 200
    };
    server.minutes(11);
    assert!(!is_there(&mut ada, &first) && is_there(&mut ada, &second));
    make(&mut ada, "").ok();
    server.minutes(21);
    assert!(!is_there(&mut ada, &second));
}
