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
use crate::query::{self, Asker};

/// What is computed over the values of an attribute, nulls left out.
#[derive(Clone, Debug)]
pub struct Aggregates {
    /// How many values there are.
    pub count: u64,
    /// Their sum and average; `None` unless they are numbers, and for none at all.
    pub summed: Option<(Value, f64)>,
    /// The lowest; undefined when there is none.
    pub min: Value,
    /// The highest.
    pub max: Value,
}

impl Aggregates {
    /// Over values in memory.
    pub(crate) fn of(values: &[Value]) -> Self {
        let numbers: Vec<f64> = values.iter().filter_map(Value::as_real).collect();
        let sum: f64 = numbers.iter().sum();
        let average = sum / numbers.len() as f64;
        Self {
            count: values.len() as u64,
            summed: (!numbers.is_empty()).then_some((Value::Real(sum), average)),
            min: values.iter().min_by(|a, b| sort_order(a, b)).cloned().unwrap_or_default(),
            max: values.iter().max_by(|a, b| sort_order(a, b)).cloned().unwrap_or_default(),
        }
    }
}

/// The path of a storage attribute that the store can compute over; `None` for computed attributes.
fn stored(selection: &Selection, path: &str, asker: Asker) -> Result<Option<Path>, ErrorStack> {
    let resolved = query::path(&selection.context, selection.dataclass, path, asker)?;
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

impl Selection {
    /// Computes over the values behind a path: in one statement where the values are stored.
    pub(crate) fn aggregates(
        process: &mut Process,
        selection: &Rc<Self>,
        path: &str,
        asker: Asker,
    ) -> Result<Aggregates, ErrorStack> {
        access::check(&selection.context, selection.dataclass, Action::Read)?;
        let Some(stored) = stored(selection, path, asker)? else {
            return values(process, selection, path).map(|values| Aggregates::of(&values));
        };
        let filter = selection.as_filter()?;
        let computed = selection
            .context
            .connection(|connection| connection.aggregate(selection.dataclass, &filter, &stored))
            .map_err(store_error)?;
        Ok(Aggregates {
            count: computed.count,
            summed: computed.summed.map(|summed| (summed.sum.to_value(), summed.average)),
            min: value_or_undefined(&computed.min),
            max: value_or_undefined(&computed.max),
        })
    }

    /// The different values behind a path, from low to high.
    pub(crate) fn distinct_values(
        process: &mut Process,
        selection: &Rc<Self>,
        path: &str,
        asker: Asker,
    ) -> Result<Vec<Value>, ErrorStack> {
        access::check(&selection.context, selection.dataclass, Action::Read)?;
        let Some(stored) = stored(selection, path, asker)? else {
            let mut values = values(process, selection, path)?;
            values.sort_by(sort_order);
            values.dedup_by(|a, b| sort_order(a, b).is_eq());
            return Ok(values);
        };
        let filter = selection.as_filter()?;
        let scalars = selection
            .context
            .connection(|connection| connection.distinct(selection.dataclass, &filter, &stored))
            .map_err(store_error)?;
        Ok(scalars.iter().map(Scalar::to_value).collect())
    }
}

pub(super) fn compute(
    process: &mut Process,
    selection: &Rc<Selection>,
    name: &str,
    argument: &Value,
) -> Result<Value, ErrorStack> {
    let found = Selection::aggregates(process, selection, path_of(argument)?, Asker::Code)?;
    Ok(match name {
        "count" => Value::Integer(found.count as i64),
        "sum" => found.summed.map_or(Value::Integer(0), |(sum, _)| sum),
        "average" => found.summed.map_or(Value::Undefined, |(_, average)| Value::Real(average)),
        "min" => found.min,
        _ => found.max,
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

/// `distinct(path)`
pub(super) fn distinct(
    process: &mut Process,
    selection: &Rc<Selection>,
    argument: &Value,
) -> Result<Value, ErrorStack> {
    let values = Selection::distinct_values(process, selection, path_of(argument)?, Asker::Code)?;
    Ok(Value::Collection(CollectionRef::from_vec(values)))
}
