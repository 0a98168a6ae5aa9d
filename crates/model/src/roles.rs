//! `roles.json` as written: privileges, roles and permissions, each with its place, and everything wrong with it.
//!
//! It decides nothing about sessions: `tessera-sessions` compiles it to a table. A file with an error gives no
//! [`Roles`] at all, so that nobody serves half of it.

use tessera_values::Text;

mod check;
mod parse;

/// The content of `roles.json`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Roles {
    /// Sessions need a login (`docs/REST/authUsers.md`).
    pub force_login: bool,
    /// What no permission mentions is denied (`docs/ORDA/privileges.md`).
    pub restricted_by_default: bool,
    /// The declared privileges.
    pub privileges: Vec<Privilege>,
    /// The declared roles.
    pub roles: Vec<Role>,
    /// What privileges allow.
    pub permissions: Vec<Permission>,
}

/// A declared privilege.
#[derive(Clone, Debug, PartialEq)]
pub struct Privilege {
    /// Its name.
    pub name: Text,
    /// Privileges held along with it.
    pub includes: Vec<Text>,
}

/// A declared role.
#[derive(Clone, Debug, PartialEq)]
pub struct Role {
    /// Its name.
    pub name: Text,
    /// The privileges it gathers.
    pub privileges: Vec<Text>,
}

/// Which privileges allow what on one resource. A list is `None` when the file has none.
#[derive(Clone, Debug, PartialEq)]
pub struct Permission {
    /// The resource's name, for instance `Records.personalNotes`.
    pub apply_to: Text,
    /// What kind of resource it is.
    pub resource: ResourceKind,
    /// Reading.
    pub read: Option<Vec<Text>>,
    /// Creating.
    pub create: Option<Vec<Text>>,
    /// Changing.
    pub update: Option<Vec<Text>>,
    /// Dropping.
    pub drop: Option<Vec<Text>>,
    /// Running.
    pub execute: Option<Vec<Text>>,
    /// Held while the function runs.
    pub promote: Option<Vec<Text>>,
    /// Where it begins: the line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
}

/// The six kinds of resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResourceKind {
    /// `ds`
    Datastore,
    /// A dataclass.
    Dataclass,
    /// `Dataclass.attribute`
    Attribute,
    /// `ds.function` or `Dataclass.function`
    Method,
    /// `Class.function` of a singleton.
    SingletonMethod,
    /// A singleton class.
    Singleton,
}

/// Something wrong in `roles.json`.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{line}:{column}: {path}: {problem}")]
pub struct RolesFault {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// The way to it, for instance `permissions.allowed[3].type`; empty for the file itself.
    pub path: String,
    /// What is wrong.
    pub problem: RolesProblem,
}

/// How bad a fault is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The file counts; the entry may not do what was meant.
    Warning,
    /// The file doesn't count.
    Error,
}

/// What can be wrong in `roles.json`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RolesProblem {
    /// The file is not JSON.
    #[error("this is not valid JSON: {expected} expected")]
    Syntax {
        /// What could stand here.
        expected: &'static str,
    },
    /// A value of another kind.
    #[error("{expected} expected")]
    WrongKind {
        /// The kind.
        expected: &'static str,
    },
    /// A member that has to be there.
    #[error("{name} is missing")]
    Missing {
        /// Its name.
        name: &'static str,
    },
    /// A resource type that does not exist.
    #[error(
        "{found} is no type of resource; use datastore, dataclass, attribute, method, singleton or singletonMethod"
    )]
    UnknownType {
        /// As written.
        found: Text,
    },
    /// A resource that does not exist. The entry never matches.
    #[error("there is no {kind} {name}")]
    UnknownResource {
        /// The kind of resource.
        kind: &'static str,
        /// Its name.
        name: Text,
    },
    /// An action the resource does not have. It is ignored.
    #[error("{action} means nothing for a {kind} and is ignored")]
    WrongAction {
        /// The action.
        action: &'static str,
        /// The kind of resource.
        kind: &'static str,
    },
    /// A privilege nobody declared; nobody can ever hold it.
    #[error("the privilege {name} is not declared, so no session can hold it")]
    Undeclared {
        /// Its name.
        name: Text,
    },
    /// A privilege that includes itself.
    #[error("the privilege {name} includes itself")]
    Cycle {
        /// Its name.
        name: Text,
    },
    /// A second privilege or role of the same name.
    #[error("{name} is declared twice; case does not make a difference")]
    Twice {
        /// Its name.
        name: Text,
    },
    /// A second entry for the same resource. The lists are merged.
    #[error("there is another entry for {name}; their lists are merged")]
    SecondEntry {
        /// The resource.
        name: Text,
    },
    /// An action that also needs to read, for which nobody who may do it may read.
    #[error("{action} also needs read, which none of these privileges gives")]
    Unreadable {
        /// The action.
        action: &'static str,
    },
}

impl RolesProblem {
    /// How bad it is.
    pub fn severity(&self) -> Severity {
        match self {
            Self::Syntax { .. }
            | Self::WrongKind { .. }
            | Self::Missing { .. }
            | Self::UnknownType { .. }
            | Self::Cycle { .. }
            | Self::Twice { .. } => Severity::Error,
            Self::UnknownResource { .. }
            | Self::WrongAction { .. }
            | Self::Undeclared { .. }
            | Self::SecondEntry { .. }
            | Self::Unreadable { .. } => Severity::Warning,
        }
    }
}

/// Which resources exist. Names are compared without regard to case.
pub trait ResourceNames {
    /// Is there such a dataclass?
    fn is_dataclass(&self, name: &str) -> bool;
    /// Does the dataclass have this attribute of whatever kind?
    fn is_attribute(&self, dataclass: &str, attribute: &str) -> bool;
    /// Does `ds` or a dataclass have this function, be it of the dataclass, its entities or its selections?
    fn is_function(&self, owner: &str, function: &str) -> bool;
    /// Is there such a singleton class?
    fn is_singleton(&self, class: &str) -> bool;
    /// Does the singleton class have this function?
    fn is_singleton_function(&self, class: &str, function: &str) -> bool;
}

impl Roles {
    /// Reads the file's text. With any error there are no roles; warnings come along.
    ///
    /// ```
    /// use tessera_model::Roles;
    ///
    /// let open = r#"{"permissions":{"allowed":[]},"privileges":[],"roles":[],"forceLogin":true}"#;
    /// assert!(Roles::parse(open).unwrap().0.force_login);
    /// let faults = Roles::parse("{\n  \"permissions\": 4.\n}").unwrap_err();
    /// assert_eq!((faults[0].line, faults[0].column), (2, 18));
    /// ```
    pub fn parse(text: &str) -> Result<(Self, Vec<RolesFault>), Vec<RolesFault>> {
        parse::parse(text)
    }

    /// Faults that only who knows the project's classes can see: resources that do not exist.
    pub fn check(&self, names: &dyn ResourceNames) -> Vec<RolesFault> {
        check::resources(self, names)
    }
}

impl ResourceKind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Datastore,
        Self::Dataclass,
        Self::Attribute,
        Self::Method,
        Self::SingletonMethod,
        Self::Singleton,
    ];

    /// The word in the file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Datastore => "datastore",
            Self::Dataclass => "dataclass",
            Self::Attribute => "attribute",
            Self::Method => "method",
            Self::SingletonMethod => "singletonMethod",
            Self::Singleton => "singleton",
        }
    }
}
