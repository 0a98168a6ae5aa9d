//! Sessions on a clock the test moves.

use std::sync::Arc;

use tessera_model::Roles;
use tessera_sessions::{
    Grant, Hardening, LoginMode, MemoryPool, MemoryRegistry, PoolSize, Preset, Session, SessionSettings,
    Sessions,
};
use tessera_test_support::{ManualClock, SequenceChance};
use tessera_values::{Chance, Clock};

pub(crate) struct Fixture {
    pub(crate) sessions: Sessions,
    pub(crate) clock: Arc<ManualClock>,
}

impl Fixture {
    pub(crate) fn new(mode: LoginMode, settings: SessionSettings) -> Self {
        Self::with_licenses(mode, settings, PoolSize::Unlimited)
    }

    pub(crate) fn with_licenses(mode: LoginMode, settings: SessionSettings, size: PoolSize) -> Self {
        let roles = Roles { force_login: mode == LoginMode::Force, ..Roles::default() };
        Self::with_roles(settings, size, Some(&roles))
    }

    pub(crate) fn with_roles(settings: SessionSettings, size: PoolSize, roles: Option<&Roles>) -> Self {
        let clock = Arc::new(ManualClock::new(1_700_000_000));
        let chance: Arc<dyn Chance> = Arc::new(SequenceChance::new());
        let sessions = Sessions::new(
            Box::new(MemoryRegistry::default()),
            Box::new(MemoryPool::new(size)),
            roles,
            settings,
            Arc::clone(&clock) as Arc<dyn Clock>,
            chance,
        );
        Self { sessions, clock }
    }

    /// The cookie of a new guest.
    pub(crate) fn guest_cookie(&self) -> String {
        let guest = self.sessions.resolve(None, "client").session;
        self.sessions.take_cookie(&guest).unwrap().value()
    }

    /// Somebody who logged in.
    pub(crate) fn person(&self, name: &str) -> Arc<Session> {
        let guest = self.sessions.resolve(None, "client").session;
        let grant = Grant { user_name: Some(name.into()), ..Grant::default() };
        self.sessions.set_privileges(&guest, &grant).unwrap()
    }
}

/// The usual settings with another hardening.
pub(crate) fn preset(preset: Preset) -> SessionSettings {
    SessionSettings { hardening: Hardening::preset(preset), ..SessionSettings::default() }
}
