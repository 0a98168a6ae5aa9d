//! [`Permissions`]: `roles.json` compiled to a table.
//!
//! Rules are looked up from the narrow to the wide resource, each action on its own; an entry that does not list the
//! action, or lists nobody, does not stop the search. Attributes are the exception: their own list comes *in addition*
//! to what their dataclass demands (`docs/ORDA/privileges.md`).

use std::collections::HashMap;

use tessera_model::{AttributeId, Catalog, DataclassId, Permission, ResourceKind, Roles};
use tessera_values::Text;

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

    fn listed(self, permission: &Permission) -> Option<&Vec<Text>> {
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
    functions: HashMap<Text, Rule>,
    promoted: HashMap<Text, Vec<PrivilegeId>>,
}

#[derive(Debug)]
struct ClassRules {
    execute: Rule,
    functions: HashMap<Text, Rule>,
    promoted: HashMap<Text, Vec<PrivilegeId>>,
}

/// Every permission of a project.
#[derive(Debug)]
pub struct Permissions {
    dataclasses: Vec<DataclassRules>,
    datastore: ClassRules,
    singletons: HashMap<Text, ClassRules>,
    enabled: bool,
}

/// The permissions of one resource, several entries merged.
struct Entries<'r>(Vec<&'r Permission>);

impl<'r> Entries<'r> {
    fn of(roles: &'r Roles, kind: ResourceKind, name: &str) -> Self {
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
            let (functions, promoted) = functions_of(roles, ResourceKind::Method, &dataclass.name, table);
            DataclassRules { actions, attributes, functions, promoted }
        });
        let dataclasses = dataclasses.collect();
        let mut singletons = HashMap::new();
        for permission in &roles.permissions {
            let class = match permission.resource {
                ResourceKind::Singleton => permission.apply_to.as_str(),
                ResourceKind::SingletonMethod => permission.apply_to.split('.').next().unwrap_or_default(),
                _ => continue,
            };
            singletons.entry(fold(class)).or_insert_with(|| {
                let own = Entries::of(roles, ResourceKind::Singleton, class).rule(Action::Execute, table);
                let (functions, promoted) = functions_of(roles, ResourceKind::SingletonMethod, class, table);
                ClassRules { execute: own.unwrap_or_else(|| wide(Action::Execute)), functions, promoted }
            });
        }
        let (functions, promoted) = functions_of(roles, ResourceKind::Method, "ds", table);
        let datastore = ClassRules { execute: wide(Action::Execute), functions, promoted };
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
        let name = fold(name);
        match owner {
            FunctionOwner::Datastore => {
                self.datastore.functions.get(&name).unwrap_or(&self.datastore.execute)
            }
            FunctionOwner::Dataclass(dataclass) => {
                let rules = &self.dataclasses[dataclass.index()];
                rules.functions.get(&name).unwrap_or(&rules.actions[Action::Execute as usize])
            }
            FunctionOwner::Singleton(class) => match self.singletons.get(&fold(class)) {
                Some(rules) => rules.functions.get(&name).unwrap_or(&rules.execute),
                None => &self.datastore.execute,
            },
        }
    }

    /// The privileges a process holds while this function runs.
    pub fn promoted(&self, owner: FunctionOwner<'_>, name: &str) -> &[PrivilegeId] {
        let promoted = match owner {
            FunctionOwner::Datastore => Some(&self.datastore.promoted),
            FunctionOwner::Dataclass(dataclass) => Some(&self.dataclasses[dataclass.index()].promoted),
            FunctionOwner::Singleton(class) => self.singletons.get(&fold(class)).map(|rules| &rules.promoted),
        };
        promoted.and_then(|promoted| promoted.get(&fold(name))).map_or(&[], Vec::as_slice)
    }
}

type FunctionRules = (HashMap<Text, Rule>, HashMap<Text, Vec<PrivilegeId>>);

/// The rules and promotions of the functions written `owner.function`.
fn functions_of(roles: &Roles, kind: ResourceKind, owner: &str, table: &PrivilegeTable) -> FunctionRules {
    let (mut rules, mut promotions) = (HashMap::new(), HashMap::new());
    let owner = fold(owner);
    for permission in roles.permissions.iter().filter(|permission| permission.resource == kind) {
        let Some((class, function)) = permission.apply_to.split_once('.') else { continue };
        if fold(class) != owner {
            continue;
        }
        let entries = Entries::of(roles, kind, &permission.apply_to);
        if let Some(rule) = entries.rule(Action::Execute, table) {
            rules.insert(fold(function), rule);
        }
        let promoted = entries.promoted(table);
        if !promoted.is_empty() {
            promotions.insert(fold(function), promoted);
        }
    }
    (rules, promotions)
}
