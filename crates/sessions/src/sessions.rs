//! [`Sessions`]: the session of a cookie, login, logout, idle closing.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tessera_values::{Chance, Clock};

use crate::cookie::{GuestSeal, Secret, hex};
use crate::license::LicensePool;
use crate::orphan::Orphans;
use crate::otp::Tokens;
use crate::privilege::{PrivilegeSet, PrivilegeTable};
use crate::registry::Registry;
use crate::session::Session;

mod close;
mod login;
mod resolve;
mod tokens;

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
    /// The longest a session token may be valid for, in seconds (hardening H12).
    pub token_seconds_max: Option<i64>,
    /// In default mode, a licence whose holder made one request and never came back may be taken when all others are
    /// taken (hardening H7).
    pub reclaim_orphans: bool,
    /// Hours after which somebody has to log in again however busy the session was; 0: never (hardening H17).
    pub max_age_hours: i64,
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
            token_seconds_max: Some(TOKEN_SECONDS_MAX),
            reclaim_orphans: true,
            max_age_hours: 0,
        }
    }
}

/// Without a limit, requests without a cookie would fill the memory in default mode.
const SESSIONS_MAX: usize = 100_000;
/// A token travels in addresses, which end in logs and histories.
const TOKEN_SECONDS_MAX: i64 = 3600;
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
    /// A cookie for this client alone, who came in with a session token. A cookie that the session itself has to send
    /// comes first: it is newer.
    pub cookie: Option<Secret>,
}

impl Resolved {
    fn new(session: Arc<Session>) -> Self {
        Self { session, is_new: true, cookie: None }
    }

    fn known(session: Arc<Session>) -> Self {
        Self { session, is_new: false, cookie: None }
    }

    /// Hands the client's own cookie to the session: for code that came into it in the middle of a request.
    pub fn send_cookie_with_next_answer(&self) {
        if let Some(cookie) = &self.cookie {
            self.session.state.write().new_cookie = Some(Box::new(cookie.clone()));
        }
    }
}

/// The sessions of a server.
pub struct Sessions {
    registry: Box<dyn Registry>,
    pool: Box<dyn LicensePool>,
    privileges: Arc<PrivilegeTable>,
    /// Shared by all sessions without privileges.
    guest_privileges: Arc<PrivilegeSet>,
    settings: SessionSettings,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    seal: GuestSeal,
    tokens: Tokens,
    orphans: Orphans,
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
        let guest_privileges = Arc::new(privileges.guest().clone());
        Self {
            registry,
            pool,
            privileges,
            guest_privileges,
            settings,
            clock,
            chance,
            seal,
            tokens: Tokens::default(),
            orphans: Orphans::default(),
        }
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
