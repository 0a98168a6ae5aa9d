//! From the text of `roles.json` to [`Roles`], noting every fault of form on the way.
//!
//! Unknown members are ignored: the page editor writes some, and files of older versions have `describe`.

use std::collections::{HashMap, HashSet};

use tessera_values::Text;

use super::check;
use super::{Permission, Privilege, ResourceKind, Role, Roles, RolesFault, RolesProblem, Severity};
use crate::json::{Json, Node};
use crate::xml::position;

pub(super) fn parse(text: &str) -> Result<(Roles, Vec<RolesFault>), Vec<RolesFault>> {
    // A mark at the beginning is tolerated as in every file of a project; otherwise the JSON is strict.
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let mut notes = Notes { text, faults: Vec::new() };
    let file = match Node::parse(text) {
        Ok(file) => file,
        Err(fault) => {
            notes.add(fault.offset, String::new(), RolesProblem::Syntax { expected: fault.expected });
            return Err(notes.faults);
        }
    };
    let read = Reader { notes: &mut notes, places: Vec::new() }.file(&file);
    let mut faults = notes.faults;
    faults.sort_by_key(|fault| (fault.line, fault.column));
    if faults.iter().any(|fault| fault.problem.severity() == Severity::Error) {
        Err(faults)
    } else {
        Ok((read, faults))
    }
}

/// The faults found, with the text that gives them their line and column.
pub(super) struct Notes<'t> {
    text: &'t str,
    faults: Vec<RolesFault>,
}

impl Notes<'_> {
    pub(super) fn add(&mut self, offset: usize, path: String, problem: RolesProblem) {
        let (line, column) = position(self.text, offset);
        self.faults.push(RolesFault { line, column, path, problem });
    }
}

/// A privilege named somewhere: its name, where, and the way to it.
pub(super) type Place = (Text, usize, String);

struct Reader<'r, 't> {
    notes: &'r mut Notes<'t>,
    /// Every use of a privilege, to be compared with the declarations.
    places: Vec<Place>,
}

impl Reader<'_, '_> {
    fn file(mut self, file: &Node) -> Roles {
        let Json::Object(_) = file.value else {
            self.wrong(file, String::new(), "an object");
            return Roles::default();
        };
        let mut roles = Roles {
            force_login: self.flag(file, "forceLogin"),
            restricted_by_default: self.flag(file, "restrictedByDefault"),
            ..Roles::default()
        };
        let includes = self.privileges(file, &mut roles);
        self.roles(file, &mut roles);
        let permissions = self.permissions(file, &mut roles);
        check::declarations(&roles, &self.places, self.notes);
        check::cycles(&roles, &includes, self.notes);
        check::readable(&roles, &permissions, self.notes);
        roles
    }

    fn wrong(&mut self, node: &Node, path: String, expected: &'static str) {
        self.notes.add(node.offset, path, RolesProblem::WrongKind { expected });
    }

    /// A Boolean; the text `"true"` is not one (V9).
    fn flag(&mut self, file: &Node, name: &'static str) -> bool {
        match file.get(name) {
            None => false,
            Some(Node { value: Json::Boolean(b), .. }) => *b,
            Some(node) => {
                self.wrong(node, name.to_owned(), "true or false");
                false
            }
        }
    }

    /// The elements of a list; a missing list is empty.
    fn items<'n>(&mut self, parent: &'n Node, name: &'static str, path: &str) -> &'n [Node] {
        match parent.get(name) {
            None => &[],
            Some(Node { value: Json::List(items), .. }) => items,
            Some(node) => {
                self.wrong(node, path.to_owned(), "a list");
                &[]
            }
        }
    }

    /// A text that has to be there.
    fn text(&mut self, parent: &Node, name: &'static str, path: &str) -> Option<(Text, usize)> {
        match parent.get(name) {
            Some(Node { value: Json::Text(text), offset }) if !text.is_empty() => {
                Some((text.clone(), *offset))
            }
            Some(node) => {
                self.wrong(node, format!("{path}.{name}"), "a text");
                None
            }
            None => {
                let problem = match parent.value {
                    Json::Object(_) => RolesProblem::Missing { name },
                    _ => RolesProblem::WrongKind { expected: "an object" },
                };
                self.notes.add(parent.offset, path.to_owned(), problem);
                None
            }
        }
    }

    /// A list of privileges; each is noted as used.
    fn names(&mut self, parent: &Node, name: &'static str, path: &str) -> Vec<Place> {
        let path = format!("{path}.{name}");
        let mut names = Vec::new();
        for (index, item) in self.items(parent, name, &path).iter().enumerate() {
            let path = format!("{path}[{index}]");
            match &item.value {
                Json::Text(text) => names.push((text.clone(), item.offset, path)),
                _ => self.wrong(item, path, "the name of a privilege"),
            }
        }
        self.places.extend(names.iter().cloned());
        names
    }

