//! What `roles.json` allows: the table, spelt out.

use tessera_model::{Catalog, DataclassId, Roles};
use tessera_sessions::{Action, FunctionOwner, Permissions, PrivilegeSet, PrivilegeTable};

const CATALOG: &str = r#"<base name="b">
    <table name="Staff" uuid="1" id="1"><field name="ID" uuid="2" type="4" id="1"/>
        <field name="pay" uuid="3" type="6" id="2"/><primary_key field_name="ID" field_uuid="2"/></table>
    <table name="Other" uuid="4" id="2"><field name="ID" uuid="5" type="4" id="1"/>
        <primary_key field_name="ID" field_uuid="5"/></table></base>"#;

/// `clerk` is included by `chief`; everybody is a guest.
const PRIVILEGES: &str = r#""privileges":[{"privilege":"clerk"},{"privilege":"chief","includes":["clerk"]},
    {"privilege":"robot"}]"#;

struct Project {
    permissions: Permissions,
    table: PrivilegeTable,
    catalog: Catalog,
}

impl Project {
    fn new(more: &str, allowed: &str) -> Self {
        let roles =
            Roles::parse(&format!(r#"{{{PRIVILEGES}{more},"permissions":{{"allowed":[{allowed}]}}}}"#));
        let (roles, catalog) = (roles.unwrap().0, Catalog::parse(CATALOG).unwrap());
        let table = PrivilegeTable::new(Some(&roles));
        Self { permissions: Permissions::new(Some(&roles), &catalog, &table), table, catalog }
    }

    fn held(&self, name: &str) -> PrivilegeSet {
        let mut held = self.table.guest().clone();
        held.extend(self.table.closure(self.table.number(name).unwrap()));
        held
    }

    fn dataclass(&self, name: &str) -> DataclassId {
        self.catalog.dataclass_named(name).unwrap().id
    }

    /// Those of guest, clerk, chief and robot who may.
    fn who(&self, may: impl Fn(&PrivilegeSet) -> bool) -> String {
        let people = [("g", "guest"), ("c", "clerk"), ("C", "chief"), ("r", "robot")];
        people.iter().filter(|(_, name)| may(&self.held(name))).map(|(letter, _)| *letter).collect()
    }

    fn who_may(&self, dataclass: &str, action: Action) -> String {
        let dataclass = self.dataclass(dataclass);
        self.who(|held| self.permissions.dataclass(dataclass, action).allows(held))
    }

    fn who_calls(&self, owner: FunctionOwner<'_>, function: &str) -> String {
        self.who(|held| self.permissions.function(owner, function).allows(held))
    }
}

#[test]
fn each_action_has_its_own_list_from_the_narrow_to_the_wide() {
    let project = Project::new(
        "",
        r#"{"applyTo":"ds","type":"datastore","read":["clerk"],"create":["chief"]},
           {"applyTo":"Staff","type":"dataclass","read":["robot"],"update":["chief","robot"],"drop":["nobody"]}"#,
    );
    for (dataclass, action, who) in [
        ("Staff", Action::Read, "r"),
        ("Staff", Action::Create, "C"),
        ("Staff", Action::Update, "Cr"),
        // A name that is not declared can be held by nobody.
        ("Staff", Action::Drop, ""),
        // Nothing is said of it anywhere: open unless restricted by default.
        ("Staff", Action::Execute, "gcCr"),
        ("Other", Action::Read, "cC"),
        ("Other", Action::Create, "C"),
        ("Other", Action::Update, "gcCr"),
        ("Other", Action::Drop, "gcCr"),
    ] {
        assert_eq!(project.who_may(dataclass, action), who, "{dataclass} {action:?}");
    }
}

#[test]
fn a_restricted_project_is_closed_where_nothing_is_said() {
    let allowed = r#"{"applyTo":"staff","type":"dataclass","read":["guest"],"execute":[]}"#;
    let project = Project::new(r#","restrictedByDefault":true"#, allowed);
    assert_eq!(project.who_may("Staff", Action::Read), "gcCr");
    for action in [Action::Create, Action::Update, Action::Drop, Action::Execute] {
        assert_eq!(project.who_may("Staff", action), "", "{action:?}");
    }
    assert_eq!(project.who_may("Other", Action::Read), "");
    assert_eq!(project.who_calls(FunctionOwner::Datastore, "go"), "");
    assert_eq!(project.who_calls(FunctionOwner::Singleton("Tally"), "next"), "");
}

#[test]
fn an_attribute_demands_something_in_addition() {
    let project = Project::new("", r#"{"applyTo":"Staff.pay","type":"attribute","read":["chief"]}"#);
    let staff = project.dataclass("Staff");
    let attributes = project.catalog.dataclass(staff).attributes();
    let [id, pay] = attributes else { panic!("{attributes:?}") };
    let asked = |attribute, action| project.permissions.attribute(staff, attribute, action);
    assert!(asked(id.id, Action::Read).is_none() && asked(pay.id, Action::Update).is_none());
    assert_eq!(project.who(|held| asked(pay.id, Action::Read).unwrap().allows(held)), "C");
    assert!(project.permissions.has_attribute_rules(staff));
    assert!(!project.permissions.has_attribute_rules(project.dataclass("Other")));
}

#[test]
fn functions_ask_their_own_entry_then_their_class() {
    let project = Project::new(
        "",
        r#"{"applyTo":"Staff","type":"dataclass","execute":["clerk"]},
           {"applyTo":"Staff.raise","type":"method","execute":["chief"],"promote":["robot"]},
           {"applyTo":"ds.go","type":"method","execute":["robot"]},
           {"applyTo":"Tally","type":"singleton","execute":["chief"]},
           {"applyTo":"Tally.next","type":"singletonMethod","execute":["guest"]}"#,
    );
    let staff = FunctionOwner::Dataclass(project.dataclass("Staff"));
    let tally = FunctionOwner::Singleton("Tally");
    for (owner, function, who) in [
        (staff, "raise", "C"),
        (staff, "RAISE", "C"),
        (staff, "other", "cC"),
        (FunctionOwner::Datastore, "go", "r"),
        (FunctionOwner::Datastore, "raise", "gcCr"),
        (tally, "next", "gcCr"),
        (tally, "last", "C"),
        (FunctionOwner::Singleton("Else"), "next", "gcCr"),
    ] {
        assert_eq!(project.who_calls(owner, function), who, "{owner:?} {function}");
    }
    let robot = project.table.number("robot").unwrap();
    assert_eq!(project.permissions.promoted(staff, "raise"), [robot]);
    assert!(project.permissions.promoted(staff, "other").is_empty());
    assert!(project.permissions.promoted(FunctionOwner::Datastore, "go").is_empty());
}

#[test]
fn without_roles_everything_is_open() {
    let catalog = Catalog::parse(CATALOG).unwrap();
    let table = PrivilegeTable::new(None);
    let permissions = Permissions::new(None, &catalog, &table);
    assert!(!permissions.are_enabled());
    assert!(Project::new("", "").permissions.are_enabled());
    for action in Action::ALL {
        assert!(permissions.dataclass(catalog.dataclasses()[0].id, action).allows(table.guest()));
    }
    assert_eq!(Action::ALL.map(Action::word), ["read", "create", "update", "drop", "execute"]);
}

#[test]
fn hundreds_of_privileges_are_told_apart() {
    let names: Vec<String> = (0..200).map(|number| format!(r#"{{"privilege":"p{number}"}}"#)).collect();
    let all = (0..200).map(|number| format!(r#""p{number}""#)).collect::<Vec<_>>().join(",");
    let text = format!(
        r#"{{"privileges":[{},{{"privilege":"all","includes":[{all}]}}],"permissions":{{"allowed":[]}}}}"#,
        names.join(",")
    );
    let table = PrivilegeTable::new(Some(&Roles::parse(&text).unwrap().0));
    let number = |name: &str| table.number(name).unwrap();
    let all = table.closure(number("all"));
    for at in 0..200 {
        let one = number(&format!("p{at}"));
        let mut held = table.guest().clone();
        held.extend(table.closure(one));
        held.extend(table.guest());
        assert!(held.contains(one) && all.contains(one) && held.intersects(all));
        assert!(!held.contains(number(&format!("p{}", (at + 64) % 200))));
    }
}

#[test]
fn a_role_is_a_list_of_privileges() {
    let roles = r#","roles":[{"role":"Office","privileges":["robot","clerk","nobody"]},{"role":"Empty"}]"#;
    let table = Project::new(roles, "").table;
    let numbers = ["robot", "clerk"].map(|name| table.number(name).unwrap());
    assert_eq!(table.role("office"), Some(numbers.as_slice()));
    assert_eq!(table.role("Empty"), Some([].as_slice()));
    assert_eq!(table.role("Nothing"), None);
    let chief = table.number("chief").unwrap();
    let included = [table.number("clerk").unwrap(), chief];
    assert_eq!(table.ordered_closure(chief), included);
}

#[test]
fn a_privilege_keeps_its_number_when_roles_change() {
    let roles = |names: &[&str]| {
        let list: Vec<String> = names.iter().map(|name| format!(r#"{{"privilege":"{name}"}}"#)).collect();
        Roles::parse(&format!(r#"{{"privileges":[{}],"permissions":{{"allowed":[]}}}}"#, list.join(",")))
            .unwrap()
            .0
    };
    let first = PrivilegeTable::new(Some(&roles(&["a", "b", "c"])));
    let second = first.succeeded_by(Some(&roles(&["new", "C", "a"])));
    assert_eq!(second.number("a"), first.number("a"));
    assert_eq!(second.number("c"), first.number("c"));
    assert_eq!(second.number("b"), None, "nobody can be given it");
    let gone = first.number("b").unwrap();
    assert_eq!(second.name(gone), "b");
    assert!(second.ordered_closure(gone).is_empty() && !second.closure(gone).contains(gone));
    assert!(!["a", "c", "new"].iter().any(|name| second.number(name) == Some(gone)));
    assert_eq!(second.succeeded_by(Some(&roles(&["b"]))).number("b"), Some(gone));
    assert_eq!(second.succeeded_by(None).number("a"), None);
}
