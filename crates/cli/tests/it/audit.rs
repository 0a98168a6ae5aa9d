//! The audit log (`docs/security.md`): who came and went, and no secrets.

use serde_json::json;
use tessera_test_support::TempProject;

use crate::server::Server;

#[test]
fn logins_refusals_and_logouts_are_told_without_secrets() {
    let project = TempProject::copy_of("crm");
    let server = Server::start(project.path(), &["--licenses", "1"]);
    let login = |client: &mut crate::client::Client, who: &str, password: &str| {
        let body = json!([{ "email": format!("{who}@example.com"), "password": password }]);
        client.post("/rest/$catalog/authentify", &body.to_string()).status
    };
    let (mut ada, mut nora, mut sam) = (server.client(), server.client(), server.client());
    assert_eq!(login(&mut ada, "ada", "a wrong guess"), 200);
    assert_eq!(login(&mut ada, "ada", "ada-secret"), 200);
    let secret = ada.cookie.clone().unwrap().split_once('=').unwrap().1.to_owned();
    assert_eq!(login(&mut nora, "nora", "nora-secret"), 402);
    assert_eq!(ada.post("/rest/$directory/logout", "").status, 200);
    assert_eq!(login(&mut sam, "sam", "sam-secret"), 200);
    let (_, log) = server.terminate();
    let events: Vec<&str> = log.lines().filter(|line| line.contains("event=")).collect();
    let told = |event: &str, more: &str| {
        events.iter().any(|line| line.contains(&format!("event=\"{event}\"")) && line.contains(more))
    };
    for (event, more) in [
        ("refused", "reason=\"login\""),
        ("login", "Ada"),
        ("refused", "reason=\"licences\""),
        ("logout", "Ada"),
        ("close", "reason=\"stop\""),
    ] {
        assert!(told(event, more), "{event} {more} in {events:#?}");
    }
    assert!(events.iter().all(|line| line.contains("address=\"::ffff:127.0.0.1\"")), "{events:#?}");
    for hidden in [secret.as_str(), "ada-secret", "a wrong guess"] {
        assert!(!events.iter().any(|line| line.contains(hidden)), "{events:#?}");
    }
}
