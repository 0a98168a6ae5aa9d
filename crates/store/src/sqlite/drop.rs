//! Dropping entities, with what their relations take along and what change tracking keeps of them.

use std::collections::{HashMap, HashSet};

use tessera_model::{DataclassId, FieldType, Integrity, RecordId, Relation};
use tessera_values::{Scalar, Text};

use super::database::Database;
use super::write::insert;
use super::{Shared, meta, row};
use crate::schema::{Column, RECORD, Table};
use crate::sql::numbers;
use crate::{DropError, DropRecords};

/// How far a drop follows relations that drop related entities.
const CASCADE_MAX: usize = 64;

/// Drops entities inside the open transaction.
pub(super) fn drop_records(
    shared: &Shared,
    database: &Database,
    drop: &DropRecords,
) -> Result<u64, DropError> {
    let records: Vec<RecordId> = drop.records.iter().map(|(record, _)| *record).collect();
    let stamps = stamps(shared, database, drop.dataclass, &records)
        .map_err(|error| DropError::Store(shared.fault(&error)))?;
    for (record, expected) in &drop.records {
        let current = *stamps.get(record).ok_or(DropError::Missing { record: *record })?;
        if expected.is_some_and(|expected| expected != current) {
            return Err(DropError::StampChanged { record: *record, current });
        }
    }
    let dropping = records.iter().map(|record| (drop.dataclass, *record)).collect();
    Cascade { shared, database, dropping }.drop(drop.dataclass, &records, 0)
}

/// The stamps of those records that exist.
fn stamps(
    shared: &Shared,
    database: &Database,
    dataclass: DataclassId,
    records: &[RecordId],
) -> rusqlite::Result<HashMap<RecordId, i64>> {
    let list = numbers(records.iter().map(|record| record.0));
    let mut statement = database.connection.prepare_cached(&shared.texts.table(dataclass).stamps)?;
    statement.query_map([&list], |found| Ok((RecordId(found.get(0)?), found.get(1)?)))?.collect()
}

/// A drop that follows relations.
struct Cascade<'c> {
    shared: &'c Shared,
    database: &'c Database,
    /// What is being dropped. It no longer counts as referring, so circles end.
    dropping: HashSet<(DataclassId, RecordId)>,
}

impl Cascade<'_> {
    /// Drops entities and, first, what refers to them.
    fn drop(&mut self, dataclass: DataclassId, records: &[RecordId], depth: usize) -> Result<u64, DropError> {
        let (shared, database) = (self.shared, self.database);
        let store = |error: rusqlite::Error| DropError::Store(shared.fault(&error));
        let table = shared.schema.table(dataclass);
        let mut dropped = 0;
        let list = numbers(records.iter().map(|record| record.0));
        for relation in table.referring.iter().filter(|relation| relation.integrity != Integrity::None) {
            let mut related = self.referring(relation, &list).map_err(store)?;
            related.retain(|record| !self.dropping.contains(&(relation.source, *record)));
            if related.is_empty() {
                continue;
            }
            if relation.integrity == Integrity::Reject || depth >= CASCADE_MAX {
                return Err(DropError::Referenced {
                    dataclass: relation.source,
                    attribute: relation.foreign_key,
                });
            }
            self.dropping.extend(related.iter().map(|record| (relation.source, *record)));
            dropped += self.drop(relation.source, &related, depth + 1)?;
        }
        if table.tracked {
            tombstones(shared, database, table, &list).map_err(store)?;
        }
        let delete = &shared.texts.table(dataclass).delete;
        let gone = database.connection.prepare_cached(delete).and_then(|mut delete| delete.execute([&list]));
        Ok(dropped + gone.map_err(store)? as u64)
    }

    /// The records that refer to one of a list through a relation.
    fn referring(&self, relation: &Relation, list: &str) -> rusqlite::Result<Vec<RecordId>> {
        let schema = &self.shared.schema;
        let (source, table) = (schema.table(relation.source), schema.table(relation.destination));
        let (Some(foreign), Some(own)) =
            (source.column(relation.foreign_key), table.column(relation.referenced))
        else {
            return Ok(Vec::new());
        };
        let sql = format!(
            "SELECT {RECORD} FROM {} WHERE {} IN (SELECT {} FROM {} WHERE {RECORD} IN \
             (SELECT value FROM json_each(?1)))",
            source.sql, foreign.sql, own.sql, table.sql
        );
        let mut statement = self.database.connection.prepare_cached(&sql)?;
        statement.query_map([list], |found| Ok(RecordId(found.get(0)?)))?.collect()
    }
}

/// Writes what a tracked dataclass loses into `__DeletedRecords`, each with a global stamp of its own
/// (`docs/ORDA/global-stamp.md`).
fn tombstones(shared: &Shared, database: &Database, table: &Table, list: &str) -> rusqlite::Result<()> {
    let tables = &shared.schema.tables;
    let Some(place) = tables.iter().position(|table| table.name == "__DeletedRecords") else {
        return Ok(());
    };
    let graves = &tables[place];
    let key = &table.columns[table.key.index()].sql;
    let sql = format!(
        "SELECT {key} FROM {} WHERE {RECORD} IN (SELECT value FROM json_each(?1)) ORDER BY {RECORD}",
        table.sql
    );
    let mut keys: Vec<Text> = Vec::new();
    let mut statement = database.connection.prepare_cached(&sql)?;
    let mut rows = statement.query([list])?;
    while let Some(found) = rows.next()? {
        keys.push(match row::untyped(found.get_ref(0)?) {
            Scalar::Text(text) => text,
            Scalar::Integer(number) => number.to_string().into(),
            Scalar::Real(number) => tessera_values::print_real(number).into(),
            _ => Text::new(),
        });
    }
    for key in keys {
        let stamp = meta::next_global_stamp(database)?;
        let value = |column: &Column| -> rusqlite::Result<Option<Scalar>> {
            Ok(Some(match column.name.as_str() {
                "__PrimaryKey" => Scalar::Text(key.clone()),
                "__Stamp" => Scalar::Integer(stamp),
                "__TableName" => Scalar::Text(table.name.clone()),
                "__TableNumber" => Scalar::Integer(i64::from(table.number)),
                _ if column.field.field_type == FieldType::Uuid && column.field.auto_uuid => {
                    Scalar::Text(shared.uuid())
                }
                _ if column.field.autosequence => Scalar::Integer(meta::next_sequence(database, graves)?),
                _ => return Ok(None),
            }))
        };
        let values = graves.columns.iter().map(value).collect::<rusqlite::Result<Vec<_>>>()?;
        let dataclass = DataclassId(place as u32);
        insert(shared, database, dataclass, &values, shared.clock.now().as_millisecond())?;
    }
    Ok(())
}
