//! [`Sessions`]: the session of a cookie, login, logout, idle closing.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use jiff::{SignedDuration, Timestamp};
use tessera_values::{Chance, Clock, Text};

use crate::cookie::{GuestSeal, GuestToken, Secret, hex};
use crate::grant::Grant;
use crate::license::LicensePool;
use crate::privilege::{PrivilegeSet, PrivilegeTable};
use crate::registry::{Entry, Inserted, Registry};
use crate::session::{IDLE_MINUTES, Session};

/// How people log in (`docs/REST/authUsers.md`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginMode {
    /// Any REST request opens a session and takes a licence.
    Default,
    /// Guests may describe and `authentify`; a licence is taken by `setPrivileges`.
    Force,
}

/// What the project and the administrator decide about sessions.
#[derive(Clone, Copy, Debug)]
pub struct SessionSettings {
    /// Default or force login.
    pub login_mode: LoginMode,
    /// A new cookie secret at login and logout.
    pub rotate_on_login: bool,
    /// `setPrivileges` empties before it adds.
    pub set_privileges_replaces: bool,
    /// Without sessions each request is served to a guest of its own, who gets no cookie.
    pub without_sessions: bool,
    /// How many sessions are kept at once; more are served, but what they store ends with their request.
    pub sessions_max: usize,
}

impl SessionSettings {
    /// The usual settings for a login mode.
    pub fn new(login_mode: LoginMode) -> Self {
        Self {
            login_mode,
            rotate_on_login: true,
            set_privileges_replaces: false,
            without_sessions: false,
            sessions_max: SESSIONS_MAX,
        }
    }
}

/// Without a limit, requests without a cookie would fill the memory in default mode.
const SESSIONS_MAX: usize = 100_000;
/// For how long a replaced secret is honoured without rights.
const RETIRED_FOR: SignedDuration = SignedDuration::from_secs(10);
/// A cookie is sent again when its expiry moved by this much.
const COOKIE_REFRESH_MS: i64 = 60_000;

/// All licences are taken (HTTP 402, error 1823).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The maximum number of sessions has been reached")]
pub struct NoLicense;

/// The session a request runs in.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// The session.
    pub session: Arc<Session>,
    /// Is it one the client did not have before?
    pub is_new: bool,
}

/// The sessions of a server.
pub struct Sessions {
    registry: Box<dyn Registry>,
    pool: Box<dyn LicensePool>,
    privileges: Arc<PrivilegeTable>,
    settings: SessionSettings,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    seal: GuestSeal,
}

impl Sessions {
    /// Sessions kept in `registry`, with licences from `pool`.
    pub fn new(
        registry: Box<dyn Registry>,
        pool: Box<dyn LicensePool>,
        privileges: Arc<PrivilegeTable>,
        settings: SessionSettings,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
    ) -> Self {
        let seal = GuestSeal::new(chance.as_ref());
        Self { registry, pool, privileges, settings, clock, chance, seal }
    }

    /// Default or force login.
    pub fn login_mode(&self) -> LoginMode {
        self.settings.login_mode
    }

    /// Does the project work without sessions (`docs/WebServer/sessions.md`)?
    pub fn are_off(&self) -> bool {
        self.settings.without_sessions
    }

    /// The privileges of the project.
    pub fn privileges(&self) -> &Arc<PrivilegeTable> {
        &self.privileges
    }

    /// The licences.
    pub fn licenses(&self) -> &dyn LicensePool {
        self.pool.as_ref()
    }

    /// The kept sessions.
    pub fn registry(&self) -> &dyn Registry {
        self.registry.as_ref()
    }

    /// The session of a request: the cookie's, or a new guest. A client's own value never becomes an id.
    pub fn resolve(&self, cookie: Option<&str>, address: &str) -> Resolved {
        let now = self.clock.now();
        let minute = minute_of(now);
        if self.settings.without_sessions {
            return Resolved { session: self.without_rights(now, address), is_new: true };
        }
        if let Some(secret) = cookie.and_then(Secret::parse) {
            match self.registry.find(&secret.hash()) {
                Some(Entry::Live(session)) if !session.is_expired(now) => {
                    let moved = now.as_millisecond() - session.last_access_ms() > COOKIE_REFRESH_MS;
                    session.touch(now);
                    if moved {
                        session.state.write().new_cookie.get_or_insert(secret);
                    }
                    return Resolved { session, is_new: false };
                }
                Some(Entry::Live(session)) => self.close(&session),
                Some(Entry::Retired(until)) if until >= now.as_millisecond() => {
                    return Resolved { session: self.without_rights(now, address), is_new: false };
                }
                Some(Entry::Retired(_)) | None => {
                    let token = self.seal.open(&secret).filter(|token| {
                        (0..IDLE_MINUTES).contains(&(i64::from(minute) - i64::from(token.minute)))
                    });
                    if let Some(token) = token {
                        return Resolved {
                            session: self.known_guest(&secret, token, now, address),
                            is_new: false,
                        };
                    }
                }
            }
        }
        let token = GuestSeal::new_guest(self.chance.as_ref(), minute);
        let session = self.guest(token.id(), now, address);
        let secret = self.seal.seal(&token);
        let mut state = session.state.write();
        state.secret = Some(secret.hash());
        state.new_cookie = Some(secret);
        drop(state);
        Resolved { session, is_new: true }
    }

