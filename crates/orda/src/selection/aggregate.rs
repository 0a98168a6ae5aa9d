//! `sum`, `average`, `min`, `max`, `count` and `distinct`.

use std::rc::Rc;

use tessera_model::AttributeKind;
use tessera_model::query::Path;
use tessera_sessions::Action;
use tessera_values::{CollectionRef, ErrorStack, ObjectRef, Properties, Scalar, Value, sort_order};
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
    let path = path_of(argument)?;
    check_kind(selection, path, if name == "sum" { Use::Sum } else { Use::Values })?;
    let found = Selection::aggregates(process, selection, path, Asker::Code)?;
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

/// `distinct(path {; options})`: variants of case and accents are one value unless `dk diacritical` parts them, and
/// `dk count values` tells how often each is there.
pub(super) fn distinct(
    process: &mut Process,
    selection: &Rc<Selection>,
    arguments: &[Value],
) -> Result<Value, ErrorStack> {
    const DIACRITICAL: i64 = 8;
    const COUNT_VALUES: i64 = 32;
    let path = path_of(arguments.first().unwrap_or(&Value::Undefined))?;
    check_kind(selection, path, Use::Values)?;
    let options = arguments.get(1).and_then(Value::as_integer).unwrap_or_default();
    if options & (DIACRITICAL | COUNT_VALUES) == 0 {
        let values = Selection::distinct_values(process, selection, path, Asker::Code)?;
        return Ok(Value::Collection(CollectionRef::from_vec(values)));
    }
    access::check(&selection.context, selection.dataclass, Action::Read)?;
    stored(selection, path, Asker::Code)?;
    let mut values = values(process, selection, path)?;
    values.retain(|value| !matches!(value, Value::Object(_) | Value::Collection(_)));
    values.sort_by(sort_order);
    let is_same = |a: &Value, b: &Value| match (a.as_text(), b.as_text()) {
        (Some(a), Some(b)) if options & DIACRITICAL != 0 => a == b,
        _ => sort_order(a, b).is_eq(),
    };
    let mut groups: Vec<(Value, i64)> = Vec::new();
    for value in values {
        // Values that sort as equal lie together, though those parted by their accents may alternate.
        let group = groups
            .iter_mut()
            .rev()
            .take_while(|(other, _)| sort_order(other, &value).is_eq())
            .find(|(other, _)| is_same(other, &value));
        match group {
            Some((_, count)) => *count += 1,
            None => groups.push((value, 1)),
        }
    }
    let element = |(value, count): (Value, i64)| {
        if options & COUNT_VALUES == 0 {
            return value;
        }
        let properties =
            Properties::from_iter([("value".into(), value), ("count".into(), Value::Integer(count))]);
        Value::Object(ObjectRef::from_properties(properties))
    };
    Ok(Value::Collection(groups.into_iter().map(element).collect()))
}

/// What a function does with the values behind a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    Sum,
    Values,
}

/// Nothing is computed over a relation, and no sum over what are no numbers (`docs/API/EntitySelectionClass.md`).
fn check_kind(selection: &Selection, path: &str, wanted: Use) -> Result<(), ErrorStack> {
    let catalog = &selection.context.application().catalog;
    let mut dataclass = selection.described();
    for step in path.split('.') {
        let Some(attribute) = dataclass.attribute_named(step) else { return Ok(()) };
        match &attribute.kind {
            AttributeKind::RelatedEntity { target, .. } | AttributeKind::RelatedEntities { target, .. } => {
                dataclass = catalog.dataclass(*target);
            }
            AttributeKind::Storage(field) => {
                let is_number = matches!(field.field_type.orda_type(), "number" | "object");
                return if wanted == Use::Values || is_number {
                    Ok(())
                } else {
                    Err(ErrorStack::runtime(format!("The attribute \"{path}\" holds no numbers to sum up.")))
                };
            }
            _ => return Ok(()),
        }
    }
    Err(ErrorStack::runtime(format!("The attribute \"{path}\" is a relation; nothing is computed over it.")))
}
