//! The README's walk-through, and the cookie that carries a session.

use serde_json::json;
use tessera_test_support::TempProject;

use crate::client::Client;
use crate::server::Server;

const AUTHENTIFY: &str = "/rest/$catalog/authentify";

fn crm(more: &[&str]) -> (TempProject, Server) {
    let project = TempProject::copy_of("crm");
    let server = Server::start(project.path(), more);
    (project, server)
}

fn login(client: &mut Client, who: &str) -> crate::client::Reply {
    let body = json!([{ "email": format!("{who}@example.com"), "password": format!("{who}-secret") }]);
    client.post(AUTHENTIFY, &body.to_string())
}

#[test]
fn the_walk_through_of_the_readme() {
    let (_project, server) = crm(&[]);
    let mut nora = server.client();

    let catalog = nora.get("/rest/$catalog");
    assert_eq!(catalog.json()["dataClasses"][0]["name"], "Users");
    let refused = nora.get("/rest/Customers");
    assert_eq!((refused.status, refused.error()), (401, Some(1822)));

    let wrong = nora.post(AUTHENTIFY, r#"[{"email":"nora@example.com","password":"wrong"}]"#);
    assert_eq!((wrong.status, wrong.json()), (200, json!({ "result": "Wrong password" })));
    assert_eq!(nora.get("/rest/Customers").status, 401);
    assert_eq!(login(&mut nora, "nora").json(), json!({ "result": "Welcome, Nora North" }));

    let read = nora.get("/rest/Customers?$filter=%22city=:1%22&$params='[%22ly@%22]'&$top=1").json();
    assert_eq!((&read["__COUNT"], &read["__ENTITIES"][0]["__KEY"]), (&json!(200), &json!("10")));
    assert_eq!(nora.get("/rest/Users").error(), Some(-9991));
    assert_eq!(nora.post("/rest/Customers(10)/closeAccount", r#"["moved away"]"#).error(), Some(1561));
    assert_eq!(nora.post("/rest/Customers(10)/orderTotal", "[]").json(), json!({ "result": 380 }));

    assert_eq!(nora.post("/rest/$directory/logout", "").json(), json!({ "result": true }));
    assert_eq!(nora.get("/rest/Customers").status, 401);
}

// S043, S045, S046, S047, S182
#[test]
fn the_session_cookie() {
    let (_project, server) = crm(&[]);
    let mut visitor = server.client();
    let reply = visitor.get("/rest/$catalog");
    let cookie = reply.header("set-cookie").unwrap();
    let (pair, attributes) = cookie.split_once("; ").unwrap();
    let secret = pair.strip_prefix("4DSID_crm=").unwrap();
    assert!(secret.len() >= 32 && secret.bytes().all(|byte| byte.is_ascii_hexdigit()), "{secret}");
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(attributes.contains(attribute), "{attributes}");
    }
    // Plain HTTP: a `Secure` cookie would never come back.
    assert!(!attributes.contains("Secure"), "{attributes}");

    // S046: no Domain unless somebody asks for one.
    assert!(!attributes.contains("Domain"), "{attributes}");

    // The secret of a guest is worthless after login: a session can't be fixed by somebody else.
    let guest = visitor.cookie.clone();
    assert_eq!(login(&mut visitor, "ada").status, 200);
    assert_ne!(visitor.cookie, guest);
    let mut thief = server.client();
    thief.cookie = guest;
    assert_eq!(thief.get("/rest/Customers").status, 401);

    // S047: older clients send the same secret under its old name.
    let secret = visitor.cookie.as_deref().and_then(|pair| pair.split_once('=')).unwrap().1;
    let mut old = server.client();
    old.cookie = Some(format!("WASID4D={secret}"));
    assert_eq!(old.get("/rest/Customers?$top=1").status, 200);
}

// S044
#[test]
fn start_up_code_sets_same_site() {
    let project = TempProject::copy_of("legacy-login");
    let method = "Project/Sources/DatabaseMethods/onServerStartup.4dm";
    let before = std::fs::read_to_string(project.path().join(method)).unwrap();
    let lax = "WEB Server.start({sessionCookieSameSite: \"Lax\"})";
    project.write(method, &format!("{before}\nvar $started:={lax}\n"));
    let server = Server::start(project.path(), &[]);
    let reply = server.client().get("/rest/$catalog");
    assert!(reply.header("set-cookie").unwrap().contains("SameSite=Lax"), "{}", reply.head);
}

// S004
#[test]
fn roles_edited_while_serving_change_nothing() {
    let (project, server) = crm(&[]);
    project.write("Project/Sources/roles.json", r#"{"forceLogin":false,"permissions":{"allowed":[]}}"#);
    assert_eq!(server.client().get("/rest/Customers?$top=1").status, 401);
}

// S016
#[test]
fn authentify_must_be_exposed() {
    let project = TempProject::copy_of("crm");
    let class = "Project/Sources/Classes/DataStore.4dm";
    let text = std::fs::read_to_string(project.path().join(class)).unwrap();
    project.write(class, &text.replace("exposed Function authentify", "Function authentify"));
    let server = Server::start(project.path(), &[]);
    let mut ada = server.client();
    let refused = login(&mut ada, "ada");
    assert!(matches!(refused.status, 401 | 404), "{}: {}", refused.status, refused.body);
    assert_eq!(ada.get("/rest/Customers?$top=1").status, 401);
}

// S050
#[test]
fn requests_of_one_session_run_at_the_same_time() {
    let project = TempProject::copy_of("legacy-login");
    // Each waits for the other: one after the other, neither would ever see what it waits for.
    let meet = |mine: &str, other: &str| {
        format!(
            "exposed Function {mine}() : Boolean\n\
             \tUse (Session.storage)\n\t\tSession.storage.{mine}:=New shared object()\n\tEnd use\n\
             \tvar $turn : Integer\n\
             \tFor ($turn; 1; 600)\n\
             \t\tIf (Session.storage.{other}#Null)\n\t\t\treturn True\n\t\tEnd if\n\
             \t\tDELAY PROCESS(Current process; 1)\n\
             \tEnd for\n\treturn False\n"
        )
    };
    let class =
        format!("Class extends DataStoreImplementation\n{}{}", meet("left", "right"), meet("right", "left"));
    project.write("Project/Sources/Classes/DataStore.4dm", &class);
    let server = Server::start(project.path(), &[]);
    let mut waiting = server.client();
    let credentials = [("username-4D", "mia@example.com"), ("password-4D", "secret-1")];
    assert_eq!(waiting.send("POST", "/rest/$directory/login", &credentials, "").status, 200);
    let mut other = server.client();
    other.cookie = waiting.cookie.clone();
    let waiter = std::thread::spawn(move || waiting.post("/rest/$catalog/left", "[]"));
    assert_eq!(other.post("/rest/$catalog/right", "[]").json(), json!({ "result": true }));
    assert_eq!(waiter.join().unwrap().json(), json!({ "result": true }));
}

#[test]
fn one_licence_serves_one_person_at_a_time() {
    let (_project, server) = crm(&["--licenses", "1"]);
    let (mut ada, mut sam) = (server.client(), server.client());
    assert_eq!(sam.get("/rest/$catalog").status, 200, "a guest takes no licence");
    assert_eq!(login(&mut ada, "ada").status, 200);
    let refused = login(&mut sam, "sam");
    assert_eq!((refused.status, refused.error()), (402, Some(1823)));
    assert_eq!(sam.get("/rest/Customers?$top=1").status, 401);
    assert_eq!(ada.post("/rest/$directory/logout", "").status, 200);
    assert_eq!(login(&mut sam, "sam").status, 200);
    assert_eq!(sam.get("/rest/Customers?$top=1").status, 200);
}

// S020, S158
#[test]
fn the_default_mode_logs_in_by_header_and_greets_by_name() {
    let project = TempProject::copy_of("legacy-login");
    let server = Server::start(project.path(), &["--licenses", "1"]);
    let (mut mia, mut leo) = (server.client(), server.client());
    let login = "/rest/$directory/login";
    let with =
        |user, password| [("username-4D", user), ("password-4D", password), ("session-4D-length", "120")];
    assert_eq!(mia.get("/login.html").status, 200);
    assert_eq!(mia.send("POST", login, &with("mia@example.com", "wrong"), "").status, 401);
    let welcome = mia.send("POST", login, &with("mia@example.com", "secret-1"), "");
    assert_eq!((welcome.status, welcome.json()), (200, json!({ "result": true })));
    // session-4D-length is in minutes.
    assert!(welcome.header("set-cookie").unwrap().contains("Max-Age=7200"));

    let page = mia.get("/welcome.shtml").body;
    assert!(page.contains("Welcome, Mia Meyer"), "{page}");
    assert_eq!(page.matches("<li>").count(), 3, "{page}");
    assert!(!page.contains("<!--#4D"), "{page}");

    let second = leo.send("POST", login, &with("leo@example.com", "secret-2"), "");
    assert_eq!((second.status, second.error()), (402, Some(1823)));
    assert_eq!(mia.post("/rest/$directory/logout", "").status, 200);
    assert_eq!(leo.send("POST", login, &with("leo@example.com", "secret-2"), "").status, 200);
}
