//! [`Permissions`]: `roles.json` compiled to a table.
//!
//! Rules are looked up from the narrow to the wide resource, each action on its own; an entry that does not list the
//! action, or lists nobody, does not stop the search. Attributes are the exception: their own list comes *in addition*
//! to what their dataclass demands (`docs/ORDA/privileges.md`).

use std::collections::HashMap;

use tessera_model::{AttributeId, Catalog, DataclassId, Permission, ResourceKind, Roles};
use tessera_values::Text;

use crate::by_name::ByName;
use crate::privilege::{PrivilegeId, PrivilegeSet, PrivilegeTable};

/// What is done to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Reading entities and attributes.
    Read,
    /// Creating entities.
    Create,
    /// Saving changed entities.
    Update,
    /// Dropping entities.
    Drop,
    /// Calling functions.
    Execute,
}

impl Action {
    /// All actions.
    pub const ALL: [Self; 5] = [Self::Read, Self::Create, Self::Update, Self::Drop, Self::Execute];

    /// The word `roles.json` and messages use.
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Create => "create",
            Self::Update => "update",
            Self::Drop => "drop",
            Self::Execute => "execute",
        }
    }

    pub(crate) fn listed(self, permission: &Permission) -> Option<&Vec<Text>> {
        match self {
            Self::Read => permission.read.as_ref(),
            Self::Create => permission.create.as_ref(),
            Self::Update => permission.update.as_ref(),
            Self::Drop => permission.drop.as_ref(),
            Self::Execute => permission.execute.as_ref(),
        }
    }
}

/// Who may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Everybody: nothing is said, and the project is open by default.
    Allow,
    /// Nobody: nothing is said, and the project is restricted by default.
    Deny,
    /// Whoever holds one of these.
    AnyOf(PrivilegeSet),
}

impl Rule {
    /// Does somebody with these privileges pass?
    pub fn allows(&self, privileges: &PrivilegeSet) -> bool {
        match self {
            Self::Allow => true,
            Self::Deny => false,
            Self::AnyOf(allowed) => allowed.intersects(privileges),
        }
    }
}

/// What a function belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FunctionOwner<'n> {
    /// The DataStore class.
    Datastore,
    /// The dataclass, entity or entity selection class of a dataclass: one namespace.
    Dataclass(DataclassId),
    /// A singleton class.
    Singleton(&'n str),
}

#[derive(Debug)]
struct DataclassRules {
    actions: [Rule; 5],
    attributes: HashMap<(AttributeId, Action), Rule>,
    functions: ByName<FunctionRules>,
}

#[derive(Debug)]
struct ClassRules {
    execute: Rule,
    functions: ByName<FunctionRules>,
}

/// What is said of one function.
#[derive(Debug)]
struct FunctionRules {
    /// Who may call it; `None` when its class decides.
    execute: Option<Rule>,
    /// What a process holds while it runs.
    promoted: Vec<PrivilegeId>,
}

/// Every permission of a project.
#[derive(Debug)]
pub struct Permissions {
    dataclasses: Vec<DataclassRules>,
    datastore: ClassRules,
    singletons: ByName<ClassRules>,
    enabled: bool,
}

/// The permissions of one resource, several entries merged.
pub(crate) struct Entries<'r>(pub(crate) Vec<&'r Permission>);

impl<'r> Entries<'r> {
    pub(crate) fn of(roles: &'r Roles, kind: ResourceKind, name: &str) -> Self {
        let name = fold(name);
        Self(
            roles
                .permissions
                .iter()
                .filter(|permission| permission.resource == kind && fold(&permission.apply_to) == name)
                .collect(),
        )
    }

    /// Who the entries allow an action; `None` when they do not say. An empty list says nothing.
    fn rule(&self, action: Action, table: &PrivilegeTable) -> Option<Rule> {
        let names: Vec<&Text> = self.0.iter().filter_map(|entry| action.listed(entry)).flatten().collect();
        if names.is_empty() {
            return None;
        }
        let mut allowed = PrivilegeSet::default();
        // A name nobody declared can be held by nobody, so it locks the action.
        for privilege in names.into_iter().filter_map(|name| table.number(name)) {
            allowed.insert(privilege);
        }
        Some(Rule::AnyOf(allowed))
    }

    fn promoted(&self, table: &PrivilegeTable) -> Vec<PrivilegeId> {
        let names = self.0.iter().filter_map(|entry| entry.promote.as_ref()).flatten();
        names.filter_map(|name| table.number(name)).collect()
    }
}

fn fold(name: &str) -> Text {
    name.to_lowercase().into()
}

