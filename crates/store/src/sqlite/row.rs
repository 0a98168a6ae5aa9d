//! From a SQLite row to a [`Row`].

use std::sync::Arc;

use rusqlite::types::ValueRef;
use tessera_model::{AttributeId, FieldType, RecordId};
use tessera_values::{Blob, Date, Picture, Scalar, Time};

use crate::schema::Table;
use crate::{Columns, Row};

/// Reads what `sql::row_columns` selected.
pub(super) fn read(row: &rusqlite::Row<'_>, table: &Table, columns: &Columns) -> rusqlite::Result<Row> {
    let wanted = columns.attributes().map_or(table.columns.len(), <[AttributeId]>::len);
    let mut values = Vec::with_capacity(wanted);
    let mut at = 3;
    let mut push = |attribute: AttributeId| -> rusqlite::Result<()> {
        let raw = row.get_ref(at)?;
        at += 1;
        let Some(column) = table.column(attribute) else {
            values.push(Scalar::Null);
            return Ok(());
        };
        if columns.is_length(column) {
            values.push(scalar(raw, FieldType::Integer64));
        } else if column.mime.is_some() {
            values.push(picture(raw, row.get_ref(at)?));
            at += 1;
        } else {
            values.push(scalar(raw, column.field.field_type));
        }
        Ok(())
    };
    match columns.attributes() {
        Some(attributes) => attributes.iter().copied().try_for_each(&mut push)?,
        None => (0..wanted).map(|index| AttributeId(index as u32)).try_for_each(&mut push)?,
    }
    Ok(Row { record: RecordId(row.get(0)?), stamp: row.get(1)?, timestamp_ms: row.get(2)?, values })
}

/// A stored value by its field's type. What doesn't fit the type (only a foreign program can have written it)
/// reads as Null.
pub(super) fn scalar(raw: ValueRef<'_>, field_type: FieldType) -> Scalar {
    match (field_type, raw) {
        (FieldType::Boolean, ValueRef::Integer(n)) => Scalar::Boolean(n != 0),
        (FieldType::Integer | FieldType::Long | FieldType::Integer64, ValueRef::Integer(n)) => {
            Scalar::Integer(n)
        }
        (FieldType::Real | FieldType::Float, ValueRef::Real(n)) => Scalar::Real(n),
        (FieldType::Real | FieldType::Float, ValueRef::Integer(n)) => Scalar::Real(n as f64),
        (FieldType::Date, ValueRef::Text(text)) => {
            text_of(text).and_then(Date::parse_iso).map_or(Scalar::Null, Scalar::Date)
        }
        (FieldType::Time, ValueRef::Integer(ms)) => Scalar::Time(Time::from_seconds(ms / 1000)),
        (FieldType::Alpha { .. } | FieldType::Text | FieldType::Uuid, ValueRef::Text(text)) => {
            text_of(text).map_or(Scalar::Null, |text| Scalar::Text(text.into()))
        }
        (FieldType::Blob, ValueRef::Blob(bytes)) => Scalar::Blob(Blob(Arc::from(bytes))),
        (FieldType::Object, ValueRef::Text(text)) => {
            text_of(text).map_or(Scalar::Null, |text| Scalar::Object(text.into()))
        }
        _ => Scalar::Null,
    }
}

fn picture(bytes: ValueRef<'_>, mime: ValueRef<'_>) -> Scalar {
    match (bytes, mime) {
        (ValueRef::Blob(bytes), ValueRef::Text(mime)) => Scalar::Picture(Picture {
            mime: text_of(mime).unwrap_or_default().into(),
            bytes: Blob(Arc::from(bytes)),
        }),
        _ => Scalar::Null,
    }
}

fn text_of(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

/// A value that was found inside an object, or computed; its own type is all there is to know.
pub(super) fn untyped(raw: ValueRef<'_>) -> Scalar {
    match raw {
        ValueRef::Integer(n) => Scalar::Integer(n),
        ValueRef::Real(n) => Scalar::Real(n),
        ValueRef::Text(text) => text_of(text).map_or(Scalar::Null, |text| Scalar::Text(text.into())),
        ValueRef::Null | ValueRef::Blob(_) => Scalar::Null,
    }
}
