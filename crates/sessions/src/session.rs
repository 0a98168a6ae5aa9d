//! [`Session`]: one web user session (`docs/WebServer/sessions.md`).

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use jiff::Timestamp;
use parking_lot::{Mutex, RwLock};
use tessera_values::{SharedObject, Text};

use crate::cookie::Secret;
use crate::license::License;
use crate::privilege::{PrivilegeId, PrivilegeSet};
use crate::registry::SecretHash;

/// What a session was used for; `Session.info.type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionKind {
    /// Pages, 4DACTION, HTTP handlers.
    Web,
    /// At least one REST request.
    Rest,
    /// Start-up methods and workers: permissions do not apply (`docs/ORDA/privileges.md`).
    StoredProcedure,
}

/// Minutes of idleness after which a session closes, and the least that can be set (`docs/API/SessionClass.md`).
pub(crate) const IDLE_MINUTES: i64 = 60;
/// UNSPECIFIED: the most that can be set: one year.
const IDLE_MINUTES_MAX: i64 = 525_600;

#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) secret: Option<SecretHash>,
    /// A cookie to be sent with the answer that is being made.
    pub(crate) new_cookie: Option<Secret>,
    pub(crate) assigned: Vec<PrivilegeId>,
    pub(crate) effective: Arc<PrivilegeSet>,
    pub(crate) user_name: Text,
    pub(crate) license: Option<License>,
}

/// A session. Requests of one session run side by side, so every part is locked on its own and only for a moment.
pub struct Session {
    id: Text,
    created: Timestamp,
    address: Text,
    rest: AtomicBool,
    stored_procedure: bool,
    logged: AtomicBool,
    was_logged: AtomicBool,
    pub(crate) kept: AtomicBool,
    idle_minutes: AtomicI64,
    last_access_ms: AtomicI64,
    pub(crate) state: RwLock<State>,
    storage: Arc<SharedObject>,
    attached: Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Session({}, logged: {})", self.id, self.is_logged())
    }
}

impl Session {
    pub(crate) fn new(id: Text, now: Timestamp, address: &str, guest: &PrivilegeSet) -> Self {
        let state = State { effective: Arc::new(guest.clone()), ..State::default() };
        Self {
            id,
            created: now,
            address: address.into(),
            rest: AtomicBool::new(false),
            stored_procedure: false,
            logged: AtomicBool::new(false),
            was_logged: AtomicBool::new(false),
            kept: AtomicBool::new(false),
            idle_minutes: AtomicI64::new(IDLE_MINUTES),
            last_access_ms: AtomicI64::new(now.as_millisecond()),
            state: RwLock::new(state),
            storage: SharedObject::new_single(),
            attached: Mutex::default(),
        }
    }

    /// The session in which code runs that no client asked for: start-up, shutdown, workers, `tessera run`.
    pub fn stored_procedure(id: Text, now: Timestamp) -> Self {
        Self { stored_procedure: true, ..Self::new(id, now, "localhost", &PrivilegeSet::default()) }
    }

    /// The public id: 32 upper-case hex digits, the same for the session's whole life.
    pub fn id(&self) -> &Text {
        &self.id
    }

    /// When it began.
    pub fn created(&self) -> Timestamp {
        self.created
    }

    /// The client's address when it began.
    pub fn address(&self) -> &Text {
        &self.address
    }

    /// What it was used for.
    pub fn kind(&self) -> SessionKind {
        if self.stored_procedure {
            SessionKind::StoredProcedure
        } else if self.rest.load(Ordering::Relaxed) {
            SessionKind::Rest
        } else {
            SessionKind::Web
        }
    }

    /// A REST request was served in it.
    pub fn mark_rest(&self) {
        self.rest.store(true, Ordering::Relaxed);
    }

    /// Has `setPrivileges` succeeded in it, and no logout since?
    pub fn is_logged(&self) -> bool {
        self.logged.load(Ordering::Acquire)
    }

    pub(crate) fn set_logged(&self, logged: bool) {
        self.logged.store(logged, Ordering::Release);
        self.was_logged.fetch_or(logged, Ordering::Relaxed);
    }

