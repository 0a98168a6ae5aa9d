//! [`explain`]: which entry of `roles.json` lets somebody do something, or keeps them from it.
//!
//! It walks the entries in the order in which [`crate::Permissions`] was compiled from them; a test holds the two
//! together.

use tessera_model::{Permission, ResourceKind, Roles};
use tessera_values::Text;

use crate::permission::{Action, Entries};
use crate::privilege::{PrivilegeId, PrivilegeSet, PrivilegeTable};

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question<'q> {
    /// What kind of resource.
    pub kind: ResourceKind,
    /// Its name as `roles.json` writes it, for instance `Customers.notes`.
    pub resource: &'q str,
    /// What is to be done to it.
    pub action: Action,
}

/// The answer, with the way to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// May it be done?
    pub allowed: bool,
    /// What was looked at, in order.
    pub steps: Vec<Step>,
}

/// One resource that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What kind.
    pub kind: ResourceKind,
    /// Its name.
    pub resource: Text,
    /// What the file says of it.
    pub finding: Finding,
}

/// What the file says of a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Nothing; the wider resource decides.
    Silent,
    /// A list of privileges.
    Listed {
        /// The line of its entry, from 1.
        line: usize,
        /// The privileges, any of which will do.
        privileges: Vec<Text>,
        /// Those of them that are held.
        held: Vec<Text>,
    },
    /// No entry decides: `restrictedByDefault` does.
    Default {
        /// Its value.
        restricted: bool,
    },
}

impl Finding {
    fn allows(&self) -> bool {
        match self {
            Self::Silent => false,
            Self::Listed { held, .. } => !held.is_empty(),
            Self::Default { restricted } => !restricted,
        }
    }
}

/// Explains what somebody with these privileges may do.
pub fn explain(
    roles: &Roles,
    table: &PrivilegeTable,
    held: &PrivilegeSet,
    question: &Question<'_>,
) -> Explanation {
    let mut steps = Vec::new();
    let mut look = |kind: ResourceKind, resource: &str| {
        let entries = Entries::of(roles, kind, resource);
        let finding = listed(&entries, question.action, table, held).unwrap_or(Finding::Silent);
        let found = finding != Finding::Silent;
        let allowed = finding.allows();
        steps.push(Step { kind, resource: resource.into(), finding });
        found.then_some(allowed)
    };
    let owner = question.resource.split('.').next().unwrap_or_default();
    // What an attribute says is demanded in addition.
    let own = look(question.kind, question.resource);
    let wider: &[(ResourceKind, &str)] = match question.kind {
        ResourceKind::Datastore => &[],
        ResourceKind::Dataclass | ResourceKind::Singleton => &[(ResourceKind::Datastore, "ds")],
        ResourceKind::Method if owner.eq_ignore_ascii_case("ds") => &[(ResourceKind::Datastore, "ds")],
        ResourceKind::Method | ResourceKind::Attribute => {
            &[(ResourceKind::Dataclass, owner), (ResourceKind::Datastore, "ds")]
        }
        ResourceKind::SingletonMethod => &[(ResourceKind::Singleton, owner), (ResourceKind::Datastore, "ds")],
    };
    let is_additive = question.kind == ResourceKind::Attribute;
    let decided = if is_additive { None } else { own };
    let inherited = decided
        .or_else(|| wider.iter().find_map(|(kind, resource)| look(*kind, resource)))
        .unwrap_or_else(|| {
            let restricted = roles.restricted_by_default;
            let finding = Finding::Default { restricted };
            steps.push(Step { kind: ResourceKind::Datastore, resource: "ds".into(), finding });
            !restricted
        });
    let allowed = inherited && (!is_additive || own.unwrap_or(true));
    Explanation { allowed, steps }
}

fn listed(
    entries: &Entries<'_>,
    action: Action,
    table: &PrivilegeTable,
    held: &PrivilegeSet,
) -> Option<Finding> {
    let deciding: Vec<&&Permission> =
        entries.0.iter().filter(|entry| action.listed(entry).is_some_and(|list| !list.is_empty())).collect();
    let line = deciding.first()?.line;
    let privileges: Vec<Text> =
        deciding.iter().filter_map(|entry| action.listed(entry)).flatten().cloned().collect();
    let is_held = |name: &&Text| table.number(name).is_some_and(|privilege| held.contains(privilege));
    let held = privileges.iter().filter(is_held).cloned().collect();
    Some(Finding::Listed { line, privileges, held })
}

/// How a privilege came to somebody who was given `assigned`: from the one that was assigned down to it, each
/// including the next. Empty when they do not hold it; only `guest` comes to everybody.
pub fn held_through(
    roles: &Roles,
    table: &PrivilegeTable,
    assigned: &[PrivilegeId],
    privilege: &str,
) -> Vec<Text> {
    let Some(wanted) = table.number(privilege) else { return Vec::new() };
    let Some(mut at) = assigned.iter().copied().find(|one| table.closure(*one).contains(wanted)) else {
        return Vec::new();
    };
    let mut chain = vec![table.name(at).clone()];
    while at != wanted {
        let declared = roles.privileges.iter().find(|one| table.number(&one.name) == Some(at));
        let included = declared.into_iter().flat_map(|one| &one.includes);
        // Cycles are faults of the file, so each step comes nearer.
        let Some(next) = included
            .filter_map(|name| table.number(name))
            .find(|next| *next != at && table.closure(*next).contains(wanted))
        else {
            break;
        };
        chain.push(table.name(next).clone());
        at = next;
    }
    chain
}

#[cfg(test)]
mod tests {
    use tessera_model::{Catalog, RolesSource};

    use super::*;
    use crate::permission::{FunctionOwner, Permissions};

