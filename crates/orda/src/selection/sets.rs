//! `and`, `or`, `minus`, `add` and `contains`.

use std::collections::HashSet;
use std::rc::Rc;

use tessera_model::RecordId;
use tessera_values::{ErrorStack, Native, Value};

use super::Selection;
use super::functions::record_of;
use crate::entity::functions::IntoOrda as _;

/// `dk keep ordered`
const KEEP_ORDERED: i64 = 1;

/// The members of an operand: an entity, a selection, or nothing.
fn members(operand: &Value, selection: &Selection) -> Result<Vec<RecordId>, ErrorStack> {
    if let Value::Native(native) = operand
        && let Ok(other) = Rc::clone(native).into_selection()
    {
        if other.dataclass != selection.dataclass {
            return Err(crate::error::incompatible());
        }
        return Ok(other.records()?.to_vec());
    }
    Ok(record_of(operand, selection)?.into_iter().collect())
}

/// The result is unordered, in the order of creation, unless `minus` is told to keep the order.
pub(super) fn combine(
    selection: &Rc<Selection>,
    name: &str,
    arguments: &[Value],
) -> Result<Rc<Selection>, ErrorStack> {
    let operand = arguments.first().cloned().unwrap_or_default();
    let other = members(&operand, selection)?;
    let own = selection.records()?;
    let keeps_order = name == "minus" && arguments.get(1).and_then(Value::as_integer) == Some(KEEP_ORDERED);
    let in_other: HashSet<RecordId> = other.iter().copied().collect();
    let mut records: Vec<RecordId> = match name {
        "and" => own.iter().filter(|record| in_other.contains(record)).copied().collect(),
        "minus" => own.iter().filter(|record| !in_other.contains(record)).copied().collect(),
        _ => own.iter().copied().chain(other).collect(),
    };
    if !keeps_order {
        records.sort_unstable();
        records.dedup();
    }
    Ok(Selection::of(
        &selection.context,
        selection.dataclass,
        records,
        keeps_order && selection.ordered.get(),
        selection.alterable,
    ))
}

pub(super) fn add(selection: &Rc<Selection>, operand: &Value) -> Result<Value, ErrorStack> {
    let adds_selection =
        matches!(operand, Value::Native(native) if Rc::clone(native).into_selection().is_ok());
    let more = members(operand, selection)?;
    selection.push(&more, adds_selection)?;
    Ok(Value::Native(Rc::clone(selection) as Rc<dyn Native>))
}

pub(super) fn contains(selection: &Rc<Selection>, operand: &Value) -> Result<Value, ErrorStack> {
    let record = record_of(operand, selection)?;
    Ok(Value::Boolean(match record {
        Some(record) => selection.records()?.contains(&record),
        None => false,
    }))
}
