//! Quotas: how much a session, and all of them together, may ask for (`docs/WebServer/quotas.md`).
//!
//! Time is cut into minutes and hours; what a window has used up is free again when the next one begins. Where nothing
//! is limited, a request costs one look at a flag.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;
use parking_lot::{Mutex, RwLock};
use tessera_model::{PerTime, Quotas, Rates};

const MINUTE: i64 = 60;
const HOUR: i64 = 3600;

/// A quota is used up (HTTP 429).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuotaReached {
    /// Seconds until the window ends; `None` for a quota that no time frees.
    pub retry_after: Option<i64>,
}

/// What passed in one window.
#[derive(Clone, Copy, Debug, Default)]
struct Window {
    number: i64,
    used: u64,
}

impl Window {
    fn used(&self, seconds: i64, now: i64) -> u64 {
        if self.number == now / seconds { self.used } else { 0 }
    }

    fn add(&mut self, seconds: i64, now: i64, amount: u64) {
        let used = self.used(seconds, now);
        *self = Self { number: now / seconds, used: used.saturating_add(amount) };
    }

    /// Seconds until there is room again.
    fn wait(&self, limit: Option<u64>, seconds: i64, now: i64) -> Option<i64> {
        (self.used(seconds, now) >= limit?).then(|| seconds - now % seconds)
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Windows {
    minute: Window,
    hour: Window,
}

impl Windows {
    fn add(&mut self, now: i64, amount: u64) {
        self.minute.add(MINUTE, now, amount);
        self.hour.add(HOUR, now, amount);
    }

    fn wait(&self, limits: PerTime, now: i64) -> Option<i64> {
        self.minute.wait(limits.minute, MINUTE, now).max(self.hour.wait(limits.hour, HOUR, now))
    }
}

/// What passed lately: of one session, or of all.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Meter {
    requests: Windows,
    in_bytes: Windows,
    out_bytes: Windows,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Measured {
    Request,
    In(u64),
    Out(u64),
}

impl Meter {
    pub(crate) fn wait(&self, rates: &Rates, now: Timestamp) -> Option<i64> {
        let now = now.as_second();
        let waits = [
            self.requests.wait(rates.requests, now),
            self.in_bytes.wait(rates.in_bytes, now),
            self.out_bytes.wait(rates.out_bytes, now),
        ];
        waits.into_iter().max().flatten()
    }

    pub(crate) fn add(&mut self, measured: Measured, now: Timestamp) {
        let now = now.as_second();
        match measured {
            Measured::Request => self.requests.add(now, 1),
            Measured::In(bytes) => self.in_bytes.add(now, bytes),
            Measured::Out(bytes) => self.out_bytes.add(now, bytes),
        }
    }

    /// What passed in the windows of this moment, in the shape of the limits.
    pub(crate) fn used(&self, now: Timestamp) -> Rates {
        let now = now.as_second();
        let per = |windows: &Windows| PerTime {
            minute: Some(windows.minute.used(MINUTE, now)),
            hour: Some(windows.hour.used(HOUR, now)),
        };
        Rates {
            requests: per(&self.requests),
            in_bytes: per(&self.in_bytes),
            out_bytes: per(&self.out_bytes),
        }
    }
}

/// The quotas in force, and what all sessions together used.
#[derive(Default)]
pub(crate) struct QuotaKeeper {
    in_force: AtomicBool,
    quotas: RwLock<Arc<Quotas>>,
    /// Held while a session is let in, so that no two take the last place.
    pub(crate) server: Mutex<Meter>,
}

impl QuotaKeeper {
    pub(crate) fn new(quotas: Quotas) -> Self {
        let keeper = Self::default();
        keeper.set(quotas);
        keeper
    }

    pub(crate) fn set(&self, quotas: Quotas) {
        *self.quotas.write() = Arc::new(quotas);
        self.in_force.store(!quotas.is_empty(), Ordering::Release);
    }

    /// The limits; `None` when nothing is limited.
    pub(crate) fn in_force(&self) -> Option<Arc<Quotas>> {
        self.in_force.load(Ordering::Acquire).then(|| Arc::clone(&self.quotas.read()))
    }
}

/// Limits of the entity sets of one session, which its code may change (`docs/API/QuotaManagerClass.md`). The layer
/// that keeps entity sets reads them with `Sessions::entity_set_limits`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EntitySetLimits {
    /// How many at once.
    pub count_max: Option<u64>,
    /// Seconds of idleness after which a set is forgotten, unless the request says otherwise.
    pub default_seconds: Option<u64>,
    /// The most a request may ask for.
    pub seconds_max: Option<u64>,
}

/// What code set for its session.
#[derive(Debug, Default)]
pub struct OwnEntitySetLimits(Mutex<EntitySetLimits>);

impl OwnEntitySetLimits {
    /// The limits as code set them.
    pub fn get(&self) -> EntitySetLimits {
        *self.0.lock()
    }

    /// Changes them.
    pub fn change(&self, change: impl FnOnce(&mut EntitySetLimits)) {
        change(&mut self.0.lock());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_fixed() {
        // S171
        let at = |second: i64| Timestamp::from_second(second).unwrap();
        let rates = Rates { requests: PerTime { minute: Some(2), hour: Some(3) }, ..Rates::default() };
        let mut meter = Meter::default();
        let begin = 7200;
        for second in [50, 55] {
            assert_eq!(meter.wait(&rates, at(begin + second)), None);
            meter.add(Measured::Request, at(begin + second));
        }
        assert_eq!(meter.wait(&rates, at(begin + 57)), Some(3));
        // The next minute begins on the minute; then the hour is used up.
        assert_eq!(meter.wait(&rates, at(begin + 60)), None);
        meter.add(Measured::Request, at(begin + 60));
        assert_eq!(meter.wait(&rates, at(begin + 61)), Some(3539));
        assert_eq!(meter.wait(&rates, at(begin + 3600)), None);
    }
}
