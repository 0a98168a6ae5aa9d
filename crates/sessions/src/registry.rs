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
    Retired(i64),
}

/// What became of a session that was to be kept.
#[derive(Clone, Debug)]
pub enum Inserted {
    /// It is kept.
    Kept,
    /// Another request of the same guest was first: this one is kept.
    Present(Arc<Session>),
    /// Its secret was replaced meanwhile. It is not kept.
    Refused,
}

/// All live sessions. One server keeps them in memory; several may share a table.
pub trait Registry: Send + Sync {
    /// What the secret leads to.
    fn find(&self, secret: &SecretHash) -> Option<Entry>;
    /// Keeps a session under its secret. Never replaces another one.
    fn insert(&self, secret: SecretHash, session: &Arc<Session>) -> Inserted;
    /// Moves a session to a new secret; the old ones are retired until `until_ms`.
    fn rotate(&self, old: &[SecretHash], new: SecretHash, session: &Arc<Session>, until_ms: i64);
    /// Lets a further secret lead to a kept session; one that is too many leads nowhere any more.
    fn add_secret(&self, secret: SecretHash, session: &Arc<Session>, too_many: Option<SecretHash>);
    /// Forgets this very session, not another of the same id, under all its secrets; dropping it frees its licence.
    fn remove(&self, session: &Session, secrets: &[SecretHash]);
    /// A live session by its public id.
    fn by_id(&self, id: &str) -> Option<Arc<Session>>;
    /// Every live session, in no order.
    fn all(&self) -> Vec<Arc<Session>>;
    /// Forgets retired secrets whose time is over.
    fn forget_retired(&self, now_ms: i64);
    /// How many sessions are kept; one that several secrets lead to counts for each.
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
    /// An index only. When two sessions share an id for a moment, it leads to the newer one.
    by_id: HashMap<Text, Arc<Session>>,
}

impl Registry for MemoryRegistry {
    fn find(&self, secret: &SecretHash) -> Option<Entry> {
        self.by_secret.pin().get(secret).cloned()
    }

    fn insert(&self, secret: SecretHash, session: &Arc<Session>) -> Inserted {
        let secrets = self.by_secret.pin();
        match secrets.try_insert(secret, Entry::Live(Arc::clone(session))) {
            Ok(_) => {
                self.by_id.pin().insert(session.id().clone(), Arc::clone(session));
                Inserted::Kept
            }
            Err(occupied) => match occupied.current {
                Entry::Live(present) => Inserted::Present(Arc::clone(present)),
                Entry::Retired(_) => Inserted::Refused,
            },
        }
    }

    fn rotate(&self, old: &[SecretHash], new: SecretHash, session: &Arc<Session>, until_ms: i64) {
        let secrets = self.by_secret.pin();
        secrets.insert(new, Entry::Live(Arc::clone(session)));
        self.by_id.pin().insert(session.id().clone(), Arc::clone(session));
        for old in old {
            secrets.insert(*old, Entry::Retired(until_ms));
        }
    }

    fn add_secret(&self, secret: SecretHash, session: &Arc<Session>, too_many: Option<SecretHash>) {
        let secrets = self.by_secret.pin();
        secrets.insert(secret, Entry::Live(Arc::clone(session)));
        if let Some(too_many) = too_many {
            secrets.remove(&too_many);
        }
    }

    fn remove(&self, session: &Session, secrets: &[SecretHash]) {
        let pinned = self.by_secret.pin();
        for secret in secrets {
            let _ = pinned.remove_if(
                secret,
                |_, entry| matches!(entry, Entry::Live(kept) if std::ptr::eq(kept.as_ref(), session)),
            );
        }
        let _ = self.by_id.pin().remove_if(session.id(), |_, kept| std::ptr::eq(kept.as_ref(), session));
    }

    fn by_id(&self, id: &str) -> Option<Arc<Session>> {
        self.by_id.pin().get(id).map(Arc::clone)
    }

    fn all(&self) -> Vec<Arc<Session>> {
        // A session that several secrets lead to is met under its first one.
        let live = |(secret, entry): (&SecretHash, &Entry)| match entry {
            Entry::Live(session) if session.secret() == Some(*secret) => Some(Arc::clone(session)),
            Entry::Live(_) | Entry::Retired(_) => None,
        };
        self.by_secret.pin().iter().filter_map(live).collect()
    }

    fn forget_retired(&self, now_ms: i64) {
        self.by_secret.pin().retain(|_, entry| match entry {
            Entry::Live(_) => true,
            Entry::Retired(until) => *until > now_ms,
        });
    }

    fn len(&self) -> usize {
        self.by_secret.len()
    }
}
