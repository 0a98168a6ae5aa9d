//! Saving, and writing many things in one commit.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use rusqlite::{ErrorCode, OptionalExtension};
use tessera_model::{AttributeId, DataclassId, RecordId, Relation};
use tessera_values::{Picture, Scalar};

use super::counters::Counters;
use super::database::{Bound, Database};
use super::{Shared, row};
use crate::base::{Values, Writer};
use crate::drop::drop_records;
use crate::save::save;
use crate::schema::{Column, RECORD, STAMP, Table};
use crate::sql::{Builder, Sqlite, numbers, update_text};
use crate::{DropError, DropRecords, Save, SaveError, Saved, StoreError};

/// One write that waits for its turn.
pub(super) struct Work {
    request: Request,
    answer: Mutex<Option<Answer>>,
}

enum Request {
    Save(Save),
    Drop(DropRecords),
}

enum Answer {
    Save(Result<Saved, SaveError>),
    Drop(Result<u64, DropError>),
}

impl Work {
    pub(super) fn save(save: Save) -> Arc<Self> {
        Arc::new(Self { request: Request::Save(save), answer: Mutex::new(None) })
    }

    pub(super) fn drop(drop: DropRecords) -> Arc<Self> {
        Arc::new(Self { request: Request::Drop(drop), answer: Mutex::new(None) })
    }

    pub(super) fn is_done(&self) -> bool {
        self.answer.lock().is_some()
    }

    pub(super) fn saved(&self) -> Result<Saved, SaveError> {
        match self.answer.lock().take() {
            Some(Answer::Save(result)) => result,
            _ => Err(SaveError::Store(StoreError::Interrupted)),
        }
    }

    pub(super) fn dropped(&self) -> Result<u64, DropError> {
        match self.answer.lock().take() {
            Some(Answer::Drop(result)) => result,
            _ => Err(DropError::Store(StoreError::Interrupted)),
        }
    }

    /// Answers for a batch that ended without answering.
    pub(super) fn interrupt(&self) {
        let mut answer = self.answer.lock();
        if answer.is_none() {
            *answer = Some(self.failed(|| StoreError::Interrupted));
        }
    }

    fn failed(&self, error: impl Fn() -> StoreError) -> Answer {
        match &self.request {
            Request::Save(_) => Answer::Save(Err(SaveError::Store(error()))),
            Request::Drop(_) => Answer::Drop(Err(DropError::Store(error()))),
        }
    }

    fn run(&self, writing: &Writing<'_>) -> Answer {
        match &self.request {
            Request::Save(request) => Answer::Save(writing.save(request)),
            Request::Drop(request) => Answer::Drop(writing.drop_records(request)),
        }
    }
}

/// Runs a batch in one transaction, each work all or nothing, and answers when all is on disk.
pub(super) fn batch(shared: &Shared, database: &Database, works: &[Arc<Work>]) {
    let run = |sql: &str| database.connection.execute_batch(sql);
    let counters = Counters::default();
    let writing = Writing { shared, database, counters: &counters };
    let mut answers = Vec::with_capacity(works.len());
    let outcome = run("BEGIN IMMEDIATE").and_then(|()| {
        for work in works {
            answers.push(work.run(&writing));
            if is_lost(database) {
                return Ok(false);
            }
        }
        counters.store(database)?;
        run("COMMIT").map(|()| true)
    });
    if let Err(error) = &outcome {
        let undone = if is_lost(database) { Ok(()) } else { run("ROLLBACK") };
        tracing::error!(%error, ?undone, file = %shared.pool.file, "a batch of writes failed");
    }
    match (outcome, works) {
        (Ok(true), _) => {
            for (work, answer) in works.iter().zip(answers) {
                *work.answer.lock() = Some(answer);
            }
        }
        (Ok(false), [work]) => *work.answer.lock() = answers.pop(),
        (Err(error), [work]) => *work.answer.lock() = Some(work.failed(|| shared.fault(&error))),
        // One of them made the transaction fail. Nothing of it was kept, so each gets another chance of its own.
        (Ok(false) | Err(_), works) => {
            for work in works {
                batch(shared, database, std::slice::from_ref(work));
            }
        }
    }
}

