//! The session of a request: found by its cookie, or a new guest; and which sessions are kept.

use std::sync::Arc;

use jiff::Timestamp;

use super::{COOKIE_REFRESH_MS, Resolved, Sessions, minute_of};
use crate::audit::{CloseReason, LogoutReason};
use crate::cookie::{GuestSeal, GuestToken, Secret, SessionId};
use crate::registry::{Entry, Inserted};
use crate::session::{IDLE_MINUTES, Session};

impl Sessions {
    /// The session of a request: the cookie's, or a new guest. A client's own value never becomes an id.
    pub fn resolve(&self, cookie: Option<&str>, address: &str) -> Resolved {
        let now = self.clock.now();
        let minute = minute_of(now);
        if self.settings.without_sessions {
            return Resolved::new(self.without_rights(now, address));
        }
        if let Some(secret) = cookie.and_then(Secret::parse) {
            match self.registry.find(&secret.hash()) {
                Some(Entry::Live(session)) if !session.is_expired(now) => {
                    self.come_back(&session, secret, now);
                    return Resolved::known(session);
                }
                Some(Entry::Live(session)) => self.close_because(&session, CloseReason::Idle),
                Some(Entry::Retired(until)) if until >= now.as_millisecond() => {
                    return Resolved::known(self.without_rights(now, address));
                }
                Some(Entry::Retired(_)) | None => {
                    let token = self.seal.open(&secret).filter(|token| {
                        (0..IDLE_MINUTES).contains(&(i64::from(minute) - i64::from(token.minute)))
                    });
                    if let Some(token) = token {
                        return Resolved::known(self.known_guest(&secret, token, now, address));
                    }
                }
            }
        }
        let token = GuestSeal::new_guest(self.chance.as_ref(), minute);
        let session = self.guest(token.id(), now, address);
        let secret = self.seal.seal(&token);
        let mut state = session.state.write();
        state.secret = Some(secret.hash());
        state.new_cookie = Some(Box::new(secret));
        drop(state);
        Resolved::new(session)
    }

    /// The same for a request whose address may hold a session token (`$4DSID`). A token that was used, is too old or
    /// unknown is ignored, and the request goes on with its own session (`docs/WebServer/sessions.md`).
    pub fn resolve_with_token(&self, cookie: Option<&str>, token: Option<&str>, address: &str) -> Resolved {
        let restored = token.and_then(|token| self.redeem(token, address));
        restored.unwrap_or_else(|| self.resolve(cookie, address))
    }

    /// A kept session is used again.
    fn come_back(&self, session: &Arc<Session>, secret: Secret, now: Timestamp) {
        let moved = now.as_millisecond() - session.last_access_ms() > COOKIE_REFRESH_MS;
        session.touch(now);
        session.set_returned();
        if session.is_logged() && self.is_login_too_old(session, now) {
            self.logout_because(session, LogoutReason::Age);
        } else if moved {
            session.state.write().new_cookie.get_or_insert_with(|| Box::new(secret));
        }
    }

    fn is_login_too_old(&self, session: &Session, now: Timestamp) -> bool {
        let hours = self.settings.hardening.max_age_hours;
        hours > 0 && now.as_millisecond() - session.logged_at_ms() > hours.saturating_mul(3_600_000)
    }

    /// The session of a guest's sealed cookie. Its seal is made anew each minute, so several cookies lead to one guest.
    fn known_guest(
        &self,
        secret: &Secret,
        mut token: GuestToken,
        now: Timestamp,
        address: &str,
    ) -> Arc<Session> {
        match self.registry.by_id(&token.id().text()) {
            // A cookie from before somebody logged in opens nothing of theirs.
            Some(kept) if kept.was_logged() => return self.without_rights(now, address),
            Some(kept) => {
                kept.touch(now);
                kept.set_returned();
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
            state.new_cookie = Some(Box::new(renewed));
        }
        drop(state);
        session
    }

    fn guest(&self, id: SessionId, now: Timestamp, address: &str) -> Arc<Session> {
        Arc::new(Session::new(id, now, address, self.guest_holds()))
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
        if session.is_unrestricted() || session.is_kept() {
            return Arc::clone(session);
        }
        let Some(secret) = session.secret() else { return Arc::clone(session) };
        if self.counts().sessions >= self.settings.sessions_max {
            tracing::warn!(sessions = self.settings.sessions_max, "too many sessions: a new one is not kept");
            return Arc::clone(session);
        }
        match self.registry.insert(secret, session) {
            Inserted::Kept => {
                self.mark_kept(session, true);
                // It may be from before the policy changed.
                self.hold_again(session);
            }
            Inserted::Present(present) => return present,
            Inserted::Refused => {}
        }
        Arc::clone(session)
    }

    /// Forgets a kept guest that holds nothing after all, and writes down a login or a change of privileges together
    /// with what the same request stored. To be called when a request ends.
    pub fn release(&self, session: &Arc<Session>) {
        if session.take_changed() {
            self.archive_now(session);
        }
        match (session.is_kept(), session.is_worth_keeping()) {
            (true, false) if !self.counts_guests() => {
                self.mark_kept(session, false);
                // It goes on with the secret it has, should a request beside this one store something after all.
                let secret = session.secret();
                self.registry.remove(session, secret.as_slice());
            }
            // Which it did: the one that ended first had seen nothing of it.
            (false, true) => {
                self.keep(session);
            }
            _ => {}
        }
    }

    /// The cookie to send with the answer, once: for a new session, after login or logout, and now and then to move
    /// its expiry.
    pub fn take_cookie(&self, session: &Session) -> Option<Secret> {
        session.state.read().new_cookie.as_ref()?;
        session.state.write().new_cookie.take().map(|secret| *secret)
    }
}
