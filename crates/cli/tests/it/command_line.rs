//! The commands beside and around serving.

use tessera_test_support::TempProject;

use crate::server::{Server, tessera};

#[test]
fn a_port_that_is_taken_is_one_line_and_code_two() {
    let project = TempProject::copy_of("legacy-login");
    let server = Server::start(project.path(), &[]);
    let other = TempProject::copy_of("crm");
    let address = format!("127.0.0.1:{}", server.port);
    let output = tessera().args(["serve", other.path().as_str(), "--listen", &address]).output().unwrap();
    let log = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(log.contains(&address) && log.contains("--listen"), "{log}");
    assert_eq!(log.lines().count(), 1, "{log}");
}

#[test]
fn sigterm_ends_with_code_zero() {
    let project = TempProject::copy_of("crm");
    let (status, log) = Server::start(project.path(), &[]).terminate();
    assert_eq!(status.code(), Some(0), "{log}");
}

#[test]
fn a_fresh_project_is_locked_and_its_first_user_gets_in() {
    let folder = tempfile::tempdir().unwrap();
    let path = camino::Utf8Path::from_path(folder.path()).unwrap().join("shop");
    let run = |arguments: &[&str]| {
        let output = tessera().args(arguments).output().unwrap();
        let log = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {log}");
    };
    run(&["new", path.as_str()]);
    run(&["check", path.as_str()]);
    run(&["run", path.as_str(), "addUser", "\"me@example.com\"", "\"my secret\""]);

    let again = tessera().args(["new", path.as_str()]).output().unwrap();
    assert_eq!(again.status.code(), Some(2), "a folder with files is never written over");

    let server = Server::start(&path, &[]);
    let mut me = server.client();
    assert_eq!(me.get("/").status, 200);
    let catalog = me.get("/rest/$catalog").json();
    let dataclass = catalog["dataClasses"][0]["name"].as_str().unwrap().to_owned();
    assert_eq!(me.get(&format!("/rest/{dataclass}")).status, 401);
    let body = r#"[{"email":"me@example.com","password":"my secret"}]"#;
    assert_eq!(me.post("/rest/$catalog/authentify", body).status, 200);
    assert_ne!(me.get("/rest/$catalog").json()["dataClasses"], serde_json::Value::Null);
}

#[test]
fn run_prints_the_result_as_json_and_an_error_with_its_place() {
    let project = TempProject::copy_of("legacy-login");
    project.write(
        "Project/Sources/Methods/add.4dm",
        "#DECLARE($a : Integer; $b : Integer) : Object\nreturn {sum: $a+$b}\n",
    );
    project.write("Project/Sources/Methods/fail.4dm", "\nthrow(42; \"on purpose\")\n");
    let run = |arguments: &[&str]| {
        let output = tessera().args(["run", project.path().as_str()]).args(arguments).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let (code, result, log) = run(&["add", "1", "2"]);
    assert_eq!((code, result.trim()), (Some(0), r#"{"sum":3}"#), "{log}");
    let (code, _, log) = run(&["fail"]);
    assert_eq!(code, Some(1), "{log}");
    assert!(log.contains("on purpose") && log.contains("fail:2"), "{log}");
    let (code, _, log) = run(&["noSuchMethod"]);
    assert_eq!(code, Some(2), "{log}");
    assert!(log.contains("noSuchMethod"), "{log}");
}

/// L217 and section 17.1 of the library's description: a request of the project's own code.
#[test]
fn l217_code_sends_requests_to_other_servers() {
    let project = TempProject::copy_of("legacy-login");
    let other = TempProject::copy_of("crm");
    let server = Server::start(other.path(), &[]);
    project.write(
        "Project/Sources/Methods/ask.4dm",
        "#DECLARE($url : Text) : Object\nvar $request:=4D.HTTPRequest.new($url).wait()\n\
         return {status: $request.response.status; body: $request.response.body; \
         errors: $request.errors.length; done: $request.terminated; url: $request.url}\n",
    );
    let ask = |url: &str| {
        let argument = serde_json::to_string(url).unwrap();
        let output = tessera().args(["run", project.path().as_str(), "ask", &argument]).output().unwrap();
        let log = String::from_utf8_lossy(&output.stderr).into_owned();
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap_or_else(|_| panic!("{log}"))
    };
    let found = ask(&format!("http://127.0.0.1:{}/rest/$catalog", server.port));
    assert_eq!((found["status"].as_i64(), found["done"].as_bool()), (Some(200), Some(true)), "{found}");
    assert_eq!(found["body"]["__NAME"], "crm");
    let missing = ask(&format!("http://127.0.0.1:{}/nothing", server.port));
    assert_eq!(missing["status"], 404);
    let nobody = ask("127.0.0.1:1/x");
    assert_eq!((nobody["url"].as_str(), nobody["errors"].as_i64()), (Some("https://127.0.0.1:1/x"), Some(1)));
}

#[test]
fn a_project_of_the_old_login_is_brought_up_to_date() {
    let project = TempProject::copy_of("legacy-login");
    let path = project.path().as_str();
    let migrate = |more: &[&str]| {
        let output = tessera().args([&["migrate", "force-login", path], more].concat()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let method = project.path().join("Project/Sources/DatabaseMethods/onRESTAuthentication.4dm");
    let said = migrate(&["--dry-run"]);
    assert!(said.contains("would move") && method.exists(), "{said}");
    let said = migrate(&[]);
    assert!(said.contains("nobody can log in yet"), "{said}");
    assert!(!method.exists() && project.path().join("Trash/onRESTAuthentication.4dm").exists());
    assert!(migrate(&[]).starts_with("Nothing to do"));
    let server = Server::start(project.path(), &[]);
    assert_eq!(server.client().get("/rest/Customers").status, 401, "force login is on");
    assert_eq!(server.client().get("/rest/$catalog").status, 200);
}

#[test]
fn openapi_is_printed_for_a_role() {
    let project = TempProject::copy_of("crm");
    let paths = |more: &[&str]| {
        let output = tessera().args([&["openapi", project.path().as_str()], more].concat()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        document["paths"].as_object().unwrap().len()
    };
    let (all, support, guest) = (paths(&[]), paths(&["--role", "Support"]), paths(&["--guest"]));
    assert!(all > support && support > guest, "{all} {support} {guest}");
    let arguments = ["openapi", project.path().as_str(), "--role", "Nobody"];
    assert_eq!(tessera().args(arguments).output().unwrap().status.code(), Some(2));
}
