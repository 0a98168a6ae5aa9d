//! `$4DSID` in the address of REST requests and pages.

use serde_json::json;
use tessera_test_support::TempProject;

use crate::client::Client;
use crate::server::Server;

fn served() -> (TempProject, Server) {
    let project = TempProject::copy_of("crm");
    let class = "Project/Sources/Classes/DataStore.4dm";
    let text = std::fs::read_to_string(project.path().join(class)).unwrap();
    let token = "\n\nexposed Function token() : Text\n\treturn Session.createOTP()\n";
    project.write(class, &format!("{text}{token}"));
    let roles = "Project/Sources/roles.json";
    let text = std::fs::read_to_string(project.path().join(roles)).unwrap();
    let allowed = r#""allowed": [{"applyTo": "ds.token", "type": "method", "execute": ["guest"]},"#;
    project.write(roles, &text.replacen("\"allowed\": [", allowed, 1));
    project.write("WebFolder/who.shtml", "<p><!--#4DTEXT Session.userName--></p>");
    let server = Server::start(project.path(), &[]);
    (project, server)
}

fn token(client: &mut Client) -> String {
    let reply = client.post("/rest/$catalog/token", "[]");
    reply.json()["result"].as_str().unwrap_or_else(|| panic!("{}", reply.body)).to_owned()
}

fn login(client: &mut Client) {
    let body = json!([{ "email": "ada@example.com", "password": "ada-secret" }]);
    assert_eq!(client.post("/rest/$catalog/authentify", &body.to_string()).status, 200);
}

// S091, S092, S097
#[test]
fn a_token_in_the_address_of_a_rest_request() {
    let (_project, server) = served();
    let mut ada = server.client();
    login(&mut ada);
    let token = token(&mut ada);
    let mut phone = server.client();
    let address = format!("/rest/Customers?$top=1&$4DSID={token}");
    let reply = phone.get(&address);
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(reply.header("referrer-policy"), Some("no-referrer"));
    // The answer brought a cookie of the session, so that the phone goes on in it.
    assert_eq!(phone.get("/rest/Customers?$top=1").status, 200);
    assert_ne!(phone.cookie, ada.cookie);
    let mut late = server.client();
    assert_eq!(late.get(&address).status, 401);
    assert!(late.cookie.is_some(), "a guest's own");
    assert_eq!(ada.get("/rest/Customers?$top=1").status, 200);
}

// S091, S099
#[test]
fn a_token_in_the_address_of_a_page() {
    let (_project, server) = served();
    let mut ada = server.client();
    login(&mut ada);
    let token = token(&mut ada);
    let mut phone = server.client();
    let page = phone.get(&format!("/who.shtml?%244DSID={token}")).body;
    assert!(page.contains("<p>Ada"), "{page}");
    let page = phone.get("/who.shtml").body;
    assert!(page.contains("<p>Ada"), "{page}");
    // Not told to anybody: REST would refuse a query it can't read.
    let mut guest = server.client();
    assert_eq!(guest.get("/rest/$catalog?$4DSID=%27%22").status, 200);
}