    /// Did anybody ever log in to it?
    pub(crate) fn was_logged(&self) -> bool {
        self.was_logged.load(Ordering::Relaxed)
    }

    /// What it is kept under.
    pub fn secret(&self) -> Option<SecretHash> {
        self.state.read().secret
    }

    /// Do permissions not apply to it?
    pub fn is_unrestricted(&self) -> bool {
        self.stored_procedure
    }

    /// Does it hold a licence?
    pub fn holds_license(&self) -> bool {
        self.state.read().license.is_some()
    }

    /// What it may do by itself: assigned privileges with everything they include, and `guest`.
    pub fn privileges(&self) -> Arc<PrivilegeSet> {
        Arc::clone(&self.state.read().effective)
    }

    /// Was any privilege assigned?
    pub fn has_assigned_privileges(&self) -> bool {
        !self.state.read().assigned.is_empty()
    }

    /// The name given with `setPrivileges`; empty without.
    pub fn user_name(&self) -> Text {
        self.state.read().user_name.clone()
    }

    /// Data that all requests of the session share.
    pub fn storage(&self) -> &Arc<SharedObject> {
        &self.storage
    }

    /// Minutes of idleness after which it closes.
    pub fn idle_minutes(&self) -> i64 {
        self.idle_minutes.load(Ordering::Relaxed)
    }

    /// Changes the idle time; less than 60 minutes becomes 60.
    pub fn set_idle_minutes(&self, minutes: i64) {
        self.idle_minutes.store(minutes.clamp(IDLE_MINUTES, IDLE_MINUTES_MAX), Ordering::Relaxed);
    }

    /// When it closes unless a request comes.
    pub fn expiration(&self) -> Timestamp {
        let at = self.last_access_ms.load(Ordering::Relaxed).saturating_add(self.idle_minutes() * 60_000);
        Timestamp::from_millisecond(at).unwrap_or(Timestamp::MAX)
    }

    pub(crate) fn is_expired(&self, now: Timestamp) -> bool {
        !self.stored_procedure && now > self.expiration()
    }

    pub(crate) fn touch(&self, now: Timestamp) {
        self.last_access_ms.fetch_max(now.as_millisecond(), Ordering::Relaxed);
    }

    pub(crate) fn last_access_ms(&self) -> i64 {
        self.last_access_ms.load(Ordering::Relaxed)
    }

    /// Does it hold anything worth keeping? One that was logged in is kept after logout as well: a later login goes on
    /// in it.
    pub(crate) fn is_worth_keeping(&self) -> bool {
        self.was_logged()
            || self.holds_license()
            || !self.storage.is_empty()
            || self.idle_minutes() != IDLE_MINUTES
            || !self.attached.lock().is_empty()
    }

    /// Something of a layer above that lives as long as the session, made on first use: entity sets, session
    /// singletons.
    pub fn attached<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let mut attached = self.attached.lock();
        let entry = attached.entry(TypeId::of::<T>()).or_insert_with(|| Arc::new(T::default()));
        Arc::clone(entry).downcast().expect("the entry was made for this type")
    }

    /// The same, if it was made already.
    pub fn find_attached<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        self.attached.lock().get(&TypeId::of::<T>()).and_then(|entry| Arc::clone(entry).downcast().ok())
    }

    /// Drops everything attached.
    pub(crate) fn forget_attached(&self) {
        let attached = std::mem::take(&mut *self.attached.lock());
        drop(attached);
    }

    /// A copy of what people see of a session.
    pub fn view(&self) -> SessionView {
        SessionView {
            id: self.id.clone(),
            kind: self.kind(),
            user_name: self.user_name(),
            address: self.address.clone(),
            created: self.created,
            expiration: self.expiration(),
            logged: self.is_logged(),
            license: self.holds_license(),
        }
    }
}

/// What people see of a session.
#[derive(Clone, Debug)]
pub struct SessionView {
    /// Public id
    pub id: Text,
    /// What it was used for
    pub kind: SessionKind,
    /// User name
    pub user_name: Text,
    /// Client address
    pub address: Text,
    /// Beginning
    pub created: Timestamp,
    /// End without further requests
    pub expiration: Timestamp,
    /// Logged in?
    pub logged: bool,
    /// Holds a licence?
    pub license: bool,
}
