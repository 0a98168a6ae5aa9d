//! Creating, updating, deleting (R094 to R114).

use crate::project::open;

#[test]
pub(crate) fn an_object_without_key_creates_an_entity() {
    // R017, R045, R094, R101, R105, R106, R107, R201
    let server = open();
    let mut client = server.client();
    let body = r#"{"firstName":"Ina","lastName":"Neu","hired":"05!10!2013","shift":3600000,"extra":{"a":[1]},
        "badge":9007199254740993,"employer":{"__KEY":"2"},"__strange":1,"code":"AABBCCDD-0011-2233-4455-66778899aabb"}"#;
    let created = client.post("/Employee", body).ok();
    assert_eq!(created["__STATUS"]["success"], true);
    assert_eq!(created["__KEY"], "5");
    assert_eq!(created["__STAMP"], 1);
    assert_eq!(created["uri"], "/rest/Employee[5]");
    assert_eq!(created["hired"], "5!10!2013");
    assert!(created.get("salary").is_none(), "null attributes are left out");
    assert!(created.get("hiddenTotal").is_none(), "a getter that fails gives null");
    let read = client.get("/Employee(5)?$expand=employer").ok();
    assert_eq!(read["employer"]["name"], "Bolt");
    assert_eq!(read["badge"], 9_007_199_254_740_993_i64);
    assert_eq!(read["shift"], 3_600_000);
    assert_eq!(read["code"], "AABBCCDD00112233445566778899AABB");
}

#[test]
pub(crate) fn an_update_changes_what_it_names_and_counts_the_stamp() {
    // R095, R097, R099, R102, R103, R047
    let server = open();
    let mut client = server.client();
    let updated = client.post("/Employee?$method=update", r#"{"__KEY":1,"__STAMP":1,"lastName":"Neu"}"#).ok();
    assert_eq!((&updated["__STAMP"], &updated["firstName"]), (&2.into(), &"Ada".into()));
    let without = client.post("/Employee", r#"{"__KEY":"1","salary":"250"}"#).ok();
    assert_eq!((&without["__STAMP"], &without["salary"]), (&3.into(), &250.into()));
    let same = client.post("/Employee", r#"{"__KEY":1}"#).ok();
    assert_eq!(same["__STAMP"], 3);
    let linked = client.post("/Employee", r#"{"__KEY":1,"employer":2}"#).ok();
    assert_eq!(linked["companyID"], 2);
    let related = r#"{"__KEY":1,"employer":{"__KEY":1,"name":"Changed?"}}"#;
    assert_eq!(client.post("/Employee", related).ok()["companyID"], 1);
    assert_eq!(client.get("/Company(1)").ok()["name"], "Acme");
    client.post("/Employee", r#"{"__KEY":1,"employer":null,"extra":{"only":1}}"#).ok();
    let read = client.get("/Employee(1)").ok();
    assert!(read["employer"].is_null());
    assert_eq!(read["extra"], serde_json::json!({"only": 1}));
}

#[test]
pub(crate) fn a_wrong_stamp_is_refused_and_shows_what_is_stored() {
    // R096, R098, R100
    let server = open();
    let mut client = server.client();
    client.post("/Employee", r#"{"__KEY":1,"lastName":"First"}"#).ok();
    let stale = client.post("/Employee", r#"{"__KEY":1,"__STAMP":1,"lastName":"Second"}"#);
    assert_eq!(stale.status(), 500);
    assert_eq!(stale.codes(), [1263, 1046, 1517]);
    let body = stale.json();
    assert_eq!((&body["__STATUS"]["status"], &body["__STATUS"]["success"]), (&2.into(), &false.into()));
    assert_eq!((&body["lastName"], &body["__STAMP"]), (&"First".into(), &2.into()));
    client.post("/Employee", r#"{"__KEY":99,"lastName":"X"}"#).refused(500, 1542);
    client.post("/Employee", r#"{"__KEY":1,"nope":"X"}"#).refused(500, 1500);
    client.post("/Employee", r#"{"__KEY":1,"secret":"X"}"#).refused(500, 1500);
    client.post("/Employee", r#"{"__KEY":1,"salary":"many"}"#).refused(500, 54);
    client.post("/Country", r#"{"code":"FR"}"#).refused(500, 1115);
}

#[test]
pub(crate) fn arrays_are_answered_in_order() {
    // R105, R108, R109, R110
    let server = open();
    let mut client = server.client();
    let body = r#"[{"__KEY":1,"lastName":"A"},{"__KEY":99},{"lastName":"C"}]"#;
    let answer = client.post("/Employee", body);
    assert_eq!(answer.status(), 500);
    let entities = answer.json()["__ENTITIES"].as_array().unwrap().clone();
    assert_eq!(entities.len(), 3);
    assert_eq!(entities[0]["lastName"], "A");
    assert_eq!(entities[1]["__ERROR"][0]["errCode"], 1542);
    assert_eq!(entities[2]["__KEY"], "5");
    assert_eq!(client.get("/Employee(1)").ok()["lastName"], "A");
    for option in ["$atomic=true", "$atOnce=1", "$atonce=true"] {
        let answer =
            client.post(&format!("/Employee?{option}"), r#"[{"__KEY":1,"lastName":"Z"},{"__KEY":99}]"#);
        assert_eq!(answer.status(), 500);
        assert_eq!(client.get("/Employee(1)").ok()["lastName"], "A", "{option}");
    }
}

#[test]
pub(crate) fn validation_leaves_the_data_alone() {
    // R111
    let server = open();
    let mut client = server.client();
    let valid = client.post("/Employee?$method=validate", r#"{"__KEY":1,"lastName":"Tried"}"#);
    assert_eq!(valid.ok(), serde_json::json!({"ok": true}));
    assert_eq!(client.get("/Employee(1)").ok()["lastName"], "Martin");
}

#[test]
pub(crate) fn deletion_needs_a_key_or_a_filter() {
    // R018, R022, R112, R113, R114
    let server = open();
    let mut client = server.client();
    assert_eq!(client.post("/Employee(1)?$method=delete", "").ok(), serde_json::json!({"ok": true}));
    client.post("/Employee(1)?$method=delete", "").refused(404, 1543);
    let target = "/Employee?$filter=\"lastName = 'm@'\"&$top=1&$method=delete";
    client.post(target, "").ok();
    assert_eq!(client.get("/Employee").ok()["__COUNT"], 2);
    client.post("/Employee?$method=delete", "").refused(400, 1813);
    client.get("/Employee(2)?$method=update").refused(400, 1813);
}

#[test]
pub(crate) fn malformed_bodies_are_refused() {
    // R215
    let server = open();
    let mut client = server.client();
    for body in ["", "{", "[1]", "3", "\"x\"", "{\"lastName\":}"] {
        client.post("/Employee", body).refused(400, 1806);
    }
    client.send(tessera_rest::Request::post("/Employee", vec![0xFF, 0xFE])).refused(400, 1806);
    client.post("/Employee", "{lastName:'Relaxed',}").ok();
    let deep = format!("{{\"extra\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    client.post("/Employee", &deep).refused(400, 1806);
}
