//! From a PostgreSQL row to a [`Row`].

use tessera_model::{AttributeId, FieldType, RecordId};
use tessera_values::Scalar;

use super::database::raw;
use crate::schema::Table;
use crate::{Columns, Row};

/// Reads what `sql::row_columns` selected.
pub(super) fn read(row: &tokio_postgres::Row, table: &Table, columns: &Columns) -> Row {
    let wanted = columns.attributes().map_or(table.columns.len(), <[AttributeId]>::len);
    let mut values = Vec::with_capacity(wanted);
    let mut at = 3;
    let mut push = |attribute: AttributeId| {
        let found = raw(row, at);
        at += 1;
        values.push(match table.column(attribute) {
            None => Scalar::Null,
            Some(column) if columns.is_length(column) => found.scalar(FieldType::Integer64),
            Some(column) if column.mime.is_some() => {
                at += 1;
                found.picture(&raw(row, at - 1))
            }
            Some(column) => found.scalar(column.field.field_type),
        });
    };
    match columns.attributes() {
        Some(attributes) => attributes.iter().copied().for_each(&mut push),
        None => (0..wanted).map(|index| AttributeId(index as u32)).for_each(&mut push),
    }
    let number = |at| raw(row, at).whole().unwrap_or_default();
    Row { record: RecordId(number(0)), stamp: number(1), timestamp_ms: number(2), values }
}
