//! Reading and checking `roles.json`.

#![expect(clippy::unwrap_used, reason = "a case that can't go on has failed")]

use tessera_model::{ResourceKind, ResourceNames, Roles, RolesFault, RolesProblem};

#[track_caller]
fn read(text: &str) -> (Roles, Vec<RolesFault>) {
    Roles::parse(text).unwrap()
}

/// One fault, at a place, that makes the file invalid.
#[track_caller]
fn refuse(text: &str, line: usize, column: usize, path: &str, message: &str) {
    let faults = Roles::parse(text).unwrap_err();
    let shown: Vec<String> = faults.iter().map(ToString::to_string).collect();
    let found = faults.iter().zip(&shown).any(|(fault, shown)| {
        (fault.line, fault.column, fault.path.as_str()) == (line, column, path) && shown.contains(message)
    });
    assert!(found, "{shown:?}");
}

/// One fault that leaves the file valid.
#[track_caller]
fn warn(text: &str, path: &str, message: &str) {
    let (_, faults) = read(text);
    let [fault] = &faults[..] else { panic!("{faults:?}") };
    assert_eq!(fault.path, path);
    assert!(fault.to_string().contains(message), "{fault}");
}

const CLINIC: &str = r#"{
    "privileges": [{"privilege": "none", "id": "abc"}, {"privilege": "readRecords", "includes": []},
        {"privilege": "medical", "includes": ["readRecords"]}],
    "roles": [{"role": "The Doctor", "privileges": ["medical"]}, {"role": "Anybody", "privileges": ["guest"]}],
    "permissions": {"allowed": [
        {"applyTo": "ds", "type": "datastore", "read": ["none"], "execute": ["none"], "describe": ["none"]},
        {"applyTo": "Records", "type": "dataclass", "read": ["readRecords", "medical"], "drop": ["medical"]},
        {"applyTo": "Records.notes", "type": "attribute", "read": ["medical"], "update": []},
        {"applyTo": "ds.authentify", "type": "method", "execute": ["guest"], "promote": ["readRecords"]},
        {"applyTo": "Tools", "type": "singleton", "execute": ["WebAdmin"]},
        {"applyTo": "Tools.run", "type": "singletonMethod", "execute": ["medical"]}]},
    "forceLogin": true, "restrictedByDefault": true, "comment": "ignored"}"#;

#[test]
fn valid_files_are_read() {
    // S100, S103, S112
    let (roles, faults) = read(CLINIC);
    assert_eq!(faults, []);
    assert!(roles.force_login && roles.restricted_by_default);
    assert_eq!(roles.privileges[2].includes, ["readRecords"]);
    assert_eq!(roles.roles[0].name, "The Doctor");
    let records = &roles.permissions[1];
    assert_eq!((records.resource, records.line, records.column), (ResourceKind::Dataclass, 7, 9));
    assert_eq!(records.read.as_deref().unwrap(), ["readRecords", "medical"]);
    assert_eq!(records.update, None);
    // S113: an empty list is kept; `tessera-sessions` treats it as none.
    assert_eq!(roles.permissions[2].update.as_deref(), Some(&[][..]));
    // S106
    let (open, _) = read("\u{FEFF}{\"permissions\":{\"allowed\":[]}}");
    assert_eq!(open, Roles::default());
}

