//! `tessera import`: from files, and from a running server.

use std::process::Output;

use serde_json::{Value as Json, json};
use tessera_test_support::TempProject;

use crate::client::Client;
use crate::server::{Server, tessera};

/// Default login, no roles: whoever comes may read.
const CATALOG: &str = r#"<base name="things">
  <table name="Owners" uuid="A0" id="1">
    <field name="ID" uuid="A1" type="4" id="1" autosequence="true" not_null="true" unique="true"/>
    <field name="name" uuid="A2" type="10" limiting_length="255" id="2" not_null="true"/>
    <primary_key field_name="ID" field_uuid="A1"/></table>
  <table name="Things" uuid="B0" id="2">
    <field name="ID" uuid="B1" type="4" id="1" autosequence="true" not_null="true" unique="true"/>
    <field name="name" uuid="B2" type="10" limiting_length="255" id="2" unique="true"/>
    <field name="price" uuid="B3" type="6" id="3"/>
    <field name="since" uuid="B4" type="8" id="4"/>
    <field name="shift" uuid="B5" type="9" id="5"/>
    <field name="sold" uuid="B6" type="1" id="6"/>
    <field name="info" uuid="B7" type="21" id="7"/>
    <field name="photo" uuid="B8" type="12" id="8"/>
    <field name="file" uuid="B9" type="18" id="9"/>
    <field name="ownerID" uuid="BA" type="4" id="10"/>
    <primary_key field_name="ID" field_uuid="B1"/></table>
  <relation uuid="C0" name_Nto1="owner" name_1toN="things" state="1">
    <related_field kind="source"><field_ref uuid="BA" name="ownerID"><table_ref uuid="B0" name="Things"/></field_ref></related_field>
    <related_field kind="destination"><field_ref uuid="A1" name="ID"><table_ref uuid="A0" name="Owners"/></field_ref></related_field>
  </relation></base>"#;

const SETTINGS: &str = r#"<preferences><com.4d><web><standalone_server><configuration publish_at_startup="true"
    session_mode="1"/><rest launch_at_startup="true"/></standalone_server></web></com.4d></preferences>"#;

/// A picture of one point.
const GIF: &str = "R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw==";

fn things() -> TempProject {
    TempProject::from_files(&[
        ("Project/things.4DProject", "{}"),
        ("Project/Sources/catalog.4DCatalog", CATALOG),
        ("Project/Sources/settings.4DSettings", SETTINGS),
    ])
}

fn import(project: &TempProject, more: &[&str]) -> (Output, String) {
    let output = tessera()
        .env("TESSERA_IMPORT_PASSWORD", "ada-secret")
        .args(["import", project.path().as_str()])
        .args(more)
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    (output, said)
}

/// Writes a file beside the project's own and imports it.
fn import_file(project: &TempProject, file: &str, text: &str, more: &[&str]) -> (Option<i32>, String) {
    project.write(file, text);
    let from = project.path().join(file);
    let (output, said) = import(project, &[&["--from", from.as_str()], more].concat());
    (output.status.code(), said)
}

fn read(client: &mut Client, target: &str) -> Json {
    let reply = client.get(target);
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.json()
}

#[test]
fn files_of_each_form_are_read() {
    let project = things();
    let folder = project.path().join("in");
    project.write("in/Owners.jsonl", "{\"ID\":7,\"name\":\"Ada\"}\n\n{\"name\":\"Bea\"}\n");
    let head = "\u{feff}ID;name;price;since;shift;sold;info;photo;owner;file\n";
    let row = format!(
        "3;\"A; b\n\"\"c\"\"\";12.5;2024-02-29;08:30:00;TRUE;\"{{\"\"a\"\":[1]}}\";{GIF};7;AQI=\n4;;;;;;;;;\n"
    );
    project.write("in/things.csv", &format!("{head}{row}"));
    project.write("in/notes.md", "not data");
    let (output, said) = import(&project, &["--from", folder.as_str()]);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("Owners: 2 rows in") && said.contains("Things: 2 rows in"), "{said}");
    let answer = r#"{"__ENTITIES":[{"__KEY":"5","ID":5,"name":"five","shift":30600000,"owner":{"__deferred":
        {"__KEY":"8"}}}],"__COUNT":1}"#;
    assert_eq!(import_file(&project, "answer.json", answer, &["--into", "things"]).0, Some(0));

    let server = Server::start(project.path(), &[]);
    let mut client = server.client();
    let owners = read(&mut client, "/rest/Owners?$orderby=ID");
    assert_eq!(owners["__ENTITIES"][1]["ID"], 8, "the sequence goes on: {owners}");
    let three = read(&mut client, "/rest/Things(3)?$expand=owner");
    for (name, value) in [
        ("name", json!("A; b\n\"c\"")),
        ("price", json!(12.5)),
        ("since", json!("29!2!2024")),
        ("shift", json!(30_600_000)),
        ("sold", json!(true)),
        ("info", json!({"a": [1]})),
        ("ownerID", json!(7)),
    ] {
        assert_eq!(three[name], value, "{name}: {three}");
    }
    assert_eq!(three["owner"]["name"], "Ada");
    let photo = client.get("/rest/Things(3)/photo?$imageformat=best");
    assert_eq!(photo.header("content-type"), Some("image/gif"));
    let four = read(&mut client, "/rest/Things(4)");
    assert_eq!((&four["price"], &four["info"]), (&Json::Null, &Json::Null), "{four}");
    let five = read(&mut client, "/rest/Things(5)");
    assert_eq!((&five["shift"], &five["ownerID"]), (&json!(30_600_000), &json!(8)));
}

