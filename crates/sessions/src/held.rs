//! [`Held`]: what somebody holds. Most people hold what many others hold, so it is kept once for all of them.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use parking_lot::Mutex;

use crate::privilege::{PrivilegeId, PrivilegeSet, PrivilegeTable};

/// The privileges of a session. Never changed: another set is another `Held`.
#[derive(Debug, Default)]
pub(crate) struct Held {
    /// As assigned, in that order.
    pub(crate) assigned: Box<[PrivilegeId]>,
    /// With everything they include, and `guest`.
    pub(crate) effective: Arc<PrivilegeSet>,
}

/// How many different ones are looked for; beyond, sessions have their own.
const SHARED_MAX: usize = 4096;

/// What sessions hold at this time.
#[derive(Debug)]
pub(crate) struct Holdings {
    table: Arc<PrivilegeTable>,
    guest: Arc<Held>,
    shared: Mutex<HashMap<Box<[PrivilegeId]>, Weak<Held>>>,
}

impl Holdings {
    pub(crate) fn new(table: Arc<PrivilegeTable>) -> Self {
        let effective = Arc::new(table.guest().clone());
        let guest = Arc::new(Held { assigned: Box::default(), effective });
        Self { table, guest, shared: Mutex::default() }
    }

    /// What the privileges include.
    pub(crate) fn table(&self) -> &Arc<PrivilegeTable> {
        &self.table
    }

    /// What everybody holds.
    pub(crate) fn guest(&self) -> &Arc<Held> {
        &self.guest
    }

    /// What somebody with these privileges holds.
    pub(crate) fn of(&self, assigned: &[PrivilegeId]) -> Arc<Held> {
        if assigned.is_empty() {
            return Arc::clone(&self.guest);
        }
        let mut shared = self.shared.lock();
        if let Some(held) = shared.get(assigned).and_then(Weak::upgrade) {
            return held;
        }
        let mut effective = self.table.guest().clone();
        for privilege in assigned {
            effective.extend(self.table.closure(*privilege));
        }
        let held = Arc::new(Held { assigned: assigned.into(), effective: Arc::new(effective) });
        if shared.len() >= SHARED_MAX {
            shared.retain(|_, held| held.strong_count() > 0);
        }
        if shared.len() < SHARED_MAX {
            shared.insert(assigned.into(), Arc::downgrade(&held));
        }
        held
    }
}

#[cfg(test)]
mod tests {
    use tessera_model::Roles;

    use super::*;

    #[test]
    fn what_many_hold_is_kept_once_as_long_as_somebody_does() {
        let names: Vec<String> = (0..13).map(|number| format!(r#"{{"privilege":"p{number}"}}"#)).collect();
        let text = format!(r#"{{"privileges":[{}],"permissions":{{"allowed":[]}}}}"#, names.join(","));
        let table = Arc::new(PrivilegeTable::new(Some(&Roles::parse(&text).unwrap().0)));
        let holdings = Holdings::new(Arc::clone(&table));
        // Each number is a set of privileges: the bits that are 1.
        let some = |bits: usize| {
            let chosen = (0..13).filter(|bit| bits & (1 << bit) != 0);
            chosen.map(|bit| table.number(&format!("p{bit}")).unwrap()).collect::<Vec<_>>()
        };
        let mut all: Vec<_> = (1..=SHARED_MAX).map(|bits| holdings.of(&some(bits))).collect();
        assert!(Arc::ptr_eq(&all[6], &holdings.of(&some(7))));
        // No room: right, and not shared.
        let more = some(SHARED_MAX + 1);
        let one = holdings.of(&more);
        assert!(!Arc::ptr_eq(&one, &holdings.of(&more)));
        assert_eq!(one.assigned.as_ref(), more);
        assert!(more.iter().all(|privilege| one.effective.contains(*privilege)));
        // One leaves, and another takes the place.
        all.remove(6);
        let one = holdings.of(&more);
        assert!(Arc::ptr_eq(&one, &holdings.of(&more)));
        assert!(Arc::ptr_eq(&all[0], &holdings.of(&some(1))));
    }
}
