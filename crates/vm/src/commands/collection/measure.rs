//! Functions that answer a number or a Boolean about all elements.

use std::rc::Rc;

use tessera_values::{CollectionRef, ErrorStack, Value, sort_order, text_equal};

use super::values_at;
use crate::arguments::Arguments;
use crate::commands::math::number;
use crate::process::Process;

/// Numbers only; times were stored as seconds.
fn numbers(
    process: &mut Process,
    collection: &CollectionRef,
    arguments: &Arguments,
) -> Result<Vec<f64>, ErrorStack> {
    let values = values_at(process, collection, &arguments.value(0))?;
    Ok(values.iter().filter_map(Value::as_real).collect())
}

pub(super) fn sum(
    process: &mut Process,
    collection: &CollectionRef,
    arguments: &Arguments,
) -> Result<Value, ErrorStack> {
    Ok(number(numbers(process, collection, arguments)?.iter().sum()))
}

/// Undefined without numbers.
pub(super) fn average(
    process: &mut Process,
    collection: &CollectionRef,
    arguments: &Arguments,
) -> Result<Value, ErrorStack> {
    let numbers = numbers(process, collection, arguments)?;
    if numbers.is_empty() {
        return Ok(Value::Undefined);
    }
    Ok(number(numbers.iter().sum::<f64>() / numbers.len() as f64))
}

/// Elements that are not null, or that have something at the path.
pub(super) fn count(
    process: &mut Process,
    collection: &CollectionRef,
    arguments: &Arguments,
) -> Result<Value, ErrorStack> {
    let values = values_at(process, collection, &arguments.value(0))?;
    Ok(Value::Integer(values.iter().filter(|value| !value.is_nothing()).count() as i64))
}

/// `countValues(value {; path})`
pub(super) fn count_values(
    process: &mut Process,
    collection: &CollectionRef,
    arguments: &Arguments,
) -> Result<Value, ErrorStack> {
    let wanted = arguments.value(0);
    let values = values_at(process, collection, &arguments.value(1))?;
    let equal = values.iter().filter(|value| tessera_values::equal(value, &wanted));
    Ok(Value::Integer(equal.count() as i64))
}

/// The last value in the order of sorting.
// UNSPECIFIED: null elements. Taken: they don't count.
pub(super) fn max(
    process: &mut Process,
    collection: &CollectionRef,
    arguments: &Arguments,
) -> Result<Value, ErrorStack> {
    let values = values_at(process, collection, &arguments.value(0))?.into_iter();
    let greatest = values
        .filter(|value| !value.is_nothing())
        .reduce(|best, value| if sort_order(&value, &best).is_ge() { value } else { best });
    Ok(greatest.unwrap_or_default())
}

pub(super) fn min(
    process: &mut Process,
    collection: &CollectionRef,
    arguments: &Arguments,
) -> Result<Value, ErrorStack> {
    let values = values_at(process, collection, &arguments.value(0))?.into_iter();
    let least = values
        .filter(|value| !value.is_nothing())
        .reduce(|best, value| if sort_order(&value, &best).is_lt() { value } else { best });
    Ok(least.unwrap_or_default())
}

/// `ck diacritical`
const DIACRITICAL: i64 = 8;

/// The deepest nesting that is compared.
const DEPTH_MAX: usize = 256;

/// `equal(collection {; ck diacritical})` looks into objects and collections; the order of properties does not count.
pub(super) fn equal(
    process: &mut Process,
    collection: &CollectionRef,
    arguments: &Arguments,
) -> Result<Value, ErrorStack> {
    let Some(other) = arguments.collection(0)? else { return Ok(Value::Boolean(false)) };
    let exact = arguments.integer(1)? & DIACRITICAL != 0;
    let (left, right) = (Value::Collection(collection.clone()), Value::Collection(other));
    Ok(Value::Boolean(deep_equal(process, &left, &right, exact, 0)?))
}

fn deep_equal(
    process: &mut Process,
    left: &Value,
    right: &Value,
    exact: bool,
    depth: usize,
) -> Result<bool, ErrorStack> {
    if depth > DEPTH_MAX {
        return Ok(false);
    }
    // Values that hold each other twice take a time without end.
    process.burn()?;
    Ok(match (left, right) {
        (Value::Null, Value::Null) | (Value::Undefined, Value::Undefined) => true,
        (Value::Null | Value::Undefined, _) | (_, Value::Null | Value::Undefined) => false,
        (Value::Text(a), Value::Text(b)) => {
            if exact {
                a == b
            } else {
                text_equal(a, b)
            }
        }
        (Value::Collection(a), Value::Collection(b)) if a.is_same(b) => true,
        (Value::Collection(a), Value::Collection(b)) => {
            let (a, b) = (a.to_vec(), b.to_vec());
            if a.len() != b.len() {
                return Ok(false);
            }
            for (a, b) in a.iter().zip(&b) {
                if !deep_equal(process, a, b, exact, depth + 1)? {
                    return Ok(false);
                }
            }
            true
        }
        (Value::Object(a), Value::Object(b)) if a.is_same(b) => true,
        (Value::Object(a), Value::Object(b)) => {
            let names = a.keys();
            if names.len() != b.keys().len() {
                return Ok(false);
            }
            for name in &names {
                let (Some(a), Some(b)) = (a.get(name), b.get(name)) else { return Ok(false) };
                if !deep_equal(process, &a, &b, exact, depth + 1)? {
                    return Ok(false);
                }
            }
            true
        }
        (Value::Native(a), Value::Native(b)) => Rc::ptr_eq(a, b) || a.is_same(b.as_ref()),
        (a, b) => tessera_values::equal(a, b),
    })
}
