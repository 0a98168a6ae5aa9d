//! Where live sessions are kept.

use std::sync::Arc;

use papaya::HashMap;
use tessera_values::Text;

use crate::session::Session;

/// The SHA-256 of a cookie secret: what a session is looked up by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SecretHash(pub [u8; 32]);

/// What a secret leads to.
#[derive(Clone, Debug)]
pub enum Entry {
    /// The session itself.
    Live(Arc<Session>),
    /// A secret that was replaced at login or logout: honoured without rights until then (milliseconds since 1970).
    Retired(Arc<Session>, i64),
}

/// All live sessions. One server keeps them in memory; several may share a table.
pub trait Registry: Send + Sync {
    /// What the secret leads to.
    fn find(&self, secret: &SecretHash) -> Option<Entry>;
    /// Keeps a session under its secret; returns the one already there, if any.
    fn insert(&self, secret: SecretHash, session: &Arc<Session>) -> Option<Arc<Session>>;
    /// Moves a session to a new secret; the old one is retired until `until_ms`.
    fn rotate(&self, old: Option<SecretHash>, new: SecretHash, session: &Arc<Session>, until_ms: i64);
    /// Forgets a session; dropping it frees its licence.
    fn remove(&self, session: &Session);
    /// A live session by its public id.
    fn by_id(&self, id: &str) -> Option<Arc<Session>>;
    /// Every live session, in no order.
    fn all(&self) -> Vec<Arc<Session>>;
    /// Forgets retired secrets whose time is over.
    fn forget_retired(&self, now_ms: i64);
    /// How many sessions are kept.
    fn len(&self) -> usize;
    /// None at all?
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Sessions of one server. Look-ups never wait for writers.
#[derive(Default)]
pub struct MemoryRegistry {
    by_secret: HashMap<SecretHash, Entry>,
    by_id: HashMap<Text, (SecretHash, Arc<Session>)>,
}

impl Registry for MemoryRegistry {
    fn find(&self, secret: &SecretHash) -> Option<Entry> {
        self.by_secret.pin().get(secret).cloned()
    }

    fn insert(&self, secret: SecretHash, session: &Arc<Session>) -> Option<Arc<Session>> {
        let secrets = self.by_secret.pin();
        match secrets.try_insert(secret, Entry::Live(Arc::clone(session))) {
            Ok(_) => {
                self.by_id.pin().insert(session.id().clone(), (secret, Arc::clone(session)));
                None
            }
            Err(occupied) => match occupied.current {
                Entry::Live(present) | Entry::Retired(present, _) => Some(Arc::clone(present)),
            },
        }
    }

    fn rotate(&self, old: Option<SecretHash>, new: SecretHash, session: &Arc<Session>, until_ms: i64) {
        let secrets = self.by_secret.pin();
        secrets.insert(new, Entry::Live(Arc::clone(session)));
        self.by_id.pin().insert(session.id().clone(), (new, Arc::clone(session)));
        if let Some(old) = old {
            secrets.insert(old, Entry::Retired(Arc::clone(session), until_ms));
        }
    }

    fn remove(&self, session: &Session) {
        if let Some((secret, _)) = self.by_id.pin().remove(session.id()) {
            self.by_secret.pin().remove(secret);
        }
    }

    fn by_id(&self, id: &str) -> Option<Arc<Session>> {
        self.by_id.pin().get(id).map(|(_, session)| Arc::clone(session))
    }

    fn all(&self) -> Vec<Arc<Session>> {
        self.by_id.pin().values().map(|(_, session)| Arc::clone(session)).collect()
    }

    fn forget_retired(&self, now_ms: i64) {
        self.by_secret.pin().retain(|_, entry| match entry {
            Entry::Live(_) => true,
            Entry::Retired(_, until) => *until > now_ms,
        });
    }

    fn len(&self) -> usize {
        self.by_id.len()
    }
}