    /// The session of a guest's sealed cookie. Its seal is made anew each minute, so several cookies lead to one guest.
    fn known_guest(
        &self,
        secret: &Secret,
        mut token: GuestToken,
        now: Timestamp,
        address: &str,
    ) -> Arc<Session> {
        match self.registry.by_id(&token.id()) {
            // A cookie from before somebody logged in opens nothing of theirs.
            Some(kept) if kept.was_logged() => return self.without_rights(now, address),
            Some(kept) => {
                kept.touch(now);
                return kept;
            }
            None => {}
        }
        let session = self.guest(token.id(), now, address);
        let minute = minute_of(now);
        let mut state = session.state.write();
        if token.minute == minute {
            state.secret = Some(secret.hash());
        } else {
            token.minute = minute;
            let renewed = self.seal.seal(&token);
            state.secret = Some(renewed.hash());
            state.new_cookie = Some(renewed);
        }
        drop(state);
        session
    }

    fn guest(&self, id: Text, now: Timestamp, address: &str) -> Arc<Session> {
        Arc::new(Session::new(id, now, address, self.privileges.guest()))
    }

    /// A guest that gets no cookie. A client sees it that still uses a secret replaced a moment ago, since its answer
    /// may arrive after the one that brought the new secret.
    fn without_rights(&self, now: Timestamp, address: &str) -> Arc<Session> {
        let token = GuestSeal::new_guest(self.chance.as_ref(), minute_of(now));
        self.guest(token.id(), now, address)
    }

    /// Keeps a guest's session because it is about to hold something. Two requests of one guest may both get here:
    /// the first one's session is kept, and the second one is given that. A session without a secret, or with one
    /// that was replaced meanwhile, ends with its request.
    pub fn keep(&self, session: &Arc<Session>) -> Arc<Session> {
        if session.is_unrestricted() || session.kept.load(Ordering::Acquire) {
            return Arc::clone(session);
        }
        let Some(secret) = session.secret() else { return Arc::clone(session) };
        if self.registry.len() >= self.settings.sessions_max {
            tracing::warn!(sessions = self.settings.sessions_max, "too many sessions: a new one is not kept");
            return Arc::clone(session);
        }
        match self.registry.insert(secret, session) {
            Inserted::Kept => session.kept.store(true, Ordering::Release),
            Inserted::Present(present) => return present,
            Inserted::Refused => {}
        }
        Arc::clone(session)
    }

    /// Forgets a kept guest that holds nothing after all. To be called when a request ends.
    pub fn release(&self, session: &Arc<Session>) {
        if session.kept.load(Ordering::Acquire) && !session.is_worth_keeping() {
            session.kept.store(false, Ordering::Release);
            self.registry.remove(session);
        }
    }

    /// The cookie to send with the answer, once: for a new session, after login or logout, and now and then to move
    /// its expiry.
    pub fn take_cookie(&self, session: &Session) -> Option<Secret> {
        session.state.read().new_cookie.as_ref()?;
        session.state.write().new_cookie.take()
    }

    /// Default mode: the session a REST request opens takes a licence at once; one that has it keeps it.
    pub fn open(&self, session: &Arc<Session>) -> Result<Arc<Session>, NoLicense> {
        if session.holds_license() {
            return Ok(Arc::clone(session));
        }
        let license = self.pool.acquire().ok_or(NoLicense)?;
        let session = self.keep(session);
        session.state.write().license.get_or_insert(license);
        tracing::info!(session.id = %session.id(), licenses.used = self.pool.used(), "licence taken");
        Ok(session)
    }

    /// Gives back what [`Sessions::open`] took, because the login was refused.
    pub fn refuse(&self, session: &Arc<Session>) {
        session.state.write().license = None;
        self.release(session);
    }

    /// `Session.setPrivileges`: logs the session in. In force login the licence is taken here, and when none is free
    /// nothing changes.
    pub fn set_privileges(&self, session: &Arc<Session>, grant: &Grant) -> Result<Arc<Session>, NoLicense> {
        if session.is_unrestricted() {
            self.assign(session, grant);
            return Ok(Arc::clone(session));
        }
        // One pool, one rule: sessions that never saw REST take a licence as well (COMPATIBILITY.md).
        let session = self.open(session).inspect_err(|_| {
            tracing::warn!(session.id = %session.id(), "login refused: all licences are taken");
        })?;
        self.assign(&session, grant);
        let was_guest = !session.is_logged();
        session.set_logged(true);
        if was_guest {
            tracing::info!(session.id = %session.id(), user = %session.user_name(), "logged in");
            // A session that could not be kept needs a secret of its own in any case.
            if self.settings.rotate_on_login || !session.kept.load(Ordering::Acquire) {
                self.rotate(&session);
            }
        }
        Ok(session)
    }

