//! [`Session`]: one web user session (`docs/WebServer/sessions.md`).

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU8, AtomicU32, Ordering};

use jiff::Timestamp;
use parking_lot::{Mutex, RwLock};
use tessera_values::{SharedObject, Text};

use crate::cookie::{Secret, SessionId};
use crate::held::Held;
use crate::license::{License, LicenseView};
use crate::otp::OwnTokens;
use crate::privilege::PrivilegeSet;
use crate::quota::Meter;
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

/// What changes at login and logout.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) secret: Option<SecretHash>,
    /// A cookie to be sent with the answer that is being made.
    pub(crate) new_cookie: Option<Box<Secret>>,
    /// Shared by all who hold the same.
    pub(crate) held: Arc<Held>,
    pub(crate) user_name: Text,
    pub(crate) license: Option<License>,
    /// What few sessions have.
    rare: Option<Box<Rare>>,
}

#[derive(Debug, Default)]
struct Rare {
    /// Unused session tokens.
    tokens: OwnTokens,
    /// Secrets of further devices that came in with a session token, the oldest first.
    more_secrets: Vec<SecretHash>,
    /// What it used lately, where that is limited.
    meter: Meter,
}

impl State {
    /// Every secret it is kept under; afterwards it has none.
    pub(crate) fn take_secrets(&mut self) -> Vec<SecretHash> {
        let more = self.rare.as_mut().map(|rare| std::mem::take(&mut rare.more_secrets)).unwrap_or_default();
        self.secret.take().into_iter().chain(more).collect()
    }

    /// Every secret it is kept under.
    pub(crate) fn secrets(&self) -> Vec<SecretHash> {
        let more = self.rare.as_ref().map(|rare| rare.more_secrets.as_slice()).unwrap_or_default();
        self.secret.iter().chain(more).copied().collect()
    }

    /// Adds the secret of a further device. The oldest one is given back when there are too many.
    pub(crate) fn add_secret(&mut self, secret: SecretHash) -> Option<SecretHash> {
        let more = &mut self.rare.get_or_insert_default().more_secrets;
        more.push(secret);
        (more.len() > MORE_SECRETS_MAX).then(|| more.remove(0))
    }
}

/// How many devices may share a session besides the one that opened it.
const MORE_SECRETS_MAX: usize = 8;

/// A session. Requests of one session run side by side, so every part is locked on its own and only for a moment.
pub struct Session {
    id: SessionId,
    created_ms: i64,
    address: Text,
    flags: AtomicU8,
    idle_minutes: AtomicU32,
    last_access_ms: AtomicI64,
    logged_at_ms: AtomicI64,
    /// Its last access when it was written down.
    saved_ms: AtomicI64,
    pub(crate) state: RwLock<State>,
    storage: Arc<SharedObject>,
    attached: Mutex<Attached>,
}

/// What layers above keep in a session; most keep nothing.
type Attached = Option<Box<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>>;

/// Bits of `Session::flags`.
mod flag {
    /// A REST request was served in it.
    pub(super) const REST: u8 = 1;
    /// Code of the server itself runs in it.
    pub(super) const STORED_PROCEDURE: u8 = 2;
    /// Somebody is logged in.
    pub(super) const LOGGED: u8 = 4;
    /// Somebody was logged in once.
    pub(super) const WAS_LOGGED: u8 = 8;
    /// The registry knows it.
    pub(super) const KEPT: u8 = 16;
    /// Its client made a second request.
    pub(super) const RETURNED: u8 = 32;
    /// What it may do was changed by the request under way.
    pub(super) const CHANGED: u8 = 64;
}

/// As what a session counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counted {
    /// It is not kept.
    Not,
    /// Nobody is logged in.
    Guest,
    /// Somebody is.
    Person,
}

impl Counted {
    fn of(flags: u8) -> Self {
        match (flags & flag::KEPT != 0, flags & flag::LOGGED != 0) {
            (false, _) => Self::Not,
            (true, false) => Self::Guest,
            (true, true) => Self::Person,
        }
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Session({}, logged: {})", self.id(), self.is_logged())
    }
}

impl Session {
    pub(crate) fn new(id: SessionId, now: Timestamp, address: &str, guest: Arc<Held>) -> Self {
        let state = State { held: guest, ..State::default() };
        Self {
            id,
            created_ms: now.as_millisecond(),
            address: address.into(),
            flags: AtomicU8::new(0),
            idle_minutes: AtomicU32::new(IDLE_MINUTES as u32),
            last_access_ms: AtomicI64::new(now.as_millisecond()),
            logged_at_ms: AtomicI64::new(0),
            saved_ms: AtomicI64::new(0),
            state: RwLock::new(state),
            storage: SharedObject::new_single(),
            attached: Mutex::default(),
        }
    }

