//! The events of an entity's life (ORDA section 19).

use serde_json::{Value as Json, json};

use crate::project::{filled, folder};
use crate::server::{Client, Server};

/// Every event notes itself in `Storage.log`; names of employees decide what refuses.
const ENTITY: &str = r#"Class extends Entity

exposed Function get fullName() : Text
	return This.firstName+" "+This.lastName

Function note($event : Object)
	Use (Storage.log)
		Storage.log.push($event.kind+" "+String($event.attributeName))
	End use

Function event touched lastName($event : Object)
	This.note($event)
	This.lastName:=Uppercase(This.lastName)

Function event touched($event : Object)
	This.note($event)
	If (This.lastName="TOUCHY")
		throw(5; "in touched")
	End if

Function event validateSave salary($event : Object) : Object
	This.note($event)
	If (This.salary<0)
		return {errCode: 1; message: "too little"; extraDescription: {info: "below 0"}; seriousError: False}
	End if

Function event validateSave fullName($event : Object) : Object
	This.note($event)

Function event validateSave($event : Object) : Object
	This.note($event)
	Case of
		: (This.lastName="MILD")
			return {errCode: 2; message: "mild"}
		: (This.lastName="GRAVE")
			return {errCode: 3; message: "grave"; fatalError: True}
		: (This.lastName="RAISED")
			throw(4; "raised")
	End case

Function event saving($event : Object) : Object
	This.note($event)
	If (This.lastName="NEVER")
		return {errCode: 6; message: "never"; seriousError: False}
	End if
	If (This.lastName="FILLED")
		This.firstName:="by saving"
	End if

Function event afterSave($event : Object)
	This.note($event)
	Use (Storage.log)
		Storage.log.push($event.saveStatus+" "+$event.savedAttributes.join(","))
	End use
	If (This.lastName="AGAIN")
		This.save()
	End if

Function event validateDrop($event : Object) : Object
	This.note($event)
	If (This.lastName="KEPT")
		return {errCode: 7; message: "kept"}
	End if

Function event dropping($event : Object) : Object
	This.note($event)

Function event afterDrop($event : Object)
	This.note($event)
	Use (Storage.log)
		Storage.log.push($event.dropStatus+" "+String($event.droppedAttributes.length>0))
	End use
"#;

const DATASTORE: &str = r#"Class extends DataStoreImplementation

exposed Function log() : Collection
	return Storage.log

exposed Function clear()
	Use (Storage)
		Storage.log:=New shared collection
	End use

exposed Function save($last : Text; $salary : Real) : Object
	var $e : cs.EmployeeEntity
	var $status : Object
	$e:=ds.Employee.new()
	$e.lastName:=$last
	$e.salary:=$salary
	Try
		$status:=$e.save()
		$status.thrown:=0
	Catch
		$status.thrown:=Last errors[0].errCode
	End try
	$status.new:=$e.isNew()
	$status.first:=$e.firstName
	return $status

exposed Function untouched() : Object
	return ds.Employee.get(1).save()

exposed Function dropOne($id : Integer) : Object
	return ds.Employee.get($id).drop()

exposed Function dropAll($option : Integer) : Collection
	return ds.Employee.all().drop($option).extract("lastName")
"#;

fn server() -> Server {
    let files = [
        ("Project/Sources/Classes/DataStore.4dm", DATASTORE),
        ("Project/Sources/Classes/EmployeeEntity.4dm", ENTITY),
        (
            "Project/Sources/DatabaseMethods/onServerStartup.4dm",
            "Use (Storage)\n\tStorage.log:=New shared collection\nEnd use\n",
        ),
    ];
    let server = Server::new(folder(None, &files));
    server.application.run_startup(tessera_orda::Startup::Start).unwrap();
    let server = filled(server);
    call(&mut server.client(), "clear", "[]");
    server
}

fn call(client: &mut Client, function: &str, arguments: &str) -> Json {
    client.post(&format!("/$catalog/{function}"), arguments).ok()["result"].clone()
}

fn log(client: &mut Client) -> Vec<String> {
    let log = call(client, "log", "[]");
    call(client, "clear", "[]");
    log.as_array().unwrap().iter().map(|entry| entry.as_str().unwrap().to_owned()).collect()
}

