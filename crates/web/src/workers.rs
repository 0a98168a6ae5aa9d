//! Worker threads for user code: bounded, with a bounded queue.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Runs blocking work on at most so many threads at once; others wait, and beyond a limit they are refused.
#[derive(Debug)]
pub struct Workers {
    threads: Arc<Semaphore>,
    waiting: AtomicUsize,
    waiting_max: usize,
}

/// Why work was not done.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum WorkError {
    /// Too much is waiting already.
    Full,
    /// The work panicked. The panic was logged.
    Panicked,
}

impl Workers {
    /// `threads_max` at once, `waiting_max` in the queue.
    pub fn new(threads_max: usize, waiting_max: usize) -> Self {
        Self { threads: Arc::new(Semaphore::new(threads_max)), waiting: AtomicUsize::new(0), waiting_max }
    }

    /// Runs `work` on a worker thread. A panic in it ends that work only.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, WorkError> {
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= self.waiting_max {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(WorkError::Full);
        }
        let permit = Arc::clone(&self.threads).acquire_owned().await;
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        Self::work(permit.map_err(|_| WorkError::Full)?, work).await
    }

    /// Goes on with an answer that has begun: it waits its turn like all others, but is not refused.
    pub(crate) async fn go_on<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, WorkError> {
        let permit = Arc::clone(&self.threads).acquire_owned().await;
        Self::work(permit.map_err(|_| WorkError::Full)?, work).await
    }

    async fn work<T: Send + 'static>(
        permit: OwnedSemaphorePermit,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, WorkError> {
        let span = tracing::Span::current();
        let work = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            guarded(|| span.in_scope(work))
        });
        work.await.unwrap_or(Err(WorkError::Panicked))
    }
}

/// Runs work so that a panic in it becomes an error.
pub(crate) fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, WorkError> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).map_err(|panic| {
        let message = panic
            .downcast_ref::<&str>()
            .map(ToString::to_string)
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_default();
        tracing::error!(message, "a request panicked; this is a fault of the server");
        WorkError::Panicked
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_ends_its_own_work_only() {
        let workers = Workers::new(2, 10);
        assert_eq!(workers.run::<()>(|| panic!("on purpose")).await, Err(WorkError::Panicked));
        assert_eq!(workers.run(|| 3).await, Ok(3));
    }

    #[tokio::test]
    async fn a_full_queue_refuses() {
        let workers = Workers::new(1, 0);
        assert_eq!(workers.run(|| 1).await, Err(WorkError::Full));
    }
}
