//! What was acknowledged is on the disk.

use tessera_test_support::TempProject;

use crate::client::Client;
use crate::server::Server;

fn ada(server: &Server) -> Client {
    let mut ada = server.client();
    let body = r#"[{"email":"ada@example.com","password":"ada-secret"}]"#;
    assert_eq!(ada.post("/rest/$catalog/authentify", body).status, 200);
    ada
}

#[test]
fn an_acknowledged_write_survives_a_kill() {
    let project = TempProject::copy_of("crm");
    let server = Server::start(project.path(), &[]);
    let saved = ada(&server).post("/rest/Customers?$method=update", r#"{"name":"Survivor"}"#).json();
    assert_eq!(saved["__STATUS"]["success"], true, "{saved}");
    let key = saved["__KEY"].as_str().unwrap().to_owned();
    server.kill();

    let server = Server::start(project.path(), &[]);
    let read = ada(&server).get(&format!("/rest/Customers({key})")).json();
    assert_eq!((&read["name"], &read["__STAMP"]), (&"Survivor".into(), &1.into()));
    // The start-up code fills an empty database only.
    let count = ada(&server).get("/rest/Customers?$top=1").json();
    assert_eq!(count["__COUNT"], 2001);
}

#[test]
fn nothing_is_written_into_the_project() {
    let project = TempProject::copy_of("crm");
    let before = listing(project.path().join("Project").as_str());
    let server = Server::start(project.path(), &[]);
    ada(&server);
    server.terminate();
    assert_eq!(listing(project.path().join("Project").as_str()), before);
}

fn listing(folder: &str) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders = vec![std::path::PathBuf::from(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = std::fs::read(&path).unwrap();
                files.push((path, bytes));
            }
        }
    }
    files.sort();
    files
}
