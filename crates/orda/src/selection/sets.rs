//! `and`, `or`, `minus`, `add`, `contains` and `selected`.

use std::collections::HashSet;
use std::rc::Rc;

use tessera_model::RecordId;
use tessera_model::query::Filter;
use tessera_values::{CollectionRef, ErrorStack, Native, ObjectRef, Properties, Value};
use tessera_vm::Process;

use super::Selection;
use super::functions::record_of;
use crate::entity::functions::IntoOrda as _;
use crate::restrict;

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
/// A restriction of the dataclass holds for it too (`docs/ORDA/entities.md`).
pub(super) fn combine(
    process: &mut Process,
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
    let filter = restrict::filter(process, &selection.context, selection.dataclass)?;
    if filter != Filter::All {
        let visible = Selection::lazy(
            &selection.context,
            selection.dataclass,
            filter.and(Filter::Records(records.clone())),
            Vec::new(),
        )
        .records()?;
        let visible: HashSet<RecordId> = visible.iter().copied().collect();
        records.retain(|record| visible.contains(record));
    }
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

/// `selected(selection)`: where its members lie in this one, as ranges of positions with both ends in them.
pub(super) fn selected(selection: &Rc<Selection>, operand: &Value) -> Result<Value, ErrorStack> {
    let chosen: HashSet<RecordId> = members(operand, selection)?.into_iter().collect();
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for (position, record) in selection.records()?.iter().enumerate() {
        if !chosen.contains(record) {
            continue;
        }
        match ranges.last_mut() {
            Some((_, end)) if *end + 1 == position => *end = position,
            _ => ranges.push((position, position)),
        }
    }
    let object = |properties: Properties| Value::Object(ObjectRef::from_properties(properties));
    let ranges: CollectionRef = ranges
        .into_iter()
        .map(|(start, end)| {
            object(Properties::from_iter([
                ("start".into(), Value::Integer(start as i64)),
                ("end".into(), Value::Integer(end as i64)),
            ]))
        })
        .collect();
    Ok(object(Properties::from_iter([("ranges".into(), Value::Collection(ranges))])))
}
