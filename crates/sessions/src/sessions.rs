//! [`Sessions`]: the session of a cookie, login, logout, idle closing.

use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwap;
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use tessera_model::{Quotas, Roles};
use tessera_values::{Chance, Clock};

use crate::archive::Archive;
use crate::audit;
use crate::cookie::{GuestSeal, Secret, SessionId};
use crate::hardening::Hardening;
use crate::license::LicensePool;
use crate::orphan::Orphans;
use crate::otp::Tokens;
use crate::privilege::PrivilegeTable;
use crate::quota::QuotaKeeper;
use crate::registry::Registry;
use crate::session::Session;
use crate::throttle::{Attempt, Throttle, Wait};

mod close;
mod counts;
mod login;
mod policy;
mod quotas;
mod resolve;
mod restart;
mod tokens;

use counts::Counters;
pub use counts::Counts;
use policy::Policy;

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
    /// Where it is stricter than 4D.
    pub hardening: Hardening,
    /// How much clients may ask for.
    pub quotas: Quotas,
    /// Without sessions each request is served to a guest of its own, who gets no cookie.
    pub without_sessions: bool,
    /// How many sessions are kept at once; more are served, but what they store ends with their request.
    pub sessions_max: usize,
}

impl Default for SessionSettings {
    fn default() -> Self {
        Self {
            hardening: Hardening::default(),
            quotas: Quotas::default(),
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
    policy: ArcSwap<Policy>,
    settings: SessionSettings,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    seal: GuestSeal,
    tokens: Tokens,
    orphans: Orphans,
    throttle: Arc<Throttle>,
    quotas: QuotaKeeper,
    counters: Counters,
    archive: OnceLock<Mutex<Box<dyn Archive>>>,
}

impl Sessions {
    /// Sessions kept in `registry`, with licences from `pool`.
    pub fn new(
        registry: Box<dyn Registry>,
        pool: Box<dyn LicensePool>,
        roles: Option<&Roles>,
        settings: SessionSettings,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
    ) -> Self {
        let seal = GuestSeal::new(chance.as_ref());
        Self {
            registry,
            pool,
            policy: ArcSwap::from_pointee(Policy::new(roles, PrivilegeTable::new(roles))),
            settings,
            clock,
            chance,
            seal,
            tokens: Tokens::default(),
            orphans: Orphans::default(),
            quotas: QuotaKeeper::new(settings.quotas),
            counters: Counters::default(),
            archive: OnceLock::new(),
            throttle: Arc::new(Throttle::new(settings.hardening.failed_logins_per_minute)),
        }
    }

    /// Default or force login.
    pub fn login_mode(&self) -> LoginMode {
        self.policy.load().login_mode
    }

    /// Does the project work without sessions (`docs/WebServer/sessions.md`)?
    pub fn are_off(&self) -> bool {
        self.settings.without_sessions
    }

    /// Where they are stricter than 4D's.
    pub fn hardening(&self) -> &Hardening {
        &self.settings.hardening
    }

    /// Somebody is about to try to log in from this address; `None` when nobody counts.
    pub fn begin_login(&self, address: &str) -> Result<Option<Attempt>, Wait> {
        self.throttle.begin(address, self.clock.now())
    }

    /// Notes that somebody was refused, for a reason in one word.
    pub fn audit_refusal(&self, session: &Session, reason: &str) {
        audit::refused(session, reason);
    }

    /// The login failed: its session is still a guest's.
    pub fn login_failed(&self, session: &Session, attempt: Option<Attempt>) {
        audit::refused(session, "login");
        if let Some(attempt) = attempt {
            attempt.failed(self.clock.now());
        }
    }

    /// The privileges of the project.
    pub fn privileges(&self) -> Arc<PrivilegeTable> {
        Arc::clone(self.policy.load().holdings.table())
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
        let id = SessionId::random(self.chance.as_ref());
        Arc::new(Session::stored_procedure(id, self.clock.now()))
    }
}

fn minute_of(now: Timestamp) -> u32 {
    u32::try_from(now.as_second() / 60).unwrap_or(0)
}
