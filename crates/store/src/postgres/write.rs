//! Saving and dropping inside an open transaction.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;

use tessera_model::{AttributeId, DataclassId, RecordId, Relation};
use tessera_values::{Picture, Scalar};

use super::database::{Database, Done, raw};
use super::fault::Fault;
use super::pool::Pool;
use super::value::Bound;
use super::{meta, migrate};
use crate::base::{Base, Values, Writer};
use crate::schema::{Column, RECORD, STAMP, Table};
use crate::sql::{Builder, Dialect as _, Postgres, TextParts, update_text};
use crate::{SaveError, StoreError};

/// A connection with an open transaction.
pub(super) struct Writing<'w> {
    base: &'w Base,
    database: &'w Database,
    pool: &'w Pool,
    /// Did it fail only because of what others did at the same time?
    conflict: Cell<bool>,
}

impl<'w> Writing<'w> {
    pub(super) fn new(base: &'w Base, database: &'w Database, pool: &'w Pool) -> Self {
        Self { base, database, pool, conflict: Cell::new(false) }
    }

    /// Would the same succeed, done once more?
    pub(super) fn met_a_conflict(&self) -> bool {
        self.conflict.get()
    }

    pub(super) fn run<T>(&self, done: Done<T>) -> Result<T, StoreError> {
        done.map_err(|fault| self.fault(&fault))
    }

    fn fault(&self, fault: &Fault) -> StoreError {
        if fault.is_conflict() {
            self.conflict.set(true);
        }
        self.pool.fault(fault)
    }

    /// Runs statements that take no parameters and give nothing.
    #[cfg(test)]
    pub(super) fn batch(&self, sql: &str) -> Result<(), StoreError> {
        self.run(self.database.batch(sql))
    }

    /// The number a statement has to give.
    fn number(&self, sql: &str, params: &[Bound<'_>]) -> Result<i64, StoreError> {
        let missing = || StoreError::Engine {
            file: self.pool.address.shown.clone(),
            error: "a row of the engine's own tables is missing".into(),
        };
        self.run(self.database.number(sql, params))?.ok_or_else(missing)
    }

    fn sequence(&self, table: &Table) -> String {
        meta::sequence(table, Postgres.naming())
    }

    pub(super) fn set_last_number(&self, table: &Table, last: i64) -> Result<(), StoreError> {
        let sequence = self.sequence(table);
        let params = [Bound::Text(Cow::Owned(sequence)), Bound::Number(last)];
        self.number(meta::SET_LAST, &params).map(|_| ())
    }

    pub(super) fn set_global_stamp(&self, stamp: i64) -> Result<(), StoreError> {
        let params = [Bound::Text("global_stamp".into()), Bound::Number(stamp)];
        self.run(self.database.execute(meta::SET_NUMBER, &params)).map(|_| ())
    }

    /// What a failed insert or update means.
    fn refused(&self, table: &Table, fault: &Fault) -> SaveError {
        if let Some(broken) = fault.broken_index() {
            let is_broken = |column: &Column| migrate::index_name(table, column) == broken;
            if let Some(index) = table.columns.iter().position(is_broken) {
                return SaveError::DuplicateKey { attribute: AttributeId(index as u32) };
            }
        }
        SaveError::Store(self.fault(fault))
    }
}

/// The parameters of a column's value and of what stands beside it.
pub(super) fn bind<'v>(column: &Column, value: &'v Scalar, params: &mut Vec<Bound<'v>>) {
    params.push(Bound::Value(Cow::Borrowed(value)));
    if column.mime.is_some() {
        params.push(match value {
            Scalar::Picture(Picture { mime, .. }) => Bound::Text(Cow::Borrowed(mime)),
            _ => Bound::Null,
        });
    }
    if column.keys.is_some() {
        params.extend(match value {
            Scalar::Text(text) => {
                let TextParts { key, rest, fold } = TextParts::of(text);
                let fold = fold.map(|fold| super::value::stored_text(&fold).into_owned());
                [
                    Bound::Bytes(Cow::Owned(key)),
                    Bound::Bytes(Cow::Owned(rest)),
                    fold.map_or(Bound::Null, |fold| Bound::Text(Cow::Owned(fold))),
                ]
            }
            _ => [Bound::Null, Bound::Null, Bound::Null],
        });
    }
}

