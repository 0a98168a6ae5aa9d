//! `$queryplan` and `$querypath` (rest-protocol section 8.8).

use serde_json::json;

use crate::project::{ROLES, filled, folder, open};
use crate::server::Server;

#[test]
pub(crate) fn a_page_tells_how_its_filter_is_run() {
    // R138, R139
    let server = open();
    let mut client = server.client();
    let target = "/Employee?$filter=\"lastName = 'Mart@' and employer.city = Lyon\"&$attributes=ID";
    let plain = client.get(target).ok();
    assert!(plain.get("__queryPlan").is_none() && plain.get("__queryPath").is_none());
    let answer = client.get(&format!("{target}&$queryplan=true&$querypath=true"));
    let text = answer.response.text();
    assert!(text.starts_with("{\"__queryPlan\":{\"And\":["), "{text}");
    let page = answer.ok();
    assert_eq!(page["__ENTITIES"], plain["__ENTITIES"]);
    let join = "Join on Table : Company  :  Employee.companyID = Company.ID";
    // The engine comes from the company here, and searches no index of names.
    assert_eq!(
        page["__queryPlan"],
        json!({"And": [{"item": "Employee.lastName = Mart@"},
            {"item": join, "subquery": [{"item": "Company.city === Lyon"}]}]})
    );
    assert_eq!(
        page["__queryPath"],
        json!({"steps": [{"description": "AND", "time": 0, "recordsfounds": 1, "steps": [
            {"description": "[index : Employee.lastName ] = Mart@", "time": 0, "recordsfounds": 2},
            {"description": join, "time": 0, "recordsfounds": 1, "steps": [
                {"steps": [{"description": "Company.city === Lyon", "time": 0, "recordsfounds": 1}]}]}]}]})
    );
    let node = &page["__extendedQueryPath"];
    assert_eq!((&node["type"], &node["logicOper"]), (&json!("LogicOperatorNode"), &json!("And")));
    assert_eq!(
        node["parts"][0],
        json!({"type": "IndexNode", "field": "lastName", "table": "Employee", "instance": 0, "oper": " = ",
            "value": "Mart@", "timeTaken": 0, "foundRecords": 2})
    );
    assert_eq!(
        page["__extendedQueryPlan"]["parts"][1],
        json!({"type": "JoinNode", "targetTable": "Company", "instance": 0,
            "joinPath": [{"leftTable": "Employee", "leftField": "companyID", "leftInstance": 0,
                "rightTable": "Company", "rightField": "ID", "rightInstance": 0}],
            "filter": {"type": "SeqNode", "field": "city", "table": "Company", "instance": 0, "oper": " === ",
                "value": "Lyon"}})
    );
    // Nothing to tell without a filter; a kept set tells what was narrowed further.
    assert!(client.get("/Employee?$queryplan=true&$querypath=true").ok().get("__queryPlan").is_none());
    let set = client.get("/Employee?$filter=\"ID < 4\"&$method=entityset&$queryplan=true");
    assert!(set.response.text().starts_with("{\"__ENTITYSET\":"), "{}", set.response.text());
    assert_eq!(set.ok()["__queryPlan"]["item"], "Employee.ID < 4");
    let set = set.ok()["__ENTITYSET"].as_str().unwrap().trim_start_matches("/rest").to_owned();
    let narrowed = client.get(&format!("{set}?$filter=\"salary > 150\"&$querypath=true")).ok();
    assert_eq!(narrowed["__queryPath"]["steps"][0]["recordsfounds"], 2);
}

#[test]
pub(crate) fn conditions_of_the_project_stay_hidden() {
    // R138: what a client may not read isn't told, nor how many restricted entities there are.
    let entity = "Class extends Entity\n\nexposed Function get known() : Boolean\n\treturn True\n\n\
        Function query known($event : Object) : Text\n\treturn \"secret = hush and ID > 0\"\n";
    let company = "Class extends DataClass\n\nFunction event restrict() : cs.CompanySelection\n\
        \treturn This.query(\"name = Acme\")\n";
    let server = filled(Server::new(folder(
        Some(ROLES),
        &[
            ("Project/Sources/Classes/EmployeeEntity.4dm", entity),
            ("Project/Sources/Classes/Company.4dm", company),
        ],
    )));
    let mut client = server.client();
    client.login("Reader");
    let page = client.get("/Employee?$filter=\"known = true\"&$queryplan=true&$querypath=true").ok();
    assert_eq!(page["__COUNT"], 4);
    let plan = page["__queryPlan"]["And"].as_array().unwrap().clone();
    assert_eq!(plan[0], json!({"item": "(hidden)"}));
    assert!(!page.to_string().contains("hush") && !page.to_string().contains("secret"));
    let page = client.get("/Employee?$filter=\"employer.city = '@o@'\"&$querypath=true").ok();
    let join = &page["__queryPath"]["steps"][0];
    assert_eq!(join["steps"][0]["steps"][0]["recordsfounds"], 1);
}
