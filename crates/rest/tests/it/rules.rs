//! The finer rules of `roles.json` and of `event restrict`, one by one (sessions section 10 and 11).

use serde_json::json;
use tessera_values::Value;

use crate::project::{filled, folder};
use crate::server::{Client, Server};

/// Everything open but what `allowed` says; `authentify` gives the privileges it is called with.
fn server(allowed: &str, more: &[(&str, &str)]) -> Server {
    let roles = format!(
        r#"{{"privileges":[{{"privilege":"read"}},{{"privilege":"money"}},{{"privilege":"write"}},
        {{"privilege":"drop"}},{{"privilege":"none"}}],"roles":[],"permissions":{{"allowed":[{allowed}]}}}}"#
    );
    let mut files = vec![("Project/Sources/Classes/DataStore.4dm", DATASTORE)];
    files.extend(more);
    filled(Server::new(folder(Some(&roles), &files)))
}

const DATASTORE: &str = r#"Class extends DataStoreImplementation

exposed Function with($privileges : Text) : Boolean
	Session.clearPrivileges()
	return Session.setPrivileges($privileges)

exposed Function fromCollection() : Integer
	return ds.Employee.fromCollection([{ID: 50; lastName: "New"; companyID: 2}]).length

exposed Function readAll() : Integer
	return ds.Country.all().length

exposed Function callsHidden() : Text
	return This.hushed()

exposed Function hushed() : Text
	return "hushed"

exposed Function classic() : Integer
	ALL RECORDS([Employee])
	return Records in selection([Employee])
"#;

fn with(server: &Server, privileges: &str) -> Client {
    let mut client = server.client();
    let answer = client.post("/$catalog/with", &json!([privileges]).to_string());
    assert_eq!(answer.ok()["result"], true);
    client
}

/// The status of a request for each list of privileges.
#[track_caller]
fn expect(server: &Server, verb: &str, target: &str, body: &str, expected: &[(&str, u16)]) {
    for (privileges, status) in expected {
        let mut client = with(server, privileges);
        let answer = if verb == "GET" { client.get(target) } else { client.post(target, body) };
        assert_eq!(answer.status(), *status, "{verb} {target} with {privileges}: {}", answer.response.text());
    }
}

const READ_EMPLOYEE: &str = r#"{"applyTo":"Employee","type":"dataclass","read":["read"]}"#;