/// Has the database taken the open transaction back by itself? A full disk and some other errors make it do so.
pub(super) fn is_lost(database: &Database) -> bool {
    database.connection.is_autocommit()
}

/// Runs a piece of work in a savepoint and takes it back unless it succeeded.
fn guarded<T, E>(database: &Database, work: impl FnOnce() -> Result<T, E>) -> rusqlite::Result<Result<T, E>> {
    let run = |sql: &str| database.connection.prepare_cached(sql)?.execute([]).map(|_| ());
    run("SAVEPOINT work")?;
    let answer = work();
    if is_lost(database) {
        return Ok(answer);
    }
    if answer.is_err() {
        run("ROLLBACK TO work")?;
    }
    run("RELEASE work")?;
    Ok(answer)
}

/// The writing connection, inside the open transaction.
pub(super) struct Writing<'w> {
    pub(super) shared: &'w Shared,
    pub(super) database: &'w Database,
    pub(super) counters: &'w Counters,
}

impl Writing<'_> {
    /// Creates or changes one entity.
    pub(super) fn save(&self, request: &Save) -> Result<Saved, SaveError> {
        self.counters.during(|| save(&self.shared.base, self, request), Result::is_ok)
    }

    /// Drops entities, all or none.
    pub(super) fn drop_records(&self, request: &DropRecords) -> Result<u64, DropError> {
        let drop = || guarded(self.database, || drop_records(&self.shared.base, self, request));
        let dropped = self.counters.during(drop, |answer| matches!(answer, Ok(Ok(_))));
        dropped.unwrap_or_else(|error| Err(DropError::Store(self.shared.fault(&error))))
    }

    fn run<T>(&self, result: rusqlite::Result<T>) -> Result<T, StoreError> {
        result.map_err(|error| self.shared.fault(&error))
    }

    /// Runs a statement about a list of records.
    fn listed<T>(
        &self,
        sql: &str,
        records: &[RecordId],
        each: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let list = numbers(records.iter().map(|record| record.0));
        let read = || self.database.connection.prepare_cached(sql)?.query_map([&list], each)?.collect();
        self.run(read())
    }
}

impl Writer for Writing<'_> {
    fn next_sequence(&self, table: &Table) -> Result<i64, StoreError> {
        self.run(self.counters.next_number(self.database, table))
    }

    fn raise_sequence(&self, table: &Table, last: i64) -> Result<(), StoreError> {
        self.run(self.counters.raise(self.database, table, last))
    }

    fn next_global_stamp(&self) -> Result<i64, StoreError> {
        self.run(self.counters.next_stamp(self.database))
    }

    fn insert(&self, dataclass: DataclassId, values: &Values, now: i64) -> Result<RecordId, SaveError> {
        let table = self.shared.base.schema.table(dataclass);
        insert(self.shared, self.database, dataclass, values, now)
            .map_err(|error| refused(self.shared, table, &error))
    }

    fn update(
        &self,
        dataclass: DataclassId,
        record: RecordId,
        expected: Option<i64>,
        values: &Values,
        now: i64,
    ) -> Result<(i64, Scalar), SaveError> {
        let table = self.shared.base.schema.table(dataclass);
        match update(self.database, table, record, expected, values, now) {
            Ok(Some(written)) => Ok(written),
            Ok(None) => {
                let current = self.run(stamp(self.database, table, record)).map_err(SaveError::Store)?;
                Err(current.map_or(SaveError::Missing, |current| SaveError::StampChanged { current }))
            }
            Err(error) => Err(refused(self.shared, table, &error)),
        }
    }

    fn stamps(
        &self,
        dataclass: DataclassId,
        records: &[RecordId],
    ) -> Result<HashMap<RecordId, i64>, StoreError> {
        let sql = &self.shared.base.texts.table(dataclass).stamps;
        let stamps = self.listed(sql, records, |found| Ok((RecordId(found.get(0)?), found.get(1)?)))?;
        Ok(stamps.into_iter().collect())
    }

    fn referring(&self, relation: &Relation, records: &[RecordId]) -> Result<Vec<RecordId>, StoreError> {
        let statement = Builder::new(&self.shared.base.schema, &Sqlite).referring(relation, records);
        let mut found = Vec::new();
        self.run(self.database.query(&statement, |row| {
            found.push(RecordId(row.get(0)?));
            Ok(())
        }))?;
        Ok(found)
    }

    fn keys(&self, dataclass: DataclassId, records: &[RecordId]) -> Result<Vec<Scalar>, StoreError> {
        let table = self.shared.base.schema.table(dataclass);
        let key_type = table.columns[table.key.index()].field.field_type;
        self.listed(&self.shared.base.texts.table(dataclass).keys, records, |found| {
            Ok(row::scalar(found.get_ref(0)?, key_type))
        })
    }

    fn delete(&self, dataclass: DataclassId, records: &[RecordId]) -> Result<u64, StoreError> {
        let list = numbers(records.iter().map(|record| record.0));
        let sql = &self.shared.base.texts.table(dataclass).delete;
        let run = || self.database.connection.prepare_cached(sql)?.execute([&list]);
        self.run(run()).map(|gone| gone as u64)
    }
}

