//! `$catalog` (R068 to R079).

use crate::project::{open, served};

#[test]
fn the_list_names_exposed_dataclasses_only() {
    // R068, R076, R079, R071, S149
    let server = open();
    let mut client = server.client();
    let catalog = client.get("/$catalog").ok();
    let names: Vec<&str> =
        catalog["dataClasses"].as_array().unwrap().iter().map(|d| d["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Company", "Employee", "Country", "Album"]);
    assert_eq!(catalog["dataClasses"][0]["uri"], "/rest/$catalog/Company");
    assert_eq!(catalog["dataClasses"][0]["dataURI"], "/rest/Company");
    assert_eq!(catalog["__NAME"], "staff");
    assert_eq!(catalog["__UNIQID"].as_str().unwrap().len(), 32);
    assert_eq!(catalog["properties"]["supportJSONEntityKey"], true);
    client.get("/$catalog/Nope").refused(404, 1800);
    client.get("/$catalog/Hidden").refused(404, 1800);
}

#[test]
fn descriptions_hold_what_clients_need() {
    // R069, R070, R072, R073, R074, R075, R203
    let server = served();
    let mut client = server.client();
    let all = client.get("/$catalog/$all").ok();
    let employee = &all["dataClasses"][1];
    assert_eq!(employee["className"], "Employee");
    assert_eq!(employee["collectionName"], "EmployeeSelection");
    assert_eq!(employee["key"][0]["name"], "ID");
    let attribute = |name: &str| {
        employee["attributes"]
            .as_array()
            .unwrap()
            .iter()
            .find(|a| a["name"] == name)
            .cloned()
            .unwrap_or_default()
    };
    let id = attribute("ID");
    assert_eq!((id["kind"].as_str(), id["type"].as_str()), (Some("storage"), Some("long")));
    assert_eq!(id["identifying"], true);
    assert_eq!(id["autosequence"], true);
    assert!(attribute("firstName").get("indexed").is_none());
    assert_eq!(attribute("hired")["simpleDate"], true);
    assert!(attribute("secret").is_null());
    let employer = attribute("employer");
    assert_eq!(employer["kind"], "relatedEntity");
    assert_eq!((&employer["type"], &employer["path"]), (&"Company".into(), &"Company".into()));
    assert_eq!((&employer["foreignKey"], &employer["inverseName"]), (&"companyID".into(), &"staff".into()));
    assert_eq!(attribute("fullName")["kind"], "calculated");
    assert_eq!(attribute("employerCity")["type"], "string");
    let staff = all["dataClasses"][0]["attributes"]
        .as_array()
        .unwrap()
        .iter()
        .find(|a| a["name"] == "staff")
        .unwrap();
    assert_eq!(staff["type"], "EmployeeSelection");
    assert_eq!((&staff["reversePath"], &staff["path"]), (&true.into(), &"employer".into()));
    let two = client.get("/$catalog/Company,Country").ok();
    assert_eq!(two["dataClasses"].as_array().unwrap().len(), 2);
    assert!(two.get("singletons").is_none());
}

#[test]
fn functions_and_singletons_are_listed_when_exposed() {
    // R077, R078
    let server = served();
    let catalog = server.client().get("/$catalog").ok();
    let functions = catalog["methods"].as_array().unwrap();
    let find = |name: &str| functions.iter().find(|f| f["name"] == name);
    assert_eq!(find("twice").unwrap()["allowedOnHTTPGET"], true);
    assert_eq!(find("authentify").unwrap()["allowedOnHTTPGET"], false);
    assert!(find("hiddenFunction").is_none());
    assert_eq!(catalog["singletons"][0]["name"], "Tally");
    assert_eq!(catalog["singletons"][0]["methods"].as_array().unwrap().len(), 2);
}
