//! What the loop over instructions asks of conditions, counters and sizes.

use std::rc::Rc;

use tessera_values::{Array, ArrayKind, ErrorStack, Value};

use crate::limits;

/// A condition: Boolean, or undefined and Null, which count as False.
#[inline]
pub(super) fn condition_of(value: &Value) -> Result<bool, ErrorStack> {
    match value {
        Value::Boolean(b) => Ok(*b),
        Value::Undefined | Value::Null => Ok(false),
        other => Err(ErrorStack::runtime(format!("A condition must be Boolean, not {}.", other.kind()))),
    }
}

#[inline]
pub(super) fn within(counter: &Value, limit: &Value, step: &Value) -> Result<bool, ErrorStack> {
    if let (Value::Integer(counter), Value::Integer(limit), Value::Integer(step)) = (counter, limit, step) {
        return Ok(if *step >= 0 { counter <= limit } else { counter >= limit });
    }
    match (counter.as_real(), limit.as_real(), step.as_real()) {
        (Some(counter), Some(limit), Some(step)) => {
            Ok(if step >= 0.0 { counter <= limit } else { counter >= limit })
        }
        _ => Err(ErrorStack::runtime("The counter, the bounds and the step of For must be numbers.")),
    }
}

pub(super) fn new_array(
    current: &Value,
    kind: ArrayKind,
    rows: Option<i64>,
    columns: Option<i64>,
) -> Result<Value, ErrorStack> {
    let size = |n: Option<i64>| {
        n.and_then(|n| usize::try_from(n).ok())
            .ok_or_else(|| ErrorStack::runtime("The size of an array must be a number from 0 on."))
    };
    let rows = size(rows)?;
    limits::check_array(rows)?;
    if let Some(columns) = columns {
        let columns = size(Some(columns))?;
        limits::check_rows(rows, columns)?;
        let array = Array::new(kind, 0);
        *array.elements.borrow_mut() = (0..=rows).map(|_| Value::Array(Array::new(kind, columns))).collect();
        return Ok(Value::Array(array));
    }
    match current {
        Value::Array(array) if array.kind == kind => {
            array.resize(rows);
            Ok(Value::Array(Rc::clone(array)))
        }
        _ => Ok(Value::Array(Array::new(kind, rows))),
    }
}
