//! `$compute`, `$distinct` and `$asArray` (rest-protocol section 8.7).

use serde_json::json;

use crate::project::{open, served};

#[test]
pub(crate) fn a_computation_is_a_bare_number_or_an_object() {
    // R131, R132, R133
    let server = open();
    let mut client = server.client();
    let mut text = |target: &str| client.get(target).response.text();
    assert_eq!(text("/Employee/salary?$compute=sum"), "1000");
    assert_eq!(text("/Employee/salary?$compute=average&$filter=\"salary < 300\"&$top=1"), "150");
    assert_eq!(text("/Employee?$attributes=salary&$compute=MAX"), "400");
    assert_eq!(
        text("/Employee/salary?$compute=$all"),
        r#"{"salary":{"count":4,"sum":1000,"average":250,"min":100,"max":400}}"#
    );
    assert_eq!(
        text("/Employee/firstName?$compute=$all"),
        r#"{"firstName":{"count":4,"min":"Ada","max":"Zoé"}}"#
    );
    assert_eq!(
        text("/Employee/hired?$compute=all"),
        r#"{"hired":{"count":4,"min":"2020-04-01T00:00:00.000Z","max":"2020-04-01T00:00:00.000Z"}}"#
    );
    assert_eq!(text("/Employee/companyID?$compute=sum&$distinct=true"), "3");
    assert_eq!(text("/Employee?$compute=count"), "4");
    assert_eq!(text("/Employee/companyID?$compute=count"), "3");
    assert_eq!(text("/Employee/salary?$compute=sum&$filter=\"salary > 1000\""), "null");
    assert_eq!(text("/Employee/fullName?$compute=min"), "\"Ada Martin\"");
}

#[test]
pub(crate) fn computations_reach_into_objects() {
    // R135
    let server = open();
    let mut client = server.client();
    assert_eq!(client.get("/Employee/extra.size?$compute=sum").response.text(), "12");
    assert_eq!(client.get("/Employee/extra.size?$distinct=true").response.text(), "[3]");
}

#[test]
pub(crate) fn what_can_not_be_computed_is_said() {
    // R134
    let server = open();
    let mut client = server.client();
    client.get("/Employee/salary?$compute=median").refused(400, 1817);
    client.get("/Employee?$compute=sum").refused(400, 1816);
    client.get("/Employee?$distinct=true").refused(400, 1816);
    client.get("/Employee/none?$compute=sum").refused(404, 1500);
    client.get("/Employee/secret?$compute=min").refused(404, 1500);
    client.get("/Employee/employer?$compute=count").refused(400, 1813);
}

#[test]
pub(crate) fn computing_is_reading() {
    let server = served();
    let (mut reader, mut boss) = (server.client(), server.client());
    reader.login("Reader");
    boss.login("Boss");
    for query in ["$compute=sum", "$compute=$all", "$compute=count", "$distinct=true"] {
        let target = format!("/Employee/salary?{query}");
        assert_eq!(reader.get(&target).status(), 401, "{target}");
        assert_eq!(boss.get(&target).status(), 200, "{target}");
        assert_eq!(boss.get(&format!("/Country/name?{query}")).status(), 401);
    }
}

#[test]
pub(crate) fn different_values_come_once_and_in_order() {
    // R136
    let server = open();
    let mut client = server.client();
    let mut list = |target: &str| client.get(target).ok();
    assert_eq!(list("/Employee/lastName?$distinct=true"), json!(["Durand", "Lopez", "Martin", "Martinez"]));
    assert_eq!(list("/Employee/lastName?$distinct=true&$skip=1&$top=2"), json!(["Lopez", "Martin"]));
    assert_eq!(list("/Employee/companyID?$distinct=true"), json!([1, 2]), "without null");
    assert_eq!(list("/Employee/hired?$distinct=true"), json!(["1!4!2020"]));
    assert_eq!(
        list("/Employee/lastName?$distinct=true&$filter=\"salary > 200\""),
        json!(["Lopez", "Martinez"])
    );
}