#[test]
fn every_bad_row_is_named_and_nothing_is_half_done() {
    let project = things();
    let csv = "ID,name,price,sold\n1,one,1,true\n2,two,much,maybe\n3,three\n4,one,1,false\n1,again,1,true\n";
    let (code, said) = import_file(&project, "Things.csv", csv, &[]);
    assert_eq!(code, Some(1));
    for fault in [
        "Things.csv:3: price: much is no number; sold: maybe is no bool",
        "Things.csv:4: 2 values, but 4 columns",
        "Things.csv:5: another entity has the same name",
        "Things.csv:6: its ID is there already; --existing",
        "Nothing was imported: 4 rows are bad",
    ] {
        assert!(said.contains(fault), "{fault} is not in {said}");
    }
    let count = |expected: i64| {
        let server = Server::start(project.path(), &[]);
        assert_eq!(read(&mut server.client(), "/rest/Things?$top=1")["__COUNT"], expected);
    };
    count(0);
    assert_eq!(import_file(&project, "Things.csv", csv, &["--partial"]).0, Some(1));
    count(1);

    let one = r#"[{"ID":1,"name":"uno"},{"ID":2,"name":"due"}]"#;
    let (code, said) = import_file(&project, "Things.json", one, &[]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("Things.json, entity 1: its ID is there already"), "{said}");
    let (code, said) = import_file(&project, "Things.json", one, &["--existing", "skip"]);
    assert!(code == Some(0) && said.contains("1 row, 1 left out because they were there"), "{said}");
    assert_eq!(import_file(&project, "Things.json", one, &["--existing", "replace"]).0, Some(0));
    let server = Server::start(project.path(), &[]);
    let uno = read(&mut server.client(), "/rest/Things(1)");
    assert_eq!((&uno["name"], &uno["__STAMP"], &uno["price"]), (&json!("uno"), &json!(2), &json!(1)));
}

