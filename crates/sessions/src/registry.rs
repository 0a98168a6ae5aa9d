//! Where live sessions are kept.

use std::collections::{HashMap, hash_map};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::RwLock;

use crate::cookie::SessionId;
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
    /// Into how many parts the sessions are divided, for those who look at all of them bit by bit.
    fn parts(&self) -> usize;
    /// The live sessions of one part, in no order.
    fn part(&self, number: usize) -> Vec<Arc<Session>>;
    /// Every live session, in no order.
    fn all(&self) -> Vec<Arc<Session>> {
        (0..self.parts()).flat_map(|number| self.part(number)).collect()
    }
    /// Forgets retired secrets whose time is over.
    fn forget_retired(&self, now_ms: i64);
    /// How many sessions are kept; one that several secrets lead to counts for each.
    fn len(&self) -> usize;
    /// None at all?
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// How many shards. A power of two, so that a byte of the key chooses.
const SHARDS: usize = 256;

/// A map cut into shards with a lock each. A key is uniform by itself: it is, or comes from, a cryptographic hash of
/// bytes the server chose.
struct Sharded<const N: usize, V>(Box<[Shard<N, V>]>);

type Shard<const N: usize, V> = RwLock<HashMap<[u8; N], V, BuildHasherDefault<FirstBytes>>>;

impl<const N: usize, V> Default for Sharded<N, V> {
    fn default() -> Self {
        Self((0..SHARDS).map(|_| RwLock::default()).collect())
    }
}

impl<const N: usize, V> Sharded<N, V> {
    fn shard(&self, key: &[u8; N]) -> &Shard<N, V> {
        // Not the bytes that choose the place inside the shard.
        &self.0[usize::from(key[N - 1]) % SHARDS]
    }
}

/// The hash of a uniform key: its first eight bytes.
#[derive(Default)]
struct FirstBytes(u64);

impl Hasher for FirstBytes {
    fn write(&mut self, bytes: &[u8]) {
        if let Some(first) = bytes.first_chunk() {
            self.0 = u64::from_le_bytes(*first);
        }
    }

    /// The length of the array, which is always the same.
    fn write_usize(&mut self, _: usize) {}

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Sessions of one server. No lock is held for longer than one shard takes to grow: there are so many of them that
/// this is a fraction of a millisecond with a million sessions.
#[derive(Default)]
pub struct MemoryRegistry {
    by_secret: Sharded<32, Entry>,
    /// An index only. When two sessions share an id for a moment, it leads to the newer one.
    by_id: Sharded<16, Arc<Session>>,
    secrets: AtomicUsize,
}

impl MemoryRegistry {
    fn put_secret(&self, secret: SecretHash, entry: Entry) {
        if self.by_secret.shard(&secret.0).write().insert(secret.0, entry).is_none() {
            self.secrets.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn remove_secret_if(&self, secret: SecretHash, is_wanted: impl FnOnce(&Entry) -> bool) {
        let mut shard = self.by_secret.shard(&secret.0).write();
        if shard.get(&secret.0).is_some_and(is_wanted) {
            shard.remove(&secret.0);
            self.secrets.fetch_sub(1, Ordering::Relaxed);
        }
    }

    fn put_id(&self, session: &Arc<Session>) {
        let SessionId(id) = session.key();
        self.by_id.shard(&id).write().insert(id, Arc::clone(session));
    }
}

impl Registry for MemoryRegistry {
    fn find(&self, secret: &SecretHash) -> Option<Entry> {
        self.by_secret.shard(&secret.0).read().get(&secret.0).cloned()
    }

    fn insert(&self, secret: SecretHash, session: &Arc<Session>) -> Inserted {
        {
            let mut shard = self.by_secret.shard(&secret.0).write();
            match shard.entry(secret.0) {
                hash_map::Entry::Occupied(present) => {
                    return match present.get() {
                        Entry::Live(present) => Inserted::Present(Arc::clone(present)),
                        Entry::Retired(_) => Inserted::Refused,
                    };
                }
                hash_map::Entry::Vacant(place) => place.insert(Entry::Live(Arc::clone(session))),
            };
        }
        self.secrets.fetch_add(1, Ordering::Relaxed);
        self.put_id(session);
        Inserted::Kept
    }

    fn rotate(&self, old: &[SecretHash], new: SecretHash, session: &Arc<Session>, until_ms: i64) {
        self.put_secret(new, Entry::Live(Arc::clone(session)));
        self.put_id(session);
        for old in old {
            self.put_secret(*old, Entry::Retired(until_ms));
        }
    }

    fn add_secret(&self, secret: SecretHash, session: &Arc<Session>, too_many: Option<SecretHash>) {
        self.put_secret(secret, Entry::Live(Arc::clone(session)));
        if let Some(too_many) = too_many {
            self.remove_secret_if(too_many, |_| true);
        }
    }

    fn remove(&self, session: &Session, secrets: &[SecretHash]) {
        let is_it = |kept: &Arc<Session>| std::ptr::eq(kept.as_ref(), session);
        for secret in secrets {
            self.remove_secret_if(*secret, |entry| matches!(entry, Entry::Live(kept) if is_it(kept)));
        }
        let SessionId(id) = session.key();
        let mut shard = self.by_id.shard(&id).write();
        if shard.get(&id).is_some_and(is_it) {
            shard.remove(&id);
        }
    }

    fn by_id(&self, id: &str) -> Option<Arc<Session>> {
        let SessionId(id) = SessionId::parse(id)?;
        self.by_id.shard(&id).read().get(&id).map(Arc::clone)
    }

    fn parts(&self) -> usize {
        SHARDS
    }

    fn part(&self, number: usize) -> Vec<Arc<Session>> {
        let Some(shard) = self.by_secret.0.get(number) else { return Vec::new() };
        let live = |(secret, entry): (&[u8; 32], &Entry)| match entry {
            Entry::Live(session) => Some((SecretHash(*secret), Arc::clone(session))),
            Entry::Retired(_) => None,
        };
        let live: Vec<_> = shard.read().iter().filter_map(live).collect();
        // A session that several secrets lead to is met under its first one. Asked without the shard's lock, since
        // sessions take it under their own.
        let is_first = |(secret, session): (SecretHash, Arc<Session>)| {
            (session.secret() == Some(secret)).then_some(session)
        };
        live.into_iter().filter_map(is_first).collect()
    }

    fn forget_retired(&self, now_ms: i64) {
        for shard in &self.by_secret.0 {
            let mut shard = shard.write();
            let before = shard.len();
            shard.retain(|_, entry| match entry {
                Entry::Live(_) => true,
                Entry::Retired(until) => *until > now_ms,
            });
            self.secrets.fetch_sub(before - shard.len(), Ordering::Relaxed);
        }
    }

    fn len(&self) -> usize {
        self.secrets.load(Ordering::Relaxed)
    }
}
