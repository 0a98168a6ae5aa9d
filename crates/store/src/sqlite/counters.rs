//! Sequences and the global stamp while a transaction is open: read when first needed, counted in memory, written before
//! the commit. A save is then one statement, which is all or nothing by itself.

use std::cell::RefCell;

use tessera_values::Text;

use super::database::Database;
use super::meta;
use crate::schema::Table;

/// The counters a transaction has used. Nobody else can move them before it ends.
#[derive(Default)]
pub(super) struct Counters(RefCell<Vec<Counter>>);

struct Counter {
    /// The uuid of the table whose sequence it is; `None` for the global stamp.
    table: Option<Text>,
    /// What the database holds.
    stored: i64,
    value: i64,
    /// The value before the piece of work that is running.
    before: i64,
}

impl Counters {
    /// Takes the next number of a table's sequence.
    pub(super) fn next_number(&self, database: &Database, table: &Table) -> rusqlite::Result<i64> {
        self.count(database, Some(table), |last| {
            // Beyond the largest number there is none that is free: the save will be refused.
            *last = last.saturating_add(1);
            *last
        })
    }

    /// Makes the sequence go on behind a number.
    pub(super) fn raise(&self, database: &Database, table: &Table, number: i64) -> rusqlite::Result<()> {
        self.count(database, Some(table), |last| {
            *last = number.max(*last);
            *last
        })?;
        Ok(())
    }

    /// Takes the current global stamp; the next change gets the one after it.
    pub(super) fn next_stamp(&self, database: &Database) -> rusqlite::Result<i64> {
        self.count(database, None, |current| {
            let taken = *current;
            *current = taken.saturating_add(1);
            taken
        })
    }

    fn count(
        &self,
        database: &Database,
        table: Option<&Table>,
        change: impl FnOnce(&mut i64) -> i64,
    ) -> rusqlite::Result<i64> {
        let mut counters = self.0.borrow_mut();
        let uuid = table.map(|table| &table.uuid);
        if let Some(counter) = counters.iter_mut().find(|counter| counter.table.as_ref() == uuid) {
            return Ok(change(&mut counter.value));
        }
        let stored = match table {
            Some(table) => meta::sequence(database, table)?,
            None => meta::global_stamp(database)?,
        };
        let mut counter = Counter { table: uuid.cloned(), stored, value: stored, before: stored };
        let number = change(&mut counter.value);
        counters.push(counter);
        Ok(number)
    }

    /// Runs a piece of work; what it took goes to the next one unless it succeeded.
    pub(super) fn during<T>(&self, work: impl FnOnce() -> T, is_ok: impl FnOnce(&T) -> bool) -> T {
        for counter in self.0.borrow_mut().iter_mut() {
            counter.before = counter.value;
        }
        let answer = work();
        if !is_ok(&answer) {
            for counter in self.0.borrow_mut().iter_mut() {
                counter.value = counter.before;
            }
        }
        answer
    }

    /// Writes what was counted: before a commit, and before anything that reads or keeps what the database holds.
    pub(super) fn store(&self, database: &Database) -> rusqlite::Result<()> {
        for counter in self.0.borrow_mut().iter_mut().filter(|counter| counter.value != counter.stored) {
            match &counter.table {
                Some(uuid) => meta::set_sequence(database, uuid, counter.value)?,
                None => meta::set_global_stamp(database, counter.value)?,
            }
            counter.stored = counter.value;
        }
        Ok(())
    }

    /// Forgets them: the database may hold something else by now.
    pub(super) fn forget(&self) {
        self.0.borrow_mut().clear();
    }
}
