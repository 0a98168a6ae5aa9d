//! `$lock`, and `lock` and `unlock` of entities (rest-protocol sections 8.10 and 12.2, ORDA section 8.3).

use serde_json::{Value as Json, json};
use tessera_rest::Request;

use crate::project::{filled, folder, open, served};
use crate::server::{Client, Server};

fn lock(client: &mut Client, on: bool) -> Json {
    let mut request = Request::get(&format!("/Employee(1)/?$lock={on}"));
    request.host = Some("127.0.0.1:8043".into());
    request.user_agent = Some("a test".into());
    client.send(request).ok()
}

/// Two clients that each have a session.
fn two(server: &Server) -> (Client, Client) {
    let (mut first, mut second) = (server.client(), server.client());
    first.get("/Employee").ok();
    second.get("/Employee").ok();
    (first, second)
}

const UPDATE: &str = r#"{"__KEY":1,"lastName":"New"}"#;

#[test]
pub(crate) fn a_lock_keeps_others_away_until_it_is_given_back() {
    // R140, R141, R142, R144, R145, O035
    let server = open();
    let (mut holder, mut other) = two(&server);
    let got = json!({"result": true, "__STATUS": {"success": true}});
    assert_eq!(lock(&mut holder, true), got);
    assert_eq!(lock(&mut holder, true), got, "again");
    let refused = lock(&mut other, true);
    assert_eq!(refused["result"], false);
    let status = &refused["__STATUS"];
    assert_eq!(
        (&status["status"], &status["statusText"], &status["lockKind"], &status["lockKindText"]),
        (&json!(3), &json!("Already locked"), &json!(7), &json!("Locked by session"))
    );
    assert_eq!(status["lockInfo"]["host"], "127.0.0.1:8043");
    assert_eq!(status["lockInfo"]["userAgent"], "a test");
    assert_eq!(status.get("success"), None);
    assert_eq!(lock(&mut other, false)["__STATUS"]["status"], 3, "not theirs to give back");

    assert_eq!(other.get("/Employee(1)").ok()["lastName"], "Martin", "reading is free");
    let update = other.post("/Employee?$method=update", UPDATE);
    update.refused(500, 1066);
    assert_eq!(update.json()["__STATUS"]["status"], 3);
    assert_eq!(other.post("/Employee(1)?$method=delete", "").status(), 500);
    let all = other.post("/Employee?$filter=\"ID > 0\"&$method=delete", "");
    assert_eq!(all.status(), 500, "what is not locked is gone");
    assert_eq!(other.get("/Employee").ok()["__COUNT"], 1);

    holder.post("/Employee?$method=update", UPDATE).ok();
    assert_eq!(lock(&mut holder, false), got);
    other.post("/Employee?$method=update", UPDATE).ok();
    assert_eq!(other.post("/Employee(1)?$method=delete", "").ok(), json!({"ok": true}));
}

#[test]
pub(crate) fn a_lock_ends_with_its_session() {
    // R143
    let server = open();
    let (mut holder, mut other) = two(&server);
    lock(&mut holder, true);
    server.minutes(59);
    other.get("/Employee").ok();
    server.minutes(2);
    assert_eq!(lock(&mut other, true)["result"], false, "until somebody notices");
    server.application.sessions.close_expired();
    assert_eq!(lock(&mut other, true)["result"], true);
}

#[test]
pub(crate) fn what_can_not_be_locked_is_said() {
    let server = served();
    let (mut reader, mut boss) = (server.client(), server.client());
    reader.login("Reader");
    boss.login("Boss");
    reader.get("/Employee(1)?$lock=true").refused(401, 1558);
    let gone = boss.get("/Employee(99)?$lock=true").ok();
    assert_eq!((&gone["result"], &gone["__STATUS"]["status"]), (&json!(false), &json!(5)));
    boss.get("/Employee?$lock=true").refused(400, 1813);
    assert_eq!(boss.get("/Employee(1)?$lock=false").ok()["result"], true, "nothing to give back");
}

const DATASTORE: &str = r"Class extends DataStoreImplementation

exposed Function twice() : Collection
	var $one; $two : cs.EmployeeEntity
	$one:=ds.Employee.get(1)
	$two:=ds.Employee.get(1)
	return [$one.lock(); $two.lock(); $two.unlock(); $one.unlock(); $one.unlock()]

exposed Function stale() : Collection
	var $one; $two : cs.EmployeeEntity
	$one:=ds.Employee.get(1)
	$two:=ds.Employee.get(1)
	$two.salary:=1
	$two.save()
	return [$one.lock(); $one.lock(dk reload if stamp changed); $one.salary; $one.lock(dk reload if stamp changed)]

exposed Function gone() : Collection
	var $one : cs.EmployeeEntity
	$one:=ds.Employee.get(2)
	$one.drop()
	return [$one.lock(); $one.unlock(); ds.Employee.new().lock()]

exposed Function tryAll() : Collection
	var $one : cs.EmployeeEntity
	$one:=ds.Employee.get(1)
	$one.salary:=5
	return [$one.lock(); $one.save(); $one.drop()]

exposed Function leave() : Object
	return This.inner()

Function inner() : Object
	var $one : cs.EmployeeEntity
	$one:=ds.Employee.get(1)
	return $one.lock()
";

#[test]
pub(crate) fn code_locks_for_its_process() {
    // O045, O046, O048, O049, O050, O051, O052, O034, O044
    let server = filled(Server::new(folder(None, &[("Project/Sources/Classes/DataStore.4dm", DATASTORE)])));
    let (mut client, mut other) = two(&server);
    let mut call = |name: &str| client.post(&format!("/$catalog/{name}"), "[]").ok()["result"].clone();
    let successes = |list: &Json| -> Vec<bool> {
        list.as_array().unwrap().iter().filter_map(|object| object["success"].as_bool()).collect()
    };
    assert_eq!(successes(&call("twice")), [true, true, false, true, false]);
    let stale = call("stale");
    assert_eq!(stale[0]["status"], 2);
    assert_eq!((&stale[1], &stale[2]), (&json!({"success": true, "wasReloaded": true}), &json!(1)));
    assert_eq!(stale[3], json!({"success": true, "wasReloaded": false}));
    let gone = call("gone");
    assert_eq!(
        (&gone[0]["status"], &gone[1]["success"], &gone[2]["status"]),
        (&json!(5), &json!(false), &json!(5))
    );
    // The process is over, and so are its locks.
    assert_eq!(call("leave"), json!({"success": true}));
    assert_eq!(lock(&mut other, true)["result"], true);
    let all = call("tryAll");
    for result in all.as_array().unwrap() {
        assert_eq!((&result["success"], &result["status"]), (&json!(false), &json!(3)), "{all}");
        assert_eq!(result["lockKindText"], "Locked by session");
        assert_eq!(result["lockInfo"]["userAgent"], "a test");
    }
}
