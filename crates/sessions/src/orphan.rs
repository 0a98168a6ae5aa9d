//! Licences nobody will come back for: in default mode a client that drops its cookie takes one per request
//! (sessions-privileges-web section 7.1, "session flooding"; hardening H7).

use std::collections::VecDeque;
use std::sync::{Arc, Weak};

use jiff::Timestamp;
use parking_lot::Mutex;

use crate::license::PoolSize;
use crate::session::Session;

/// How long a guest may take to come back before its licence may be given to somebody else.
const COME_BACK_MS: i64 = 60_000;

/// Licence holders in the order they came, until they came back.
#[derive(Debug, Default)]
pub(crate) struct Orphans(Mutex<VecDeque<Weak<Session>>>);

impl Orphans {
    /// Somebody took a licence. Where there is no limit, none will ever be needed back.
    pub(crate) fn note(&self, session: &Arc<Session>, size: PoolSize) {
        if let PoolSize::Limited(_) = size {
            self.0.lock().push_back(Arc::downgrade(session));
        }
    }

    /// The one who has been away longest, if it is an orphan by now.
    pub(crate) fn oldest(&self, now: Timestamp) -> Option<Arc<Session>> {
        let mut waiting = self.0.lock();
        while let Some(first) = waiting.front() {
            match first.upgrade() {
                Some(session) if session.is_orphan() => {
                    let away_ms = now.as_millisecond() - session.last_access_ms();
                    if away_ms <= COME_BACK_MS {
                        return None;
                    }
                    waiting.pop_front();
                    return Some(session);
                }
                _ => waiting.pop_front(),
            };
        }
        None
    }

    /// Forgets those who came back or are gone.
    pub(crate) fn forget_settled(&self) {
        self.0.lock().retain(|session| session.upgrade().is_some_and(|session| session.is_orphan()));
    }
}
