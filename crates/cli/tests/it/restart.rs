//! People stay logged in across a restart when the settings say so.

use serde_json::json;
use tessera_test_support::TempProject;

use crate::client::Client;
use crate::server::Server;

const STORAGE: &str = r#"

exposed Function remember($text : Text)
	Use (Session.storage)
		Session.storage.note:=New shared object("text"; $text; "on"; !2020-04-01!)
	End use

exposed Function recall() : Object
	return {text: Session.storage.note.text; on: Session.storage.note.on; user: Session.userName; privileges: Session.getPrivileges().length}
"#;

fn project(settings: &str) -> TempProject {
    let project = TempProject::copy_of("crm");
    project.write("tessera.toml", settings);
    let class = "Project/Sources/Classes/DataStore.4dm";
    let text = std::fs::read_to_string(project.path().join(class)).unwrap();
    project.write(class, &format!("{text}{STORAGE}"));
    let roles = "Project/Sources/roles.json";
    let text = std::fs::read_to_string(project.path().join(roles)).unwrap();
    let allowed = r#""allowed": [{"applyTo": "ds.remember", "type": "method", "execute": ["guest"]},
        {"applyTo": "ds.recall", "type": "method", "execute": ["guest"]},"#;
    project.write(roles, &text.replacen("\"allowed\": [", allowed, 1));
    project
}

fn login(client: &mut Client, who: &str) {
    let body = json!([{ "email": format!("{who}@example.com"), "password": format!("{who}-secret") }]);
    assert_eq!(client.post("/rest/$catalog/authentify", &body.to_string()).status, 200);
}

/// The same visitor at the server that came after.
fn moved(client: &Client, server: &Server) -> Client {
    let mut moved = server.client();
    moved.cookie.clone_from(&client.cookie);
    moved
}

#[test]
fn people_survive_a_restart_and_a_crash() {
    let project = project("[session]\nsurvive_restart = true\n");
    let server = Server::start(project.path(), &[]);
    let (mut ada, mut nora, mut guest) = (server.client(), server.client(), server.client());
    login(&mut ada, "ada");
    ada.post("/rest/$catalog/remember", r#"["kept"]"#);
    login(&mut nora, "nora");
    guest.get("/rest/$catalog");
    assert_eq!(nora.post("/rest/$directory/logout", "").status, 200);
    server.terminate();

    let server = Server::start(project.path(), &[]);
    let (mut ada, mut nora, mut guest) =
        (moved(&ada, &server), moved(&nora, &server), moved(&guest, &server));
    let recalled = ada.post("/rest/$catalog/recall", "[]").json()["result"].clone();
    assert_eq!((&recalled["text"], &recalled["user"]), (&json!("kept"), &json!("Ada Admin")));
    assert!(recalled["on"].as_str().unwrap().starts_with("2020-04-01"), "{recalled}");
    assert!(recalled["privileges"].as_i64().unwrap() > 0);
    assert_eq!(ada.get("/rest/Customers?$top=1").status, 200);
    assert_eq!(nora.get("/rest/Customers?$top=1").status, 401);
    assert_eq!(guest.get("/rest/Customers?$top=1").status, 401);

    // A login is written down at once, and so is a logout.
    login(&mut nora, "nora");
    assert_eq!(ada.post("/rest/$directory/logout", "").status, 200);
    server.kill();
    let server = Server::start(project.path(), &[]);
    assert_eq!(moved(&nora, &server).get("/rest/Customers?$top=1").status, 200);
    assert_eq!(moved(&ada, &server).get("/rest/Customers?$top=1").status, 401);

    let file = project.path().join("Data/sessions.sqlite");
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    let secret = nora.cookie.unwrap().split_once('=').unwrap().1.to_owned();
    let bytes = std::fs::read(&file).unwrap();
    let bytes = [bytes, std::fs::read(format!("{file}-wal")).unwrap_or_default()].concat();
    assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "only its hash is kept");
}

#[test]
fn licences_are_taken_again_as_far_as_they_go() {
    let project = project("[session]\nsurvive_restart = true\n");
    let server = Server::start(project.path(), &["--licenses", "2"]);
    let (mut ada, mut nora) = (server.client(), server.client());
    login(&mut ada, "ada");
    login(&mut nora, "nora");
    server.terminate();
    let server = Server::start(project.path(), &["--licenses", "1"]);
    let statuses = [&ada, &nora].map(|client| moved(client, &server).get("/rest/Customers?$top=1").status);
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    let body = json!([{ "email": "sam@example.com", "password": "sam-secret" }]).to_string();
    assert_eq!(server.client().post("/rest/$catalog/authentify", &body).status, 402);
}

#[test]
fn by_default_a_restart_ends_every_session() {
    // S056
    let project = project("");
    let server = Server::start(project.path(), &[]);
    let mut ada = server.client();
    login(&mut ada, "ada");
    server.terminate();
    let server = Server::start(project.path(), &[]);
    assert_eq!(moved(&ada, &server).get("/rest/Customers?$top=1").status, 401);
    assert!(!project.path().join("Data/sessions.sqlite").exists());
}