fn insert(
    shared: &Shared,
    database: &Database,
    dataclass: DataclassId,
    values: &Values,
    now: i64,
) -> rusqlite::Result<RecordId> {
    let table = shared.base.schema.table(dataclass);
    let mut statement = database.connection.prepare_cached(&shared.base.texts.table(dataclass).insert)?;
    statement.raw_bind_parameter(1, now)?;
    let mut position = 2;
    for (column, value) in table.columns.iter().zip(values) {
        position = bind(&mut statement, position, column, value.as_ref().unwrap_or(&Scalar::Null))?;
    }
    statement.raw_execute()?;
    Ok(RecordId(database.connection.last_insert_rowid()))
}

/// Binds a value, and a picture's type behind it; answers the next position.
fn bind(
    statement: &mut rusqlite::Statement<'_>,
    position: usize,
    column: &Column,
    value: &Scalar,
) -> rusqlite::Result<usize> {
    statement.raw_bind_parameter(position, Bound(value))?;
    if column.mime.is_none() {
        return Ok(position + 1);
    }
    let mime = match value {
        Scalar::Picture(Picture { mime, .. }) => Some(mime.as_str()),
        _ => None,
    };
    statement.raw_bind_parameter(position + 1, mime)?;
    Ok(position + 2)
}

fn update(
    database: &Database,
    table: &Table,
    record: RecordId,
    expected: Option<i64>,
    values: &Values,
    now: i64,
) -> rusqlite::Result<Option<(i64, Scalar)>> {
    let key_column = &table.columns[table.key.index()];
    let mut statement = database.connection.prepare_cached(&update_text(table, values, &Sqlite))?;
    statement.raw_bind_parameter(1, record.0)?;
    statement.raw_bind_parameter(2, now)?;
    statement.raw_bind_parameter(3, expected)?;
    let mut position = 4;
    for (column, value) in table.columns.iter().zip(values) {
        if let Some(value) = value {
            position = bind(&mut statement, position, column, value)?;
        }
    }
    let mut rows = statement.raw_query();
    let Some(found) = rows.next()? else { return Ok(None) };
    let written = (found.get(0)?, row::scalar(found.get_ref(1)?, key_column.field.field_type));
    // The statement ends only when it is run to its end.
    while rows.next()?.is_some() {}
    Ok(Some(written))
}

fn stamp(database: &Database, table: &Table, record: RecordId) -> rusqlite::Result<Option<i64>> {
    let sql = format!("SELECT {STAMP} FROM {} WHERE {RECORD} = ?1", table.sql);
    database.connection.prepare_cached(&sql)?.query_row([record.0], |found| found.get(0)).optional()
}

/// What a failed insert or update means.
fn refused(shared: &Shared, table: &Table, error: &rusqlite::Error) -> SaveError {
    if let rusqlite::Error::SqliteFailure(code, Some(message)) = error
        && code.code == ErrorCode::ConstraintViolation
    {
        // "UNIQUE constraint failed: Table.column"
        let named = |column: &Column| message.ends_with(&format!(": {}.{}", table.name, column.name));
        if let Some(index) = table.columns.iter().position(named) {
            return SaveError::DuplicateKey { attribute: AttributeId(index as u32) };
        }
    }
    SaveError::Store(shared.fault(error))
}
