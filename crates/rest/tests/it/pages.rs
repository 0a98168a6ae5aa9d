//! Pages as they are stored, and projects without sessions.

use tessera_rest::Request;

use crate::project::{ROLES, filled};
use crate::project::{folder, open, served};
use crate::server::Server;

const PAGE: &str = "{\"modelVersion\": 2, \"components\": {}}\n";

const PAGES: &[(&str, &str)] = &[
    ("Project/Sources/WebForms/Log In.WebForm", PAGE),
    ("Project/Sources/qodlyApp.json", r#"{"webforms.renderer.indexPage":"log in"}"#),
];

#[test]
fn a_guest_gets_a_page_as_it_is_stored() {
    // S009, Q004
    let server = Server::new(folder(Some(ROLES), PAGES));
    let mut client = server.client();
    for target in ["/$getWebForm/Log%20In", "/$getwebform/LOG IN", "/$getWebForm?w=Log%20In", "/$getWebForm"]
    {
        let answer = client.get(target);
        assert_eq!(answer.status(), 200, "{target}: {}", answer.response.text());
        assert_eq!(answer.response.text(), PAGE);
        assert_eq!(answer.response.header("content-type"), Some("application/json; charset=UTF-8"));
    }
    assert_eq!(server.licenses_used(), 0);
}

#[test]
fn pages_and_catalogs_are_sent_once() {
    let server = Server::new(folder(Some(ROLES), PAGES));
    let mut client = server.client();
    for target in ["/$getWebForm/Log In", "/$catalog", "/$catalog/$all", "/$catalog/Employee"] {
        let tag = client.get(target).response.header("etag").unwrap().to_owned();
        let mut again = Request::get(target);
        again.if_none_match = Some(format!("\"other\", {tag}"));
        let answer = client.send(again);
        assert_eq!((answer.status(), answer.response.text().as_str()), (304, ""), "{target}");
        let mut changed = Request::get(target);
        changed.if_none_match = Some("\"other\"".into());
        assert_eq!(client.send(changed).status(), 200, "{target}");
    }
}

#[test]
fn what_is_no_page_is_said() {
    // Q002
    let server = served();
    let mut client = server.client();
    client.get("/$getWebForm").refused(404, 1800);
    for target in ["/$getWebForm/None", "/$getWebForm?w=../roles", "/$getWebForm/..%2F..%2Froles.json"] {
        client.get(target).refused(404, 1800);
    }
    client.post("/$getWebForm/None", "").refused(401, 1822);
    client.login("Reader");
    client.post("/$getWebForm/None", "").refused(405, 1813);
}

#[test]
fn pages_take_a_licence_in_default_mode() {
    // Q005
    let server = Server::with_licenses(folder(None, PAGES), tessera_sessions::PoolSize::Limited(1));
    assert_eq!(server.client().get("/$getWebForm/Log In").status(), 200);
    assert_eq!(server.licenses_used(), 1);
    server.client().get("/$getWebForm/Log In").refused(402, 1823);
}

const WITHOUT_SESSIONS: &str = r#"<preferences><com.4d><web><standalone_server>
<configuration session_mode="2"/><rest launch_at_startup="true"/></standalone_server></web></com.4d></preferences>"#;

#[test]
fn without_sessions_there_is_no_session_and_no_cookie() {
    // S057
    let settings = [("Project/Sources/settings.4DSettings", WITHOUT_SESSIONS)];
    let server = filled(Server::new(folder(None, &settings)));
    let mut client = server.client();
    let answer = client.post("/$catalog/hasSession", "[]");
    assert_eq!(answer.ok()["result"], false);
    assert_eq!(answer.new_cookie, None);
    assert_eq!(client.get("/Employee").ok()["__COUNT"], 4);
    assert_eq!(server.licenses_used(), 0, "a licence ends with its request");
    assert_eq!(open().client().post("/$catalog/hasSession", "[]").ok()["result"], true);
    // The gate of force login stays shut.
    let server = Server::new(folder(Some(ROLES), &settings));
    server.client().get("/Employee").refused(401, 1822);
    server.client().get("/$catalog").ok();
}