#[test]
pub(crate) fn events_come_in_their_order() {
    // O176, O179, O187
    let server = server();
    let mut client = server.client();
    let status = call(&mut client, "save", r#"["new", 5]"#);
    assert_eq!((&status["success"], &status["thrown"]), (&json!(true), &json!(0)));
    assert_eq!(
        log(&mut client),
        [
            "touched lastName",
            "touched lastName",
            "touched salary",
            "validateSave salary",
            "validateSave fullName",
            "validateSave ",
            "saving ",
            "afterSave ",
            "success lastName,salary",
        ]
    );
    assert_eq!(client.get("/Employee?$filter=\"lastName = 'NEW'\"").ok()["__COUNT"], 1);
}

#[test]
pub(crate) fn nothing_touched_is_saved_by_nobody_and_told_to_saving() {
    // O180
    let server = server();
    let mut client = server.client();
    assert_eq!(call(&mut client, "untouched", "[]"), json!({"success": true}));
    assert_eq!(log(&mut client), ["validateSave ", "saving "]);
    assert_eq!(client.get("/Employee(1)").ok()["__STAMP"], 1);
}

#[test]
pub(crate) fn an_event_that_refuses_ends_the_save() {
    // O181, O182, O183, O184, O185, O191
    let server = server();
    let mut client = server.client();
    let mild = call(&mut client, "save", r#"["x", -1]"#);
    assert_eq!(
        (&mild["success"], &mild["status"], &mild["statusText"], &mild["thrown"], &mild["new"]),
        (&json!(false), &json!(7), &json!("Mild Validation Error"), &json!(0), &json!(true))
    );
    let error = json!({"errCode": 1, "message": "too little", "extraDescription": {"info": "below 0"},
        "seriousError": false, "componentSignature": "DBEV"});
    assert_eq!(mild["errors"], json!([error]));
    assert_eq!(
        log(&mut client)[3..],
        ["validateSave salary", "afterSave ", "failed "].map(str::to_owned),
        "no later event was asked"
    );
    for (name, status, thrown, code) in
        [("mild", 7, 0, 2), ("grave", 8, 3, 3), ("raised", 8, 4, 4), ("never", 4, 6, 6)]
    {
        let result = call(&mut client, "save", &json!([name, 1]).to_string());
        assert_eq!(
            (&result["status"], &result["thrown"], &result["errors"][0]["errCode"], &result["new"]),
            (&json!(status), &json!(thrown), &json!(code), &json!(true)),
            "{name}: {result}"
        );
    }
    assert_eq!(client.get("/Employee").ok()["__COUNT"], 4, "nothing was written");
}

#[test]
pub(crate) fn saving_may_change_what_is_saved() {
    let server = server();
    let mut client = server.client();
    assert_eq!(call(&mut client, "save", r#"["filled", 1]"#)["first"], "by saving");
    assert_eq!(client.get("/Employee?$filter=\"firstName = 'by saving'\"").ok()["__COUNT"], 1);
}

#[test]
pub(crate) fn an_error_in_touched_and_after_the_fact_changes_nothing() {
    // O177, O188
    let server = server();
    let mut client = server.client();
    assert_eq!(call(&mut client, "save", r#"["touchy", 1]"#)["success"], true);
    assert_eq!(call(&mut client, "save", r#"["again", 1]"#)["success"], true);
    assert_eq!(log(&mut client).iter().filter(|entry| entry.starts_with("afterSave")).count(), 2);
}

#[test]
pub(crate) fn clients_set_events_off_and_hear_of_refusals() {
    // O178, R104
    let server = server();
    let mut client = server.client();
    let saved = client.post("/Employee?$method=update", r#"{"__KEY":1,"lastName":"quiet"}"#).ok();
    assert_eq!(saved["lastName"], "QUIET");
    assert_eq!(log(&mut client)[0], "touched lastName");
    let refused = client.post("/Employee?$method=update", r#"{"__KEY":1,"salary":-5}"#);
    refused.refused(500, 1);
    let json = refused.json();
    assert_eq!(
        (&json["__STATUS"]["status"], &json["__ERROR"][0]["componentSignature"]),
        (&json!(7), &json!("DBEV"))
    );
    assert_eq!(client.get("/Employee(1)").ok()["salary"], 100);
}

#[test]
pub(crate) fn dropping_is_asked_and_told() {
    // O187, O189
    let server = server();
    let mut client = server.client();
    client.post("/Employee?$method=update", r#"{"__KEY":2,"lastName":"kept"}"#).ok();
    log(&mut client);
    assert_eq!(call(&mut client, "dropOne", "[1]"), json!({"success": true}));
    assert_eq!(log(&mut client), ["validateDrop ", "dropping ", "afterDrop ", "success True"]);
    let kept = call(&mut client, "dropOne", "[2]");
    assert_eq!((&kept["status"], &kept["errors"][0]["message"]), (&json!(7), &json!("kept")));
    assert_eq!(log(&mut client), ["validateDrop ", "afterDrop ", "failed False"]);
    assert_eq!(client.post("/Employee(2)?$method=delete", "").status(), 500);
    assert_eq!(call(&mut client, "dropAll", "[1]"), json!(["KEPT"]), "the first refusal stops");
    assert_eq!(client.get("/Employee").ok()["__COUNT"], 3);
    assert_eq!(call(&mut client, "dropAll", "[0]"), json!(["KEPT"]));
    assert_eq!(client.get("/Employee").ok()["__COUNT"], 1);
}
