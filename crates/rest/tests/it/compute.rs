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