    /// Answers the includes of each privilege with their places.
    fn privileges(&mut self, file: &Node, roles: &mut Roles) -> Vec<Vec<Place>> {
        let mut seen = HashSet::new();
        let mut all = Vec::new();
        for (index, item) in self.items(file, "privileges", "privileges").iter().enumerate() {
            let path = format!("privileges[{index}]");
            let Some((name, offset)) = self.text(item, "privilege", &path) else { continue };
            let includes = self.names(item, "includes", &path);
            if !seen.insert(name.to_lowercase()) {
                self.notes.add(offset, path, RolesProblem::Twice { name: name.clone() });
            }
            let names = includes.iter().map(|(name, ..)| name.clone()).collect();
            roles.privileges.push(Privilege { name, includes: names });
            all.push(includes);
        }
        all
    }

    fn roles(&mut self, file: &Node, roles: &mut Roles) {
        let mut seen = HashSet::new();
        for (index, item) in self.items(file, "roles", "roles").iter().enumerate() {
            let path = format!("roles[{index}]");
            let Some((name, offset)) = self.text(item, "role", &path) else { continue };
            let privileges = self.names(item, "privileges", &path);
            if !seen.insert(name.to_lowercase()) {
                self.notes.add(offset, path, RolesProblem::Twice { name: name.clone() });
            }
            let privileges = privileges.into_iter().map(|(name, ..)| name).collect();
            roles.roles.push(Role { name, privileges });
        }
    }

    /// Answers where each permission stands.
    fn permissions(&mut self, file: &Node, roles: &mut Roles) -> Vec<(usize, String)> {
        let Some(permissions) = file.get("permissions") else {
            self.notes.add(file.offset, String::new(), RolesProblem::Missing { name: "permissions" });
            return Vec::new();
        };
        let Json::Object(_) = permissions.value else {
            self.wrong(permissions, "permissions".to_owned(), "an object");
            return Vec::new();
        };
        if permissions.get("allowed").is_none() {
            let problem = RolesProblem::Missing { name: "allowed" };
            self.notes.add(permissions.offset, "permissions".to_owned(), problem);
        }
        let mut places = Vec::new();
        let mut seen: HashMap<(ResourceKind, Text), usize> = HashMap::new();
        for (index, item) in self.items(permissions, "allowed", "permissions.allowed").iter().enumerate() {
            let path = format!("permissions.allowed[{index}]");
            let Some(permission) = self.permission(item, &path) else { continue };
            // Two entries for one resource are merged (V11).
            let key = (permission.resource, permission.apply_to.to_lowercase());
            if let Some(first) = seen.get(&key) {
                let name = permission.apply_to.clone();
                self.notes.add(item.offset, path, RolesProblem::SecondEntry { name });
                roles.permissions[*first].merge(permission);
            } else {
                seen.insert(key, roles.permissions.len());
                roles.permissions.push(permission);
                places.push((item.offset, path));
            }
        }
        places
    }

    fn permission(&mut self, item: &Node, path: &str) -> Option<Permission> {
        let apply_to = self.text(item, "applyTo", path);
        let kind = self.text(item, "type", path);
        let (line, column) = position(self.notes.text, item.offset);
        let ((apply_to, _), (word, offset)) = (apply_to?, kind?);
        let Some(resource) = ResourceKind::ALL.into_iter().find(|kind| kind.word() == word) else {
            self.notes.add(offset, format!("{path}.type"), RolesProblem::UnknownType { found: word });
            return None;
        };
        let mut list = |action: &'static str, means: bool| {
            let present = item.get(action)?;
            if !means {
                let problem = RolesProblem::WrongAction { action, kind: resource.word() };
                self.notes.add(present.offset, format!("{path}.{action}"), problem);
                return None;
            }
            Some(self.names(item, action, path).into_iter().map(|(name, ..)| name).collect())
        };
        let data =
            matches!(resource, ResourceKind::Datastore | ResourceKind::Dataclass | ResourceKind::Attribute);
        let function = matches!(resource, ResourceKind::Method | ResourceKind::SingletonMethod);
        Some(Permission {
            read: list("read", data),
            create: list("create", data),
            update: list("update", data),
            drop: list("drop", data),
            execute: list("execute", resource != ResourceKind::Attribute),
            // A list for the whole datastore, as old files have it, has no effect.
            promote: list("promote", function),
            apply_to,
            resource,
            line,
            column,
        })
    }
}

impl Permission {
    fn merge(&mut self, other: Self) {
        let lists = [
            (&mut self.read, other.read),
            (&mut self.create, other.create),
            (&mut self.update, other.update),
            (&mut self.drop, other.drop),
            (&mut self.execute, other.execute),
            (&mut self.promote, other.promote),
        ];
        for (mine, more) in lists {
            if let Some(more) = more {
                let mine = mine.get_or_insert_default();
                for name in more {
                    if !mine.contains(&name) {
                        mine.push(name);
                    }
                }
            }
        }
    }
}
