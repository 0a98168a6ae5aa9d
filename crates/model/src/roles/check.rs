//! Whether the names and lists of `roles.json` fit together.

use std::collections::{HashMap, HashSet};

use tessera_values::Text;

use super::parse::{Notes, Place};
use super::{Permission, ResourceKind, ResourceNames, Roles, RolesFault, RolesProblem};

/// Privileges that exist without declaration.
const BUILT_IN: [&str; 2] = ["guest", "webadmin"];

/// Every privilege that is used has to be declared (V7).
pub(super) fn declarations(roles: &Roles, places: &[Place], notes: &mut Notes<'_>) {
    let mut known: HashSet<Text> =
        roles.privileges.iter().map(|privilege| privilege.name.to_lowercase()).collect();
    known.extend(BUILT_IN.map(Text::from));
    for (name, offset, path) in places {
        if !known.contains(&name.to_lowercase()) {
            notes.add(*offset, path.clone(), RolesProblem::Undeclared { name: name.clone() });
        }
    }
}

/// No privilege may include itself (V8). The last inclusion of the circle is reported.
pub(super) fn cycles(roles: &Roles, includes: &[Vec<Place>], notes: &mut Notes<'_>) {
    let closure = Closure::new(roles);
    for (privilege, places) in roles.privileges.iter().zip(includes) {
        let name = privilege.name.to_lowercase();
        for (included, offset, path) in places {
            if closure.of(included).contains(&name) {
                let problem = RolesProblem::Cycle { name: privilege.name.clone() };
                notes.add(*offset, path.clone(), problem);
            }
        }
    }
}

/// Who may change or drop has to be able to read (V12).
pub(super) fn readable(roles: &Roles, places: &[(usize, String)], notes: &mut Notes<'_>) {
    let closure = Closure::new(roles);
    for (permission, (offset, path)) in roles.permissions.iter().zip(places) {
        let readers = readers(roles, permission);
        for (action, list) in [("update", &permission.update), ("drop", &permission.drop)] {
            let Some(list) = list.as_ref().filter(|list| !list.is_empty()) else { continue };
            let fits = match readers {
                None => !roles.restricted_by_default,
                Some(readers) => readers.iter().any(|reader| {
                    let reader = reader.to_lowercase();
                    reader == "guest" || list.iter().any(|name| closure.of(name).contains(&reader))
                }),
            };
            if !fits {
                notes.add(*offset, format!("{path}.{action}"), RolesProblem::Unreadable { action });
            }
        }
    }
}

/// The list that decides reading the resource of a permission: its own, that of its dataclass, or the datastore's.
/// An empty list counts as none.
fn readers<'r>(roles: &'r Roles, permission: &'r Permission) -> Option<&'r [Text]> {
    let dataclass = permission.apply_to.split('.').next().unwrap_or_default();
    let of = |kind: ResourceKind, name: &str| {
        roles
            .permissions
            .iter()
            .filter(move |other| other.resource == kind && other.apply_to.eq_ignore_ascii_case(name))
            .find_map(|other| other.read.as_deref())
            .filter(|list| !list.is_empty())
    };
    let own = permission.read.as_deref().filter(|list| !list.is_empty());
    own.or_else(|| of(ResourceKind::Dataclass, dataclass)).or_else(|| of(ResourceKind::Datastore, "ds"))
}

/// What each privilege includes, itself and indirectly.
struct Closure {
    includes: HashMap<Text, Vec<Text>>,
}

impl Closure {
    fn new(roles: &Roles) -> Self {
        let lower = |names: &[Text]| names.iter().map(Text::to_lowercase).collect();
        let includes = roles
            .privileges
            .iter()
            .map(|privilege| (privilege.name.to_lowercase(), lower(&privilege.includes)))
            .collect();
        Self { includes }
    }

    fn of(&self, name: &Text) -> HashSet<Text> {
        let mut reached = HashSet::new();
        let mut open = vec![name.to_lowercase()];
        while let Some(name) = open.pop() {
            if reached.insert(name.clone()) {
                open.extend(self.includes.get(&name).into_iter().flatten().cloned());
            }
        }
        reached
    }
}

/// Resources that do not exist (V5).
pub(super) fn resources(roles: &Roles, names: &dyn ResourceNames) -> Vec<RolesFault> {
    let mut faults = Vec::new();
    for permission in &roles.permissions {
        let name = permission.apply_to.as_str();
        let (owner, member) = name.split_once('.').unwrap_or((name, ""));
        let exists = match permission.resource {
            ResourceKind::Datastore => name.eq_ignore_ascii_case("ds"),
            ResourceKind::Dataclass => names.is_dataclass(name),
            ResourceKind::Attribute => names.is_attribute(owner, member),
            ResourceKind::Method => names.is_function(owner, member),
            ResourceKind::SingletonMethod => names.is_singleton_function(owner, member),
            ResourceKind::Singleton => names.is_singleton(name),
        };
        if !exists {
            faults.push(RolesFault {
                line: permission.line,
                column: permission.column,
                path: "permissions.allowed".to_owned(),
                problem: RolesProblem::UnknownResource {
                    kind: permission.resource.word(),
                    name: permission.apply_to.clone(),
                },
            });
        }
    }
    faults
}