#[test]
pub(crate) fn an_array_has_no_header() {
    // R130, R218
    let server = open();
    let mut client = server.client();
    let all = client.get("/Employee?$asArray=true&$orderby=salary desc").ok();
    let all = all.as_array().unwrap();
    assert_eq!(all.len(), 4);
    assert_eq!(
        (&all[0]["__KEY"], &all[0]["__STAMP"], &all[0]["firstName"]),
        (&json!(4), &json!(1), &json!("Eva"))
    );
    assert_eq!((all[0].get("__TIMESTAMP"), all[0].get("employer")), (None, None));
    let some = client.get("/Employee?$asArray=true&$top=1&$attributes=firstName,employer.name").ok();
    assert_eq!(
        some,
        json!([{"__KEY": 1, "__STAMP": 1, "firstName": "Ada", "employer": some[0]["employer"]}])
    );
    assert_eq!(some[0]["employer"]["name"], "Acme");
    let result = client.post("/Employee/named?$asArray=true&$attributes=firstName", r#"["mart@"]"#).ok();
    assert_eq!(result.as_array().unwrap().len(), 2);
}

#[test]
pub(crate) fn a_page_becomes_a_table_for_looker_studio() {
    // R137, with the shape and the sample values of docs/REST/$format.md
    let server = open();
    let mut client = server.client();
    let target = "/Employee?$attributes=ID,lastName,hired,active,fullName,employerCity,extra,employer\
                  &$orderby=ID&$skip=1&$top=2&$format=looker";
    let table = client.get(target).ok();
    let column = |name: &str, data: &str, concept: &str, group: &str, semantic: &str| {
        json!({"name": name, "dataType": data,
            "semantics": {"conceptType": concept, "semanticGroup": group, "semanticType": semantic}})
    };
    let text = |name: &str| column(name, "STRING", "DIMENSION", "TEXT", "TEXT");
    assert_eq!(
        table["schema"],
        json!([
            column("ID", "NUMBER", "METRIC", "NUMERIC", "NUMBER"),
            text("lastName"),
            column("hired", "STRING", "DIMENSION", "DATETIME", "YEAR_MONTH_DAY"),
            column("active", "BOOLEAN", "DIMENSION", "BOOLEAN", "BOOLEAN"),
            text("fullName"),
            text("employerCity"),
            text("extra"),
        ]),
        "a relation has no column"
    );
    let extra = r#"{"size":3,"tags":["a"]}"#;
    assert_eq!(
        table["rows"],
        json!([
            {"values": [2, "Durand", "20200401", true, "Zoé Durand", "Lyon", extra]},
            {"values": [3, "Martinez", "20200401", true, "Max Martinez", "Porto", extra]},
        ])
    );
    assert_eq!(
        (&table["__COUNT"], &table["__FIRST"], &table["filtersApplied"]),
        (&json!(4), &json!(1), &json!(false))
    );
    assert!(table.get("__ENTITIES").is_none() && table.get("__SENT").is_none());
    client.post("/Album?$method=update", "{}").ok();
    let albums = client.get("/Album?$attributes=ID,photo,file&$format=looker").ok();
    assert_eq!(albums["rows"], json!([{"values": [1]}]), "pictures and blobs have no column");
}

#[test]
fn formats_are_json_or_looker() {
    // R062, R137
    let server = open();
    let mut client = server.client();
    assert_eq!(client.get("/Employee?$format=json").ok(), client.get("/Employee").ok());
    client.get("/Employee?$format=xml").refused(400, 1801);
    client.get("/Employee?$format=ado.net").refused(400, 1801);
    client.get("/Employee(1)?$format=looker").refused(400, 1813);
}

#[test]
fn a_table_shows_no_value_that_may_not_be_read() {
    // R137; a column that is asked for by name is there and empty (D4)
    let server = served();
    let mut reader = server.client();
    reader.login("Reader");
    let table = reader.get("/Employee?$attributes=ID,salary&$orderby=ID&$top=1&$format=looker").ok();
    assert_eq!(table["rows"], json!([{"values": [1, null]}]));
    let all = reader.get("/Employee?$format=looker").response.text();
    assert!(!all.contains("salary"), "{all}");
}
