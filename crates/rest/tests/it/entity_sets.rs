//! Entity sets: making, using, combining, releasing (rest-protocol section 10).

use serde_json::{Value as Json, json};
use tessera_rest::{Method, Request};

use crate::project::{open, served};
use crate::server::{Answer, Client, Server};

/// The id of the set an answer tells of.
#[track_caller]
fn id(answer: &Answer) -> String {
    let uri = answer.ok()["__ENTITYSET"].as_str().unwrap().to_owned();
    assert_eq!(answer.response.header("content-location"), Some(uri.as_str()));
    let id = uri.rsplit('/').next().unwrap().to_owned();
    assert!(id.len() == 32 && id.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()), "{id}");
    id
}

#[track_caller]
fn make(client: &mut Client, query: &str) -> String {
    id(&client.get(&format!("/Employee?{query}&$method=entityset")))
}

fn names(page: &Json) -> Vec<&str> {
    page["__ENTITIES"].as_array().unwrap().iter().filter_map(|entity| entity["firstName"].as_str()).collect()
}

fn opened() -> (Server, Client) {
    let server = open();
    let client = server.client();
    (server, client)
}

#[test]
pub(crate) fn a_set_is_the_whole_filtered_and_ordered_selection() {
    // R020, R028, R165, R167
    let (_server, mut client) = opened();
    let target = "/Employee?$filter=\"salary > 100\"&$orderby=salary desc&$top=1&$method=entityset";
    let made = client.get(target);
    assert!(made.response.text().starts_with("{\"__ENTITYSET\":\"/rest/Employee/$entityset/"), "comes first");
    assert_eq!((names(&made.ok()), made.ok()["__COUNT"].clone()), (vec!["Eva"], json!(3)));
    let id = id(&made);
    let page = client.get(&format!("/Employee/$entityset/{id}")).ok();
    assert_eq!(names(&page), ["Eva", "Max", "Zoé"]);
    assert_eq!(page.get("__ENTITYSET"), None);
    let second = client.get(&format!("/Employee/$entityset/{id}?$skip=1&$top=1&$attributes=firstName")).ok();
    assert_eq!((names(&second), second["__FIRST"].clone()), (vec!["Max"], json!(1)));
    // The same set again, without another.
    let again = client.get(&format!("/Employee/$entityset/{id}?$method=entityset"));
    assert_eq!(self::id(&again), id);
    assert_eq!(client.get("/$info").ok()["entitySetCount"], 1);
}

#[test]
pub(crate) fn a_set_narrowed_is_another_selection() {
    // R093, R016
    let (_server, mut client) = opened();
    let id = make(&mut client, "$filter=\"salary > 100\"");
    let narrowed = client.get(&format!("/Employee/$entityset/{id}?$filter=\"salary < 400\"")).ok();
    assert_eq!(names(&narrowed), ["Zoé", "Max"]);
    let ordered = client.get(&format!("/Employee/$entityset/{id}?$orderby=firstName&$method=entityset"));
    assert_eq!(names(&ordered.ok()), ["Eva", "Max", "Zoé"]);
    assert_ne!(self::id(&ordered), id);
    let compute = client.get(&format!("/Employee/$entityset/{id}/salary?$compute=sum"));
    assert_eq!(compute.response.text(), "900");
    for target in [format!("/Employee/$entityset/{id}/names"), format!("/Employee/names/$entityset/{id}")] {
        assert_eq!(client.post(&target, "[]").ok()["result"], json!(["Durand", "Martinez", "Lopez"]));
    }
    assert_eq!(client.get("/Employee/$entityset/$none").ok()["__COUNT"], 0);
}

