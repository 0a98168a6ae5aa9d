//! Licences: counted tokens that sessions hold (`docs/REST/authUsers.md`).
//!
//! The only place that takes one. A [`License`] gives itself back when it is dropped, so that a session can't close
//! without returning it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

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
pub struct License(Option<Box<dyn FnOnce() + Send + Sync>>);

impl License {
    /// A licence whose return is `give_back`.
    pub fn new(give_back: impl FnOnce() + Send + Sync + 'static) -> Self {
        Self(Some(Box::new(give_back)))
    }
}

impl std::fmt::Debug for License {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("License")
    }
}

impl Drop for License {
    fn drop(&mut self) {
        if let Some(give_back) = self.0.take() {
            give_back();
        }
    }
}

/// The licences of one server.
#[derive(Debug)]
pub struct MemoryPool {
    size: PoolSize,
    used: Arc<AtomicUsize>,
}

impl MemoryPool {
    /// A pool of a size.
    pub fn new(size: PoolSize) -> Self {
        Self { size, used: Arc::default() }
    }
}

impl LicensePool for MemoryPool {
    fn acquire(&self) -> Option<License> {
        let limit = match self.size {
            PoolSize::Unlimited => usize::MAX,
            PoolSize::Limited(limit) => limit,
        };
        let taken = self
            .used
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |used| (used < limit).then_some(used + 1));
        let used = Arc::clone(&self.used);
        taken.ok().map(|_| {
            License::new(move || {
                used.fetch_sub(1, Ordering::AcqRel);
            })
        })
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
