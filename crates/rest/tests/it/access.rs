//! Who may do what (sessions S106 to S132): one table over action, resource and session.

use serde_json::json;

use crate::project::{ROLES, filled, folder, served};
use crate::server::{Client, Server};

/// What a client tries, and the status each kind of session gets: nobody, Reader, Writer, Boss.
const MATRIX: &[(&str, &str, &str, [u16; 4])] = &[
    ("GET", "/Company", "", [401, 200, 200, 200]),
    ("GET", "/Company(1)", "", [401, 200, 200, 200]),
    ("GET", "/Company/name", "", [401, 200, 200, 200]),
    ("GET", "/Country", "", [401, 401, 401, 401]),
    ("GET", "/Hidden", "", [401, 404, 404, 404]),
    ("GET", "/Employee", "", [401, 200, 200, 200]),
    ("GET", "/Employee?$filter=\"lastName = 'Martin'\"", "", [401, 200, 200, 200]),
    ("GET", "/Employee?$filter=\"salary > 1\"", "", [401, 401, 401, 200]),
    ("GET", "/Employee?$orderby=salary", "", [401, 401, 401, 200]),
    ("GET", "/Employee(1)?$attributes=salary", "", [401, 200, 200, 200]),
    ("GET", "/Company?$filter=\"staff.salary > 1\"", "", [401, 401, 401, 200]),
    ("POST", "/Company?$method=update", r#"{"name":"New"}"#, [401, 401, 200, 200]),
    ("POST", "/Employee?$method=update", r#"{"lastName":"New"}"#, [401, 401, 200, 200]),
    ("POST", "/Employee?$method=update", r#"{"lastName":"New","salary":null}"#, [401, 401, 200, 200]),
    ("POST", "/Employee?$method=update", r#"{"lastName":"New","salary":5}"#, [401, 401, 401, 200]),
    ("POST", "/Employee?$method=update", r#"{"__KEY":1,"lastName":"X"}"#, [401, 401, 200, 200]),
    ("POST", "/Employee?$method=update", r#"{"__KEY":1,"salary":1}"#, [401, 401, 401, 200]),
    ("POST", "/Employee(4)?$method=delete", "", [401, 401, 401, 200]),
    ("POST", "/Company(2)?$method=delete", "", [401, 401, 200, 200]),
    ("POST", "/Employee/headCount", "[]", [401, 200, 200, 200]),
    ("POST", "/Employee/names", "[]", [401, 200, 200, 200]),
    ("POST", "/Employee(1)/greet", "[\"Hi\"]", [401, 200, 200, 200]),
    ("POST", "/Employee(1)/raise", "[1]", [401, 401, 401, 200]),
    ("POST", "/$catalog/whoAmI", "[]", [401, 200, 200, 200]),
    ("POST", "/$catalog/hasAccounts", "[]", [401, 401, 401, 401]),
    ("POST", "/$catalog/hiddenFunction", "[]", [401, 404, 404, 404]),
    ("POST", "/$singleton/Tally/next", "[]", [401, 200, 200, 200]),
    ("POST", "/$singleton/Tally/reset", "[]", [401, 401, 401, 200]),
    ("GET", "/$info", "", [401, 200, 200, 200]),
    ("GET", "/$catalog", "", [200, 200, 200, 200]),
];

#[test]
fn every_session_may_what_roles_json_says() {
    // S106 to S119, S122 to S131, S138, S139, S184, R063, R064
    let mut failures = String::new();
    for (verb, target, body, expected) in MATRIX {
        for (name, expected) in [None, Some("Reader"), Some("Writer"), Some("Boss")].into_iter().zip(expected)
        {
            let server = served();
            let mut client = server.client();
            if let Some(name) = name {
                client.login(name);
            }
            let answer = if *verb == "GET" { client.get(target) } else { client.post(target, body) };
            if answer.status() != *expected {
                failures += &format!(
                    "{verb} {target} {body} as {name:?}: {} instead of {expected}: {}\n",
                    answer.status(),
                    answer.response.text()
                );
            }
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}

#[test]
fn a_refusal_names_resource_and_action() {
    // S116
    let server = served();
    let mut client = server.client();
    client.login("Reader");
    let message = |client: &mut Client, target: &str| {
        client.get(target).json()["__ERROR"][0]["message"].as_str().unwrap().to_owned()
    };
    assert_eq!(message(&mut client, "/Country"), "No permission to read for the Country dataclass");
    assert_eq!(
        message(&mut client, "/Employee?$orderby=salary"),
        "No permission to read for \"salary\" attribute in the Employee dataclass"
    );
}

#[test]
fn a_save_without_permission_says_so() {
    // O037
    let class = "Class extends DataClass\n\
        exposed Function rename($name : Text) : Object\n\
        \tvar $status : Object\n\tvar $company:=This.get(1)\n\t$company.name:=$name\n\
        \tTry\n\t\t$status:=$company.save()\n\tCatch\n\tEnd try\n\treturn $status\n";
    let files = [("Project/Sources/Classes/Company.4dm", class)];
    let server = filled(Server::new(folder(Some(ROLES), &files)));
    let mut client = server.client();
    client.login("Reader");
    let status = client.post("/Company/rename", r#"["Other"]"#).ok();
    let status = status.get("result").unwrap_or(&status);
    assert_eq!((&status["success"], &status["status"]), (&json!(false), &json!(1)), "{status}");
    assert_eq!(status["statusText"], "Permission Error");
    assert_eq!(status["errors"][0]["errCode"], 1558);
    let answer = client.post("/Company?$method=update", r#"{"__KEY":"1","__STAMP":1,"name":"Other"}"#);
    assert_eq!((answer.status(), &answer.json()["__STATUS"]["status"]), (401, &json!(1)));
    assert_eq!(client.get("/Company(1)").ok()["name"], "Acme");
}

#[test]
fn unreadable_attributes_are_left_out_or_shown_as_invalid() {
    // S117, S118, D4
    let server = served();
    let mut client = server.client();
    client.login("Reader");
    let page = client.get("/Employee").ok();
    assert!(page["__ENTITIES"][0].get("salary").is_none());
    assert_eq!(page["__ENTITIES"][0]["lastName"], "Martin");
    let named = client.get("/Employee(1)/lastName,salary").ok();
    assert_eq!(named["salary"]["__INVALID"], 1);
    let mut boss = server.client();
    boss.login("Boss");
    assert_eq!(boss.get("/Employee(1)").ok()["salary"], 100);
}

#[test]
fn aliases_and_computed_attributes_need_no_right_to_their_sources() {
    // S120, S121
    let server = served();
    let mut client = server.client();
    client.login("Reader");
    let entity = client.get("/Employee(1)").ok();
    assert_eq!(entity["hiddenTotal"], 101, "the getter may read the salary");
    assert_eq!(entity["employerCity"], "Lyon");
}

#[test]
fn promotion_ends_with_the_function() {
    // S062, S064, S132, S133, S134, S135, S136
    let server = served();
    let mut client = server.client();
    client.login("Reader");
    assert_eq!(client.post("/$catalog/countCountries", "[]").ok()["result"], 2);
    client.post("/$catalog/failPromoted", "[]").refused(500, 99);
    client.get("/Country").refused(401, -9991);

    let roles = r#"{"forceLogin":false,"privileges":[{"privilege":"accounts"},{"privilege":"money"}],"roles":[],
        "permissions":{"allowed":[]}}"#;
    let server = filled(Server::new(folder(Some(roles), &[])));
    let mut client = server.client();
    let promoted = client.post("/$catalog/promoteTwice", "[]").ok();
    assert_eq!(promoted["result"], serde_json::json!([1, 0, 0, 2, false, true, 0]));
    assert_eq!(client.post("/$catalog/hasAccounts", "[]").ok()["result"], false);
}

/// The status of reading and dropping Company and Employee under `roles`, for a session with `read`.
fn statuses(roles: &str) -> [u16; 4] {
    let server = filled(Server::new(folder(Some(roles), &[])));
    let mut client = server.client();
    client.post("/$catalog/authentify", r#"["comma"]"#);
    [
        client.get("/Company").status(),
        client.post("/Company(2)?$method=delete", "").status(),
        client.get("/Employee").status(),
        client.post("/Employee(4)?$method=delete", "").status(),
    ]
}

#[test]
fn rules_are_looked_up_from_narrow_to_wide() {
    let roles = |allowed: &str, restricted: bool| {
        format!(
            r#"{{"privileges":[{{"privilege":"read"}},{{"privilege":"none"}},{{"privilege":"money"}},
            {{"privilege":"all","includes":["read"]}}],"roles":[],
            "restrictedByDefault":{restricted},"permissions":{{"allowed":[{allowed}]}}}}"#
        )
    };
    // S106, S107
    assert_eq!(statuses(&roles("", false)), [200, 200, 200, 200]);
    assert_eq!(statuses(&roles("", true)), [401, 401, 401, 401]);
    // S108
    let none = r#"{"applyTo":"ds","type":"datastore","read":["none"],"drop":["none"]}"#;
    assert_eq!(statuses(&roles(none, false)), [401, 401, 401, 401]);
    // S109, S110, S112
    let company = format!(r#"{none},{{"applyTo":"company","type":"dataclass","read":["none","READ"]}}"#);
    assert_eq!(statuses(&roles(&company, false)), [200, 401, 401, 401]);
    // S113: an empty list says nothing
    let empty = r#"{"applyTo":"Company","type":"dataclass","read":[]}"#;
    assert_eq!(statuses(&roles(empty, true)), [401, 401, 401, 401]);
    // S105: a name nobody declared locks the action
    let typo = r#"{"applyTo":"Company","type":"dataclass","read":["reed"]}"#;
    assert_eq!(statuses(&roles(typo, false)), [401, 401, 200, 200]);
    // S114: guest is everybody
    let guest = r#"{"applyTo":"Company","type":"dataclass","read":["guest"]}"#;
    assert_eq!(statuses(&roles(guest, true)), [200, 401, 401, 401]);
    // S115: including is directional: `all` includes `read`, holding `read` does not give `all`
    let all = r#"{"applyTo":"Company","type":"dataclass","read":["all"]}"#;
    assert_eq!(statuses(&roles(all, false)), [401, 401, 200, 200]);
}

const RESTRICT: &str = r#"Class extends DataClass

Function event restrict() : cs.EmployeeSelection
	If (Session.hasPrivilege("money"))
		return Null
	End if
	return This.query("employer.city = :1"; "Lyon")
"#;

#[test]
fn a_restriction_hides_entities_everywhere() {
    // S143, S144
    let more = [("Project/Sources/Classes/Employee.4dm", RESTRICT)];
    let roles = r#"{"forceLogin":true,"privileges":[{"privilege":"read"},{"privilege":"money"}],
        "roles":[{"role":"Reader","privileges":["read"]},{"role":"Boss","privileges":["money"]}],
        "permissions":{"allowed":[]}}"#;
    let server = filled(Server::new(folder(Some(roles), &more)));
    let mut reader = server.client();
    reader.login("Reader");
    assert_eq!(reader.get("/Employee").ok()["__COUNT"], 2);
    reader.get("/Employee(3)").refused(404, 1543);
    assert_eq!(reader.get("/Employee?$filter=\"ID > 0\"").ok()["__COUNT"], 2);
    let company = reader.get("/Company(2)?$expand=staff").ok();
    assert_eq!(company["staff"]["__COUNT"], 0);
    let mut boss = server.client();
    boss.login("Boss");
    assert_eq!(boss.get("/Employee").ok()["__COUNT"], 4);
}
