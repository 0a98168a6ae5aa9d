//! Guessing passwords takes time: addresses with many failed logins have to wait (hardening H5).
//!
//! Ten failures a minute are free. After that each further one doubles the wait, from two seconds to a minute, and a
//! quiet minute forgives everything. Logins that are still under way count once the address has a failure, so that
//! many at once guess no faster than one after the other.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use parking_lot::Mutex;
use tessera_values::Text;

/// How long failures count, and how long an address has to be quiet to be forgiven.
const MINUTE_MS: i64 = 60_000;
/// The longest wait.
const WAIT_MS_MAX: i64 = 60_000;
/// How many addresses one generation of the table remembers.
const ADDRESSES_MAX: usize = 8_192;

#[derive(Clone, Copy, Debug, Default)]
struct Failures {
    count: u32,
    /// When the first of them was, or the last wait ended.
    since_ms: i64,
    /// Nobody may try before.
    closed_until_ms: i64,
    under_way: u32,
}

/// Who failed to log in lately. Two generations, so that the table is bounded and old addresses fall out of it without
/// a search.
#[derive(Debug, Default)]
struct Table {
    young: HashMap<Text, Failures>,
    old: HashMap<Text, Failures>,
}

impl Table {
    fn entry(&mut self, address: &Text) -> &mut Failures {
        if !self.young.contains_key(address) {
            if self.young.len() >= ADDRESSES_MAX {
                self.old = std::mem::take(&mut self.young);
            }
            let known = self.old.remove(address).unwrap_or_default();
            self.young.insert(address.clone(), known);
        }
        self.young.entry(address.clone()).or_default()
    }
}

/// Watches failed logins.
#[derive(Debug)]
pub struct Throttle {
    per_minute: u32,
    table: Mutex<Table>,
}

/// Too many logins failed: seconds to wait before the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait(pub i64);

/// A login under way. Dropped without a word it counts as one that never came to an end.
#[derive(Debug)]
pub struct Attempt {
    throttle: Arc<Throttle>,
    address: Text,
}

impl Throttle {
    /// So many failures a minute are free; 0: any number.
    pub(crate) fn new(per_minute: u32) -> Self {
        Self { per_minute, table: Mutex::default() }
    }

    /// Somebody at this address tries to log in. `None` when nobody counts.
    pub(crate) fn begin(self: &Arc<Self>, address: &str, now: Timestamp) -> Result<Option<Attempt>, Wait> {
        if self.per_minute == 0 {
            return Ok(None);
        }
        let (address, now) = (source(address), now.as_millisecond());
        let mut table = self.table.lock();
        let failures = table.entry(&address);
        failures.forgive(now);
        if failures.closed_until_ms > now {
            return Err(Wait((failures.closed_until_ms - now + 999) / 1000));
        }
        // After a wait one may try; before, as many as failures are left.
        let free = self.per_minute.saturating_sub(failures.count).max(1);
        if failures.count > 0 && failures.under_way >= free {
            return Err(Wait(1));
        }
        failures.under_way += 1;
        drop(table);
        Ok(Some(Attempt { throttle: Arc::clone(self), address }))
    }
}

impl Failures {
    fn forgive(&mut self, now: i64) {
        let quiet_since = self.since_ms.max(self.closed_until_ms);
        if now - quiet_since >= MINUTE_MS {
            *self = Self { under_way: self.under_way, ..Self::default() };
        }
    }

    fn add(&mut self, now: i64, per_minute: u32) {
        self.forgive(now);
        if self.count == 0 {
            self.since_ms = now;
        }
        self.count += 1;
        if self.count >= per_minute {
            let doublings = (self.count - per_minute + 1).min(16);
            self.closed_until_ms = now + (1000 << doublings).min(WAIT_MS_MAX);
        }
    }
}

impl Attempt {
    /// It failed.
    pub fn failed(self, now: Timestamp) {
        let mut table = self.throttle.table.lock();
        table.entry(&self.address).add(now.as_millisecond(), self.throttle.per_minute);
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        let mut table = self.throttle.table.lock();
        let failures = table.entry(&self.address);
        failures.under_way = failures.under_way.saturating_sub(1);
        if failures.under_way == 0 && failures.count == 0 {
            table.young.remove(&self.address);
        }
    }
}

/// Whom an address stands for: of IPv6, the network that one customer is given.
fn source(address: &str) -> Text {
    match address.parse::<std::net::Ipv6Addr>() {
        Ok(ip) if ip.to_ipv4_mapped().is_none() => {
            let [a, b, c, d, ..] = ip.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64").into()
        }
        _ => address.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(ms).unwrap()
    }

    fn fail(throttle: &Arc<Throttle>, address: &str, ms: i64) -> Result<(), Wait> {
        throttle.begin(address, at(ms)).map(|attempt| attempt.unwrap().failed(at(ms)))
    }

    #[test]
    fn the_eleventh_failure_in_a_minute_waits() {
        // S180
        let throttle = Arc::new(Throttle::new(10));
        for n in 0..10 {
            fail(&throttle, "a", n * 100).unwrap();
        }
        assert_eq!(fail(&throttle, "a", 1000), Err(Wait(2)));
        fail(&throttle, "b", 1000).unwrap();
        // Each wait is twice the one before, up to a minute.
        let mut now = 900;
        for wait in [2, 4, 8, 16, 32, 60, 60] {
            assert_eq!(fail(&throttle, "a", now), Err(Wait(wait)));
            assert_eq!(fail(&throttle, "a", now + wait * 1000 - 1), Err(Wait(1)));
            now += wait * 1000;
            fail(&throttle, "a", now).unwrap();
        }
        // A quiet minute after the last wait forgives.
        now += 120_000;
        for _ in 0..10 {
            fail(&throttle, "a", now).unwrap();
        }
        assert_eq!(fail(&throttle, "a", now), Err(Wait(2)));
    }

    #[test]
    fn ten_failures_a_minute_are_free_for_ever() {
        let throttle = Arc::new(Throttle::new(10));
        for n in 0..500 {
            fail(&throttle, "a", n * 6_700).unwrap();
        }
    }

    #[test]
    fn successes_count_for_nothing() {
        let throttle = Arc::new(Throttle::new(10));
        for _ in 0..1000 {
            drop(throttle.begin("a", at(0)).unwrap().unwrap());
        }
        assert!(throttle.table.lock().young.is_empty());
    }

    #[test]
    fn many_at_once_guess_no_faster() {
        let throttle = Arc::new(Throttle::new(10));
        fail(&throttle, "a", 0).unwrap();
        let under_way: Vec<_> = (0..100).filter_map(|_| throttle.begin("a", at(1)).ok().flatten()).collect();
        assert_eq!(under_way.len(), 9);
        for attempt in under_way {
            attempt.failed(at(2));
        }
        assert_eq!(fail(&throttle, "a", 3), Err(Wait(2)));
    }

    #[test]
    fn the_table_is_bounded() {
        let throttle = Arc::new(Throttle::new(10));
        for n in 0..100_000 {
            fail(&throttle, &format!("10.0.{}.{}", n / 256, n % 256), 0).unwrap();
        }
        let table = throttle.table.lock();
        assert!(table.young.len() + table.old.len() <= 2 * ADDRESSES_MAX);
    }

    #[test]
    fn one_customer_has_one_ipv6_network() {
        assert_eq!(source("2001:db8:1:2:3:4:5:6"), source("2001:db8:1:2::1"));
        assert_ne!(source("2001:db8:1:2::1"), source("2001:db8:1:3::1"));
        assert_ne!(source("::ffff:10.0.0.1"), source("::ffff:10.0.0.2"));
    }
}
