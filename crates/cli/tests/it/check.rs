//! `tessera check` as a compiler: `testdata/check` is a project whose lines say what is to be found in them.

use std::path::Path;
use std::process::Output;

use tessera_test_support::{TempProject, code_files};

use crate::server::tessera;

/// The project of `testdata/check`.
fn checked() -> TempProject {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/check");
    let text = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let project = TempProject::from_files(&[
        ("Project/checked.4DProject", "{}"),
        ("Project/Sources/catalog.4DCatalog", &text("catalog.4DCatalog")),
        ("Project/Sources/roles.json", &text("roles.json")),
    ]);
    for kind in ["Methods", "Classes", "Triggers"] {
        for (name, code) in code_files(&folder.join(kind)) {
            project.write(&format!("Project/Sources/{kind}/{name}.4dm"), &code);
        }
    }
    project
}

fn check(project: &TempProject, more: &[&str]) -> Output {
    tessera().args([&["check", project.path().as_str()], more].concat()).output().unwrap()
}

fn findings(project: &TempProject) -> Vec<serde_json::Value> {
    let output = check(project, &["--format", "json"]);
    assert_eq!(output.status.code(), Some(0), "nothing here is an error");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn lines_have_the_findings_they_say() {
    let project = checked();
    let mut expected = Vec::new();
    for kind in ["Methods", "Classes", "Triggers"] {
        let folder = project.path().join("Project/Sources").join(kind);
        for (name, code) in code_files(folder.as_std_path()) {
            for (number, line) in code.lines().enumerate() {
                if let Some((_, code)) = line.split_once("//! ") {
                    expected.push((format!("{name}.4dm"), number + 1, code.to_owned()));
                }
            }
        }
    }
    assert!(expected.len() > 25);
    expected.sort();
    let mut found: Vec<_> = findings(&project)
        .iter()
        .filter(|finding| finding["file"].as_str().unwrap().ends_with(".4dm"))
        .map(|finding| {
            let file = finding["file"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
            let line = usize::try_from(finding["line"].as_u64().unwrap()).unwrap();
            (file, line, finding["code"].as_str().unwrap().to_owned())
        })
        .collect();
    found.sort();
    assert_eq!(found, expected);
}

#[test]
fn calls_that_fit_no_form_of_a_command_are_errors_and_the_form_is_told() {
    let code = "\
$text:=Substring(\"abc\")
$text:=Substring(\"abc\"; 2)
$there:=Match regex(\"a\"; $text) & Match regex(\"a\"; $text; 1; $at; $length; *)
$now:=Milliseconds
$now:=Milliseconds(1)
$one:=String
$list:=[1; 2].slice()
$list.push(1; 2; 3)
ds.Employee.get()
";
    let catalog = std::fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/check/catalog.4DCatalog"),
    );
    let project = TempProject::from_files(&[
        ("Project/checked.4DProject", "{}"),
        ("Project/Sources/catalog.4DCatalog", &catalog.unwrap()),
        ("Project/Sources/Methods/calls.4dm", code),
    ]);
    let output = check(&project, &["--format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).unwrap();
    let found: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let errors: Vec<_> = found
        .iter()
        .filter(|finding| finding["severity"] == "error")
        .map(|finding| (finding["line"].as_u64().unwrap(), finding["message"].as_str().unwrap()))
        .collect();
    let expected = [
        (1, "`Substring` takes 2 or 3 arguments, not 1"),
        (5, "`Milliseconds` takes no argument, not 1"),
        (6, "`String` takes 1 to 3 arguments, not 0"),
        (7, "`slice` takes 1 or 2 arguments, not 0"),
        (9, "`get` takes 1 or 2 arguments, not 0"),
    ];
    assert_eq!(errors, expected);
    let hint = found.iter().find(|finding| finding["severity"] == "error").unwrap()["hint"].as_str();
    assert_eq!(hint, Some("write `Substring(source; first {; count})`"));
}

#[test]
fn permissions_that_name_nothing_are_found() {
    let found = findings(&checked());
    let of_roles: Vec<_> = found
        .iter()
        .filter(|finding| finding["code"] == "roles/fault")
        .map(|finding| (finding["line"].as_u64().unwrap(), finding["message"].as_str().unwrap()))
        .collect();
    let lines: Vec<u64> = of_roles.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [9, 10, 11], "{of_roles:?}");
    for ((_, message), name) in of_roles.iter().zip(["Employee.nowhere", "Employee.nmae", "Compny"]) {
        assert!(message.contains(name), "{message}");
    }
}

#[test]
fn every_finding_has_its_place_and_people_see_the_line() {
    let project = checked();
    for finding in findings(&project) {
        for member in ["file", "severity", "code", "message"] {
            assert!(finding[member].is_string(), "{finding}");
        }
        for member in ["line", "column"] {
            assert!(
                finding[member].as_u64() >= Some(1) && finding["end"][member].as_u64() >= Some(1),
                "{finding}"
            );
        }
    }
    let output = check(&project, &[]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("twcie(1)") && text.contains("did you mean `twice`?"), "{text}");
    assert!(text.lines().last().unwrap().contains("0 errors"), "{text}");
}

#[test]
fn warnings_fail_only_when_asked_to() {
    let project = checked();
    assert_eq!(check(&project, &[]).status.code(), Some(0));
    assert_eq!(check(&project, &["--deny-warnings"]).status.code(), Some(1));
    project.write("Project/Sources/Methods/broken.4dm", "If (True\n");
    assert_eq!(check(&project, &[]).status.code(), Some(1));
}