#[test]
fn an_attribute_demands_more_than_its_dataclass() {
    // S111
    let allowed =
        format!(r#"{READ_EMPLOYEE},{{"applyTo":"Employee.salary","type":"attribute","read":["money"]}}"#);
    let server = server(&allowed, &[]);
    let filter = "/Employee?$filter=\"salary > 1\"";
    expect(&server, "GET", filter, "", &[("read", 401), ("money", 401), ("read,money", 200)]);
    assert_eq!(with(&server, "read").get("/Employee(1)").ok().get("salary"), None);
    assert_eq!(with(&server, "read,money").get("/Employee(1)").ok()["salary"], 100);
}

#[test]
fn a_protected_attribute_is_created_as_null_only() {
    // S122, S123
    let allowed = r#"{"applyTo":"Employee","type":"dataclass","read":["none"],"create":["write"]},
        {"applyTo":"Employee.salary","type":"attribute","create":["money"]}"#;
    let server = server(allowed, &[]);
    let create = "/Employee?$method=update";
    expect(&server, "POST", create, r#"{"lastName":"A"}"#, &[("write", 200), ("read", 401)]);
    expect(&server, "POST", create, r#"{"lastName":"A","salary":null}"#, &[("write", 200)]);
    let paid = r#"{"lastName":"A","salary":0}"#;
    expect(&server, "POST", create, paid, &[("write", 401), ("money", 401), ("write,money", 200)]);
}

#[test]
fn updating_needs_reading_and_each_changed_attribute() {
    // S124, S125
    let allowed = format!(
        r#"{READ_EMPLOYEE},{{"applyTo":"Employee","type":"dataclass","update":["write"]}},
        {{"applyTo":"Employee.salary","type":"attribute","update":["money"]}}"#
    );
    let server = server(&allowed, &[]);
    let update = "/Employee?$method=update";
    let name = r#"{"__KEY":1,"lastName":"B"}"#;
    expect(&server, "POST", update, name, &[("write", 401), ("read", 401), ("read,write", 200)]);
    let same = r#"{"__KEY":1,"lastName":"C","salary":100}"#;
    expect(&server, "POST", update, same, &[("read,write", 200)]);
    let salary = r#"{"__KEY":1,"salary":7}"#;
    expect(&server, "POST", update, salary, &[("read,write", 401), ("read,write,money", 200)]);
}

#[test]
fn dropping_needs_reading_and_each_filled_attribute() {
    // S126
    let allowed = format!(
        r#"{READ_EMPLOYEE},{{"applyTo":"Employee","type":"dataclass","drop":["drop"]}},
        {{"applyTo":"Employee.companyID","type":"attribute","drop":["money"]}}"#
    );
    let server = server(&allowed, &[]);
    let (employed, free) = ("/Employee(1)?$method=delete", "/Employee(4)?$method=delete");
    expect(&server, "POST", employed, "", &[("drop", 401), ("read", 401), ("read,drop", 401)]);
    expect(&server, "POST", free, "", &[("read,drop", 200)]);
    expect(&server, "POST", employed, "", &[("read,drop,money", 200)]);
    // A selection is dropped under the same rules.
    let all = "/Employee?$filter=\"ID = 2\"&$method=delete";
    expect(&server, "POST", all, "", &[("read,drop", 401), ("read,drop,money", 200)]);
}

#[test]
fn the_right_to_execute_is_looked_up_from_the_function_to_the_datastore() {
    // S127, S128, S129, S131
    let dataclass = ("/Employee/headCount", "[]");
    let entity = ("/Employee(1)/greet", "[\"Hi\"]");
    let selection = ("/Employee/names", "[]");
    let datastore = ("/$catalog/readAll", "[]");
    let singleton = ("/$singleton/Tally/next", "[]");
    let all = [dataclass, entity, selection, datastore, singleton];
    let statuses = |allowed: &str, privileges: &str| {
        let allowed = format!(r#"{allowed}{{"applyTo":"ds.with","type":"method","execute":["guest"]}}"#);
        let server = server(&allowed, &[]);
        all.map(|(target, body)| with(&server, privileges).post(target, body).status())
    };
    let wide = r#"{"applyTo":"ds","type":"datastore","execute":["write"]},"#;
    assert_eq!(statuses(wide, "read"), [401; 5]);
    assert_eq!(statuses(wide, "write"), [200; 5]);
    let narrower = format!(r#"{wide}{{"applyTo":"employee","type":"dataclass","execute":["read"]}},"#);
    assert_eq!(statuses(&narrower, "read"), [200, 200, 200, 401, 401]);
    assert_eq!(statuses(&narrower, "write"), [401, 401, 401, 200, 200]);
    let narrowest =
        format!(r#"{narrower}{{"applyTo":"Employee.greet","type":"method","execute":["money"]}},"#);
    assert_eq!(statuses(&narrowest, "read"), [200, 401, 200, 401, 401]);
    assert_eq!(statuses(&narrowest, "money"), [401, 200, 401, 401, 401]);
}

#[test]
fn a_singleton_covers_its_functions_and_each_may_differ() {
    // S130
    let allowed = r#"{"applyTo":"Tally","type":"singleton","execute":["read"]},
        {"applyTo":"tally.RESET","type":"singletonMethod","execute":["money"]}"#;
    let server = server(allowed, &[]);
    let (next, reset) = ("/$singleton/Tally/next", "/$singleton/Tally/reset");
    expect(&server, "POST", next, "[]", &[("read", 200), ("money", 401)]);
    expect(&server, "POST", reset, "[]", &[("read", 401), ("money", 200)]);
}

#[test]
fn code_without_a_client_is_never_restricted() {
    // S140: filling the data as the server itself needed rights nobody has
    let allowed =
        r#"{"applyTo":"ds","type":"datastore","read":["none"],"create":["none"],"update":["none"]}"#;
    let method = ("Project/Sources/Methods/count.4dm", "return ds.Employee.all().length\n");
    let server = server(allowed, &[method]);
    assert!(matches!(server.run("count"), Value::Integer(4)));
    expect(&server, "GET", "/Employee", "", &[("read,money,write", 401)]);
}

#[test]
fn describe_is_accepted_and_says_nothing() {
    // S141
    let allowed = r#"{"applyTo":"Employee","type":"dataclass","describe":["none"]}"#;
    let server = server(allowed, &[]);
    let catalog = server.client().get("/$catalog").ok();
    assert!(catalog["dataClasses"].as_array().unwrap().iter().any(|class| class["name"] == "Employee"));
    expect(&server, "GET", "/Employee", "", &[("read", 200)]);
}

#[test]
fn execute_is_asked_of_clients_only() {
    // spec 10.3, COMPATIBILITY.md
    let allowed = r#"{"applyTo":"ds.hushed","type":"method","execute":["none"]}"#;
    let server = server(allowed, &[]);
    expect(&server, "POST", "/$catalog/hushed", "[]", &[("read", 401)]);
    expect(&server, "POST", "/$catalog/callsHidden", "[]", &[("read", 200)]);
}

const HASHES: &str = r#"var $hash; $short; $long; $again : Text
var $errors : Collection
$hash:=Generate password hash("secret"; {cost: 4})
$errors:=[]
For each ($options; [{algorithm: "md5"}; {algorithm: "BCRYPT"}; {cost: 3}; {cost: 32}; {cost: "much"}])
	Try
		Generate password hash("secret"; $options)
		$errors.push(0)
	Catch
		$errors.push(Last errors[0].errCode)
	End try
End for each
$long:="ä"*40
return {prefix: Substring(Generate password hash("secret"); 1; 7); short: Substring($hash; 1; 7); length: Length($hash); right: Verify password hash("secret"; $hash); wrong: Verify password hash("Secret"; $hash); broken: Verify password hash("secret"; "no hash"); salted: Generate password hash("secret"; {cost: 4})#$hash; long: Verify password hash(("ä"*36)+"x"; Generate password hash($long; {cost: 4})); errors: $errors}
"#;

#[test]
fn passwords_are_hashed_as_documented() {
    // S174
    let datastore = format!("{DATASTORE}\nexposed Function hashes() : Object\n{HASHES}");
    let server = server("", &[("Project/Sources/Classes/DataStore.4dm", &datastore)]);
    let found = server.client().post("/$catalog/hashes", "[]").ok()["result"].clone();
    let expected = json!({
        "prefix": "$2b$10$", "short": "$2b$04$", "length": 60, "right": true, "wrong": false, "broken": false,
        "salted": true, "long": true, "errors": [850, 850, 852, 852, 852],
    });
    assert_eq!(found, expected);
}

fn restricted(body: &str) -> Server {
    let class =
        format!("Class extends DataClass\n\nFunction event restrict() : cs.EmployeeSelection\n{body}\n");
    server("", &[("Project/Sources/Classes/Employee.4dm", &class)])
}

#[test]
fn an_empty_restriction_hides_everything() {
    // S145
    let server = restricted("\treturn This.newSelection()");
    let mut client = server.client();
    assert_eq!(client.get("/Employee").ok()["__COUNT"], 0);
    client.get("/Employee(1)").refused(404, 1543);
    assert_eq!(client.get("/Company(1)?$expand=staff").ok()["staff"]["__COUNT"], 0);
    assert_eq!(client.get("/Employee?$filter=\"ID > 0\"").ok()["__COUNT"], 0);
}

#[test]
fn an_error_of_a_restriction_reaches_the_caller() {
    // S146
    let server = restricted("\tthrow(77; \"no filter today\")");
    let answer = server.client().get("/Employee");
    assert_eq!(answer.status(), 500, "{}", answer.response.text());
    assert!(answer.codes().contains(&77), "{}", answer.response.text());
    server.client().get("/Company").ok();
}

#[test]
fn what_a_restriction_hides_can_be_created() {
    // S147
    let server = restricted(
        "\tIf (Session.hasPrivilege(\"money\"))\n\t\treturn Null\n\tEnd if\n\treturn This.query(\"companyID = 1\")",
    );
    let mut client = server.client();
    assert_eq!(client.post("/$catalog/fromCollection", "[]").status(), 200);
    client.get("/Employee(50)").refused(404, 1543);
    let method = client.post("/Employee?$method=update", r#"{"ID":51,"lastName":"Two","companyID":2}"#);
    assert_eq!(method.status(), 200, "{}", method.response.text());
    client.get("/Employee(51)").refused(404, 1543);
    assert_eq!(with(&server, "money").get("/Employee").ok()["__COUNT"], 6);
}

#[test]
fn classic_commands_are_named_and_refused() {
    // S148, D19: the record language is not there yet, so nothing is unfiltered.
    let server = server("", &[]);
    let answer = server.client().post("/$catalog/classic", "[]");
    assert_eq!(answer.status(), 500);
    assert!(answer.response.text().contains("ALL RECORDS"), "{}", answer.response.text());
}
