//! Saving one entity inside an open transaction, on whichever engine: what is stored, and what the caller hears of
//! values that were not his.

use tessera_model::AttributeId;
use tessera_values::Scalar;

use crate::base::{Base, Values, Writer};
use crate::schema::Table;
use crate::{Save, SaveError, Saved, StoreError};

/// Creates or changes one entity.
pub(crate) fn save(base: &Base, writer: &dyn Writer, save: &Save) -> Result<Saved, SaveError> {
    let table = base.schema.table(save.dataclass);
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
    if save.record.is_none() {
        fill(base, writer, table, &mut values, &mut filled).map_err(SaveError::Store)?;
    }
    if let Some(attribute) = table.global_stamp {
        let stamp = Scalar::Integer(writer.next_global_stamp().map_err(SaveError::Store)?);
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
    let now = base.now();
    let (record, stamp, key) = match save.record {
        None => {
            let record = writer.insert(save.dataclass, &values, now)?;
            (record, 1, values[table.key.index()].take().unwrap_or_default())
        }
        Some(record) => {
            let (stamp, key) = writer.update(save.dataclass, record, save.expected_stamp, &values, now)?;
            (record, stamp, key)
        }
    };
    Ok(Saved { record, stamp, timestamp_ms: now, key, filled })
}

/// Gives sequence numbers and UUIDs to a new entity.
fn fill(
    base: &Base,
    writer: &dyn Writer,
    table: &Table,
    values: &mut Values,
    filled: &mut Vec<(AttributeId, Scalar)>,
) -> Result<(), StoreError> {
    let mut number = None;
    for (index, column) in table.columns.iter().enumerate() {
        let given = values[index].as_ref().filter(|value| !value.is_null());
        let made = match given {
            // UNSPECIFIED: a number given to an autosequence field. Taken: the sequence goes on after it, so that
            // it never gives the same number again.
            Some(Scalar::Integer(given)) if column.field.autosequence => {
                writer.raise_sequence(table, *given)?;
                continue;
            }
            Some(_) => continue,
            None if column.field.autosequence => {
                let next = match number {
                    Some(next) => next,
                    None => *number.insert(writer.next_sequence(table)?),
                };
                column.field.field_type.accept(&Scalar::Integer(next)).unwrap_or_default()
            }
            None if column.field.auto_uuid => Scalar::Text(base.uuid()),
            None => continue,
        };
        let attribute = AttributeId(index as u32);
        filled.retain(|(other, _)| *other != attribute);
        filled.push((attribute, made.clone()));
        values[index] = Some(made);
    }
    Ok(())
}