#[test]
fn what_can_t_be_read_is_one_line_that_says_why() {
    let project = things();
    for (file, text, more, expected) in [
        (
            "Things.csv",
            "ID,nam\n1,x\n",
            &[][..],
            "Things.csv:1: Things has no attribute nam. It has: ID, name,",
        ),
        ("Other.csv", "ID\n1\n", &[], "there is no dataclass Other. There are: Owners, Things"),
        (
            "Things.json",
            "[{\"ID\":1},\n{",
            &[],
            "Things.json: EOF while parsing an object at line 2 column 1",
        ),
        ("Things.json", "{\"ID\":1}", &[], "an object without a list __ENTITIES"),
        ("Things.xml", "<a/>", &[], "Things.xml is no .csv, .json or .jsonl file"),
        ("Things.csv", "ID\n1\n", &["--only", "Nothing"], "there is no dataclass Nothing"),
    ] {
        let (code, said) = import_file(&project, file, text, more);
        assert_eq!(code, Some(2), "{file}: {said}");
        assert!(said.contains(expected), "{expected} is not in {said}");
    }
    let (output, said) = import(&project, &["--from", "ftp://host/rest"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("no http or https address"), "{said}");
}

#[test]
fn a_running_server_is_copied() {
    let source = TempProject::copy_of("crm");
    let server = Server::start(source.path(), &[]);
    let copy = TempProject::copy_of("crm");
    let address = format!("http://127.0.0.1:{}/rest", server.port);
    let login = r#"{"email":"ada@example.com","password":"$PASSWORD"}"#;
    let (output, said) = import(&copy, &["--from", &address, "--authentify", login]);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("Customers: 2000 rows"), "{said}");
    let refused = import(&things(), &["--from", &address]).1;
    assert!(
        refused.contains("offers this user none of the dataclasses") || refused.contains("Login needed"),
        "{refused}"
    );

    let (output, said) = import(&copy, &["--from", &address, "--authentify", login, "--only", "Orders"]);
    assert_eq!(output.status.code(), Some(2), "all of them are there: {said}");

    // Passwords are hidden from REST, so they did not come along.
    let add = [
        "run",
        copy.path().as_str(),
        "addUser",
        "\"Eva\"",
        "\"eva@example.com\"",
        "\"eva-secret\"",
        "\"Administrator\"",
    ];
    assert!(tessera().args(add).status().unwrap().success());
    let copied = Server::start(copy.path(), &[]);
    let entities = |server: &Server, who: &str| {
        let mut client = server.client();
        let login = json!([{ "email": format!("{who}@example.com"), "password": format!("{who}-secret") }]);
        client.post("/rest/$catalog/authentify", &login.to_string());
        let target = "/rest/Customers?$expand=salesPerson&$orderby=ID&$top=50&$skip=100";
        let mut page = read(&mut client, target);
        for entity in page["__ENTITIES"].as_array_mut().unwrap() {
            // Saved at another time.
            entity.as_object_mut().unwrap().remove("__TIMESTAMP");
            entity["salesPerson"].as_object_mut().unwrap().remove("__TIMESTAMP");
        }
        page
    };
    assert_eq!(entities(&copied, "eva"), entities(&server, "ada"));
}

#[test]
fn pictures_come_along_and_an_interrupted_import_goes_on() {
    let source = things();
    let rows: Vec<Json> = (1..=5)
        .map(|id| json!({"ID": id, "name": format!("n{id}"), "photo": GIF, "file": "AQI=", "ownerID": 1}))
        .collect();
    assert_eq!(import_file(&source, "Things.json", &json!(rows).to_string(), &[]).0, Some(0));
    assert_eq!(import_file(&source, "Owners.json", r#"[{"ID":1,"name":"Ada"}]"#, &[]).0, Some(0));
    let server = Server::start(source.path(), &[]);
    let address = format!("http://127.0.0.1:{}", server.port);

    let copy = things();
    assert_eq!(import_file(&copy, "Things.json", r#"[{"ID":99,"name":"n4"}]"#, &[]).0, Some(0));
    let from = ["--from", &address, "--page", "2"];
    let (output, said) = import(&copy, &from);
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("Things(4): another entity has the same name"), "{said}");
    assert!(said.contains("the 2 before it are here"), "{said}");
    let elsewhere = import(&copy, &["--from", "http://127.0.0.1:1"]).1;
    assert!(elsewhere.contains("is not finished. Finish it, or delete"), "{elsewhere}");
    let (output, said) = import(&copy, &[&from[..], &["--partial"]].concat());
    assert_eq!(output.status.code(), Some(1), "one is bad: {said}");
    assert!(said.contains("Going on") && said.contains("Owners: is here already"), "{said}");
    assert!(!copy.path().join("Data/tessera-import.json").exists());

    let copied = Server::start(copy.path(), &[]);
    let mut client = copied.client();
    let things = read(&mut client, "/rest/Things?$orderby=ID&$attributes=ID,owner.name");
    let ids: Vec<_> =
        things["__ENTITIES"].as_array().unwrap().iter().map(|thing| thing["ID"].clone()).collect();
    assert_eq!(ids, [1, 2, 3, 5, 99]);
    assert_eq!(things["__ENTITIES"][3]["owner"]["name"], "Ada");
    for (part, kind) in
        [("photo?$imageformat=best", "image/gif"), ("file?$binary=true", "application/octet-stream")]
    {
        let (here, there) = (
            client.get(&format!("/rest/Things(5)/{part}")),
            server.client().get(&format!("/rest/Things(5)/{part}")),
        );
        assert_eq!((here.header("content-type"), here.status), (Some(kind), 200), "{}", here.body);
        assert_eq!(here.body, there.body);
    }
}
