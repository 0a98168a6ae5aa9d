//! One SQLite connection with everything a statement needs: settings, collation, functions and parameters.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql};
use tessera_model::DataclassId;
use tessera_values::Scalar;

use super::functions;
use crate::sql::{Param, Statement, Test, json_list, numbers, stored_date};
use crate::{Durability, StoreError};

/// Prepared statements kept by each connection.
const STATEMENTS_MAX: usize = 256;

/// The longest statement that is kept. A filter may be as long as a client likes, and what is kept of it takes many
/// times its length.
const KEPT_BYTES_MAX: usize = 8 * 1024;

/// How long a statement waits for another program that writes to the file.
const OTHER_PROGRAM_MS: u32 = 5_000;

/// An open SQLite connection.
pub(super) struct Database {
    pub(super) connection: Connection,
    /// The tests of the statement that is running; a parameter holds the index of one.
    tests: Arc<Mutex<Vec<Arc<Test>>>>,
    /// How many entities a dataclass held at which version of the file.
    pub(super) totals: HashMap<DataclassId, (i64, u64)>,
}

/// What a connection is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    Read,
    Write(Durability),
}

impl Database {
    pub(super) fn open(file: &str, access: Access) -> Result<Self, StoreError> {
        let mode = match access {
            Access::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
            Access::Write(_) => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
        };
        let fault = |error: rusqlite::Error| StoreError::from_sqlite(file, &error);
        let connection =
            Connection::open_with_flags(file, mode | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(fault)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
        let tests = Arc::default();
        functions::install(&connection, &tests).map_err(fault)?;
        let database = Self { connection, tests, totals: HashMap::new() };
        database.configure(access).map_err(fault)?;
        Ok(database)
    }

    fn configure(&self, access: Access) -> rusqlite::Result<()> {
        let settings = &self.connection;
        settings.busy_timeout(std::time::Duration::from_millis(u64::from(OTHER_PROGRAM_MS)))?;
        if let Access::Write(durability) = access {
            settings.pragma_update(None, "journal_mode", "WAL")?;
            let synchronous = match durability {
                Durability::Full => "FULL",
                Durability::Relaxed => "NORMAL",
            };
            settings.pragma_update(None, "synchronous", synchronous)?;
        }
        // Without it, SQLite plans a statement anew each time a parameter of its LIMIT is bound.
        settings.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        settings.pragma_update(None, "temp_store", "MEMORY")?;
        settings.pragma_update(None, "cache_size", -8_000)
    }

    /// Runs a statement and hands over each row.
    pub(super) fn query(
        &self,
        statement: &Statement,
        mut each: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<()>,
    ) -> rusqlite::Result<()> {
        let (mut kept, mut single);
        let prepared: &mut rusqlite::Statement<'_> = if statement.sql.len() <= KEPT_BYTES_MAX {
            kept = self.connection.prepare_cached(&statement.sql)?;
            &mut kept
        } else {
            single = self.connection.prepare(&statement.sql)?;
            &mut single
        };
        let mut tests = 0;
        for (position, param) in statement.params.iter().enumerate() {
            match param {
                Param::Value(value) => prepared.raw_bind_parameter(position + 1, Bound(value))?,
                Param::Numbers(list) => {
                    prepared.raw_bind_parameter(position + 1, numbers(list.iter().copied()))?;
                }
                Param::Values(list) => prepared.raw_bind_parameter(position + 1, json_list(list))?,
                Param::Test(test) => {
                    let mut running = self.tests.lock();
                    running.truncate(tests);
                    running.push(Arc::clone(test));
                    prepared.raw_bind_parameter(position + 1, tests as i64)?;
                    tests += 1;
                }
                Param::Key(_) | Param::Keys(_) | Param::Passing(_) | Param::Sorted(_) | Param::SortKeys => {
                    unreachable!("SQLite compares texts and runs tests itself")
                }
            }
        }
        let mut rows = prepared.raw_query();
        while let Some(row) = rows.next()? {
            each(row)?;
        }
        if tests > 0 {
            self.tests.lock().clear();
        }
        Ok(())
    }

    /// Runs a statement that answers with one number.
    pub(super) fn number(&self, statement: &Statement) -> rusqlite::Result<i64> {
        let mut number = 0;
        self.query(statement, |row| {
            number = row.get(0)?;
            Ok(())
        })?;
        Ok(number)
    }
}

/// A value as it is stored.
pub(super) struct Bound<'v>(pub(super) &'v Scalar);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self.0 {
            Scalar::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Scalar::Boolean(b) => ToSqlOutput::Owned(Value::Integer(i64::from(*b))),
            Scalar::Integer(n) => ToSqlOutput::Owned(Value::Integer(*n)),
            Scalar::Real(n) => ToSqlOutput::Owned(Value::Real(*n)),
            Scalar::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Scalar::Date(date) => ToSqlOutput::Owned(Value::Text(stored_date(*date))),
            Scalar::Time(time) => ToSqlOutput::Owned(Value::Integer(time.milliseconds())),
            Scalar::Blob(blob) => ToSqlOutput::Borrowed(ValueRef::Blob(&blob.0)),
            Scalar::Picture(picture) => ToSqlOutput::Borrowed(ValueRef::Blob(&picture.bytes.0)),
            Scalar::Object(json) => ToSqlOutput::Borrowed(ValueRef::Text(json.as_bytes())),
        })
    }
}
