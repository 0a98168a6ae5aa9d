//! Calls of exposed functions (R015, R146 to R164).

use crate::project::{filled, folder, open};
use crate::server::Server;

#[test]
fn every_kind_of_class_has_its_address() {
    // R015, R084, R146, R147, R158
    let server = open();
    let mut client = server.client();
    let mut call = |target: &str, body: &str| client.post(target, body).ok()["result"].clone();
    assert_eq!(call("/Employee/headCount", "[]"), 4);
    assert_eq!(call("/Employee(2)/greet", "[\"Salut\"]"), "Salut Zoé");
    assert_eq!(
        call("/Employee/names?$filter=\"salary > 150\"&$orderby=lastName desc", ""),
        serde_json::json!(["Martinez", "Lopez", "Durand"])
    );
    assert_eq!(call("/Employee/both", "[]"), "selection");
    assert_eq!(call("/$singleton/Tally/next", "[]"), 1);
    assert_eq!(call("/$singleton/Tally/next", "[]"), 2);
    assert_eq!(call("/$catalog/nothing", "[]"), serde_json::Value::Null);
}

#[test]
fn functions_that_are_not_there_look_like_attributes() {
    // R085, R148, R149
    let server = open();
    let mut client = server.client();
    client.post("/$catalog/hiddenFunction", "[]").refused(404, 1827);
    client.post("/$singleton/Nope/next", "[]").refused(404, 1827);
    client.post("/$singleton/Tally/nope", "[]").refused(404, 1827);
    let refused = client.get("/Employee/headCount");
    refused.refused(405, 1829);
    assert_eq!(refused.response.header("allow"), Some("POST"));
    client.post("/Employee(99)/greet", "[]").refused(404, 1543);
}

