//! `ds.flushAndLock()` and `ds.unlock()` (`docs/API/DataStoreClass.md`): while a process holds the datastore, writes of
//! other processes wait. Reading is free.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use parking_lot::{Condvar, Mutex, MutexGuard};

/// How often whoever waits looks whether it must stop.
const SLICE: Duration = Duration::from_millis(100);

/// Who holds the datastore.
#[derive(Clone, Copy, Debug)]
struct Held {
    process: u64,
    /// How often it took it; so often it has to be given back.
    times: u64,
}

/// The freeze of a server's datastore.
#[derive(Debug, Default)]
pub(crate) struct Freeze {
    held: Mutex<Option<Held>>,
    /// So that writes of a server that never freezes ask nothing.
    is_held: AtomicBool,
    ended: Condvar,
}

/// The server, or the process that waited, has to stop.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Stopped;

impl Freeze {
    /// Does anybody hold it?
    pub(crate) fn is_held(&self) -> bool {
        self.is_held.load(Ordering::Acquire)
    }

    /// Takes it, after others gave it back; answers whether it is taken for the first time.
    pub(crate) fn take(&self, process: u64, must_stop: impl Fn() -> bool) -> Result<bool, Stopped> {
        let mut held = self.free_for(process, must_stop)?;
        let times = held.map_or(0, |held| held.times);
        *held = Some(Held { process, times: times + 1 });
        self.is_held.store(true, Ordering::Release);
        Ok(times == 0)
    }

    /// Waits until this process may write.
    pub(crate) fn wait_to_write(&self, process: u64, must_stop: impl Fn() -> bool) -> Result<(), Stopped> {
        if !self.is_held() {
            return Ok(());
        }
        self.free_for(process, must_stop).map(drop)
    }

    fn free_for(
        &self,
        process: u64,
        must_stop: impl Fn() -> bool,
    ) -> Result<MutexGuard<'_, Option<Held>>, Stopped> {
        let mut held = self.held.lock();
        while held.is_some_and(|held| held.process != process) {
            if must_stop() {
                return Err(Stopped);
            }
            self.ended.wait_for(&mut held, SLICE);
        }
        Ok(held)
    }

    /// Gives it back once; nothing happens in a process that doesn't hold it.
    pub(crate) fn release(&self, process: u64) {
        self.reduce(process, 1);
    }

    /// Gives back what a process that ends holds.
    pub(crate) fn release_process(&self, process: u64) {
        if self.is_held() {
            self.reduce(process, u64::MAX);
        }
    }

    fn reduce(&self, process: u64, times: u64) {
        let mut held = self.held.lock();
        let Some(present) = held.as_mut().filter(|held| held.process == process) else { return };
        present.times = present.times.saturating_sub(times);
        if present.times == 0 {
            *held = None;
            self.is_held.store(false, Ordering::Release);
            self.ended.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_ends_when_it_was_given_back_as_often_as_it_was_taken() {
        // O162
        let freeze = Freeze::default();
        let stop = || true;
        assert_eq!(freeze.take(1, stop), Ok(true));
        assert_eq!(freeze.take(1, stop), Ok(false));
        assert_eq!(freeze.wait_to_write(1, stop), Ok(()));
        assert_eq!(freeze.wait_to_write(2, stop), Err(Stopped));
        freeze.release(2);
        freeze.release(1);
        assert_eq!(freeze.take(2, stop), Err(Stopped), "held once more");
        freeze.release(1);
        assert!(!freeze.is_held());
        assert_eq!(freeze.take(2, stop), Ok(true));
        freeze.release_process(2);
        assert_eq!(freeze.wait_to_write(1, stop), Ok(()));
    }

    #[test]
    fn whoever_waits_goes_on_when_it_ends() {
        // O162
        let freeze = Freeze::default();
        assert_eq!(freeze.take(1, || false), Ok(true));
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| freeze.wait_to_write(2, || false));
            freeze.release(1);
            assert_eq!(waiting.join().unwrap(), Ok(()));
        });
    }
}
