//! Attributes that hold vectors, and searches by likeness (rest-protocol sections 3.6 and 11.9).

use serde_json::json;

use crate::project::open;
use crate::server::Client;

#[track_caller]
fn found(client: &mut Client, filter: &str, value: &str) -> Vec<i64> {
    let target = format!("/Album?$filter=\"{filter}\"&$params='[{value}]'&$attributes=ID");
    let page = client.get(&target).ok();
    page["__ENTITIES"].as_array().unwrap().iter().map(|entity| entity["ID"].as_i64().unwrap()).collect()
}

#[test]
pub(crate) fn vectors_are_arrays_and_found_by_likeness() {
    // R198
    let server = open();
    let mut client = server.client();
    let body = r#"[{"mood":[1,0]},{"mood":[3,3]},{"mood":[0,2.5]},{"mood":[1,2,3]},{"mood":null}]"#;
    client.post("/Album?$method=update", body).ok();
    assert_eq!(client.get("/Album(3)").ok()["mood"], json!([0, 2.5]));
    let mut found = |filter: &str, value: &str| found(&mut client, filter, value);
    assert_eq!(found("mood>:1", r#"{"vector":[2,0]}"#), [1, 2]);
    assert_eq!(found("mood >= :1", r#"{"vector":[2,0],"metric":"cosine","threshold":0.8}"#), [1]);
    assert_eq!(found("mood < :1", r#"{"vector":[2,0],"metric":"euclidean","threshold":2}"#), [1]);
    assert_eq!(found("mood > :1", r#"{"vector":[2,0],"metric":"dot","threshold":5}"#), [2]);
    assert_eq!(found("mood > :1 order by mood", r#"{"vector":[0,1],"threshold":-1}"#), [1, 2, 3]);
    for (filter, value, code) in [
        ("mood = :1", r#"{"vector":[2,0]}"#, 1112),
        ("mood > :1", r#"{"vector":"no"}"#, 1162),
        ("mood > :1", r#"{"vector":[1],"threshold":"high"}"#, 1162),
        ("mood > 3", "1", 1112),
    ] {
        client.get(&format!("/Album?$filter=\"{filter}\"&$params='[{value}]'")).refused(500, code);
    }
    client.post("/Album?$method=update", r#"{"mood":["a"]}"#);
    assert_eq!(client.get("/Album/ID?$compute=count").response.text(), "5");
}