    /// The session in which code runs that no client asked for: start-up, shutdown, workers, `tessera run`.
    pub(crate) fn stored_procedure(id: SessionId, now: Timestamp) -> Self {
        let session = Self::new(id, now, "localhost", Arc::default());
        session.set(flag::STORED_PROCEDURE, true);
        session
    }

    fn has(&self, flag: u8) -> bool {
        self.flags.load(Ordering::Acquire) & flag != 0
    }

    fn set(&self, flag: u8, on: bool) {
        // Most calls change nothing; a plain read leaves the cache line with its other readers.
        if on && !self.has(flag) {
            self.flags.fetch_or(flag, Ordering::AcqRel);
        } else if !on && self.has(flag) {
            self.flags.fetch_and(!flag, Ordering::AcqRel);
        }
    }

    /// The public id: 32 upper-case hex digits, the same for the session's whole life.
    pub fn id(&self) -> Text {
        self.id.text()
    }

    /// The same, as it is kept.
    pub(crate) fn key(&self) -> SessionId {
        self.id
    }

    /// When it began.
    pub fn created(&self) -> Timestamp {
        Timestamp::from_millisecond(self.created_ms).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// The client's address when it began.
    pub fn address(&self) -> &Text {
        &self.address
    }

    /// What it was used for.
    pub fn kind(&self) -> SessionKind {
        if self.has(flag::STORED_PROCEDURE) {
            SessionKind::StoredProcedure
        } else if self.has(flag::REST) {
            SessionKind::Rest
        } else {
            SessionKind::Web
        }
    }

    /// A REST request was served in it.
    pub fn mark_rest(&self) {
        self.set(flag::REST, true);
    }

    /// Has `setPrivileges` succeeded in it, and no logout since?
    pub fn is_logged(&self) -> bool {
        self.has(flag::LOGGED)
    }

    /// Somebody logged in, or out. Answers how the session counts before and after.
    pub(crate) fn set_logged(&self, at: Option<Timestamp>) -> (Counted, Counted) {
        if let Some(at) = at {
            self.logged_at_ms.store(at.as_millisecond(), Ordering::Release);
            self.set(flag::WAS_LOGGED, true);
        }
        self.change(flag::LOGGED, at.is_some())
    }

    /// Changes a flag that decides how the session counts.
    fn change(&self, flag: u8, on: bool) -> (Counted, Counted) {
        let before = if on {
            self.flags.fetch_or(flag, Ordering::AcqRel)
        } else {
            self.flags.fetch_and(!flag, Ordering::AcqRel)
        };
        let after = if on { before | flag } else { before & !flag };
        (Counted::of(before), Counted::of(after))
    }

    /// When somebody logged in last.
    pub(crate) fn logged_at_ms(&self) -> i64 {
        self.logged_at_ms.load(Ordering::Acquire)
    }

    /// Did anybody ever log in to it?
    pub(crate) fn was_logged(&self) -> bool {
        self.has(flag::WAS_LOGGED)
    }

    /// Does the registry know it?
    pub(crate) fn is_kept(&self) -> bool {
        self.has(flag::KEPT)
    }

    /// Answers how the session counts before and after.
    pub(crate) fn set_kept(&self, kept: bool) -> (Counted, Counted) {
        self.change(flag::KEPT, kept)
    }

    /// What it may do was changed: it is to be written down when the request is over.
    pub(crate) fn set_changed(&self) {
        self.set(flag::CHANGED, true);
    }

    /// Was it changed since this was asked last?
    pub(crate) fn take_changed(&self) -> bool {
        self.has(flag::CHANGED) && self.flags.fetch_and(!flag::CHANGED, Ordering::AcqRel) & flag::CHANGED != 0
    }

    /// Its client made a second request.
    pub(crate) fn set_returned(&self) {
        self.set(flag::RETURNED, true);
    }

    /// Does it hold a licence and nothing else, for a client that made a single request?
    pub(crate) fn is_orphan(&self) -> bool {
        self.holds_license()
            && !self.has(flag::RETURNED)
            && !self.was_logged()
            && self.storage.is_empty()
            && self.attached.lock().is_none()
    }

    /// What the client that opened it proves it with.
    pub(crate) fn secret(&self) -> Option<SecretHash> {
        self.state.read().secret
    }

    /// Works on the session tokens that were not used yet.
    pub(crate) fn with_tokens<R>(&self, work: impl FnOnce(&mut OwnTokens) -> R) -> R {
        work(&mut self.state.write().rare.get_or_insert_default().tokens)
    }

    /// Works on what it used lately.
    pub(crate) fn with_meter<R>(&self, work: impl FnOnce(&mut Meter) -> R) -> R {
        work(&mut self.state.write().rare.get_or_insert_default().meter)
    }

    /// Takes all unused session tokens away; `None` when it never had one.
    pub(crate) fn take_tokens(&self) -> Option<OwnTokens> {
        self.state.read().rare.as_ref()?;
        self.state.write().rare.as_mut().map(|rare| std::mem::take(&mut rare.tokens))
    }

    /// Does a session token, or a device that came in with one, lead to it?
    fn is_shared(&self) -> bool {
        let state = self.state.read();
        state.rare.as_ref().is_some_and(|rare| !rare.tokens.is_empty() || !rare.more_secrets.is_empty())
    }

    /// Do permissions not apply to it?
    pub fn is_unrestricted(&self) -> bool {
        self.has(flag::STORED_PROCEDURE)
    }

    /// Does it hold a licence?
    pub fn holds_license(&self) -> bool {
        self.state.read().license.is_some()
    }

    /// The licence it holds.
    pub fn license(&self) -> Option<LicenseView> {
        self.state.read().license.as_ref().map(License::view)
    }

    /// What it may do by itself: assigned privileges with everything they include, and `guest`.
    pub fn privileges(&self) -> Arc<PrivilegeSet> {
        Arc::clone(&self.state.read().held.effective)
    }

    /// Was any privilege assigned?
    pub fn has_assigned_privileges(&self) -> bool {
        !self.state.read().held.assigned.is_empty()
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
        i64::from(self.idle_minutes.load(Ordering::Relaxed))
    }

    /// Changes the idle time; less than 60 minutes becomes 60.
    pub fn set_idle_minutes(&self, minutes: i64) {
        self.idle_minutes.store(minutes.clamp(IDLE_MINUTES, IDLE_MINUTES_MAX) as u32, Ordering::Relaxed);
    }

    /// When it closes unless a request comes.
    pub fn expiration(&self) -> Timestamp {
        let at = self.last_access_ms.load(Ordering::Relaxed).saturating_add(self.idle_minutes() * 60_000);
        Timestamp::from_millisecond(at).unwrap_or(Timestamp::MAX)
    }

    pub(crate) fn is_expired(&self, now: Timestamp) -> bool {
        !self.is_unrestricted() && now > self.expiration()
    }

    pub(crate) fn touch(&self, now: Timestamp) {
        self.last_access_ms.fetch_max(now.as_millisecond(), Ordering::Relaxed);
    }

    /// Goes on where it was when the server stopped.
    pub(crate) fn resume_at(&self, last_access_ms: i64) {
        self.last_access_ms.store(last_access_ms, Ordering::Relaxed);
        self.saved_ms.store(last_access_ms, Ordering::Relaxed);
    }

    /// Was it used since it was written down last? It is about to be written down.
    pub(crate) fn take_used_since_saved(&self) -> bool {
        let used = self.last_access_ms();
        self.saved_ms.swap(used, Ordering::Relaxed) < used
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
            || self.is_shared()
            || self.attached.lock().is_some()
    }

    /// Something of a layer above that lives as long as the session, made on first use: entity sets, session
    /// singletons.
    pub fn attached<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let mut attached = self.attached.lock();
        let entry = attached
            .get_or_insert_default()
            .entry(TypeId::of::<T>())
            .or_insert_with(|| Arc::new(T::default()));
        Arc::clone(entry).downcast().expect("the entry was made for this type")
    }

    /// The same, if it was made already.
    pub fn find_attached<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        let attached = self.attached.lock();
        attached.as_ref()?.get(&TypeId::of::<T>()).and_then(|entry| Arc::clone(entry).downcast().ok())
    }

    /// Drops everything attached.
    pub(crate) fn forget_attached(&self) {
        let attached = std::mem::take(&mut *self.attached.lock());
        drop(attached);
    }

    /// A copy of what people see of a session.
    pub fn view(&self) -> SessionView {
        SessionView {
            id: self.id(),
            kind: self.kind(),
            user_name: self.user_name(),
            address: self.address.clone(),
            created: self.created(),
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
