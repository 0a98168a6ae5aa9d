//! Saving, and writing many things in one commit.

use std::sync::Arc;

use parking_lot::Mutex;
use rusqlite::{ErrorCode, OptionalExtension};
use tessera_model::{AttributeId, DataclassId, RecordId};
use tessera_values::{Picture, Scalar};

use super::database::{Bound, Database};
use super::{Shared, drop, meta, row};
use crate::schema::{Column, RECORD, STAMP, TIME, Table};
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

    fn run(&self, shared: &Shared, database: &Database) -> Answer {
        match &self.request {
            Request::Save(request) => Answer::Save(save(shared, database, request)),
            Request::Drop(request) => Answer::Drop(drop::drop_records(shared, database, request)),
        }
    }
}

impl Answer {
    fn is_ok(&self) -> bool {
        matches!(self, Self::Save(Ok(_)) | Self::Drop(Ok(_)))
    }
}

/// Runs a batch in one transaction, each work in a savepoint of its own, and answers when all is on disk.
pub(super) fn batch(shared: &Shared, database: &Database, works: &[Arc<Work>]) {
    let run = |sql: &str| database.connection.execute_batch(sql);
    let mut answers = Vec::with_capacity(works.len());
    let outcome = run("BEGIN IMMEDIATE").and_then(|()| {
        for work in works {
            answers.push(guarded(database, || work.run(shared, database), Answer::is_ok)?);
            if is_lost(database) {
                return Ok(false);
            }
        }
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
pub(super) fn guarded<T>(
    database: &Database,
    work: impl FnOnce() -> T,
    is_ok: impl FnOnce(&T) -> bool,
) -> rusqlite::Result<T> {
    let run = |sql: &str| database.connection.prepare_cached(sql)?.execute([]).map(|_| ());
    run("SAVEPOINT work")?;
    let answer = work();
    if is_lost(database) {
        return Ok(answer);
    }
    if !is_ok(&answer) {
        run("ROLLBACK TO work")?;
    }
    run("RELEASE work")?;
    Ok(answer)
}

/// Creates or changes one entity inside the open transaction.
pub(super) fn save(shared: &Shared, database: &Database, save: &Save) -> Result<Saved, SaveError> {
    let table = shared.schema.table(save.dataclass);
    let mut values: Vec<Option<Scalar>> = vec![None; table.columns.len()];
    let mut filled = Vec::new();
    for (attribute, given) in &save.values {
        let attribute = *attribute;
        let column = table.column(attribute).ok_or(SaveError::WrongType { attribute })?;
        let value = column.field.field_type.accept(given).ok_or(SaveError::WrongType { attribute })?;
        if value != *given {
            filled.push((attribute, value.clone()));
        }
        values[attribute.index()] = Some(value);
    }
    let store = |error: rusqlite::Error| SaveError::Store(shared.fault(&error));
    if save.record.is_none() {
        fill(shared, database, table, &mut values, &mut filled).map_err(store)?;
    }
    if let Some(attribute) = table.global_stamp {
        let stamp = Scalar::Integer(meta::next_global_stamp(database).map_err(store)?);
        filled.push((attribute, stamp.clone()));
        values[attribute.index()] = Some(stamp);
    }
    for (index, (column, value)) in table.columns.iter().zip(&mut values).enumerate() {
        let attribute = AttributeId(index as u32);
        let is_null = match value {
            Some(value) => value.is_null(),
            None => save.record.is_none(),
        };
        if !is_null {
            continue;
        }
        if column.field.never_null && column.field.field_type.blank() != Scalar::Null {
            let blank = column.field.field_type.blank();
            filled.push((attribute, blank.clone()));
            *value = Some(blank);
        } else if column.field.not_null || attribute == table.key {
            return Err(SaveError::NullNotAllowed { attribute });
        }
    }
    let now = shared.clock.now().as_millisecond();
    let result = match save.record {
        None => insert(shared, database, save.dataclass, &values, now),
        Some(record) => update(shared, database, table, record, save.expected_stamp, &values, now)?,
    };
    let (record, stamp, key) = result.map_err(|error| refused(shared, table, &error))?;
    Ok(Saved { record, stamp, timestamp_ms: now, key, filled })
}

/// Gives sequence numbers and UUIDs to a new entity.
fn fill(
    shared: &Shared,
    database: &Database,
    table: &Table,
    values: &mut [Option<Scalar>],
    filled: &mut Vec<(AttributeId, Scalar)>,
) -> rusqlite::Result<()> {
    let mut number = None;
    for (index, column) in table.columns.iter().enumerate() {
        let given = values[index].as_ref().filter(|value| !value.is_null());
        let made = match given {
            // UNSPECIFIED: a number given to an autosequence field. Taken: the sequence goes on after it, so that
            // it never gives the same number again.
            Some(Scalar::Integer(given)) if column.field.autosequence => {
                meta::raise_sequence(database, table, *given)?;
                continue;
            }
            Some(_) => continue,
            None if column.field.autosequence => {
                let next = match number {
                    Some(next) => next,
                    None => *number.insert(meta::next_sequence(database, table)?),
                };
                column.field.field_type.accept(&Scalar::Integer(next)).unwrap_or_default()
            }
            None if column.field.auto_uuid => Scalar::Text(shared.uuid()),
            None => continue,
        };
        let attribute = AttributeId(index as u32);
        filled.retain(|(other, _)| *other != attribute);
        filled.push((attribute, made.clone()));
        values[index] = Some(made);
    }
    Ok(())
}

pub(super) type Written = (RecordId, i64, Scalar);

pub(super) fn insert(
    shared: &Shared,
    database: &Database,
    dataclass: DataclassId,
    values: &[Option<Scalar>],
    now: i64,
) -> rusqlite::Result<Written> {
    let table = shared.schema.table(dataclass);
    let mut statement = database.connection.prepare_cached(&shared.texts.table(dataclass).insert)?;
    statement.raw_bind_parameter(1, now)?;
    let mut position = 2;
    for (column, value) in table.columns.iter().zip(values) {
        position = bind(&mut statement, position, column, value.as_ref().unwrap_or(&Scalar::Null))?;
    }
    statement.raw_execute()?;
    let key = values[table.key.index()].clone().unwrap_or_default();
    Ok((RecordId(database.connection.last_insert_rowid()), 1, key))
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
    shared: &Shared,
    database: &Database,
    table: &Table,
    record: RecordId,
    expected: Option<i64>,
    values: &[Option<Scalar>],
    now: i64,
) -> Result<rusqlite::Result<Written>, SaveError> {
    let key_column = &table.columns[table.key.index()];
    let mut sets = format!("{STAMP} = {STAMP} + 1, {TIME} = ?2");
    let mut position = 3;
    for (column, value) in table.columns.iter().zip(values) {
        if value.is_some() {
            for name in std::iter::once(&column.sql).chain(&column.mime) {
                position += 1;
                sets.push_str(&format!(", {name} = ?{position}"));
            }
        }
    }
    let sql = format!(
        "UPDATE {} SET {sets} WHERE {RECORD} = ?1 AND (?3 IS NULL OR {STAMP} = ?3) RETURNING {STAMP}, {}",
        table.sql, key_column.sql
    );
    let run = || -> rusqlite::Result<Option<Written>> {
        let mut statement = database.connection.prepare_cached(&sql)?;
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
        let written = (record, found.get(0)?, row::scalar(found.get_ref(1)?, key_column.field.field_type));
        // The statement ends only when it is run to its end.
        while rows.next()?.is_some() {}
        Ok(Some(written))
    };
    match run() {
        Ok(Some(written)) => Ok(Ok(written)),
        Ok(None) => {
            let current =
                stamp(database, table, record).map_err(|error| SaveError::Store(shared.fault(&error)))?;
            Err(current.map_or(SaveError::Missing, |current| SaveError::StampChanged { current }))
        }
        Err(error) => Ok(Err(error)),
    }
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
