//! Password hashes, on threads of their own.
//!
//! bcrypt takes a tenth of a second of one core on purpose. A flood of logins must not take every worker with it, so
//! there are as many hashing threads as cores and a short queue; beyond it the login is refused for now.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use parking_lot::Mutex;
use tessera_values::ErrorStack;

use crate::error::SERVER_BUSY;

type Job = Box<dyn FnOnce() + Send>;

/// How many hashes may wait per thread.
const QUEUE_PER_THREAD: usize = 32;

/// The hashing threads. They end when the pool is dropped.
pub(crate) struct HashPool {
    jobs: SyncSender<Job>,
}

impl HashPool {
    pub(crate) fn new(threads: usize) -> std::io::Result<Self> {
        let threads = threads.max(1);
        let (jobs, waiting) = sync_channel::<Job>(threads * QUEUE_PER_THREAD);
        let waiting = Arc::new(Mutex::new(waiting));
        for number in 0..threads {
            let waiting = Arc::clone(&waiting);
            std::thread::Builder::new().name(format!("hash-{number}")).spawn(move || work(&waiting))?;
        }
        Ok(Self { jobs })
    }

    /// Runs a computation on a hashing thread and waits for it.
    pub(crate) fn run<T: Send + 'static>(
        &self,
        compute: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, ErrorStack> {
        let (answer, result) = sync_channel(1);
        let job: Job = Box::new(move || {
            // Nobody listens any more when the process was stopped meanwhile.
            let _ = answer.send(compute());
        });
        self.jobs.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) | TrySendError::Disconnected(_) => busy(),
        })?;
        result.recv().map_err(|_| busy())
    }
}

fn busy() -> ErrorStack {
    ErrorStack::data(SERVER_BUSY, "Too many logins at once. Try again in a moment.")
}

fn work(waiting: &Mutex<Receiver<Job>>) {
    loop {
        let job = waiting.lock().recv();
        match job {
            Ok(job) => {
                // bcrypt does not panic on any input; should it ever, the thread lives on.
                let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(job));
            }
            Err(_) => return,
        }
    }
}
