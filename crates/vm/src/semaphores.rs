//! Semaphores: names that one process at a time may hold (`docs/commands-legacy/semaphore.md`).

use std::collections::HashMap;
use std::time::Duration;

use parking_lot::{Condvar, Mutex};
use tessera_values::{ErrorStack, ProcessId, Text};

/// How often a waiting process looks whether it must stop.
const WAIT_SLICE: Duration = Duration::from_millis(50);
/// How many semaphores may be set at once.
const SEMAPHORES_MAX: usize = 100_000;

/// All semaphores of a server. Names are compared without regard to case.
#[derive(Debug, Default)]
pub struct Semaphores {
    held: Mutex<HashMap<Text, ProcessId>>,
    freed: Condvar,
}

impl Semaphores {
    /// Sets a semaphore for `process`, waiting for `patience` while another holds it. Answers whether another still
    /// does. `check_stop` is asked while waiting.
    pub(crate) fn set(
        &self,
        name: Text,
        process: ProcessId,
        mut patience: Duration,
        check_stop: &dyn Fn() -> Result<(), ErrorStack>,
    ) -> Result<bool, ErrorStack> {
        let mut held = self.held.lock();
        loop {
            match held.get(&name) {
                Some(holder) if *holder != process => {}
                None if held.len() >= SEMAPHORES_MAX => {
                    return Err(ErrorStack::runtime(format!(
                        "There are {SEMAPHORES_MAX} semaphores already."
                    )));
                }
                _ => {
                    held.insert(name, process);
                    return Ok(false);
                }
            }
            if patience.is_zero() {
                return Ok(true);
            }
            check_stop()?;
            let slice = patience.min(WAIT_SLICE);
            if self.freed.wait_for(&mut held, slice).timed_out() {
                patience -= slice;
            }
        }
    }

    /// Is it set by anybody?
    pub(crate) fn is_set(&self, name: &Text) -> bool {
        self.held.lock().contains_key(name)
    }

    /// Clears it, if `process` set it.
    pub(crate) fn clear(&self, name: &Text, process: ProcessId) {
        let mut held = self.held.lock();
        if held.get(name) == Some(&process) {
            held.remove(name);
            self.freed.notify_all();
        }
    }

    /// A process ended: what it held is free.
    pub(crate) fn release(&self, process: ProcessId) {
        let mut held = self.held.lock();
        let before = held.len();
        held.retain(|_, holder| *holder != process);
        if held.len() < before {
            self.freed.notify_all();
        }
    }
}