#[test]
pub(crate) fn members_are_references() {
    // R168, R169, R170
    let (_server, mut client) = opened();
    let id = make(&mut client, "$filter=\"salary > 100\"");
    client.post("/Employee?$method=update", r#"{"__KEY":2,"__STAMP":1,"salary":1}"#).ok();
    client.post("/Employee(3)?$method=delete", "").ok();
    let page = client.get(&format!("/Employee/$entityset/{id}")).ok();
    assert_eq!(page["__ENTITIES"][0]["salary"], 1, "it no longer matches and stays");
    assert_eq!(page["__ENTITIES"][1], json!({"__STAMP": 0}));
    assert_eq!((&page["__COUNT"], &page["__SENT"]), (&json!(3), &json!(3)));
    let clean = client.get(&format!("/Employee/$entityset/{id}?$clean=true")).ok();
    assert_eq!((clean["__COUNT"].clone(), clean.get("__ENTITYSET")), (json!(2), None));
    let cleaned = client.get(&format!("/Employee/$entityset/{id}?$clean=true&$method=entityset"));
    assert_eq!(cleaned.ok()["__COUNT"], 2);
    assert_ne!(self::id(&cleaned), id);
}

#[test]
pub(crate) fn a_set_lives_as_long_as_it_is_used() {
    // R165, R166, R171, R173, R081
    let (server, mut client) = opened();
    let (long, short) = (make(&mut client, "$top=1"), make(&mut client, "$timeout=600"));
    server.minutes(9);
    client.get(&format!("/Employee/$entityset/{short}")).ok();
    server.minutes(9);
    client.get(&format!("/Employee/$entityset/{short}")).ok();
    server.minutes(11);
    client.get(&format!("/Employee/$entityset/{short}")).refused(404, 1802);
    let uri = format!("/Employee/$entityset/{long}");
    client.get(&uri).ok();
    let released = client.get(&format!("{uri}?$method=release"));
    assert_eq!(released.ok(), json!({"ok": true}));
    client.get(&format!("{uri}?$method=release")).refused(404, 1802);
    client.get(&uri).refused(404, 1802);
    let both = [make(&mut client, "$top=1"), make(&mut client, "$top=1"), "nothing".into()];
    assert_eq!(client.post("/$entityset/$release", &json!(both).to_string()).ok(), json!({"ok": true}));
    client.get(&format!("/Employee/$entityset/{}", both[1])).refused(404, 1802);
    client.get("/Employee?$method=release").refused(400, 1813);
}

#[test]
pub(crate) fn a_set_that_is_gone_is_made_again_from_what_the_client_saved() {
    // R172
    let (server, mut client) = opened();
    let saved = "$savedfilter=\"salary > 100\"&$savedorderby=salary desc";
    let id = make(&mut client, &format!("$filter=\"salary > 100\"&$orderby=salary desc&{saved}"));
    client.get(&format!("/Employee/$entityset/{id}?$method=release")).ok();
    let uri = format!("/Employee/$entityset/{id}");
    assert_eq!(names(&client.get(&format!("{uri}?{saved}")).ok()), ["Eva", "Max", "Zoé"]);
    assert_eq!(client.get(&uri).ok()["__COUNT"], 3, "the same id again");
    server.minutes(11);
    client.get(&uri).refused(404, 1802);
    assert_eq!(client.get(&format!("{uri}?$savedfilter=\"$all\"")).ok()["__COUNT"], 4);
    client.get("/Employee/$entityset/short?$savedfilter=\"salary > 100\"").refused(404, 1802);
}

#[test]
pub(crate) fn sets_are_combined() {
    // R174, R175, R176, R177
    let (_server, mut client) = opened();
    let low = make(&mut client, "$filter=\"salary < 300\"");
    let middle = make(&mut client, "$filter=\"salary >= 200 and salary < 400\"");
    let rich = make(&mut client, "$filter=\"salary >= 400\"");
    let mut combine = |operator: &str, other: &str| {
        client.get(&format!("/Employee/$entityset/{low}?$logicOperator={operator}&$otherCollection={other}"))
    };
    assert_eq!(names(&combine("AND", &middle).ok()), ["Zoé"]);
    assert_eq!(names(&combine("or", &middle).ok()), ["Ada", "Zoé", "Max"]);
    assert_eq!(names(&combine("Except", &middle).ok()), ["Ada"]);
    assert_eq!(combine("INTERSECT", &middle).response.text(), "true");
    assert_eq!(combine("intersect", &rich).response.text(), "false");
    combine("XOR", &middle).refused(400, 1818);
    combine("AND", "").refused(400, 1819);
    combine("AND", "00000000000000000000000000000000").refused(404, 1820);
    let ordered = format!(
        "/Employee/$entityset/{low}?$logicOperator=or&$otherCollection={middle}&$orderby=salary desc&$method=entityset"
    );
    let ordered = client.get(&ordered);
    assert_eq!(names(&ordered.ok()), ["Max", "Zoé", "Ada"]);
    let companies = id(&client.get("/Company?$method=entityset"));
    client.get(&format!("/Employee/$entityset/{companies}")).refused(404, 1803);
    let other = format!("/Employee/$entityset/{low}?$logicOperator=AND&$otherCollection={companies}");
    client.get(&other).refused(404, 1820);
}

#[test]
pub(crate) fn a_relation_becomes_a_set_of_its_own_dataclass() {
    // R178, R179, R180
    let (_server, mut client) = opened();
    let target = "/Company(1)/staff?$expand=staff&$method=subentityset&$subOrderby=salary desc";
    let made = client.get(target);
    assert_eq!(names(&made.ok()), ["Zoé", "Ada"]);
    assert_eq!(made.ok()["__DATACLASS"], "Employee");
    let id = id(&made);
    assert_eq!(names(&client.get(&format!("/Employee/$entityset/{id}")).ok()), ["Zoé", "Ada"]);
    let paged = client.get(&format!("/Employee/$entityset/{id}?$top=1&$method=subentityset")).ok();
    assert_eq!((names(&paged), paged.get("__ENTITYSET")), (vec!["Zoé"], None));
    for wrong in [
        "/Company(1)/staff?$method=subentityset",
        "/Company(1)?$expand=staff&$method=subentityset",
        "/Employee(1)/employer?$expand=employer&$method=subentityset",
        "/Company/staff?$expand=staff&$method=subentityset",
    ] {
        client.get(wrong).refused(500, 1815);
    }
}

#[test]
pub(crate) fn a_set_is_its_sessions_own() {
    // R207
    let server = served();
    let (mut reader, mut boss) = (server.client(), server.client());
    reader.login("Reader");
    boss.login("Boss");
    let id = make(&mut boss, "$filter=\"salary > 100\"");
    reader.get(&format!("/Employee/$entityset/{id}")).refused(404, 1802);
    boss.get(&format!("/Employee/$entityset/{id}")).ok();
    boss.post("/$directory/logout", "").ok();
    boss.get(&format!("/Employee/$entityset/{id}")).refused(401, 1822);
}

#[test]
pub(crate) fn functions_take_and_give_sets() {
    // R156, R162
    let (_server, mut client) = opened();
    let made = client.post("/Employee/named?$method=entityset", r#"["mart@"]"#);
    let id = id(&made);
    assert_eq!(names(&client.get(&format!("/Employee/$entityset/{id}")).ok()), ["Ada", "Max"]);
    for dataset in [id.clone(), format!("/rest/Employee/$entityset/{id}")] {
        let argument = json!([{"__ENTITIES": true, "__DATASET": dataset}]);
        let answer = client.post("/Employee/lengthOf", &argument.to_string());
        assert_eq!(answer.ok()["result"], 2);
    }
    let unknown = json!([{"__ENTITIES": true, "__DATACLASS": "Employee", "__DATASET": "none"}]);
    client.post("/Employee/lengthOf", &unknown.to_string()).refused(404, 1802);
}

#[test]
pub(crate) fn a_set_is_deleted_as_one() {
    let (_server, mut client) = opened();
    let id = make(&mut client, "$filter=\"salary > 100\"");
    let uri = format!("/Employee/$entityset/{id}?$method=delete");
    client.get(&uri).refused(400, 1813);
    assert_eq!(client.send(Request::new(Method::Post, &uri, Vec::new())).ok(), json!({"ok": true}));
    assert_eq!(client.get("/Employee").ok()["__COUNT"], 1);
}

#[test]
pub(crate) fn one_entity_is_no_set() {
    // U65
    let (_server, mut client) = opened();
    client.get("/Employee(1)?$method=entityset").refused(400, 1813);
    client.get("/Employee/$entityset").refused(400, 1806);
    client.get("/Employee(1)/$entityset/00000000000000000000000000000000").refused(400, 1806);
}