fn record_list(records: &[RecordId]) -> [Bound<'static>; 1] {
    [Bound::Numbers(Cow::Owned(records.iter().map(|record| record.0).collect()))]
}

impl Writer for Writing<'_> {
    fn next_sequence(&self, table: &Table) -> Result<i64, StoreError> {
        self.number(meta::NEXT, &[Bound::Text(Cow::Owned(self.sequence(table)))])
    }

    fn raise_sequence(&self, table: &Table, last: i64) -> Result<(), StoreError> {
        let sequence = self.sequence(table);
        let sql = meta::raise(&sequence);
        let params = [Bound::Text(Cow::Owned(sequence)), Bound::Number(last)];
        self.run(self.database.number(&sql, &params)).map(|_| ())
    }

    fn next_global_stamp(&self) -> Result<i64, StoreError> {
        self.number(meta::NEXT_GLOBAL_STAMP, &[])
    }

    fn insert(&self, dataclass: DataclassId, values: &Values, now: i64) -> Result<RecordId, SaveError> {
        let table = self.base.schema.table(dataclass);
        let mut params = vec![Bound::Number(now)];
        for (column, value) in table.columns.iter().zip(values) {
            bind(column, value.as_ref().unwrap_or(&Scalar::Null), &mut params);
        }
        let sql = format!("{} RETURNING {RECORD}", self.base.texts.table(dataclass).insert);
        let record = self.database.number(&sql, &params).map_err(|fault| self.refused(table, &fault))?;
        record.map(RecordId).ok_or(SaveError::Store(StoreError::Interrupted))
    }

    fn update(
        &self,
        dataclass: DataclassId,
        record: RecordId,
        expected: Option<i64>,
        values: &Values,
        now: i64,
    ) -> Result<(i64, Scalar), SaveError> {
        let table = self.base.schema.table(dataclass);
        let expected = expected.map_or(Bound::Null, Bound::Number);
        let mut params = vec![Bound::Number(record.0), Bound::Number(now), expected];
        for (column, value) in table.columns.iter().zip(values) {
            if let Some(value) = value {
                bind(column, value, &mut params);
            }
        }
        let key_type = table.columns[table.key.index()].field.field_type;
        let mut written = None;
        self.database
            .bound(&update_text(table, values, &Postgres), &params, |row| {
                written = raw(row, 0).whole().map(|stamp| (stamp, raw(row, 1).scalar(key_type)));
            })
            .map_err(|fault| self.refused(table, &fault))?;
        if let Some(written) = written {
            return Ok(written);
        }
        let sql = format!("SELECT {STAMP} FROM {} WHERE {RECORD} = $1", table.sql);
        let current =
            self.run(self.database.number(&sql, &[Bound::Number(record.0)])).map_err(SaveError::Store)?;
        Err(current.map_or(SaveError::Missing, |current| SaveError::StampChanged { current }))
    }

    fn stamps(
        &self,
        dataclass: DataclassId,
        records: &[RecordId],
    ) -> Result<HashMap<RecordId, i64>, StoreError> {
        let sql = &self.base.texts.table(dataclass).stamps;
        let mut stamps = HashMap::new();
        self.run(self.database.bound(sql, &record_list(records), |row| {
            stamps.extend(raw(row, 0).whole().map(RecordId).zip(raw(row, 1).whole()));
        }))?;
        Ok(stamps)
    }

    fn referring(&self, relation: &Relation, records: &[RecordId]) -> Result<Vec<RecordId>, StoreError> {
        let statement = Builder::new(&self.base.schema, &Postgres).referring(relation, records);
        let mut found = Vec::new();
        self.run(self.database.query(&statement, |row| found.extend(raw(row, 0).whole().map(RecordId))))?;
        Ok(found)
    }

    fn keys(&self, dataclass: DataclassId, records: &[RecordId]) -> Result<Vec<Scalar>, StoreError> {
        let table = self.base.schema.table(dataclass);
        let key_type = table.columns[table.key.index()].field.field_type;
        let mut keys = Vec::new();
        let sql = &self.base.texts.table(dataclass).keys;
        self.run(
            self.database.bound(sql, &record_list(records), |row| keys.push(raw(row, 0).scalar(key_type))),
        )?;
        Ok(keys)
    }

    fn delete(&self, dataclass: DataclassId, records: &[RecordId]) -> Result<u64, StoreError> {
        self.run(self.database.execute(&self.base.texts.table(dataclass).delete, &record_list(records)))
    }
}
