//! `QuotaManager.json`: more than allowed is answered with 429 (`docs/WebServer/quotas.md`).

use serde_json::json;
use tessera_test_support::TempProject;

use crate::server::{Server, tessera};

const FILE: &str = "Project/Sources/QuotaManager.json";

fn served(quotas: &str) -> (TempProject, Server) {
    let project = TempProject::copy_of("crm");
    project.write(FILE, quotas);
    let server = Server::start(project.path(), &[]);
    (project, server)
}

fn login(client: &mut crate::client::Client, who: &str) {
    let body = json!([{ "email": format!("{who}@example.com"), "password": format!("{who}-secret") }]);
    let reply = client.post("/rest/$catalog/authentify", &body.to_string());
    assert_eq!(reply.status, 200, "{}", reply.body);
}

// S171
#[test]
fn a_session_that_asks_too_often_waits_and_others_do_not() {
    let (_project, server) = served(r#"{"nbRequestsPerHourPerSession": 5, "nbRequestsPerHour": 12}"#);
    let (mut ada, mut nora) = (server.client(), server.client());
    for _ in 0..5 {
        assert_eq!(ada.get("/rest/$catalog").status, 200);
    }
    let refused = ada.get("/rest/$catalog");
    assert_eq!((refused.status, refused.error()), (429, Some(-20_430)));
    let seconds: i64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=3600).contains(&seconds), "{seconds}");
    // What was refused is not counted for all: seven requests are left for others.
    for _ in 0..5 {
        assert_eq!(nora.get("/rest/$catalog").status, 200);
    }
    let files: Vec<u16> = (0..3).map(|_| server.client().get("/index.html").status).collect();
    assert_eq!(files, [200, 200, 429], "a file counts for all");
    assert_eq!(server.client().get("/rest/$catalog").status, 429);
}

// S171
#[test]
fn bytes_are_counted_on_both_ways() {
    let (_project, server) =
        served(r#"{"inBytesPerHourPerSession": 3000, "outBytesPerHourPerSession": 2000}"#);
    let mut ada = server.client();
    assert_eq!(ada.get("/rest/$catalog").status, 200);
    let long = json!([{ "email": "x".repeat(4000) }]).to_string();
    assert_eq!(ada.post("/rest/$catalog/authentify", &long).status, 200);
    assert_eq!(ada.get("/rest/$catalog").status, 429, "more came than allowed");
    let mut nora = server.client();
    assert_eq!(nora.get("/rest/$catalog").status, 200);
    assert_eq!(nora.get("/rest/$catalog/$all").status, 429, "the answer does not fit any more");
    assert_eq!(nora.get("/rest/$catalog").status, 429);
}

// S172
#[test]
fn guests_are_counted_and_people_are_no_guests() {
    let (_project, server) = served(r#"{"nbGuestSessions": 2, "nbSessions": 4}"#);
    let (mut ada, mut nora) = (server.client(), server.client());
    for client in [&mut ada, &mut nora] {
        assert_eq!(client.get("/rest/$catalog").status, 200);
    }
    let refused = server.client().get("/rest/$catalog");
    assert_eq!((refused.status, refused.header("retry-after")), (429, Some("")));
    assert!(refused.header("set-cookie").is_none());
    assert_eq!(ada.get("/rest/$catalog").status, 200, "who is in stays in");
    login(&mut ada, "ada");
    login(&mut nora, "nora");
    assert_eq!(server.client().get("/rest/$catalog").status, 200);
    assert_eq!(server.client().get("/rest/$catalog").status, 200);
    assert_eq!(server.client().get("/rest/$catalog").status, 429);
    assert_eq!(ada.post("/rest/$directory/logout", "").status, 200);
    assert_eq!(server.client().get("/rest/$catalog").status, 429);
}

// S173
#[test]
fn a_broken_file_stops_the_server() {
    let project = TempProject::copy_of("crm");
    for (text, place) in [("{\n\t\"nbSessions\": 5,,\n}", ":2:"), ("{\"nbSessions\": 0}", ":1:16:")] {
        project.write(FILE, text);
        let output = tessera().args(["serve", project.path().as_str()]).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(error.contains(&format!("QuotaManager.json{place}")), "{error}");
    }
    project.write(FILE, "{");
    let output = tessera().args(["serve", project.path().as_str()]).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("551"));
}

#[test]
fn code_reads_and_sets_quotas() {
    let project = TempProject::copy_of("crm");
    let startup = "Project/Sources/DatabaseMethods/onServerStartup.4dm";
    let before = std::fs::read_to_string(project.path().join(startup)).unwrap();
    let start = "WEB Server.start({quotas: {nbRequestsPerHour: 1000; nbEntitySetsPerSession: 7}})";
    project.write(startup, &format!("{before}\nvar $started:={start}\n"));
    project.write(FILE, r#"{"nbRequestsPerHour": 1}"#);
    let class = "Project/Sources/Classes/DataStore.4dm";
    let text = std::fs::read_to_string(project.path().join(class)).unwrap();
    let function = r"

exposed Function quotas() : Collection
	var $before; $after : Object
	$before:=Session.quotas
	var $sets : Integer
	$sets:=$before.nbEntitySets
	Session.quotas.nbEntitySets:=50
	Session.quotas.maxEntitySetTimeout:=2400
	var $kept : Boolean
	Try
		Session.quotas.nbEntitySets:=0
	Catch
		$kept:=True
	End try
	WEB Server.quotas.nbRequestsPerMin:=900
	return [$sets; Session.quotas.nbEntitySets; Session.quotas.defaultEntitySetTimeout; $kept; WEB Server.quotas.nbRequestsPerMin; WEB Server.quotas.nbSessions=Null; WEB Server.quotas.currentValues.nbRequestsPerHour]
";
    project.write(class, &format!("{text}{function}"));
    let roles = "Project/Sources/roles.json";
    let text = std::fs::read_to_string(project.path().join(roles)).unwrap();
    let allowed = r#""allowed": [{"applyTo": "ds.quotas", "type": "method", "execute": ["guest"]},"#;
    project.write(roles, &text.replacen("\"allowed\": [", allowed, 1));
    let server = Server::start(project.path(), &[]);
    let mut ada = server.client();
    login(&mut ada, "ada");
    let reply = ada.post("/rest/$catalog/quotas", "[]");
    assert_eq!(reply.json()["result"], json!([7, 50, 2400, true, 900, true, 2]), "{}", reply.body);
}
