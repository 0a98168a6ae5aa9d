//! Pessimistic locks on entities (`docs/ORDA/entities.md`, `docs/REST/$lock.md`): while a process or a session holds
//! one, nobody else saves, drops or locks the entity. Reading is free.
//!
//! A process's locks end with it, a session's with the session.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::Mutex;
use tessera_model::{DataclassId, RecordId};
use tessera_values::Text;

/// What is locked.
pub(crate) type Locked = (DataclassId, RecordId);

/// Who holds a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// A process of the server, with the entity that locked.
    Process {
        /// Its number.
        process: u64,
        /// Its name.
        name: Text,
        /// Which of its entities.
        entity: u64,
        /// The user of its session.
        user: Text,
    },
    /// A session, by `$lock`.
    Session {
        /// Its public id.
        id: Text,
        /// The host it addressed.
        host: Text,
        /// Its client's address.
        address: Text,
        /// What its client calls itself.
        user_agent: Text,
    },
}

impl Holder {
    /// May this process, in this session, do as it likes with what the holder locked?
    fn is(&self, process: u64, session: &str) -> bool {
        match self {
            Self::Process { process: holder, .. } => *holder == process,
            Self::Session { id, .. } => id == session,
        }
    }

    /// The same process or the same session?
    fn is_same_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Process { process: a, .. }, Self::Process { process: b, .. }) => a == b,
            (Self::Session { id: a, .. }, Self::Session { id: b, .. }) => a == b,
            _ => false,
        }
    }
}

/// The most locks at once: beyond, none is given.
const LOCKS_MAX: usize = 1_000_000;

/// Every lock of a server.
#[derive(Debug, Default)]
pub struct Locks {
    held: Mutex<HashMap<Locked, Holder>>,
    /// How many there are, so that writes of a server without locks ask nothing.
    count: AtomicUsize,
}

impl Locks {
    /// Is nothing locked at all?
    pub(crate) fn is_empty(&self) -> bool {
        self.count.load(Ordering::Acquire) == 0
    }

    /// Who else holds a lock on this; `None` when this process in this session may write.
    pub(crate) fn blocking(&self, locked: Locked, process: u64, session: &str) -> Option<Holder> {
        if self.is_empty() {
            return None;
        }
        self.held.lock().get(&locked).filter(|holder| !holder.is(process, session)).cloned()
    }

    /// Takes a lock. Whoever holds it already keeps it; somebody else's is answered.
    pub(crate) fn take(&self, locked: Locked, holder: Holder) -> Result<(), Option<Holder>> {
        let mut held = self.held.lock();
        match held.get(&locked) {
            Some(present) if present.is_same_as(&holder) => return Ok(()),
            Some(present) => return Err(Some(present.clone())),
            None if held.len() >= LOCKS_MAX => return Err(None),
            None => {}
        }
        held.insert(locked, holder);
        self.count.store(held.len(), Ordering::Release);
        Ok(())
    }

    /// Gives a lock back, when `is_owner` says that it may; otherwise answers who holds it, if anybody does.
    pub(crate) fn release(
        &self,
        locked: Locked,
        is_owner: impl Fn(&Holder) -> bool,
    ) -> Result<(), Option<Holder>> {
        let mut held = self.held.lock();
        match held.get(&locked) {
            Some(holder) if is_owner(holder) => {}
            other => return Err(other.cloned()),
        }
        held.remove(&locked);
        self.count.store(held.len(), Ordering::Release);
        Ok(())
    }

    /// Gives back what a process holds.
    pub(crate) fn release_process(&self, process: u64) {
        self.release_where(
            |holder| matches!(holder, Holder::Process { process: held, .. } if *held == process),
        );
    }

    fn release_session(&self, session: &str) {
        self.release_where(|holder| matches!(holder, Holder::Session { id, .. } if id == session));
    }

    fn release_where(&self, gone: impl Fn(&Holder) -> bool) {
        if self.is_empty() {
            return;
        }
        let mut held = self.held.lock();
        held.retain(|_, holder| !gone(holder));
        self.count.store(held.len(), Ordering::Release);
    }
}

/// Kept in a session that locked something: its locks go when it goes.
#[derive(Debug, Default)]
pub(crate) struct SessionLocks(Mutex<Option<(Arc<Locks>, Text)>>);

impl SessionLocks {
    pub(crate) fn belong_to(&self, locks: &Arc<Locks>, session: &Text) {
        self.0.lock().get_or_insert_with(|| (Arc::clone(locks), session.clone()));
    }
}

impl Drop for SessionLocks {
    fn drop(&mut self) {
        if let Some((locks, session)) = self.0.get_mut() {
            locks.release_session(session);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: Locked = (DataclassId(1), RecordId(7));

    fn process(process: u64, entity: u64) -> Holder {
        Holder::Process { process, name: Text::new(), entity, user: Text::new() }
    }

    fn session(id: &str) -> Holder {
        Holder::Session { id: id.into(), host: Text::new(), address: Text::new(), user_agent: Text::new() }
    }

    #[test]
    fn a_lock_has_one_holder() {
        // O045, O051
        let locks = Locks::default();
        assert_eq!(locks.take(RECORD, process(1, 1)), Ok(()));
        assert_eq!(locks.take(RECORD, process(1, 2)), Ok(()));
        assert_eq!(locks.take(RECORD, process(2, 3)), Err(Some(process(1, 1))));
        assert_eq!(locks.blocking(RECORD, 2, "S"), Some(process(1, 1)));
        assert_eq!(locks.blocking(RECORD, 1, "S"), None);
        locks.release_process(1);
        assert_eq!(locks.take(RECORD, session("S")), Ok(()));
        assert_eq!(locks.blocking(RECORD, 1, "S"), None, "every process of the session");
        assert_eq!(locks.blocking(RECORD, 1, "T"), Some(session("S")));
    }

    #[test]
    fn a_session_takes_its_locks_with_it() {
        // R143
        let locks = Arc::new(Locks::default());
        locks.take(RECORD, session("S")).unwrap();
        let kept = SessionLocks::default();
        kept.belong_to(&locks, &"S".into());
        drop(kept);
        assert_eq!(locks.blocking(RECORD, 1, "T"), None);
    }
}