#[test]
fn broken_files_name_the_place() {
    // S101, V1 to V4, V9
    let stray =
        "{\"permissions\": {\"allowed\": [\n  {\"applyTo\": \"ds\", \"type\": \"datastore\"}, 4.\n]}}";
    refuse(stray, 2, 43, "", "a number");
    refuse("{\"permissions\":{\"allowed\":[],}}", 1, 30, "", "a name in double quotes");
    refuse("// no\n{}", 1, 1, "", "not valid JSON");
    refuse("{}", 1, 1, "", "permissions is missing");
    refuse("{\"permissions\":[]}", 1, 16, "permissions", "an object");
    refuse("{\"permissions\":{\"allowed\":{}}}", 1, 27, "permissions.allowed", "a list");
    let allowed = |entry: &str| format!("{{\"permissions\":{{\"allowed\":[\n{entry}]}}}}");
    let kind = allowed(r#"{"applyTo":"ds","type":"database"}"#);
    refuse(&kind, 2, 24, "permissions.allowed[0].type", "database is no type");
    refuse(&allowed(r#"{"type":"datastore"}"#), 2, 1, "permissions.allowed[0]", "applyTo is missing");
    let list = allowed(r#"{"applyTo":"ds","type":"datastore","read":"guest"}"#);
    refuse(&list, 2, 43, "permissions.allowed[0].read", "a list");
    refuse(
        "{\"permissions\":{\"allowed\":[]},\"forceLogin\":\"true\"}",
        1,
        44,
        "forceLogin",
        "true or false",
    );
    refuse(&"[".repeat(10_000), 1, 66, "", "nested");
}

#[test]
fn privileges_must_fit_together() {
    // V8, V10
    let with =
        |privileges: &str| format!("{{\"permissions\":{{\"allowed\":[]}},\"privileges\":[\n{privileges}]}}");
    let circle = with(r#"{"privilege":"a","includes":["b"]},{"privilege":"b","includes":["A"]}"#);
    refuse(&circle, 2, 30, "privileges[0].includes[0]", "a includes itself");
    let twice = with(r#"{"privilege":"a"},{"privilege":"A"}"#);
    refuse(&twice, 2, 32, "privileges[1]", "declared twice");
    refuse(&with("{}"), 2, 1, "privileges[0]", "privilege is missing");
}

#[test]
fn what_has_no_effect_is_a_warning() {
    // S105, V6, V7, V11, V12
    let file = |entries: &str| {
        format!(
            "{{\"privileges\":[{{\"privilege\":\"a\"}},{{\"privilege\":\"b\"}}],\"permissions\":{{\"allowed\":[{entries}]}}}}"
        )
    };
    let typo = file(r#"{"applyTo":"T","type":"dataclass","read":["privelege"]}"#);
    warn(&typo, "permissions.allowed[0].read[0]", "privelege is not declared");
    let action = file(r#"{"applyTo":"ds.f","type":"method","read":["a"]}"#);
    warn(&action, "permissions.allowed[0].read", "read means nothing for a method");
    let twice = file(
        r#"{"applyTo":"T","type":"dataclass","read":["a"]},{"applyTo":"t","type":"dataclass","read":["b","a"]}"#,
    );
    warn(&twice, "permissions.allowed[1]", "another entry");
    assert_eq!(read(&twice).0.permissions[0].read.as_deref().unwrap(), ["a", "b"]);
    let blind = file(r#"{"applyTo":"T","type":"dataclass","read":["a"],"update":["b"]}"#);
    warn(&blind, "permissions.allowed[0].update", "also needs read");
    let inherited = file(
        r#"{"applyTo":"ds","type":"datastore","read":["a"]},{"applyTo":"T","type":"dataclass","drop":["b"]}"#,
    );
    warn(&inherited, "permissions.allowed[1].drop", "also needs read");
}

struct Names;

impl ResourceNames for Names {
    fn is_dataclass(&self, name: &str) -> bool {
        name.eq_ignore_ascii_case("records")
    }
    fn is_attribute(&self, dataclass: &str, attribute: &str) -> bool {
        self.is_dataclass(dataclass) && attribute == "text"
    }
    fn is_function(&self, owner: &str, function: &str) -> bool {
        (owner, function) == ("ds", "authentify")
    }
    fn is_singleton(&self, class: &str) -> bool {
        class == "Tools"
    }
    fn is_singleton_function(&self, class: &str, function: &str) -> bool {
        self.is_singleton(class) && function == "walk"
    }
}

#[test]
fn resources_must_exist() {
    // S104, V5
    let faults = read(CLINIC).0.check(&Names);
    let missing: Vec<(usize, &RolesProblem)> =
        faults.iter().map(|fault| (fault.line, &fault.problem)).collect();
    let unknown = |kind, name: &str| RolesProblem::UnknownResource { kind, name: name.into() };
    assert_eq!(
        missing,
        [(8, &unknown("attribute", "Records.notes")), (11, &unknown("singletonMethod", "Tools.run"))]
    );
}