    fn assign(&self, session: &Session, grant: &Grant) {
        let table = &self.privileges;
        let mut state = session.state.write();
        if self.settings.set_privileges_replaces {
            state.assigned.clear();
        }
        let named = grant.privileges.iter().filter_map(|name| table.number(name));
        let by_role = grant.roles.iter().filter_map(|name| table.role(name)).flatten().copied();
        for privilege in named.chain(by_role) {
            if !state.assigned.contains(&privilege) {
                state.assigned.push(privilege);
            }
        }
        if let Some(user_name) = &grant.user_name {
            state.user_name = user_name.clone();
        }
        let mut effective = PrivilegeSet::default();
        effective.extend(table.guest());
        for privilege in &state.assigned {
            effective.extend(table.closure(*privilege));
        }
        state.effective = Arc::new(effective);
    }

    /// `Session.clearPrivileges`: the licence stays (`docs/API/SessionClass.md`).
    pub fn clear_privileges(&self, session: &Session) {
        let mut state = session.state.write();
        state.assigned.clear();
        state.effective = Arc::new(self.privileges.guest().clone());
    }

    /// `Session.getPrivileges`: assigned names with everything they include, included ones first; never `guest`.
    pub fn assigned_names(&self, session: &Session) -> Vec<Text> {
        let state = session.state.read();
        let mut names: Vec<Text> = Vec::new();
        for privilege in state.assigned.iter().flat_map(|p| self.privileges.ordered_closure(*p)) {
            let name = self.privileges.name(*privilege);
            if name != crate::privilege::GUEST && !names.contains(name) {
                names.push(name.clone());
            }
        }
        names
    }

    /// `Session.isGuest` of 4D 21: in force login, never logged in or logged out since; in default mode, no
    /// privileges.
    pub fn is_guest(&self, session: &Session) -> bool {
        if session.is_unrestricted() {
            return false;
        }
        match self.settings.login_mode {
            LoginMode::Force => !session.is_logged(),
            LoginMode::Default => !session.has_assigned_privileges(),
        }
    }

    /// Logout: privileges, user name and licence go; id and storage stay until the idle time is over.
    pub fn logout(&self, session: &Arc<Session>) {
        let had_license = {
            let mut state = session.state.write();
            state.assigned.clear();
            state.effective = Arc::new(self.privileges.guest().clone());
            state.user_name = Text::new();
            state.license.take().is_some()
        };
        let was_logged = session.is_logged();
        session.set_logged(false);
        if had_license {
            tracing::info!(session.id = %session.id(), licenses.used = self.pool.used(), "licence freed by logout");
        }
        if was_logged && self.settings.rotate_on_login {
            self.rotate(session);
        }
    }

    /// A new secret for the same session.
    fn rotate(&self, session: &Arc<Session>) {
        let secret = Secret::random(self.chance.as_ref());
        let hash = secret.hash();
        let old = {
            let mut state = session.state.write();
            state.new_cookie = Some(secret);
            state.secret.replace(hash)
        };
        let until = self.clock.now().saturating_add(RETIRED_FOR).unwrap_or(Timestamp::MAX);
        session.kept.store(true, Ordering::Release);
        self.registry.rotate(old, hash, session, until.as_millisecond());
    }

    /// Ends a session: its licence is free and its cookie leads nowhere.
    pub fn close(&self, session: &Session) {
        self.registry.remove(session);
        // The registry lets go of it in its own time; what it holds for others must be free now.
        session.forget_attached();
        session.set_logged(false);
        let license = session.state.write().license.take();
        if license.is_some() {
            drop(license);
            tracing::info!(session.id = %session.id(), licenses.used = self.pool.used(), "licence freed");
        }
    }

    /// Closes every session whose idle time is over. A session in use by a running request is touched by it and
    /// therefore young. Returns how many were closed.
    pub fn close_expired(&self) -> usize {
        let now = self.clock.now();
        self.registry.forget_retired(now.as_millisecond());
        let expired: Vec<_> =
            self.registry.all().into_iter().filter(|session| session.is_expired(now)).collect();
        for session in &expired {
            self.close(session);
        }
        expired.len()
    }

    /// Closes all sessions: the server stops.
    pub fn close_all(&self) {
        for session in self.registry.all() {
            self.close(&session);
        }
    }

    /// The session in which code runs that no client asked for.
    pub fn stored_procedure(&self) -> Arc<Session> {
        let mut bytes = [0; 16];
        self.chance.fill(&mut bytes);
        Arc::new(Session::stored_procedure(hex(&bytes).into(), self.clock.now()))
    }
}

fn minute_of(now: Timestamp) -> u32 {
    u32::try_from(now.as_second() / 60).unwrap_or(0)
}
