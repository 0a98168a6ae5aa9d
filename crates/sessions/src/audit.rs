//! The audit log: who logged in and out, who was refused, whose privileges changed, which sessions ended, and why.
//!
//! Structured events of the target `tessera::audit`, described in `docs/security.md`. They hold public session ids,
//! never secrets and never session tokens.

use crate::session::Session;

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CloseReason {
    /// Nobody used it for longer than its idle time.
    Idle,
    /// Nobody came back to it, and its licence was needed.
    Orphan,
    /// Somebody closed it.
    Closed,
    /// The server stopped.
    Stop,
}

impl CloseReason {
    fn word(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Orphan => "orphan",
            Self::Closed => "closed",
            Self::Stop => "stop",
        }
    }
}

/// Why somebody is no longer logged in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogoutReason {
    /// They asked for it.
    Asked,
    /// The login is older than `session.max_age_hours` allows.
    Age,
}

impl LogoutReason {
    fn word(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Age => "age",
        }
    }
}

/// One event; the session's id, user name and address are always told.
macro_rules! event {
    ($level:ident, $session:expr, $event:literal $(, $($field:tt)+)?) => {
        tracing::$level!(
            target: "tessera::audit",
            event = $event,
            session = $session.id().as_str(),
            // As quoted texts: a name may hold line breaks, and must not write events of its own.
            user = $session.user_name().as_str(),
            address = $session.address().as_str(),
            $($($field)+)?
        )
    };
}

pub(crate) fn login(session: &Session, privileges: &[tessera_values::Text], licenses_used: usize) {
    event!(info, session, "login", privileges = privileges.join(","), licenses = licenses_used);
}

pub(crate) fn privileges(session: &Session, privileges: &[tessera_values::Text]) {
    event!(info, session, "privileges", privileges = privileges.join(","));
}

pub(crate) fn open(session: &Session, licenses_used: usize) {
    event!(info, session, "open", licenses = licenses_used);
}

pub(crate) fn refused(session: &Session, reason: &str) {
    event!(warn, session, "refused", reason = reason);
}

pub(crate) fn logout(session: &Session, user: &str, reason: LogoutReason, licenses_used: usize) {
    // The session has no user name any more when this is told.
    tracing::info!(
        target: "tessera::audit",
        event = "logout",
        session = session.id().as_str(),
        user,
        address = session.address().as_str(),
        reason = reason.word(),
        licenses = licenses_used,
    );
}

pub(crate) fn token_used(session: &Session, address: &str) {
    event!(info, session, "token", from = address);
}

pub(crate) fn close(session: &Session, reason: CloseReason, licenses_used: usize) {
    event!(info, session, "close", reason = reason.word(), licenses = licenses_used);
}