impl Permissions {
    /// Compiles `roles.json`; without one everything is open.
    pub fn new(roles: Option<&Roles>, catalog: &Catalog, table: &PrivilegeTable) -> Self {
        let no_roles = Roles::default();
        let enabled = roles.is_some();
        let roles = roles.unwrap_or(&no_roles);
        let default = if roles.restricted_by_default { Rule::Deny } else { Rule::Allow };
        let datastore = Entries::of(roles, ResourceKind::Datastore, "ds");
        let wide = |action| datastore.rule(action, table).unwrap_or_else(|| default.clone());
        let dataclasses = catalog.dataclasses().iter().map(|dataclass| {
            let entries = Entries::of(roles, ResourceKind::Dataclass, &dataclass.name);
            let actions =
                Action::ALL.map(|action| entries.rule(action, table).unwrap_or_else(|| wide(action)));
            let mut attributes = HashMap::new();
            for attribute in dataclass.attributes() {
                let name = format!("{}.{}", dataclass.name, attribute.name);
                let entries = Entries::of(roles, ResourceKind::Attribute, &name);
                for action in Action::ALL {
                    if let Some(rule) = entries.rule(action, table) {
                        attributes.insert((attribute.id, action), rule);
                    }
                }
            }
            let functions = functions_of(roles, ResourceKind::Method, &dataclass.name, table);
            DataclassRules { actions, attributes, functions }
        });
        let dataclasses = dataclasses.collect();
        let singletons = roles.permissions.iter().filter_map(|permission| {
            let class = match permission.resource {
                ResourceKind::Singleton => permission.apply_to.as_str(),
                ResourceKind::SingletonMethod => permission.apply_to.split('.').next().unwrap_or_default(),
                _ => return None,
            };
            let own = Entries::of(roles, ResourceKind::Singleton, class).rule(Action::Execute, table);
            let functions = functions_of(roles, ResourceKind::SingletonMethod, class, table);
            let execute = own.unwrap_or_else(|| wide(Action::Execute));
            Some((Text::from(class), ClassRules { execute, functions }))
        });
        let singletons = singletons.collect();
        let functions = functions_of(roles, ResourceKind::Method, "ds", table);
        let datastore = ClassRules { execute: wide(Action::Execute), functions };
        Self { dataclasses, datastore, singletons, enabled }
    }

    /// Is there any permission at all? Without `roles.json` nothing needs to be asked.
    pub fn are_enabled(&self) -> bool {
        self.enabled
    }

    /// Who may do this to a dataclass.
    pub fn dataclass(&self, dataclass: DataclassId, action: Action) -> &Rule {
        &self.dataclasses[dataclass.index()].actions[action as usize]
    }

    /// What an attribute demands beyond its dataclass; `None` when it demands nothing more.
    pub fn attribute(&self, dataclass: DataclassId, attribute: AttributeId, action: Action) -> Option<&Rule> {
        self.dataclasses[dataclass.index()].attributes.get(&(attribute, action))
    }

    /// Does any attribute of the dataclass demand something of its own?
    pub fn has_attribute_rules(&self, dataclass: DataclassId) -> bool {
        !self.dataclasses[dataclass.index()].attributes.is_empty()
    }

    /// Who may call a function.
    pub fn function(&self, owner: FunctionOwner<'_>, name: &str) -> &Rule {
        let own = self.functions(owner).and_then(|functions| functions.get(name)?.execute.as_ref());
        own.unwrap_or_else(|| match owner {
            FunctionOwner::Datastore => &self.datastore.execute,
            FunctionOwner::Dataclass(dataclass) => self.dataclass(dataclass, Action::Execute),
            FunctionOwner::Singleton(class) => {
                self.singletons.get(class).map_or(&self.datastore.execute, |rules| &rules.execute)
            }
        })
    }

    /// The privileges a process holds while this function runs.
    pub fn promoted(&self, owner: FunctionOwner<'_>, name: &str) -> &[PrivilegeId] {
        let rules = self.functions(owner).and_then(|functions| functions.get(name));
        rules.map_or(&[], |rules| rules.promoted.as_slice())
    }

    fn functions(&self, owner: FunctionOwner<'_>) -> Option<&ByName<FunctionRules>> {
        match owner {
            FunctionOwner::Datastore => Some(&self.datastore.functions),
            FunctionOwner::Dataclass(dataclass) => Some(&self.dataclasses[dataclass.index()].functions),
            FunctionOwner::Singleton(class) => self.singletons.get(class).map(|rules| &rules.functions),
        }
    }
}

/// What is said of the functions written `owner.function`.
fn functions_of(
    roles: &Roles,
    kind: ResourceKind,
    owner: &str,
    table: &PrivilegeTable,
) -> ByName<FunctionRules> {
    let owner = fold(owner);
    let named = roles.permissions.iter().filter(|permission| permission.resource == kind);
    let of_owner = named.filter_map(|permission| {
        let (class, function) = permission.apply_to.split_once('.')?;
        (fold(class) == owner).then(|| {
            let entries = Entries::of(roles, kind, &permission.apply_to);
            let execute = entries.rule(Action::Execute, table);
            (Text::from(function), FunctionRules { execute, promoted: entries.promoted(table) })
        })
    });
    of_owner.collect()
}
