//! Who may use which connection: many readers, one for each statement; one writer, for a batch or a transaction.

use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

use super::database::{Access, Database};
use super::write::Work;
use crate::{Options, StoreError};

/// The connections of one file.
pub(super) struct Pool {
    pub(super) file: String,
    readers: Mutex<Readers>,
    reader_back: Condvar,
    writer: Mutex<Writer>,
    writer_back: Condvar,
    options: Options,
}

struct Readers {
    idle: Vec<Database>,
    open: usize,
}

struct Writer {
    /// `None` while somebody writes.
    idle: Option<Database>,
    /// What waits for the next batch.
    queue: Vec<Arc<Work>>,
}

impl Pool {
    pub(super) fn new(file: String, writer: Database, options: Options) -> Self {
        Self {
            file,
            readers: Mutex::new(Readers { idle: Vec::new(), open: 0 }),
            reader_back: Condvar::new(),
            writer: Mutex::new(Writer { idle: Some(writer), queue: Vec::new() }),
            writer_back: Condvar::new(),
            options,
        }
    }

    /// A reading connection until it is dropped; opened when none is idle, waited for when there are too many.
    pub(super) fn reader(&self) -> Result<Reader<'_>, StoreError> {
        let mut readers = self.readers.lock();
        loop {
            if let Some(database) = readers.idle.pop() {
                return Ok(Reader { pool: self, database: Some(database) });
            }
            if readers.open < self.options.readers_max.max(1) {
                break;
            }
            self.reader_back.wait(&mut readers);
        }
        readers.open += 1;
        drop(readers);
        // Its place is given back when opening fails.
        let mut reader = Reader { pool: self, database: None };
        reader.database = Some(Database::open(&self.file, Access::Read)?);
        Ok(reader)
    }

    /// The writer until it is dropped; waited for while somebody else has it, but not for ever.
    pub(super) fn writer(self: &Arc<Self>) -> Result<Held, StoreError> {
        let deadline = self.deadline();
        let mut writer = self.writer.lock();
        loop {
            if let Some(database) = writer.idle.take() {
                return Ok(Held { pool: Arc::clone(self), database: Some(database) });
            }
            if self.writer_back.wait_until(&mut writer, deadline).timed_out() && writer.idle.is_none() {
                return Err(self.busy());
            }
        }
    }

    /// Puts work into the queue and returns when somebody has done it: this thread, if the writer is idle, for
    /// itself and all who queued meanwhile; otherwise whoever gets the writer next. All of a batch share one commit
    /// and therefore one flush to disk.
    pub(super) fn submit(
        self: &Arc<Self>,
        work: &Arc<Work>,
        run: impl Fn(&Database, &[Arc<Work>]),
    ) -> Result<(), StoreError> {
        let deadline = self.deadline();
        let mut writer = self.writer.lock();
        writer.queue.push(Arc::clone(work));
        loop {
            if work.is_done() {
                return Ok(());
            }
            if let Some(database) = writer.idle.take() {
                let batch = Batch { works: std::mem::take(&mut writer.queue) };
                drop(writer);
                let held = Held { pool: Arc::clone(self), database: Some(database) };
                run(held.database(), &batch.works);
                // First the results, then the writer: whoever wakes finds his result.
                drop(batch);
                drop(held);
                return Ok(());
            }
            let timed_out = self.writer_back.wait_until(&mut writer, deadline).timed_out();
            // Work that a batch has taken will be done; only what still waits can be withdrawn.
            if timed_out && let Some(at) = writer.queue.iter().position(|queued| Arc::ptr_eq(queued, work)) {
                writer.queue.remove(at);
                return Err(self.busy());
            }
        }
    }

    fn deadline(&self) -> Instant {
        Instant::now() + Duration::from_millis(self.options.write_wait_ms)
    }

    fn busy(&self) -> StoreError {
        StoreError::Busy { waited_ms: self.options.write_wait_ms }
    }
}

/// A batch that is being written. Whatever ends it, nobody waits for ever.
struct Batch {
    works: Vec<Arc<Work>>,
}

impl Drop for Batch {
    fn drop(&mut self) {
        for work in &self.works {
            work.interrupt();
        }
    }
}

/// A reading connection on loan.
pub(super) struct Reader<'p> {
    pool: &'p Pool,
    database: Option<Database>,
}

impl Reader<'_> {
    pub(super) fn database(&mut self) -> &mut Database {
        self.database.as_mut().expect("a reader holds its connection until it is dropped")
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        let mut readers = self.pool.readers.lock();
        match self.database.take() {
            Some(database) => readers.idle.push(database),
            None => readers.open -= 1,
        }
        drop(readers);
        self.pool.reader_back.notify_one();
    }
}

/// The writer on loan. What is not committed when it is given back is taken back.
pub(super) struct Held {
    pool: Arc<Pool>,
    database: Option<Database>,
}

impl Held {
    pub(super) fn database(&self) -> &Database {
        self.database.as_ref().expect("the writer is held until it is dropped")
    }

    pub(super) fn database_mut(&mut self) -> &mut Database {
        self.database.as_mut().expect("the writer is held until it is dropped")
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let Some(database) = self.database.take() else { return };
        if !database.connection.is_autocommit()
            && let Err(error) = database.connection.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, file = %self.pool.file, "an open transaction could not be taken back");
        }
        self.pool.writer.lock().idle = Some(database);
        self.pool.writer_back.notify_all();
    }
}
