//! The connections of one database: opened when needed, kept while they live, and never more than the limit.

use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

use super::address::{Address, SILENCE_SECONDS};
use super::database::{Database, Done};
use super::fault::Fault;
use crate::schema::quote;
use crate::{Durability, Options, StoreError};

/// Connections.
pub(super) struct Pool {
    pub(super) address: Address,
    state: Mutex<State>,
    back: Condvar,
    options: Options,
}

struct State {
    idle: Vec<Database>,
    /// Idle ones and those on loan.
    open: usize,
}

impl Pool {
    pub(super) fn new(address: Address, options: Options) -> Self {
        let state = Mutex::new(State { idle: Vec::new(), open: 0 });
        Self { address, state, back: Condvar::new(), options }
    }

    /// A connection until it is dropped; opened when none is idle, waited for when there are too many.
    pub(super) fn take(self: &Arc<Self>) -> Result<Loan, StoreError> {
        let deadline = Instant::now() + Duration::from_millis(self.options.connection_wait_ms);
        let mut state = self.state.lock();
        loop {
            while let Some(database) = state.idle.pop() {
                if !database.is_closed() {
                    return Ok(Loan { pool: Arc::clone(self), database: Some(database) });
                }
                // The server was restarted, or has cut the line.
                state.open -= 1;
            }
            if state.open < self.options.connections_max.max(1) {
                break;
            }
            if self.back.wait_until(&mut state, deadline).timed_out()
                && state.idle.is_empty()
                && state.open >= self.options.connections_max.max(1)
            {
                let waited_ms = self.options.connection_wait_ms;
                return Err(StoreError::Exhausted { max: self.options.connections_max, waited_ms });
            }
        }
        state.open += 1;
        drop(state);
        // Its place is given back when opening fails.
        let mut loan = Loan { pool: Arc::clone(self), database: None };
        let database = Database::new(self.address.connect()?);
        self.prepare(&database).map_err(|error| self.fault(&error))?;
        loan.database = Some(database);
        Ok(loan)
    }

    /// Settings of every connection.
    fn prepare(&self, database: &Database) -> Done<()> {
        let Options { write_wait_ms, statement_seconds, durability, .. } = self.options;
        let synchronous = match durability {
            Durability::Full => "on",
            Durability::Relaxed => "off",
        };
        let path = match &self.address.schema {
            Some(schema) => format!("SET search_path = {};", quote(schema)),
            None => String::new(),
        };
        // The server has to notice as well when the other side is gone: a transaction of the dead keeps all waiting.
        let alive = format!(
            "SET tcp_keepalives_idle = {SILENCE_SECONDS}; SET tcp_keepalives_interval = {}; \
             SET tcp_keepalives_count = 3; SET tcp_user_timeout = '{SILENCE_SECONDS}s';",
            SILENCE_SECONDS / 3
        );
        database.batch(&format!(
            "{alive} SET lock_timeout = {write_wait_ms}; SET statement_timeout = '{statement_seconds}s'; \
             SET synchronous_commit = {synchronous}; SET standard_conforming_strings = on; {path}"
        ))
    }

    pub(super) fn fault(&self, fault: &Fault) -> StoreError {
        if fault.is_locked() {
            return StoreError::Busy { waited_ms: self.options.write_wait_ms };
        }
        StoreError::from_postgres(&self.address.shown, fault)
    }
}

/// A connection on loan. What is not committed when it is given back is taken back.
pub(super) struct Loan {
    pool: Arc<Pool>,
    database: Option<Database>,
}

impl Loan {
    pub(super) fn database(&self) -> &Database {
        self.database.as_ref().expect("a loan holds its connection until it is dropped")
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        let clean = |database: &Database| {
            !database.is_closed() && (!database.in_transaction() || database.end("ROLLBACK").is_ok())
        };
        let database = self.database.take().filter(clean);
        let mut state = self.pool.state.lock();
        match database {
            Some(database) => state.idle.push(database),
            None => state.open -= 1,
        }
        drop(state);
        self.pool.back.notify_one();
    }
}
