//! The data of a project on PostgreSQL. Passes where that isn't installed.

use serde_json::json;
use tessera_test_support::{POSTGRES_PASSWORD, Postgres, TempProject};

use crate::admin::access;
use crate::client::Client;
use crate::server::{Server, tessera};

fn nora(server: &Server) -> Client {
    let mut nora = server.client();
    let body = r#"[{"email":"nora@example.com","password":"nora-secret"}]"#;
    let answer = nora.post("/rest/$catalog/authentify", body).json();
    assert_eq!(answer, json!({ "result": "Welcome, Nora North" }));
    nora
}

#[test]
fn the_example_is_served_by_two_servers_from_one_database() {
    let Some(postgres) = Postgres::shared() else { return };
    let (project, url) = (TempProject::copy_of("crm"), postgres.url());
    let first = Server::start(project.path(), &["--data", &url]);
    // R007: login, list, save, as on SQLite.
    let mut client = nora(&first);
    let read = client.get("/rest/Customers?$filter=%22city=:1%22&$params='[%22ly@%22]'&$top=1").json();
    assert_eq!((&read["__COUNT"], &read["__ENTITIES"][0]["__KEY"]), (&json!(200), &json!("10")));
    assert_eq!(client.get("/rest/Users").error(), Some(-9991));
    let count = client.get("/rest/Customers?$top=1").json()["__COUNT"].clone();
    let sorted = client.get("/rest/Customers?$orderby=%22name%20desc%22&$attributes=name&$limit=2").json();
    assert_eq!(sorted["__SENT"], 2, "{sorted}");
    assert_eq!(client.post("/rest/Customers(10)/orderTotal", "[]").json(), json!({ "result": 380 }));
    let change = r#"{"__KEY":"10","__STAMP":1,"notes":"Zoë \u0000 called"}"#;
    let saved = client.post("/rest/Customers?$method=update", change).json();
    assert_eq!(saved["__STATUS"]["success"], true, "{saved}");

    let own = TempProject::copy_of("crm");
    let second = Server::start(own.path(), &["--data", &url]);
    let mut other = nora(&second);
    let read = other.get("/rest/Customers(10)").json();
    assert_eq!((&read["__STAMP"], &read["notes"]), (&json!(2), &json!("Zoë \u{0} called")));
    // The start-up code fills an empty database only.
    assert_eq!(other.get("/rest/Customers?$top=1").json()["__COUNT"], count);
    // R201: the first one's stamp is out of date.
    let saved = other.post("/rest/Customers?$method=update", r#"{"__KEY":"10","__STAMP":2,"notes":"later"}"#);
    assert_eq!(saved.json()["__STAMP"], 3);
    let late = client.post("/rest/Customers?$method=update", r#"{"__KEY":"10","__STAMP":2,"notes":"late"}"#);
    assert_eq!(late.json()["__STATUS"]["status"], 2, "{}", late.body);
    // Nothing of the data is in the project's folder.
    assert!(!project.path().join("Data/crm.sqlite").exists());
    let (status, log) = first.terminate();
    assert!(status.success() && !log.contains("ERROR"), "{log}");
}

#[test]
fn a_server_outlives_its_database() {
    let Some(postgres) = Postgres::own() else { return };
    let project = TempProject::copy_of("crm");
    let server = Server::start(project.path(), &["--data", &postgres.url()]);
    let (mut admin, _) = access(project.path());
    let mut client = nora(&server);
    assert_eq!(admin.get("/readyz").status, 200);
    postgres.stop();
    assert_eq!(admin.get("/readyz").status, 503);
    assert_eq!(admin.get("/healthz").status, 200);
    let refused = client.get("/rest/Customers(10)");
    assert_eq!((refused.status, refused.error()), (500, Some(1046)), "{}", refused.body);
    postgres.restart();
    assert_eq!(admin.get("/readyz").status, 200);
    // Nobody had to log in again.
    assert_eq!(client.get("/rest/Customers(10)").status, 200);
}

#[test]
fn a_database_that_can_not_be_used_is_one_line_without_the_password() {
    let Some(postgres) = Postgres::shared() else { return };
    let project = TempProject::copy_of("crm");
    let password = POSTGRES_PASSWORD.replace(' ', "%20");
    let port = postgres.port();
    for (url, said) in [
        (format!("postgres://tessera:wrong-secret@127.0.0.1:{port}/postgres"), "refuses the login"),
        (format!("postgres://tessera:{password}@127.0.0.1:{port}/secret-free"), "does not exist"),
        ("postgres://tessera:wrong-secret@127.0.0.1:1/postgres".to_owned(), "can't be reached"),
    ] {
        let mut serve = tessera();
        serve.args(["serve", project.path().as_str(), "--listen", "127.0.0.1:0"]).env("TESSERA_DATA", url);
        let output = serve.output().unwrap();
        let log = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), log.lines().count()), (Some(2), 1), "{log}");
        assert!(
            log.contains(said) && !log.contains("wrong-secret") && !log.contains(POSTGRES_PASSWORD),
            "{log}"
        );
    }
}
