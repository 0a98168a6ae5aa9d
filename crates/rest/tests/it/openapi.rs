//! `$openapi`: what a session may use, and nothing else.

use serde_json::Value as Json;

use tessera_orda::{RequestInfo, Run};

use crate::project::{open, served};
use crate::server::Client;

fn document(client: &mut Client) -> Json {
    let document = client.get("/$openapi").ok();
    assert_eq!(document["openapi"], "3.1.0");
    document
}

fn has(document: &Json, path: &str, method: &str) -> bool {
    document["paths"][path].get(method).is_some()
}

#[test]
fn a_guest_learns_how_to_log_in() {
    let server = served();
    let document = document(&mut server.client());
    let paths: Vec<&String> = document["paths"].as_object().unwrap().keys().collect();
    assert_eq!(
        paths,
        [
            "/$catalog",
            "/$catalog/$all",
            "/$catalog/authentify",
            "/$directory/currentUser",
            "/$directory/logout"
        ]
    );
    assert!(!document.to_string().contains("Employee"));
}

#[test]
fn everybody_sees_what_they_may() {
    let server = served();
    let (mut reader, mut boss) = (server.client(), server.client());
    reader.login("Reader");
    boss.login("Boss");
    let (reader, boss) = (document(&mut reader), document(&mut boss));
    for (path, method, may) in [
        ("/Employee", "get", [true, true]),
        ("/Employee", "post", [false, true]),
        ("/Employee({key})", "delete", [false, true]),
        ("/Employee({key})/greet", "post", [true, true]),
        ("/Employee({key})/raise", "post", [false, true]),
        ("/$singleton/Tally/reset", "post", [false, true]),
        ("/Country", "get", [false, false]),
        ("/Hidden", "get", [false, false]),
        ("/$catalog/hiddenFunction", "post", [false, false]),
    ] {
        assert_eq!([has(&reader, path, method), has(&boss, path, method)], may, "{method} {path}");
    }
    let salary =
        |document: &Json| document["components"]["schemas"]["Employee"]["properties"].get("salary").cloned();
    assert_eq!(salary(&reader), None);
    assert!(salary(&boss).is_some());
}

#[test]
fn functions_tell_their_parameters() {
    let server = open();
    let document = document(&mut server.client());
    assert_eq!(
        document["paths"]["/$catalog/twice"]["post"]["requestBody"]["content"]["application/json"]["schema"],
        serde_json::json!({"type": "array", "prefixItems": [{"type": "integer"}]})
    );
    assert!(has(&document, "/$catalog/twice", "get") && !has(&document, "/$catalog/echo", "get"));
    assert!(has(&document, "/$directory/login", "post"));
    server.client().post("/$openapi", "").refused(405, 1813);
}

#[test]
fn a_typescript_client_has_what_the_caller_may_use() {
    let server = served();
    let everything = tessera_rest::typescript(&server.application.own_run());
    for line in [
        "export interface Employee extends Entity {",
        "  lastName: string | null;",
        "  employer: Deferred | Company | null;",
        "  staff: Deferred | Page<Employee>;",
        "  salary?: number | null;",
        "  photo?: Upload | null;",
        "  greet(key: Key, p1?: string): Promise<string> { return this.onEntity(key, \"greet\", [p1]); }",
        "  named(p1?: string): Promise<Page<Employee>> { return this.onClass(\"named\", [p1]); }",
        "  names(options: Options | undefined): Promise<Json[]> { return this.onSelection(options, \"names\", []); }",
        "  readonly Employee = new EmployeeClass(this);",
        "  twice(p1?: number): Promise<number> { return this.call(\"$catalog\", \"twice\", [p1]); }",
    ] {
        assert!(everything.lines().any(|found| found == line), "{line} is missing in\n{everything}");
    }
    assert!(!everything.contains("hiddenFunction") && !everything.contains("secret"));
    let guest = server.application.sessions.resolve(None, "").session;
    let guest = tessera_rest::typescript(&Run::new(&server.application, guest, RequestInfo::default()));
    assert!(guest.contains("authentify(") && !guest.contains("Employee"));
}