    const CATALOG: &str = r#"<base name="b"><table name="Staff" uuid="1" id="1"><field name="ID" uuid="2" type="4" id="1"/>
        <field name="pay" uuid="3" type="4" id="2"/><primary_key field_name="ID" field_uuid="2"/></table>
        <table name="Other" uuid="4" id="2"><field name="ID" uuid="5" type="4" id="1"/>
        <primary_key field_name="ID" field_uuid="5"/></table></base>"#;

    fn roles(restricted: bool, allowed: &str) -> Roles {
        let text = format!(
            r#"{{"restrictedByDefault":{restricted},"privileges":[{{"privilege":"a","includes":["b"]}},
            {{"privilege":"b","includes":["c"]}},{{"privilege":"c"}},{{"privilege":"d"}},
            {{"privilege":"e","includes":["d","b"]}}],
            "permissions":{{"allowed":[{allowed}]}}}}"#
        );
        RolesSource::parse(&text).roles().unwrap().clone()
    }

    #[test]
    fn the_explanation_says_what_the_table_does() {
        let entries = [
            r#"{"applyTo":"ds","type":"datastore","read":["d"],"execute":["c"],"drop":[]}"#,
            r#"{"applyTo":"Staff","type":"dataclass","read":["b"],"update":["nobody"]}"#,
            r#"{"applyTo":"Staff.pay","type":"attribute","read":["a","guest"],"update":["a"]}"#,
            r#"{"applyTo":"Staff","type":"dataclass","execute":["c"]}"#,
            r#"{"applyTo":"staff.run","type":"method","execute":["d"]}"#,
            r#"{"applyTo":"ds.go","type":"method","execute":["a"]}"#,
            r#"{"applyTo":"Tally","type":"singleton","execute":["b"]}"#,
            r#"{"applyTo":"Tally.next","type":"singletonMethod","execute":["d"]}"#,
        ];
        let catalog = Catalog::parse(CATALOG).unwrap();
        let dataclass = |name: &str| catalog.dataclass_named(name).unwrap();
        for bits in 0_u32..1 << entries.len() {
            let chosen: Vec<&str> =
                entries.iter().enumerate().filter(|(i, _)| bits & (1 << i) != 0).map(|(_, e)| *e).collect();
            let roles = roles(bits % 3 == 0, &chosen.join(","));
            let table = PrivilegeTable::new(Some(&roles));
            let permissions = Permissions::new(Some(&roles), &catalog, &table);
            for name in ["guest", "a", "b", "c", "d"] {
                let mut held = table.guest().clone();
                held.extend(table.closure(table.number(name).unwrap()));
                let said = |kind, resource, action| {
                    explain(&roles, &table, &held, &Question { kind, resource, action }).allowed
                };
                for action in [Action::Read, Action::Create, Action::Update, Action::Drop] {
                    for class in ["Staff", "Other"] {
                        let table = permissions.dataclass(dataclass(class).id, action).allows(&held);
                        assert_eq!(
                            said(ResourceKind::Dataclass, class, action),
                            table,
                            "{bits} {name} {class}"
                        );
                    }
                    let staff = dataclass("Staff");
                    let pay = staff.attributes().iter().find(|attribute| attribute.name == "pay").unwrap().id;
                    let own = permissions.attribute(staff.id, pay, action);
                    let table = permissions.dataclass(staff.id, action).allows(&held)
                        && own.is_none_or(|own| own.allows(&held));
                    assert_eq!(
                        said(ResourceKind::Attribute, "Staff.pay", action),
                        table,
                        "{bits} {name} pay"
                    );
                }
                let staff = FunctionOwner::Dataclass(dataclass("Staff").id);
                for (kind, resource, owner, function) in [
                    (ResourceKind::Method, "Staff.run", staff, "run"),
                    (ResourceKind::Method, "Staff.walk", staff, "walk"),
                    (ResourceKind::Method, "ds.go", FunctionOwner::Datastore, "go"),
                    (ResourceKind::Method, "ds.stay", FunctionOwner::Datastore, "stay"),
                    (ResourceKind::SingletonMethod, "Tally.next", FunctionOwner::Singleton("Tally"), "next"),
                    (ResourceKind::SingletonMethod, "Tally.last", FunctionOwner::Singleton("Tally"), "last"),
                ] {
                    let table = permissions.function(owner, function).allows(&held);
                    assert_eq!(said(kind, resource, Action::Execute), table, "{bits} {name} {resource}");
                }
            }
        }
    }

    #[test]
    fn functions_of_the_datastore_belong_to_no_dataclass() {
        let roles = roles(false, r#"{"applyTo":"ds","type":"datastore","execute":["c"]}"#);
        let table = PrivilegeTable::new(Some(&roles));
        let asked = |resource| {
            let question = Question { kind: ResourceKind::Method, resource, action: Action::Execute };
            let steps = explain(&roles, &table, table.guest(), &question).steps;
            steps.into_iter().map(|step| step.resource.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(asked("ds.go"), ["ds.go", "ds"]);
        assert_eq!(asked("Staff.run"), ["Staff.run", "Staff", "ds"]);
    }

    #[test]
    fn the_way_to_a_privilege_is_told() {
        let roles = roles(false, "");
        let table = PrivilegeTable::new(Some(&roles));
        let assigned = ["d", "a"].map(|name| table.number(name).unwrap());
        assert_eq!(held_through(&roles, &table, &assigned, "c"), ["a", "b", "c"]);
        assert_eq!(held_through(&roles, &table, &assigned, "d"), ["d"]);
        let other = [table.number("e").unwrap()];
        assert_eq!(held_through(&roles, &table, &other, "c"), ["e", "b", "c"]);
        assert!(held_through(&roles, &table, &assigned[..1], "c").is_empty());
    }
}
