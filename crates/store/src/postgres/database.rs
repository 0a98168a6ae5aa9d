//! One PostgreSQL connection: its prepared statements, its transaction, and the tests that are decided before a
//! statement runs.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::pin::pin;

use futures_util::TryStreamExt as _;
use tessera_model::query::evaluate::{object_values, test_object, words};
use tessera_values::{Value, parse_json};
use tokio_postgres::{Client, Error, Row, Statement as Prepared};

use super::fault::Fault;
use super::value::{Bound, Raw, text};
use super::wait::wait;
use crate::sql::{Param, Search, Statement, Test, object_key};

/// Prepared statements kept by each connection.
const STATEMENTS_MAX: usize = 256;

/// The longest statement that is kept. A filter may be as long as a client likes, and what is kept of it takes many
/// times its length.
const KEPT_BYTES_MAX: usize = 8 * 1024;

/// The protocol counts parameters in 16 bits.
const PARAMS_MAX: usize = 65_535;

/// An open connection.
pub(super) struct Database {
    client: Client,
    kept: RefCell<HashMap<String, Prepared>>,
    /// Is a transaction open?
    transaction: Cell<bool>,
}

pub(super) type Done<T> = Result<T, Fault>;

impl Database {
    pub(super) fn new(client: Client) -> Self {
        Self { client, kept: RefCell::default(), transaction: Cell::new(false) }
    }

    /// Is the connection lost?
    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    pub(super) fn in_transaction(&self) -> bool {
        self.transaction.get()
    }

    /// Runs statements that take no parameters and give nothing.
    pub(super) fn batch(&self, sql: &str) -> Done<()> {
        Ok(wait(self.client.batch_execute(sql))?)
    }

    /// Opens a transaction; `sql` begins with `BEGIN`.
    pub(super) fn begin(&self, sql: &str) -> Done<()> {
        // Whatever comes of it, the connection has to be cleaned before others get it.
        self.transaction.set(true);
        self.batch(sql)
    }

    /// Ends the transaction with `COMMIT` or `ROLLBACK`.
    pub(super) fn end(&self, sql: &str) -> Done<()> {
        self.batch(sql)?;
        self.transaction.set(false);
        Ok(())
    }

    /// Runs a statement and hands over each row.
    pub(super) fn query(&self, statement: &Statement, each: impl FnMut(&Row)) -> Done<()> {
        let searches = |param: &Param| matches!(param, Param::Passing(_) | Param::Sorted(_));
        if self.in_transaction() || !statement.params.iter().any(searches) {
            return self.run(statement, each);
        }
        // What was tested has to be what is found.
        self.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
        self.run(statement, each)?;
        self.end("COMMIT")
    }

    fn run(&self, statement: &Statement, each: impl FnMut(&Row)) -> Done<()> {
        if statement.params.len() > PARAMS_MAX {
            return Err(Fault::TooManyValues(statement.params.len()));
        }
        let mut params = Vec::with_capacity(statement.params.len());
        let mut keys = Vec::new();
        for param in &statement.params {
            params.push(match param {
                Param::Value(value) => Bound::Value(Cow::Borrowed(value)),
                Param::Numbers(numbers) => Bound::Numbers(Cow::Borrowed(numbers)),
                Param::Values(values) => Bound::Values(values),
                Param::Key(key) => Bound::Bytes(Cow::Borrowed(key)),
                Param::Keys(keys) => Bound::ManyBytes(Cow::Borrowed(keys)),
                Param::Passing(search) => Bound::Numbers(Cow::Owned(self.passing(search)?)),
                Param::Sorted(search) => {
                    let (records, found) = self.sorted(search)?;
                    keys = found;
                    Bound::Numbers(Cow::Owned(records))
                }
                Param::SortKeys => Bound::ManyBytes(Cow::Owned(std::mem::take(&mut keys))),
                Param::Test(_) => unreachable!("PostgreSQL calls nobody back"),
            });
        }
        self.bound(&statement.sql, &params, each)
    }

    /// Runs a statement with parameters of its own.
    pub(super) fn bound(&self, sql: &str, params: &[Bound<'_>], mut each: impl FnMut(&Row)) -> Done<()> {
        let prepared = self.prepared(sql)?;
        let run = async {
            let mut rows = pin!(self.client.query_raw(&prepared, params).await?);
            while let Some(row) = rows.try_next().await? {
                each(&row);
            }
            Ok::<_, Error>(())
        };
        let done = wait(run);
        if done.is_err() {
            // The tables may have changed under it.
            self.kept.borrow_mut().remove(sql);
        }
        Ok(done?)
    }

    /// Runs a statement that changes something; answers how many rows.
    pub(super) fn execute(&self, sql: &str, params: &[Bound<'_>]) -> Done<u64> {
        let prepared = self.prepared(sql)?;
        Ok(wait(self.client.execute_raw(&prepared, params))?)
    }

    /// The whole number a statement gives, if it gives a row.
    pub(super) fn number(&self, sql: &str, params: &[Bound<'_>]) -> Done<Option<i64>> {
        let mut number = None;
        self.bound(sql, params, |row| number = raw(row, 0).whole())?;
        Ok(number)
    }

    fn prepared(&self, sql: &str) -> Done<Prepared> {
        if let Some(kept) = self.kept.borrow().get(sql) {
            return Ok(kept.clone());
        }
        let prepared = wait(self.client.prepare(sql))?;
        if sql.len() <= KEPT_BYTES_MAX {
            let mut kept = self.kept.borrow_mut();
            if kept.len() >= STATEMENTS_MAX {
                kept.clear();
            }
            kept.insert(sql.to_owned(), prepared.clone());
        }
        Ok(prepared)
    }

    /// The records that pass a test, read and tested one after the other.
    fn passing(&self, search: &Search) -> Done<Vec<i64>> {
        let mut passing = Vec::new();
        self.run(&search.statement, |row| {
            if holds(&search.test, raw(row, 1).text())
                && let Some(record) = raw(row, 0).whole()
            {
                passing.push(record);
            }
        })?;
        Ok(passing)
    }

    /// Records, and what each sorts by.
    fn sorted(&self, search: &Search) -> Done<(Vec<i64>, Vec<Vec<u8>>)> {
        let (mut records, mut keys) = (Vec::new(), Vec::new());
        let Test::Value(path) = &search.test else { return Ok((records, keys)) };
        self.run(&search.statement, |row| {
            if let Some(record) = raw(row, 0).whole() {
                let value = object_values(&object(raw(row, 1).text()), path).into_iter().next();
                records.push(record);
                keys.push(object_key(&value.unwrap_or_default()));
            }
        })?;
        Ok((records, keys))
    }
}

/// A column of a row.
pub(super) fn raw(row: &Row, at: usize) -> Raw<'_> {
    row.try_get(at).unwrap_or(Raw(None))
}

/// What the test says of a stored text.
fn holds(test: &Test, stored: Option<&str>) -> bool {
    match (test, stored) {
        (Test::Object(test), stored) => test_object(test, &object(stored)),
        (Test::Keyword(pattern), Some(stored)) => words(&text(stored)).any(|word| pattern.matches(word)),
        (Test::Pattern(pattern), Some(stored)) => pattern.matches(&text(stored)),
        _ => false,
    }
}

fn object(stored: Option<&str>) -> Value {
    stored.and_then(|text| parse_json(text).ok()).unwrap_or(Value::Null)
}
