//! Dropping entities, with what their relations take along and what change tracking keeps of them.

use std::collections::HashSet;

use tessera_model::{DataclassId, FieldType, Integrity, RecordId};
use tessera_values::{Scalar, Text, print_real};

use crate::base::{Base, Writer};
use crate::schema::{Column, Table};
use crate::sql::stored_date;
use crate::{DropError, DropRecords, SaveError, StoreError};

/// How far a drop follows relations that drop related entities.
const CASCADE_MAX: usize = 64;

/// Drops entities inside the open transaction.
pub(crate) fn drop_records(base: &Base, writer: &dyn Writer, drop: &DropRecords) -> Result<u64, DropError> {
    let records: Vec<RecordId> = drop.records.iter().map(|(record, _)| *record).collect();
    let stamps = writer.stamps(drop.dataclass, &records).map_err(DropError::Store)?;
    for (record, expected) in &drop.records {
        let current = *stamps.get(record).ok_or(DropError::Missing { record: *record })?;
        if expected.is_some_and(|expected| expected != current) {
            return Err(DropError::StampChanged { record: *record, current });
        }
    }
    let dropping = records.iter().map(|record| (drop.dataclass, *record)).collect();
    Cascade { base, writer, dropping }.drop(drop.dataclass, &records, 0)
}

/// A drop that follows relations.
struct Cascade<'c> {
    base: &'c Base,
    writer: &'c dyn Writer,
    /// What is being dropped. It no longer counts as referring, so circles end.
    dropping: HashSet<(DataclassId, RecordId)>,
}

impl Cascade<'_> {
    /// Drops entities and, first, what refers to them.
    fn drop(&mut self, dataclass: DataclassId, records: &[RecordId], depth: usize) -> Result<u64, DropError> {
        let table = self.base.schema.table(dataclass);
        let mut dropped = 0;
        for relation in table.referring.iter().filter(|relation| relation.integrity != Integrity::None) {
            let mut related = self.writer.referring(relation, records).map_err(DropError::Store)?;
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
            self.bury(dataclass, records).map_err(DropError::Store)?;
        }
        Ok(dropped + self.writer.delete(dataclass, records).map_err(DropError::Store)?)
    }

    /// Writes what a tracked dataclass loses into `__DeletedRecords`, each with a global stamp of its own
    /// (`docs/ORDA/global-stamp.md`).
    fn bury(&self, dataclass: DataclassId, records: &[RecordId]) -> Result<(), StoreError> {
        let Some(place) = self.base.schema.tables.iter().position(|table| table.name == "__DeletedRecords")
        else {
            return Ok(());
        };
        let (table, graves) = (self.base.schema.table(dataclass), &self.base.schema.tables[place]);
        for key in self.writer.keys(dataclass, records)? {
            let key = match key {
                Scalar::Text(text) => text,
                Scalar::Integer(number) => number.to_string().into(),
                Scalar::Real(number) => print_real(number).into(),
                Scalar::Date(date) => stored_date(date).into(),
                Scalar::Time(time) => time.milliseconds().to_string().into(),
                _ => Text::new(),
            };
            let stamp = self.writer.next_global_stamp()?;
            let value = |column: &Column| self.on_grave(column, table, graves, &key, stamp);
            let values = graves.columns.iter().map(value).collect::<Result<Vec<_>, StoreError>>()?;
            let buried = self.writer.insert(DataclassId(place as u32), &values, self.base.now());
            buried.map_err(|error| match error {
                SaveError::Store(error) => error,
                refused => StoreError::Engine { file: "__DeletedRecords".into(), error: refused.into() },
            })?;
        }
        Ok(())
    }

    fn on_grave(
        &self,
        column: &Column,
        table: &Table,
        graves: &Table,
        key: &Text,
        stamp: i64,
    ) -> Result<Option<Scalar>, StoreError> {
        Ok(Some(match column.name.as_str() {
            "__PrimaryKey" => Scalar::Text(key.clone()),
            "__Stamp" => Scalar::Integer(stamp),
            "__TableName" => Scalar::Text(table.name.clone()),
            "__TableNumber" => Scalar::Integer(i64::from(table.number)),
            _ if column.field.field_type == FieldType::Uuid && column.field.auto_uuid => {
                Scalar::Text(self.base.uuid())
            }
            _ if column.field.autosequence => Scalar::Integer(self.writer.next_sequence(graves)?),
            _ => return Ok(None),
        }))
    }
}
