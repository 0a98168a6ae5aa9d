//! `serve --watch`: what changes in the folder is served without a restart, and what is broken is not.

use serde_json::json;
use tessera_test_support::TempProject;

use crate::client::Client;
use crate::server::Server;

const ROLES: &str = "Project/Sources/roles.json";
const DATASTORE: &str = "Project/Sources/Classes/DataStore.4dm";
const READ_AGAIN: &str = "the project was read again";
const STAYS: &str = "stays in force";

struct Watched {
    project: TempProject,
    server: Server,
}

impl Watched {
    fn crm() -> Self {
        let project = TempProject::copy_of("crm");
        let server = Server::start(project.path(), &["--watch"]);
        Self { project, server }
    }

    /// Changes a text of a file and waits for what the log says then.
    fn change(&mut self, file: &str, from: &str, to: &str, said: &str) -> String {
        let text = std::fs::read_to_string(self.project.path().join(file)).unwrap();
        assert!(text.contains(from), "{file} has no {from}");
        self.project.write(file, &text.replace(from, to));
        self.server.wait_for_log(said)
    }

    fn person(&self, name: &str) -> Client {
        let mut client = self.server.client();
        let body = json!([{ "email": format!("{name}@example.com"), "password": format!("{name}-secret") }]);
        let reply = client.post("/rest/$catalog/authentify", &body.to_string());
        assert!(reply.body.contains("Welcome"), "{}", reply.body);
        client
    }
}

#[test]
fn people_who_are_in_hold_what_the_new_roles_say() {
    let mut watched = Watched::crm();
    let mut nora = watched.person("nora");
    let mut visitor = watched.server.client();
    assert_eq!(nora.get("/rest/Customers?$top=1").status, 200);
    assert_eq!(nora.get("/rest/Users?$top=1").error(), Some(-9991));

    // Nora is in sales: editCustomers includes readCustomers.
    let (from, to) = (
        r#""readCustomers"
			]
		},
		{
			"privilege": "readOrders""#,
        r#""readAccounts"
			]
		},
		{
			"privilege": "readOrders""#,
    );
    watched.change(ROLES, from, to, READ_AGAIN);
    assert_eq!(nora.get("/rest/Customers?$top=1").error(), Some(-9991));
    assert_eq!(nora.get("/rest/Users?$top=1").status, 200);

    // A privilege that is gone grants nothing, also when another one is declared in its place.
    watched.change(ROLES, r#""privilege": "editCustomers""#, r#""privilege": "wave""#, READ_AGAIN);
    assert_eq!(nora.get("/rest/Users?$top=1").error(), Some(-9991));
    watched.change(ROLES, r#""privilege": "wave""#, r#""privilege": "editCustomers""#, READ_AGAIN);
    assert_eq!(nora.get("/rest/Users?$top=1").status, 200);

    // Guests, too.
    assert_eq!(visitor.get("/rest/Customers?$top=1").error(), Some(1822));
    watched.change(ROLES, r#""forceLogin": true"#, r#""forceLogin": false"#, READ_AGAIN);
    assert_eq!(visitor.get("/rest/Customers?$top=1").error(), Some(-9991));
}

#[test]
fn changed_code_answers_the_next_request() {
    let mut watched = Watched::crm();
    let mut nora = watched.person("nora");
    watched.change(DATASTORE, "return {customers:", "return {edited: 7; customers:", READ_AGAIN);
    assert_eq!(nora.post("/rest/$catalog/summary", "[]").json()["result"]["edited"], 7);
    // A class that comes, and one that goes.
    let singleton =
        "shared singleton Class constructor()\nexposed Function ping() : Text\n\treturn \"pong\"\n";
    watched.project.write("Project/Sources/Classes/Aardvark.4dm", singleton);
    watched.server.wait_for_log(READ_AGAIN);
    let roles = (r#""applyTo": "Pricing""#, r#""applyTo": "Aardvark""#);
    watched.change(ROLES, roles.0, roles.1, READ_AGAIN);
    let called = nora.post("/rest/$singleton/Aardvark/ping", "[]");
    assert_eq!(called.json(), json!({ "result": "pong" }));
    std::fs::remove_file(watched.project.path().join("Project/Sources/Classes/Aardvark.4dm")).unwrap();
    watched.server.wait_for_log(READ_AGAIN);
    assert_eq!(nora.post("/rest/$singleton/Aardvark/ping", "[]").status, 404);
    assert_eq!(nora.get("/rest/Customers?$top=1").status, 200);
}

// S101
#[test]
fn what_is_broken_is_named_and_not_served() {
    let mut watched = Watched::crm();
    let mut nora = watched.person("nora");
    watched.change(ROLES, r#""privileges": ["#, r#""privileges": [,"#, STAYS);
    assert_eq!(nora.get("/rest/Customers?$top=1").status, 200);
    assert_eq!(watched.server.client().get("/rest/Customers?$top=1").error(), Some(1822));
    let errors = watched.project.path().join("Data/Logs/Roles_Errors.json");
    assert!(errors.exists());
    watched.change(ROLES, r#""privileges": [,"#, r#""privileges": ["#, READ_AGAIN);
    assert!(!errors.exists());
    // A syntax error is told, and all other code runs.
    let told = watched.change(DATASTORE, "return {customers:", "return {customers", "DataStore.4dm:");
    assert!(told.contains("error"), "{told}");
    watched.server.wait_for_log(READ_AGAIN);
    assert_eq!(watched.person("ada").get("/rest/Users?$top=1").status, 200);
    // The data is open under the structure that was there at the start.
    let told = watched.change("Project/Sources/catalog.4DCatalog", r#"name="city""#, r#"name="town""#, STAYS);
    assert!(told.contains("Restart"), "{told}");
    let (status, _) = watched.server.terminate();
    assert!(status.success());
}
