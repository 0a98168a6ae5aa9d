//! Projects with a fault: one clear message, and everything that can go on goes on.

use std::process::Output;

use tessera_test_support::TempProject;

use crate::server::{Server, tessera};

fn serve(project: &TempProject) -> Output {
    tessera().args(["serve", project.path().as_str(), "--listen", "127.0.0.1:0"]).output().unwrap()
}

fn refused(project: &TempProject) -> String {
    let output = serve(project);
    let log = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{log}");
    assert!(output.stdout.is_empty(), "it must never have said that it is ready");
    log
}

fn source(project: &TempProject, path: &str) -> String {
    std::fs::read_to_string(project.path().join(path)).unwrap()
}

// S101, S102
#[test]
fn a_broken_roles_file_never_opens_the_data() {
    let project = TempProject::copy_of("crm");
    let roles = source(&project, "Project/Sources/roles.json");
    project.write("Project/Sources/roles.json", "{\n  \"privileges\": [,]\n}");
    let log = refused(&project);
    assert!(log.contains("roles.json") && log.contains("2:"), "{log}");
    let report = project.path().join("Data/Logs/Roles_Errors.json");
    assert!(report.is_file(), "the report 4D writes is missing");
    assert!(source(&project, "Data/Logs/Roles_Errors.json").contains("line"));

    // As 4D does, when the owner asks for it.
    project.write("tessera.toml", "[roles]\non_error = \"open\"\n");
    let server = Server::start(project.path(), &[]);
    assert_eq!(server.client().get("/rest/Customers?$top=1").status, 200);
    server.terminate();

    project.write("Project/Sources/roles.json", &roles);
    let server = Server::start(project.path(), &[]);
    assert_eq!(server.client().get("/rest/Customers?$top=1").status, 401);
    assert!(!report.exists(), "a mended file takes its report away");
}

#[test]
fn a_broken_catalog_is_named_with_its_line() {
    let project = TempProject::copy_of("crm");
    let catalog = source(&project, "Project/Sources/catalog.4DCatalog").replace("</table>", "</tabel>");
    project.write("Project/Sources/catalog.4DCatalog", &catalog);
    let log = refused(&project);
    assert!(log.contains("catalog.4DCatalog:12:"), "{log}");
    assert_eq!(log.lines().count(), 1, "{log}");
}

#[test]
fn a_syntax_error_in_a_class_leaves_the_rest_served() {
    let project = TempProject::copy_of("crm");
    project.write("Project/Sources/Classes/Broken.4dm", "Function broken($a : Text\n\tIf (\n");
    let server = Server::start(project.path(), &[]);
    let mut ada = server.client();
    let body = r#"[{"email":"ada@example.com","password":"ada-secret"}]"#;
    assert_eq!(ada.post("/rest/$catalog/authentify", body).status, 200);
    assert_eq!(ada.get("/rest/Customers?$top=1").status, 200);
    let (_, log) = server.terminate();
    assert!(log.contains("Broken.4dm"), "{log}");

    let check = tessera().args(["check", project.path().as_str(), "--format", "json"]).output().unwrap();
    assert_eq!(check.status.code(), Some(1));
    let findings = String::from_utf8(check.stdout).unwrap();
    assert!(findings.lines().any(|line| {
        serde_json::from_str::<serde_json::Value>(line).unwrap()["file"]
            .as_str()
            .is_some_and(|file| file.ends_with("Broken.4dm"))
    }));
}

#[test]
fn an_alias_that_leads_to_itself_is_left_out_and_named() {
    let project = TempProject::copy_of("crm");
    let class = "Project/Sources/Classes/CustomersEntity.4dm";
    let text = source(&project, class);
    project.write(class, &format!("{text}\nexposed Alias left right\nexposed Alias right left\n"));
    let server = Server::start(project.path(), &[]);
    let mut ada = server.client();
    let body = r#"[{"email":"ada@example.com","password":"ada-secret"}]"#;
    assert_eq!(ada.post("/rest/$catalog/authentify", body).status, 200);
    let customer = ada.get("/rest/Customers(1)").json();
    assert_eq!(customer["left"], serde_json::Value::Null);
    assert_eq!(customer["ID"], 1);
    let (_, log) = server.terminate();
    assert!(log.contains("the alias left leads to itself"), "{log}");
}

#[test]
fn query_and_order_functions_that_ask_themselves_end_with_an_error() {
    let project = TempProject::copy_of("crm");
    let class = "Project/Sources/Classes/CustomersEntity.4dm";
    let text = source(&project, class);
    let functions = "exposed Function get loop() : Text\n\treturn \"\"\n\
                     Function query loop($event : Object) : Text\n\treturn \"loop = 1\"\n\
                     Function orderBy loop($event : Object) : Text\n\treturn \"loop asc\"\n";
    project.write(class, &format!("{text}\n{functions}"));
    let server = Server::start(project.path(), &[]);
    let mut ada = server.client();
    let body = r#"[{"email":"ada@example.com","password":"ada-secret"}]"#;
    assert_eq!(ada.post("/rest/$catalog/authentify", body).status, 200);
    for option in ["$filter=%22loop=1%22", "$orderby=loop"] {
        let refused = ada.get(&format!("/rest/Customers?{option}"));
        assert_eq!(refused.status, 500, "{}", refused.body);
        assert!(refused.body.contains("leads to itself"), "{}", refused.body);
    }
    assert_eq!(ada.get("/rest/Customers?$top=1").status, 200);
}

#[test]
fn a_folder_without_a_project_is_refused() {
    let project = TempProject::from_files(&[("WebFolder/index.html", "x")]);
    let log = refused(&project);
    assert!(log.contains("4DProject"), "{log}");
    assert_eq!(log.lines().count(), 1, "{log}");
}

#[test]
fn an_unknown_setting_is_named() {
    let project = TempProject::copy_of("crm");
    project.write("tessera.toml", "[session]\nrotate_on_logn = true\n");
    let log = refused(&project);
    assert!(log.contains("rotate_on_logn") && log.contains("tessera.toml"), "{log}");
}
