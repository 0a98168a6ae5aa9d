//! The end of sessions: closed, idle, or with the server.

use super::Sessions;
use crate::audit::{self, CloseReason};
use crate::session::Session;

impl Sessions {
    /// Ends a session: its licence is free, its cookies and tokens lead nowhere. Closing twice changes nothing.
    pub fn close(&self, session: &Session) {
        self.close_because(session, CloseReason::Closed);
    }

    pub(super) fn close_because(&self, session: &Session, reason: CloseReason) {
        let (secrets, license, was_kept) = {
            let mut state = session.state.write();
            let was_kept = session.is_kept();
            self.mark_kept(session, false);
            (state.take_secrets(), state.license.take(), was_kept)
        };
        self.registry.remove(session, &secrets);
        self.tokens.revoke_all(session);
        // A request may still hold the session; what it holds for others, as locks, must be free now.
        session.forget_attached();
        drop(license);
        // Who was here when the server stopped will be here when it starts again.
        if session.is_logged() && reason != CloseReason::Stop {
            self.archive_end(session);
        }
        if was_kept {
            audit::close(session, reason, self.pool.used());
        }
        self.mark_logged(session, None);
    }

    /// Closes every session whose idle time is over. A session in use by a running request is touched by it and
    /// therefore young. Returns how many were closed.
    pub fn close_expired(&self) -> usize {
        let now = self.clock.now();
        self.registry.forget_retired(now.as_millisecond());
        self.tokens.forget_expired(now.as_millisecond());
        self.orphans.forget_settled();
        let mut closed = 0;
        // Part by part: nobody waits for the sweep, and it holds no list of all sessions.
        for number in 0..self.registry.parts() {
            for session in self.registry.part(number) {
                if session.is_expired(now) {
                    self.close_because(&session, CloseReason::Idle);
                    closed += 1;
                }
            }
        }
        self.archive_used();
        closed
    }

    /// Closes all sessions: the server stops. Those that survive a restart are written down first.
    pub fn close_all(&self) {
        self.archive_used();
        for session in self.registry.all() {
            self.close_because(&session, CloseReason::Stop);
        }
    }
}
