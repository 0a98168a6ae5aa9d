//! Licences: counted tokens that sessions hold (`docs/REST/authUsers.md`).
//!
//! The only place that takes one. A [`License`] gives itself back when it is dropped, so that a session can't close
//! without returning it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use jiff::Timestamp;

/// How many sessions may hold a licence at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PoolSize {
    /// As many as come.
    Unlimited,
    /// So many.
    Limited(usize),
}

impl PoolSize {
    /// What 4D single-user allows for testing.
    pub const SINGLE_USER: Self = Self::Limited(3);
}

/// Where licences come from. One server counts in memory; several may share a count.
pub trait LicensePool: Send + Sync {
    /// Takes a licence at once, or `None` when all are taken. Nobody waits.
    fn acquire(&self) -> Option<License>;
    /// How many are taken now.
    fn used(&self) -> usize;
    /// How many there are.
    fn size(&self) -> PoolSize;
}

/// One licence, given back on drop.
pub struct License {
    give_back: Arc<dyn Fn() + Send + Sync>,
    token: u64,
    used: u32,
    since_ms: i64,
}

impl License {
    /// The licence number `token`, the `used`th one taken at that time; its return is `give_back`.
    pub fn new(give_back: Arc<dyn Fn() + Send + Sync>, token: u64, used: usize) -> Self {
        Self { give_back, token, used: u32::try_from(used).unwrap_or(u32::MAX), since_ms: 0 }
    }

    pub(crate) fn since(mut self, since: Timestamp) -> Self {
        self.since_ms = since.as_millisecond();
        self
    }

    /// What people see of it.
    pub(crate) fn view(&self) -> LicenseView {
        LicenseView {
            token: self.token,
            used: self.used as usize,
            since: Timestamp::from_millisecond(self.since_ms).unwrap_or(Timestamp::UNIX_EPOCH),
        }
    }
}

/// What people see of a licence (`docs/commands/license-usage.md`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LicenseView {
    /// A number no other licence ever had.
    pub token: u64,
    /// How many were taken then, this one included.
    pub used: usize,
    /// When it was taken.
    pub since: Timestamp,
}

impl std::fmt::Debug for License {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "License({})", self.token)
    }
}

impl Drop for License {
    fn drop(&mut self) {
        (self.give_back)();
    }
}

/// The licences of one server.
pub struct MemoryPool {
    size: PoolSize,
    used: Arc<AtomicUsize>,
    tokens: AtomicU64,
    /// One for all licences.
    give_back: Arc<dyn Fn() + Send + Sync>,
}

impl MemoryPool {
    /// A pool of a size.
    pub fn new(size: PoolSize) -> Self {
        let used = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&used);
        let give_back = Arc::new(move || {
            counter.fetch_sub(1, Ordering::AcqRel);
        });
        Self { size, used, tokens: AtomicU64::new(0), give_back }
    }
}

impl LicensePool for MemoryPool {
    fn acquire(&self) -> Option<License> {
        let limit = match self.size {
            PoolSize::Unlimited => usize::MAX,
            PoolSize::Limited(limit) => limit,
        };
        let before = self
            .used
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |used| (used < limit).then_some(used + 1))
            .ok()?;
        let token = self.tokens.fetch_add(1, Ordering::Relaxed) + 1;
        Some(License::new(Arc::clone(&self.give_back), token, before + 1))
    }

    fn used(&self) -> usize {
        self.used.load(Ordering::Acquire)
    }

    fn size(&self) -> PoolSize {
        self.size
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_of_three_refuses_the_fourth() {
        // S084, S087
        let pool = MemoryPool::new(PoolSize::SINGLE_USER);
        let held: Vec<_> = (0..3).map(|_| pool.acquire().unwrap()).collect();
        assert!(pool.acquire().is_none());
        let views: Vec<_> = held.iter().map(|license| (license.view().token, license.view().used)).collect();
        assert_eq!(views, [(1, 1), (2, 2), (3, 3)]);
        drop(held);
        assert_eq!(pool.used(), 0);
        assert!(pool.acquire().is_some());
    }

    #[test]
    fn parallel_takers_never_exceed_the_pool() {
        // S086
        let pool = MemoryPool::new(PoolSize::Limited(10));
        let highest = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..2000 {
                        let license = pool.acquire();
                        highest.fetch_max(pool.used(), Ordering::Relaxed);
                        drop(license);
                    }
                });
            }
        });
        assert!(highest.load(Ordering::Relaxed) <= 10);
        assert_eq!(pool.used(), 0);
    }
}
