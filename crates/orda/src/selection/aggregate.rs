//! `sum`, `average`, `min`, `max`, `count` and `distinct`.

use std::rc::Rc;

use tessera_model::query::Path;
use tessera_sessions::Action;
use tessera_values::{CollectionRef, ErrorStack, Scalar, Value, sort_order};
use tessera_vm::Process;

use super::Selection;
use super::functions::follow;
use crate::access;
use crate::error::store_error;
use crate::query;

/// The path of a storage attribute that the store can compute over; `None` for computed attributes.
fn stored(selection: &Selection, path: &str) -> Result<Option<Path>, ErrorStack> {
    let resolved = query::path(&selection.context, selection.dataclass, path)?;
    for (dataclass, attribute) in resolved.touched {
        access::check_attribute(&selection.context, dataclass, attribute, Action::Read)?;
    }
    Ok(resolved.path)
}

fn path_of(argument: &Value) -> Result<&str, ErrorStack> {
    argument
        .as_text()
        .map(tessera_values::Text::as_str)
        .ok_or_else(|| ErrorStack::runtime("This function needs the path of an attribute."))
}

pub(super) fn compute(
    process: &mut Process,
    selection: &Rc<Selection>,
    name: &str,
    argument: &Value,
) -> Result<Value, ErrorStack> {
    access::check(&selection.context, selection.dataclass, Action::Read)?;
    let path = path_of(argument)?;
    if let Some(stored) = stored(selection, path)? {
        let filter = selection.as_filter()?;
        let computed = selection
            .context
            .connection(|connection| connection.aggregate(selection.dataclass, &filter, &stored))
            .map_err(store_error)?;
        let summed = computed.summed.as_ref();
        return Ok(match name {
            "count" => Value::Integer(computed.count as i64),
            "sum" => summed.map_or(Value::Integer(0), |summed| summed.sum.to_value()),
            "average" => summed.map_or(Value::Undefined, |summed| Value::Real(summed.average)),
            "min" => value_or_undefined(&computed.min),
            _ => value_or_undefined(&computed.max),
        });
    }
    let values = values(process, selection, path)?;
    let numbers: Vec<f64> = values.iter().filter_map(Value::as_real).collect();
    Ok(match name {
        "count" => Value::Integer(values.len() as i64),
        "sum" => Value::Real(numbers.iter().sum()),
        "average" if numbers.is_empty() => Value::Undefined,
        "average" => Value::Real(numbers.iter().sum::<f64>() / numbers.len() as f64),
        "min" => values.into_iter().min_by(sort_order).unwrap_or_default(),
        _ => values.into_iter().max_by(sort_order).unwrap_or_default(),
    })
}

fn value_or_undefined(scalar: &Scalar) -> Value {
    if scalar.is_null() { Value::Undefined } else { scalar.to_value() }
}

/// The values of a computed attribute, nulls left out.
fn values(process: &mut Process, selection: &Rc<Selection>, path: &str) -> Result<Vec<Value>, ErrorStack> {
    let mut values = Vec::new();
    for index in 0..selection.records()?.len() {
        if let Some(entity) = Selection::entity(selection, index)? {
            let value = follow(process, &entity, path)?;
            if !value.is_nothing() {
                values.push(value);
            }
        }
    }
    Ok(values)
}

/// The different values from low to high.
pub(super) fn distinct(
    process: &mut Process,
    selection: &Rc<Selection>,
    argument: &Value,
) -> Result<Value, ErrorStack> {
    access::check(&selection.context, selection.dataclass, Action::Read)?;
    let path = path_of(argument)?;
    let found: Vec<Value> = match stored(selection, path)? {
        Some(stored) => {
            let filter = selection.as_filter()?;
            let scalars = selection
                .context
                .connection(|connection| connection.distinct(selection.dataclass, &filter, &stored))
                .map_err(store_error)?;
            scalars.iter().map(Scalar::to_value).collect()
        }
        None => {
            let mut values = values(process, selection, path)?;
            values.sort_by(sort_order);
            values.dedup_by(|a, b| sort_order(a, b).is_eq());
            values
        }
    };
    Ok(Value::Collection(CollectionRef::from_vec(found)))
}