#[test]
fn arguments_take_the_declared_types() {
    // R150, R152, R153, R154, R155, R157, R216, R161
    let server = open();
    let mut client = server.client();
    let echo = client.post("/$catalog/echo", r#"["x","2020-08-22T22:00:00.000Z"]"#).ok();
    assert_eq!(echo["result"], serde_json::json!(["x", "2020-08-22T00:00:00.000Z"]));
    assert_eq!(client.post("/$catalog/echo", r#"{"a":1}"#).ok()["result"][0], serde_json::json!({"a": 1}));
    assert_eq!(client.get("/$catalog/twice?$params='[21]'").ok()["result"], 42);
    let entity = r#"[{"__DATACLASS":"Employee","__ENTITY":true,"__KEY":1,"lastName":"Memory"}]"#;
    let echoed = client.post("/$catalog/echo", entity).ok();
    assert_eq!(echoed["result"][0], "[object EmployeeEntity]");
    assert_eq!(client.get("/Employee(1)").ok()["lastName"], "Martin", "an argument is not saved");
    let set = r#"[{"__DATASET":"ABC","__ENTITIES":true}]"#;
    client.post("/$catalog/echo", set).refused(404, 1802);
    client.post("/$catalog/echo", "[1").refused(400, 1806);
}

#[test]
fn entities_and_selections_are_answered_as_such() {
    // R159, R160
    let server = open();
    let mut client = server.client();
    let entity = client.post("/Employee/firstOne", "[]").ok();
    assert_eq!((&entity["__entityModel"], &entity["lastName"]), (&"Employee".into(), &"Durand".into()));
    let selection = client.post("/Employee/named?$top=1&$attributes=lastName", r#"["mart@"]"#).ok();
    assert_eq!((&selection["__COUNT"], &selection["__SENT"]), (&2.into(), &1.into()));
    assert_eq!(selection["__ENTITIES"][0]["lastName"], "Martin");
}

#[test]
fn errors_of_the_code_reach_the_client() {
    // R067, S020
    let server = open();
    let mut client = server.client();
    let failed = client.post("/$catalog/fail", "[]");
    failed.refused(500, 7);
    assert_eq!(failed.json()["__ERROR"][0]["message"], "no luck");
    assert_eq!(failed.json()["__ERROR"][0]["componentSignature"], "host");
}

#[test]
fn a_global_error_method_takes_errors_of_requests() {
    // L201, L198
    let singleton = "shared singleton Class constructor()

exposed Function risky() : Text
	throw(7; \"on purpose\")
	return \"went on\"

exposed Function guarded() : Text
	ON ERR CALL(\"own\")
	throw(7; \"on purpose\")
	return \"went on too\"
";
    let note = |name: &str| {
        format!(
            "Use (Storage)\n\tStorage.seen:=Choose(Storage.seen=Null; \"\"; Storage.seen)+\"{name} \"\nEnd use\n"
        )
    };
    let server = Server::new(folder(
        None,
        &[
            ("Project/Sources/Classes/Brave.4dm", singleton),
            ("Project/Sources/Methods/everybodys.4dm", &note("everybodys")),
            ("Project/Sources/Methods/own.4dm", &note("own")),
            ("Project/Sources/Methods/seen.4dm", "return Storage.seen\n"),
            (
                "Project/Sources/DatabaseMethods/onServerStartup.4dm",
                "ON ERR CALL(\"everybodys\"; ek global)\n",
            ),
        ],
    ));
    let mut client = server.client();
    client.post("/$singleton/Brave/risky", "[]").refused(500, 7);
    server.application.run_startup(tessera_orda::Startup::Start).unwrap();
    assert_eq!(client.post("/$singleton/Brave/risky", "[]").ok()["result"], "went on");
    assert_eq!(client.post("/$singleton/Brave/guarded", "[]").ok()["result"], "went on too");
    assert_eq!(server.run("seen").as_text().unwrap(), "everybodys own ");
}

#[test]
fn an_outgoing_message_is_the_whole_answer() {
    // R163, R164
    let server = open();
    let answer = server.client().get("/$catalog/message");
    assert_eq!(answer.response.header("content-length"), None, "the server knows how long its answers are");
    assert_eq!(answer.status(), 201);
    assert_eq!(answer.response.text(), "hello");
    assert_eq!(answer.response.header("content-type"), Some("text/plain"));
    assert_eq!(answer.response.header("x-own"), Some("1"));
}

/// What a page hears of the functions it calls (`docs/API/WebFormClass.md`).
#[test]
fn pages_hear_messages_states_and_components() {
    // L231
    let steps = r#"shared singleton Class constructor

exposed Function quiet() : Text
	return "done"

exposed Function told() : Text
	Web Form.setMessage("first")
	Web Form.setWarning("the \"last\" one")
	Web Form.enableState("wrong")
	Web Form.enableState("other")
	Web Form.disableState("wrong")
	Web Form.picture.hide()
	Web Form["sign in"].addCSSClass("red")
	Web Form.picture.removeCSSClass("blue")
	return "done"

exposed Function entity() : cs.EmployeeEntity
	Web Form.setError("no")
	return ds.Employee.get(1)

exposed Function selection() : cs.EmployeeSelection
	Web Form.disableState("list")
	return ds.Employee.all()

exposed Function tooMuch()
	var $number : Integer
	For ($number; 0; 1000)
		Web Form.enableState("state "+String($number))
	End for
"#;
    let server = filled(Server::new(folder(None, &[("Project/Sources/Classes/Steps.4dm", steps)])));
    let mut client = server.client();
    let mut call = |name: &str| client.post(&format!("/$singleton/Steps/{name}"), "[]");
    assert_eq!(call("quiet").ok(), serde_json::json!({"result": "done"}));
    let expected = serde_json::json!({
        "result": "done",
        "__WEBFORM": {
            "__NOTIFICATION": {"message": "the \"last\" one", "type": "warning"},
            "__STATES": [{"action": "enable", "state": "other"}, {"action": "disable", "state": "wrong"}],
            "__ITEMS": {
                "picture": [{"op": "hide"}, {"op": "removeCSSClass", "value": "blue"}],
                "sign in": [{"op": "addCSSClass", "value": "red"}],
            },
        },
    });
    assert_eq!(call("told").ok(), expected);
    let entity = call("entity").ok();
    assert_eq!(entity["__WEBFORM"]["__NOTIFICATION"], serde_json::json!({"message": "no", "type": "error"}));
    assert_eq!(entity["__KEY"], "1");
    let list = serde_json::json!({"__STATES": [{"action": "disable", "state": "list"}]});
    assert_eq!(call("selection").ok()["__WEBFORM"], list);
    assert_eq!(call("tooMuch").status(), 500, "a thousand changes are told, no more");
}
