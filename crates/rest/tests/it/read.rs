//! Reading entities and selections (R002 to R064, R116 to R126, R181 to R192).

use crate::project::{open, served};
use crate::server::Client;

#[track_caller]
fn names(client: &mut Client, target: &str) -> Vec<String> {
    let page = client.get(target).ok();
    page["__ENTITIES"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["lastName"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
pub(crate) fn an_entity_has_its_header_and_attributes() {
    // R004, R023, R024, R025, R026, R044, R046, R047, R048, R049, R051, R052, R019, R021
    let server = open();
    let mut client = server.client();
    let answer = client.get("/Employee(1)");
    let entity = answer.ok();
    assert_eq!(answer.response.header("content-type"), Some("application/json; charset=UTF-8"));
    assert_eq!(answer.response.header("4drest-info"), Some("1.0"));
    assert_eq!(answer.response.header("cache-control"), Some("no-store"));
    assert!(
        answer
            .response
            .text()
            .starts_with("{\"__entityModel\":\"Employee\",\"__DATACLASS\":\"Employee\",\"__KEY\":\"1\"")
    );
    assert_eq!(entity["__STAMP"], 1);
    assert_eq!(entity["__TIMESTAMP"], "2023-11-14T22:13:20.000Z");
    assert_eq!(entity["hired"], "1!4!2020");
    assert_eq!(entity["badge"], 9_007_199_254_740_993_i64);
    assert_eq!(entity["shift"], 30_600_000);
    assert_eq!(entity["extra"]["tags"][0], "a");
    assert_eq!(entity["code"], "00112233445566778899AABBCCDDEEFF");
    assert_eq!(entity["active"], true);
    assert_eq!(entity["fullName"], "Ada Martin");
    assert!(entity.get("secret").is_none());
    for same in
        ["/Employee[1]", "/Employee(\"1\")", "/Employee('1')", "/Employee(1)/", "/Employee:lastName(Martin)"]
    {
        assert_eq!(client.get(same).response.text(), answer.response.text(), "{same}");
    }
    assert!(client.get("/Employee(4)").ok()["employer"].is_null());
}

#[test]
pub(crate) fn keys_of_any_kind_are_understood() {
    // R005, R006, R057, R091
    let server = open();
    let mut client = server.client();
    assert_eq!(client.get("/Country(FR)").ok()["name"], "France");
    assert_eq!(client.get("/Country[\"FR\"]").ok()["name"], "France");
    assert_eq!(client.get("/Country(\"a/b\")").ok()["name"], "Slash");
    assert_eq!(client.get("/Country[%22a%2Fb%22]").ok()["name"], "Slash");
    assert_eq!(names(&mut client, "/Employee(3,1)"), ["Martinez", "Martin"]);
    client.get("/Employee(3,99)").refused(404, 1543);
    client.get("/Employee(404)").refused(404, 1543);
    client.get("/Employee(abc)").refused(404, 1543);
    client.get("/Employee:lastName(Nobody)").refused(404, 1543);
}

#[test]
pub(crate) fn names_are_case_sensitive_and_unknown_ones_are_named() {
    // R003, R054, R055, R056, R058, R059, R060, R061, R062
    let server = open();
    let mut client = server.client();
    client.get("/employee").refused(404, 1800);
    client.get("/Nope").refused(404, 1800);
    client.get("/Hidden").refused(404, 1800);
    let wrong = client.get("/Employee/lastname");
    wrong.refused(404, 1500);
    assert_eq!(wrong.codes(), [1500, 1804]);
    client.get("/Employee?$attributes=nope").refused(404, 1500);
    client.get("/Employee?$attributes=secret").refused(404, 1500);
    client.get("/Employee?$expand=nope").refused(404, 1805);
    client.get("/Employee?$orderby=nope").refused(404, 1810);
    client.get("/Employee?$method=foo").refused(400, 1812);
    client.get("/Employee(1)?$method=delete").refused(400, 1813);
    client.get("/Employee?$filter=\"nope = 1\"").refused(500, 1500);
    client.get("/Employee?$filter=\"secret = 'hush'\"").refused(500, 1500);
    client.get("/Employee?$filter=\"lastName ==== 1 and\"").refused(500, 1162);
    client.get("/Employee?$filter=\"eval(True)\"").refused(500, 1278);
    client.get("/Employee?$filter=\"ID = :1\"").refused(500, 1279);
    let text = client.get("/Employee?$filter=\"nope = 1\"").response.text();
    assert!(!text.contains("sqlite") && !text.contains("SELECT"), "{text}");
}

#[test]
pub(crate) fn pages_are_counted() {
    // R027, R029, R030, R031, R032, R033, R034, R036
    let server = open();
    let mut client = server.client();
    let page = client.get("/Employee?$skip=1&$top=2&$orderby=lastName").ok();
    assert_eq!(page["__COUNT"], 4);
    assert_eq!(page["__FIRST"], 1);
    assert_eq!(page["__SENT"], 2);
    assert_eq!(page["__ENTITIES"][0]["lastName"], "Lopez");
    assert!(page["__ENTITIES"][0].get("__entityModel").is_none());
    let beyond = client.get("/Employee?$skip=10").ok();
    assert_eq!(
        (&beyond["__FIRST"], &beyond["__SENT"], &beyond["__COUNT"]),
        (&10.into(), &0.into(), &4.into())
    );
    let none = client.get("/Employee?$limit=0").ok();
    assert_eq!((&none["__SENT"], &none["__COUNT"]), (&0.into(), &4.into()));
    assert_eq!(client.get("/Employee?$filter=\"ID = 99\"").ok()["__ENTITIES"], serde_json::json!([]));
}

#[test]
pub(crate) fn filters_speak_the_query_language() {
    // R116, R118, R119, R120, R181, R182, R183, R184, R185, R186, R188, R189, R190, R191, R192, R215
    let server = open();
    let mut client = server.client();
    let mut check = |filter: &str, params: &str, expected: &[&str]| {
        let target = format!("/Employee?$filter=\"{filter}\"&$params='{params}'&$orderby=ID");
        assert_eq!(names(&mut client, &target), expected, "{filter} {params}");
    };
    check("lastName = 'martin'", "[]", &["Martin"]);
    check("lastName = 'mart@'", "[]", &["Martin", "Martinez"]);
    check("firstName = :1", r#"["ZOE"]"#, &["Durand"]);
    check("firstName === 'mart@'", "[]", &[]);
    check("salary >= 200 and salary < 400", "[]", &["Durand", "Martinez"]);
    check("not(lastName = 'm@')", "[]", &["Durand", "Lopez"]);
    check("(ID = 1 or ID = 2) and salary > 150", "[]", &["Durand"]);
    check("ID in :1", "[[1,4]]", &["Martin", "Lopez"]);
    check("lastName begin 'mar'", "[]", &["Martin", "Martinez"]);
    check("companyID = null", "[]", &["Lopez"]);
    check("companyID != null", "[]", &["Martin", "Durand", "Martinez"]);
    check("companyID # 1", "[]", &["Martinez"]);
    check("employer.city = 'lyon'", "[]", &["Martin", "Durand"]);
    check("extra.size = 3 and ID = 1", "[]", &["Martin"]);
    check("hired = '2020-04-01' and ID < :1", "[2]", &["Martin"]);
    check("fullName = :1", r#"["Ada"]"#, &["Martin"]);
    check("employerCity = 'Porto'", "[]", &["Martinez"]);
    let ordered = names(&mut client, "/Employee?$filter=\"ID > 0 order by lastName desc\"&$orderby=ID");
    assert_eq!(ordered, ["Martinez", "Martin", "Lopez", "Durand"]);
    let by_city = names(&mut client, "/Employee?$orderby=employer.name DESC, lastName asc");
    assert_eq!(by_city, ["Martinez", "Durand", "Martin", "Lopez"]);
    let company = client.get("/Company?$filter=\"staff.lastName = 'Lopez' or staff.salary = 300\"").ok();
    assert_eq!(company["__ENTITIES"][0]["name"], "Bolt");
    assert_eq!(company["__COUNT"], 1);
}

#[test]
pub(crate) fn relations_are_deferred_or_expanded() {
    // R037, R038, R039, R040, R121, R122, R123, R124, R125, R206
    let server = open();
    let mut client = server.client();
    let entity = client.get("/Employee(1)").ok();
    let deferred = &entity["employer"]["__deferred"];
    assert_eq!((&deferred["uri"], &deferred["__KEY"]), (&"/rest/Company[1]".into(), &"1".into()));
    let company = client.get("/Company(1)").ok();
    let uri = company["staff"]["__deferred"]["uri"].as_str().unwrap().to_owned();
    assert_eq!(uri, "/rest/Company[1]/staff?$expand=staff");
    assert!(company["staff"]["__deferred"].get("__KEY").is_none());
    let staff = client.get(uri.strip_prefix("/rest").unwrap()).ok();
    assert_eq!(staff["staff"]["__COUNT"], 2);
    assert_eq!(staff["staff"]["__ENTITIES"][1]["lastName"], "Durand");
    assert_eq!(staff["staff"]["__SENT"], 2);
    let named = client.get("/Employee(1)?$attributes=employer.name").ok();
    assert_eq!(named["employer"]["name"], "Acme");
    assert_eq!(named["employer"]["__KEY"], "1");
    assert!(named["employer"].get("city").is_none() && named.get("lastName").is_none());
    let page = client.get("/Employee?$expand=employer&$orderby=ID").ok();
    assert_eq!(page["__ENTITIES"][2]["employer"]["city"], "Porto");
    assert!(page["__ENTITIES"][3]["employer"].is_null());
    let deep = client.get("/Employee(1)?$attributes=lastName,employer.staff.lastName").ok();
    assert_eq!(deep["employer"]["staff"]["__ENTITIES"][1]["lastName"], "Durand");
    let star = client.get("/Employee(1)?$attributes=employer.*").ok();
    assert_eq!(star["employer"]["city"], "Lyon");
    let text_key = client.get("/Country[\"a/b\"]").ok();
    assert_eq!(text_key["__KEY"], "a/b");
}

#[test]
pub(crate) fn attribute_lists_keep_key_and_stamp() {
    // R092, R122
    let server = open();
    let mut client = server.client();
    let entity = client.get("/Employee(1)/firstName,lastName").ok();
    let members: Vec<&String> = entity.as_object().unwrap().keys().collect();
    assert_eq!(members.len(), 7, "{members:?}");
    let page = client.get("/Employee/lastName?$top=1").ok();
    assert_eq!(page["__ENTITIES"][0].as_object().unwrap().len(), 4);
}

#[test]
pub(crate) fn odd_requests_get_one_clear_answer() {
    // R011, R012, R013, R208
    let server = served();
    let mut client = server.client();
    client.login("Boss");
    client.get("/Employee?$filter=\"lastName").refused(400, 1809);
    client.get("/Employee&$top=1").refused(400, 1807);
    client.get("/Employee?$filter=%FF").refused(400, 1806);
    client.get("/Employee(").refused(400, 1806);
    client.get("/").refused(400, 1806);
    client.get(&format!("/{}", "x".repeat(20_000))).refused(400, 1806);
    client.get("/Employee?$nonsense=1&top=3").ok();
    client.get("/Employee?$format=xml").refused(400, 1801);
    let deep = format!("/Employee?$filter=\"{}ID=1{}\"", "(".repeat(500), ")".repeat(500));
    assert_eq!(client.get(&deep).status(), 500);
    assert!(client.get("/Employee(1)?$prettyprint=true").response.text().contains("\n\t\"__KEY\""));
}
