//! Dropping entities, with what their relations take along and what change tracking keeps of them.

use tessera_model::{FieldType, Integrity, RecordId};
use tessera_values::{Scalar, Text};

use super::database::Database;
use super::write::{insert, stamp};
use super::{Shared, meta, row};
use crate::schema::{RECORD, Table};
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
    let table = shared.schema.table(drop.dataclass);
    for (record, expected) in &drop.records {
        let current = stamp(database, table, *record)
            .map_err(|error| DropError::Store(shared.fault(&error)))?
            .ok_or(DropError::Missing { record: *record })?;
        if expected.is_some_and(|expected| expected != current) {
            return Err(DropError::StampChanged { record: *record, current });
        }
    }
    let records: Vec<RecordId> = drop.records.iter().map(|(record, _)| *record).collect();
    cascade(shared, database, table, &records, 0)
}

/// Drops entities and, first, what refers to them. An entity that is being dropped no longer counts as referring,
/// so circles end.
fn cascade(
    shared: &Shared,
    database: &Database,
    table: &Table,
    records: &[RecordId],
    depth: usize,
) -> Result<u64, DropError> {
    let store = |error: rusqlite::Error| DropError::Store(shared.fault(&error));
    let mut dropped = 0;
    let list = numbers(records.iter().map(|record| record.0));
    for relation in table.referring.iter().filter(|relation| relation.integrity != Integrity::None) {
        let source = shared.schema.table(relation.source);
        let (Some(foreign), Some(own)) =
            (source.column(relation.foreign_key), table.column(relation.referenced))
        else {
            continue;
        };
        let same = if relation.source == relation.destination {
            format!(" AND {RECORD} NOT IN (SELECT value FROM json_each(?1))")
        } else {
            String::new()
        };
        let sql = format!(
            "SELECT {RECORD} FROM {} WHERE {} IN (SELECT {} FROM {} WHERE {RECORD} IN \
             (SELECT value FROM json_each(?1))){same}",
            source.sql, foreign.sql, own.sql, table.sql
        );
        let related = (|| {
            let mut statement = database.connection.prepare_cached(&sql)?;
            let found = statement.query_map([&list], |found| Ok(RecordId(found.get(0)?)))?;
            found.collect::<rusqlite::Result<Vec<_>>>()
        })()
        .map_err(store)?;
        if related.is_empty() {
            continue;
        }
        if relation.integrity == Integrity::Reject || depth >= CASCADE_MAX {
            return Err(DropError::Referenced {
                dataclass: relation.source,
                attribute: relation.foreign_key,
            });
        }
        dropped += cascade(shared, database, source, &related, depth + 1)?;
    }
    if table.tracked {
        tombstones(shared, database, table, &list).map_err(store)?;
    }
    let sql = format!("DELETE FROM {} WHERE {RECORD} IN (SELECT value FROM json_each(?1))", table.sql);
    let gone = database.connection.prepare_cached(&sql).and_then(|mut statement| statement.execute([&list]));
    Ok(dropped + gone.map_err(store)? as u64)
}

/// Writes what a tracked dataclass loses into `__DeletedRecords`, each with a global stamp of its own
/// (`docs/ORDA/global-stamp.md`).
fn tombstones(shared: &Shared, database: &Database, table: &Table, list: &str) -> rusqlite::Result<()> {
    let Some(graves) = shared.schema.tables.iter().find(|table| table.name == "__DeletedRecords") else {
        return Ok(());
    };
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
        let values: Vec<Option<Scalar>> = graves
            .columns
            .iter()
            .map(|column| match column.name.as_str() {
                "__PrimaryKey" => Some(Scalar::Text(key.clone())),
                "__Stamp" => Some(Scalar::Integer(stamp)),
                "__TableName" => Some(Scalar::Text(table.name.clone())),
                "__TableNumber" => Some(Scalar::Integer(i64::from(table.number))),
                _ if column.field.field_type == FieldType::Uuid && column.field.auto_uuid => {
                    Some(Scalar::Text(shared.uuid()))
                }
                _ if column.field.autosequence => {
                    meta::next_sequence(database, graves).ok().map(Scalar::Integer)
                }
                _ => None,
            })
            .collect();
        insert(database, graves, &values, shared.clock.now().as_millisecond())?;
    }
    Ok(())
}
