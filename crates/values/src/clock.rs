//! Time and chance, passed as arguments so that tests decide both.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

/// Tells the time. The system's own is made in `cli`.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// Fills bytes that nobody can guess. The system's own is made in `cli`.
pub trait Chance: Send + Sync {
    /// Overwrites `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

/// A clock that stands still until a test moves it.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// Starts at so many seconds after 1970.
    pub fn new(seconds: i64) -> Self {
        Self(AtomicI64::new(seconds))
    }

    /// Lets so many seconds pass.
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::SeqCst)).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}
