//! Operators: the administration address, `tessera sessions`, `tessera explain`.

use std::process::Output;

use camino::Utf8Path;
use tessera_test_support::TempProject;

use crate::client::Client;
use crate::server::{Server, tessera};

const LOGIN: &str = r#"[{"email":"sam@example.com","password":"sam-secret"}]"#;

fn run(arguments: &[&str]) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = tessera().args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

/// The administration's address and token, as the server wrote them.
pub(crate) fn access(project: &Utf8Path) -> (Client, String) {
    let file = std::fs::read_to_string(project.join("Data/tessera-admin.json")).unwrap();
    let access: serde_json::Value = serde_json::from_str(&file).unwrap();
    let port = access["address"].as_str().unwrap().rsplit_once(':').unwrap().1.parse().unwrap();
    (Client::new(port), access["token"].as_str().unwrap().to_owned())
}

#[test]
fn an_operator_sees_sessions_and_closes_them() {
    let project = TempProject::copy_of("crm");
    let path = project.path().as_str();
    let server = Server::start(project.path(), &["--licenses", "1"]);
    let mut sam = server.client();
    assert_eq!(sam.post("/rest/$catalog/authentify", LOGIN).status, 200);
    let (code, list, _) = run(&["sessions", path, "list"]);
    assert_eq!(code, Some(0));
    assert!(list.starts_with("1 sessions; licences: 1 of 1\n"), "{list}");
    assert!(list.contains("readCustomers, readOrders"), "{list}");
    let (_, json, _) = run(&["sessions", path, "list", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let id = json["sessions"][0]["id"].as_str().unwrap();
    assert!(!json.to_string().contains(sam.cookie.as_deref().unwrap().split_once('=').unwrap().1));

    let (code, said, _) =
        run(&["explain", path, "--session", id, "--resource", "Orders", "--action", "read"]);
    assert_eq!((code, said.lines().next()), (Some(0), Some("The session of Sam Support may read Orders.")));

    assert_eq!(run(&["sessions", path, "close", id]).0, Some(0));
    assert_eq!(sam.get("/rest/Orders").status, 401);
    assert!(run(&["sessions", path, "list"]).1.starts_with("0 sessions; licences: 0 of 1\n"));
    assert_eq!(run(&["sessions", path, "close", id]).0, Some(1));
    assert_eq!(run(&["sessions", path, "close", "../x"]).0, Some(2));

    server.terminate();
    let (code, _, error) = run(&["sessions", path, "list"]);
    assert_eq!((code, error.lines().count()), (Some(2), 1), "{error}");
}

#[test]
fn the_administration_tells_strangers_nothing_of_people() {
    let project = TempProject::copy_of("crm");
    let server = Server::start(project.path(), &[]);
    let mut visitor = server.client();
    assert_eq!(visitor.get("/rest/Customers").status, 401);
    let (mut stranger, token) = access(project.path());
    assert_eq!(stranger.get("/healthz").status, 200);
    assert_eq!(stranger.get("/readyz").status, 200);
    let metrics = stranger.get("/metrics").body;
    assert!(metrics.contains("tessera_requests_total{kind=\"rest\",status=\"401\"} 1\n"), "{metrics}");
    assert!(metrics.contains("tessera_licenses_used 0\n"), "{metrics}");
    for counter in ["tessera_sql_nanoseconds_total ", "tessera_run_nanoseconds_total "] {
        let value = metrics.lines().find_map(|line| line.strip_prefix(counter)).expect(counter);
        assert_ne!(value, "0", "filling the data at the start took time: {metrics}");
    }
    assert_eq!(stranger.get("/sessions").status, 401);
    let wrong = format!("Bearer {}", token.replace(|c| c != '0', "0"));
    assert_eq!(stranger.send("GET", "/sessions", &[("Authorization", &wrong)], "").status, 401);
    let right = format!("Bearer {token}");
    assert_eq!(stranger.send("GET", "/sessions", &[("Authorization", &right)], "").status, 200);
    // The project's own address has none of it.
    assert_eq!(visitor.get("/metrics").status, 404);

    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let file = project.path().join("Data/tessera-admin.json");
        assert_eq!(std::fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn administration_can_be_off() {
    let project = TempProject::copy_of("crm");
    let _server = Server::start(project.path(), &["--admin", "off"]);
    assert!(!project.path().join("Data/tessera-admin.json").exists());
}

#[test]
fn explain_names_the_line_of_roles_json() {
    let project = TempProject::copy_of("crm");
    let path = project.path().as_str();
    let roles = std::fs::read_to_string(project.path().join("Project/Sources/roles.json")).unwrap();
    let before = &roles[..roles.find("\"Customers.notes\"").unwrap()];
    // The entry begins on the line before its first member.
    let line = before.lines().count() - 1;
    let ask = |more: &[&str]| run(&[&["explain", path, "--resource", "Customers.notes"], more].concat());
    let (code, said, _) = ask(&["--action", "read", "--role", "Support"]);
    assert_eq!(code, Some(1));
    let expected = format!("roles.json:{line}: attribute Customers.notes, read: one of readNotes is needed");
    assert!(said.contains(&expected), "{said}");
    assert_eq!(ask(&["--action", "read", "--role", "Sales"]).0, Some(0));
    assert_eq!(ask(&["--action", "drop", "--privilege", "administer"]).0, Some(0));
    let (code, _, error) = ask(&["--action", "read", "--role", "Nobody"]);
    assert_eq!(code, Some(2));
    assert!(error.contains("known: Administrator, Sales, Support"), "{error}");
    let (code, _, error) = run(&["explain", path, "--resource", "Customers.nots", "--action", "read"]);
    assert_eq!(code, Some(2));
    assert!(error.contains("Customers.nots"), "{error}");
}
