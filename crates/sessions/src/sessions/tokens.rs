//! Session tokens: making them, and coming into a session with one (`docs/API/SessionClass.md`, `createOTP`).

use std::sync::Arc;

use tessera_values::Text;

use super::{Resolved, Sessions};
use crate::audit;
use crate::cookie::Secret;
use crate::session::Session;

/// The least a token can be valid for.
const LIFESPAN_SECONDS_MIN: i64 = 10;

impl Sessions {
    /// `Session.createOTP`: a token for the session, valid for so many seconds; without a number, for its idle time.
    /// Empty when the session is none that a request could come into.
    pub fn create_token(&self, session: &Arc<Session>, seconds: Option<i64>) -> Text {
        if session.is_unrestricted() || !session.is_kept() {
            return Text::new();
        }
        let seconds = seconds.unwrap_or_else(|| session.idle_minutes() * 60);
        let longest = self.settings.hardening.token_seconds_max.unwrap_or(i64::MAX).max(LIFESPAN_SECONDS_MIN);
        let lifespan_ms = seconds.clamp(LIFESPAN_SECONDS_MIN, longest).saturating_mul(1000);
        let deadline_ms = self.clock.now().as_millisecond().saturating_add(lifespan_ms);
        self.tokens.issue(session, deadline_ms, self.chance.as_ref())
    }

    /// Uses a session token up. The client gets a cookie of its own for the session, so that several devices can go
    /// on in it.
    pub fn redeem(&self, token: &str, address: &str) -> Option<Resolved> {
        if self.settings.without_sessions {
            return None;
        }
        let now = self.clock.now();
        let session = self.tokens.redeem(token, now.as_millisecond())?;
        if session.is_expired(now) {
            return None;
        }
        let secret = Secret::random(self.chance.as_ref());
        {
            let mut state = session.state.write();
            // Closed meanwhile: under this lock it can't be closed half-way.
            if !session.is_kept() {
                return None;
            }
            let too_many = state.add_secret(secret.hash());
            self.registry.add_secret(secret.hash(), &session, too_many);
        }
        session.touch(now);
        session.set_returned();
        session.set_changed();
        audit::token_used(&session, address);
        Some(Resolved { session, is_new: false, cookie: Some(secret) })
    }
}
