//! Privileges: their names, what they include, and sets of them.

use std::collections::HashMap;

use smallvec::SmallVec;
use tessera_model::Roles;
use tessera_values::Text;

/// The number of a declared privilege.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PrivilegeId(pub u16);

/// A set of privileges: one bit each, so that a permission is checked with a few ANDs and no allocation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrivilegeSet(SmallVec<[u64; 4]>);

impl PrivilegeSet {
    /// Adds a privilege.
    pub fn insert(&mut self, privilege: PrivilegeId) {
        let word = usize::from(privilege.0 / 64);
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (privilege.0 % 64);
    }

    /// Adds all of another set.
    pub fn extend(&mut self, other: &Self) {
        self.0.resize(self.0.len().max(other.0.len()), 0);
        for (word, more) in self.0.iter_mut().zip(&other.0) {
            *word |= more;
        }
    }

    /// Is the privilege in the set?
    pub fn contains(&self, privilege: PrivilegeId) -> bool {
        let word = usize::from(privilege.0 / 64);
        self.0.get(word).is_some_and(|bits| bits & (1 << (privilege.0 % 64)) != 0)
    }

    /// Do the sets share a privilege?
    pub fn intersects(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).any(|(a, b)| a & b != 0)
    }
}

/// The privilege everybody holds (`docs/ORDA/privileges.md`).
pub(crate) const GUEST: &str = "guest";
/// The privilege of the administration pages; code may set it although no project declares it.
pub(crate) const WEB_ADMIN: &str = "WebAdmin";

#[derive(Debug, Default)]
struct Privilege {
    name: Text,
    /// Does `roles.json` know it? An earlier one may have, and sessions may hold its number.
    is_declared: bool,
    /// Itself and everything it includes, however far.
    closure: PrivilegeSet,
    /// The same in the order `getPrivileges` lists them: included ones first.
    order: Vec<PrivilegeId>,
}

/// All privileges and roles of a project. Names are compared without regard to case.
#[derive(Debug)]
pub struct PrivilegeTable {
    privileges: Vec<Privilege>,
    numbers: HashMap<Text, PrivilegeId>,
    roles: HashMap<Text, Vec<PrivilegeId>>,
    guest: PrivilegeSet,
}

fn fold(name: &str) -> Text {
    name.trim().to_lowercase().into()
}

impl PrivilegeTable {
    /// From `roles.json`; a name that only permissions or includes use becomes a privilege nobody can be given.
    pub fn new(roles: Option<&Roles>) -> Self {
        Self::after(&[], roles)
    }

    /// From a `roles.json` that replaces the one of this table. A privilege keeps its number, because sessions hold
    /// numbers; one that is no longer declared keeps its number and name, and grants nothing.
    pub fn succeeded_by(&self, roles: Option<&Roles>) -> Self {
        Self::after(&self.privileges, roles)
    }

    fn after(known: &[Privilege], roles: Option<&Roles>) -> Self {
        let mut table = Self {
            privileges: Vec::new(),
            numbers: HashMap::new(),
            roles: HashMap::new(),
            guest: PrivilegeSet::default(),
        };
        for privilege in known {
            table.number_of(&privilege.name);
        }
        let guest = table.declare(GUEST);
        table.declare(WEB_ADMIN);
        let Some(roles) = roles else {
            table.close(&HashMap::new());
            table.guest.insert(guest);
            return table;
        };
        for privilege in &roles.privileges {
            table.declare(&privilege.name);
        }
        let mut includes: HashMap<PrivilegeId, Vec<PrivilegeId>> = HashMap::new();
        for privilege in &roles.privileges {
            let including = table.declare(&privilege.name);
            let included = privilege.includes.iter().filter_map(|name| table.number(name)).collect();
            includes.insert(including, included);
        }
        for role in &roles.roles {
            let privileges = role.privileges.iter().filter_map(|name| table.number(name)).collect();
            table.roles.insert(fold(&role.name), privileges);
        }
        table.close(&includes);
        table.guest = table.privileges[usize::from(guest.0)].closure.clone();
        table
    }

    fn declare(&mut self, name: &str) -> PrivilegeId {
        let number = self.number_of(name);
        self.privileges[usize::from(number.0)].is_declared = true;
        number
    }

    /// The number of a name, a new one for a new name.
    fn number_of(&mut self, name: &str) -> PrivilegeId {
        let next = PrivilegeId(self.privileges.len().min(usize::from(u16::MAX)) as u16);
        let number = *self.numbers.entry(fold(name)).or_insert(next);
        if number == next {
            self.privileges.push(Privilege { name: name.trim().into(), ..Privilege::default() });
        }
        number
    }

    fn close(&mut self, includes: &HashMap<PrivilegeId, Vec<PrivilegeId>>) {
        for number in 0..self.privileges.len() {
            if !self.privileges[number].is_declared {
                continue;
            }
            let mut order = Vec::new();
            visit(PrivilegeId(number as u16), includes, &mut order, &mut PrivilegeSet::default());
            let mut closure = PrivilegeSet::default();
            for privilege in &order {
                closure.insert(*privilege);
            }
            let privilege = &mut self.privileges[number];
            privilege.closure = closure;
            privilege.order = order;
        }
    }

    /// The number of a declared privilege.
    pub fn number(&self, name: &str) -> Option<PrivilegeId> {
        let number = self.numbers.get(&fold(name)).copied();
        number.filter(|number| self.privileges[usize::from(number.0)].is_declared)
    }

    /// The privileges of a role.
    pub fn role(&self, name: &str) -> Option<&[PrivilegeId]> {
        self.roles.get(&fold(name)).map(Vec::as_slice)
    }

    /// The declared spelling.
    pub fn name(&self, privilege: PrivilegeId) -> &Text {
        &self.privileges[usize::from(privilege.0)].name
    }

    /// The privilege and everything it includes.
    pub fn closure(&self, privilege: PrivilegeId) -> &PrivilegeSet {
        &self.privileges[usize::from(privilege.0)].closure
    }

    /// The privilege and everything it includes, included ones first.
    pub fn ordered_closure(&self, privilege: PrivilegeId) -> &[PrivilegeId] {
        &self.privileges[usize::from(privilege.0)].order
    }

    /// What everybody holds.
    pub fn guest(&self) -> &PrivilegeSet {
        &self.guest
    }
}

fn visit(
    privilege: PrivilegeId,
    includes: &HashMap<PrivilegeId, Vec<PrivilegeId>>,
    order: &mut Vec<PrivilegeId>,
    seen: &mut PrivilegeSet,
) {
    if seen.contains(privilege) {
        return;
    }
    seen.insert(privilege);
    for included in includes.get(&privilege).into_iter().flatten() {
        visit(*included, includes, order, seen);
    }
    order.push(privilege);
}
