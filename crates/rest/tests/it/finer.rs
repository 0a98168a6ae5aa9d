//! Rules of the protocol that stand by themselves.

use serde_json::json;
use tessera_test_support::TempProject;

use crate::project::{filled, folder, open};
use crate::server::Server;

#[test]
pub(crate) fn a_null_date_is_null() {
    // R050
    let server = open();
    let mut client = server.client();
    client.post("/Employee?$method=update", r#"{"__KEY":1,"hired":null}"#).ok();
    assert_eq!(client.get("/Employee(1)").ok()["hired"], json!(null));
    client.post("/Employee?$method=update", r#"{"__KEY":1,"hired":"2024-02-29"}"#).ok();
    assert_eq!(client.get("/Employee(1)").ok()["hired"], "29!2!2024");
}

const ALIASES: &str = r#"Class extends Entity

exposed Alias nick firstName

exposed Alias employerCity employer.city

exposed Function get fullName() : Text
	return This.firstName+" "+This.lastName

Function query fullName($event : Object) : Object
	If ($event.operator="==") | ($event.operator="=")
		return {query: "lastName = :1"; parameters: [Substring($event.value; Position(" "; $event.value)+1)]}
	End if
	return {query: "ID < 0"}

Function orderBy fullName($event : Object) : Text
	return "lastName "+$event.operator
"#;

#[test]
pub(crate) fn an_alias_of_an_own_attribute_can_be_written() {
    // R053
    let server =
        filled(Server::new(folder(None, &[("Project/Sources/Classes/EmployeeEntity.4dm", ALIASES)])));
    let mut client = server.client();
    client.post("/Employee?$method=update", r#"{"__KEY":1,"nick":"Addie","employerCity":"Rome"}"#).ok();
    let entity = client.get("/Employee(1)").ok();
    assert_eq!((&entity["firstName"], &entity["nick"]), (&json!("Addie"), &json!("Addie")));
    assert_eq!(entity["employerCity"], "Lyon", "one along a relation can't, and is passed over");
}

#[test]
pub(crate) fn computed_attributes_are_searched_and_sorted_by_their_functions() {
    // R199, R200
    let server =
        filled(Server::new(folder(None, &[("Project/Sources/Classes/EmployeeEntity.4dm", ALIASES)])));
    let mut client = server.client();
    let names = |page: &serde_json::Value| -> Vec<String> {
        let entities = page["__ENTITIES"].as_array().unwrap();
        entities.iter().map(|entity| entity["lastName"].as_str().unwrap().to_owned()).collect()
    };
    // Only the function of this class finds somebody by the last word.
    let found = client.get("/Employee?$filter=\"fullName = 'Nobody Lopez'\"").ok();
    assert_eq!(names(&found), ["Lopez"]);
    assert_eq!(
        client.get("/Employee?$filter=\"fullName > 'A'\"").ok()["__COUNT"],
        0,
        "it is told the operator"
    );
    let sorted = client.get("/Employee?$orderby=fullName desc").ok();
    assert_eq!(names(&sorted), ["Martinez", "Martin", "Lopez", "Durand"]);
}

const LEADING: &str = r#"Class extends Entity

exposed Function get boss() : cs.EmployeeEntity
	return This.staff.orderBy("salary desc").first()

exposed Function get rich() : cs.EmployeeSelection
	return This.staff.query("salary > 150")

exposed Function get anyone()
	return This.staff.first()

exposed Alias colleagues staff.employer.staff
"#;

#[test]
pub(crate) fn what_leads_to_entities_is_shown_as_a_relation() {
    // Rest-protocol section 3.7: a computed attribute or an alias that ends in entities.
    let class = [("Project/Sources/Classes/CompanyEntity.4dm", LEADING)];
    let server = filled(Server::new(folder(None, &class)));
    let mut client = server.client();
    let company = client.get("/Company(1)").ok();
    let entity = json!({"__deferred": {"uri": "/rest/Employee[2]", "__KEY": "2"}});
    let selection = |company: &str, name: &str| json!({"__deferred": {"uri": format!("/rest/Company[{company}]/{name}?$expand={name}")}});
    assert_eq!(company["boss"], entity);
    assert_eq!(company["rich"], selection("1", "rich"));
    assert_eq!(company["colleagues"], selection("1", "colleagues"));
    assert_eq!(company["anyone"]["__deferred"]["__KEY"], "1");
    // In a page, by $expand, by $attributes, and at the address that was deferred.
    let page = client.get("/Company?$expand=boss,rich&$orderby=ID").ok();
    let names = |entities: &serde_json::Value| -> Vec<String> {
        let list = entities["__ENTITIES"].as_array().unwrap();
        list.iter().map(|entity| entity["lastName"].as_str().unwrap().to_owned()).collect()
    };
    let (first, second) = (&page["__ENTITIES"][0], &page["__ENTITIES"][1]);
    assert_eq!(
        (&first["boss"]["lastName"], &second["boss"]["lastName"]),
        (&json!("Durand"), &json!("Martinez"))
    );
    assert_eq!(
        (names(&first["rich"]), names(&second["rich"])),
        (vec!["Durand".into()], vec!["Martinez".into()])
    );
    assert_eq!(first["rich"]["__COUNT"], 1);
    let some =
        client.get("/Company(1)?$attributes=name,boss.lastName,boss.employer.city,colleagues.firstName").ok();
    assert_eq!(
        (&some["boss"]["lastName"], &some["boss"]["employer"]["city"]),
        (&json!("Durand"), &json!("Lyon"))
    );
    assert_eq!(some["colleagues"]["__ENTITIES"][1]["firstName"], "Zoé");
    assert_eq!(some["boss"]["salary"], json!(null), "only what was asked for");
    let there = client.get("/Company(2)/rich?$expand=rich").ok();
    assert_eq!(names(&there["rich"]), ["Martinez"]);
    client.get("/Company?$expand=anyone").refused(404, 1805);
    let described = client.get("/$catalog/Company").ok();
    let kinds: Vec<_> = described["dataClasses"][0]["attributes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|attribute| ["boss", "rich", "colleagues"].contains(&attribute["name"].as_str().unwrap()))
        .map(|attribute| {
            (attribute["kind"].as_str().unwrap().to_owned(), attribute["type"].as_str().unwrap().to_owned())
        })
        .collect();
    let kind = |kind: &str, name: &str| (kind.to_owned(), name.to_owned());
    assert_eq!(
        kinds,
        [
            kind("calculated", "Employee"),
            kind("calculated", "EmployeeSelection"),
            kind("alias", "EmployeeSelection")
        ]
    );

    // Who may not read the entities sees where they are, and no more.
    let roles = r#"{"privileges":[{"privilege":"see"}],"roles":[],"permissions":{"allowed":[
        {"applyTo":"Employee","type":"dataclass","read":["see"]}]}}"#;
    let server = filled(Server::new(folder(Some(roles), &class)));
    let mut client = server.client();
    client.get("/Company(1)?$expand=rich").refused(401, -9991);
}

const CATALOG: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<base name="b" uuid="B0">
<table name="Seen" uuid="S0" id="1" leave_tag_on_delete="true">
  <field name="ID" uuid="S1" type="4" unique="true" autosequence="true" not_null="true" id="1"/>
  <field name="name" uuid="S2" type="10" id="2"><field_extra visible="false"/></field>
  <field name="hiddenID" uuid="S3" type="4" id="3"/>
  <field name="__GlobalStamp" uuid="S4" type="5" id="4"><field_extra visible="false"/></field>
  <primary_key field_name="ID" field_uuid="S1"/>
  <table_extra visible="false"/>
</table>
<table name="Unseen" uuid="U0" id="2" hide_in_REST="true">
  <field name="ID" uuid="U1" type="4" unique="true" autosequence="true" not_null="true" id="1"/>
  <primary_key field_name="ID" field_uuid="U1"/>
</table>
<table name="__DeletedRecords" uuid="D0" id="3">
  <field name="ID" uuid="D1" type="4" unique="true" autosequence="true" not_null="true" id="1"/>
  <field name="__Stamp" uuid="D2" type="5" id="2"/>
  <field name="__PrimaryKey" uuid="D3" type="10" limiting_length="255" id="3"/>
  <field name="__TableNumber" uuid="D4" type="4" id="4"/>
  <field name="__TableName" uuid="D5" type="10" limiting_length="255" id="5"/>
  <primary_key field_name="ID" field_uuid="D1"/>
</table>
<relation uuid="R0" name_Nto1="unseen" name_1toN="seen" state="1">
  <related_field kind="source"><field_ref uuid="S3" name="hiddenID"><table_ref uuid="S0" name="Seen"/></field_ref></related_field>
  <related_field kind="destination"><field_ref uuid="U1" name="ID"><table_ref uuid="U0" name="Unseen"/></field_ref></related_field>
</relation>
</base>"#;

fn tracked() -> Server {
    Server::new(TempProject::from_files(&[
        ("Project/b.4DProject", "{}"),
        ("Project/Sources/catalog.4DCatalog", CATALOG),
    ]))
}

#[test]
pub(crate) fn hidden_is_hidden_and_invisible_is_not() {
    // R204, R205
    let server = tracked();
    let mut client = server.client();
    let catalog = client.get("/$catalog/$all").ok();
    let text = catalog.to_string();
    assert!(!text.contains("Unseen") && !text.contains("unseen"), "{text}");
    assert!(text.contains("\"Seen\"") && text.contains("__DeletedRecords"), "{text}");
    client.get("/Unseen").refused(404, 1800);
    client.get("/Seen/unseen").refused(404, 1500);
    client.get("/Seen?$filter=\"unseen.ID = 1\"").refused(500, 1500);
    client.post("/Seen?$method=update", r#"{"name":"a"}"#).ok();
    assert_eq!(client.get("/Seen(1)").ok()["name"], "a");
}

#[test]
pub(crate) fn what_is_tracked_leaves_a_trace_when_it_goes() {
    // R115
    let server = tracked();
    let mut client = server.client();
    for name in ["a", "b"] {
        client.post("/Seen?$method=update", &json!({"name": name}).to_string()).ok();
    }
    assert_eq!(client.get("/Seen?$filter=\"__GlobalStamp >= 2\"").ok()["__COUNT"], 1);
    assert_eq!(client.get("/Seen").ok()["__GlobalStamp"], 3, "the next one to be given");
    client.post("/Seen(1)?$method=delete", "").ok();
    let gone = client.get("/__DeletedRecords").ok()["__ENTITIES"][0].clone();
    assert_eq!(
        (&gone["__Stamp"], &gone["__PrimaryKey"], &gone["__TableName"], &gone["__TableNumber"]),
        (&json!(3), &json!("1"), &json!("Seen"), &json!(1))
    );
}

#[test]
pub(crate) fn nothing_tracked_has_no_stamp() {
    // O210
    let method = ("Project/Sources/Methods/stamp.4dm", "return ds.getGlobalStamp()\n");
    let server = filled(Server::new(folder(None, &[method])));
    assert!(matches!(server.run("stamp"), tessera_values::Value::Integer(0)));
    assert_eq!(server.client().get("/Employee").ok()["__GlobalStamp"], 0);
}

#[test]
pub(crate) fn answers_are_utf8_without_a_mark() {
    // R217
    let server = open();
    let mut client = server.client();
    for target in ["/Employee", "/$catalog", "/Nothing"] {
        let answer = client.get(target);
        assert!(std::str::from_utf8(answer.bytes()).is_ok_and(|text| text.starts_with('{')), "{target}");
        assert_eq!(answer.response.header("content-type"), Some("application/json; charset=UTF-8"));
    }
    assert!(client.get("/Employee(2)").response.text().contains("\"Zoé\""), "as it is, not escaped");
}

#[test]
pub(crate) fn habits_of_the_ancestors_that_are_not_kept() {
    // R210, R211, R212, R213, R214
    let server = open();
    let mut client = server.client();
    assert_eq!(client.get("/Employee?$skip=10").ok()["__SENT"], 0, "never negative");
    assert_eq!(
        client.get("/Employee?$filter=\"lastName = 'Mart*'\"").ok()["__COUNT"],
        0,
        "@ is the wildcard"
    );
    client.get("/Employee(1)?$method=delete").refused(400, 1813);
    client.get("/Employee(1)/greet(Hi)").refused(404, 1500);
    let body = r#"[{"__KEY":1,"firstName":"A"},{"__KEY":201,"firstName":"B"}]"#;
    let atomic = client.post("/Employee?$method=update&$atomic=true", body);
    assert_eq!(atomic.status(), 500);
    let entities = &atomic.json()["__ENTITIES"];
    assert_eq!(entities[0]["__STATUS"]["success"], true);
    assert_eq!(entities[1]["__ERROR"][0]["errCode"], 1542);
    assert_eq!(client.get("/Employee(1)").ok()["firstName"], "Ada", "all or nothing");
}
