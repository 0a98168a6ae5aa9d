//! `=`, `<` and the order of sorting, for any two values.

use std::cmp::Ordering;

use crate::collation::text_compare;
use crate::{Value, text_matches};

/// Two reals closer than this are equal (`docs/Concepts/dt_number.md`).
pub const REAL_EPSILON: f64 = 1e-6;

/// Why two values have no order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{left} and {right} can't be compared.")]
pub struct CompareError {
    /// The kind on the left.
    pub left: &'static str,
    /// The kind on the right.
    pub right: &'static str,
}

/// `left = right`: text ignores case and accents and takes `@` on the right; reals within 10⁻⁶ are equal; objects
/// and natives are compared by reference. Values of different kinds are never equal.
pub fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Null | Value::Undefined, Value::Null | Value::Undefined) => true,
        (Value::Boolean(a), Value::Boolean(b)) => a == b,
        (Value::Text(a), Value::Text(b)) => text_matches(a, b),
        (Value::Date(a), Value::Date(b)) => a == b,
        (Value::Object(a), Value::Object(b)) => a.is_same(b),
        (Value::Collection(a), Value::Collection(b)) => a.is_same(b),
        (Value::Native(a), Value::Native(b)) => a.is_same(b.as_ref()),
        (Value::Pointer(a), Value::Pointer(b)) => a == b,
        (Value::Pointer(a), Value::Null) | (Value::Null, Value::Pointer(a)) => a.is_nil(),
        (Value::Picture(a), Value::Null) | (Value::Null, Value::Picture(a)) => a.bytes.is_empty(),
        (Value::Blob(a), Value::Blob(b)) => a == b,
        (Value::Picture(a), Value::Picture(b)) => a == b,
        (Value::Integer(a), Value::Integer(b)) => a == b,
        _ => match (left.as_real(), right.as_real()) {
            (Some(a), Some(b)) => numbers_equal(a, b),
            _ => false,
        },
    }
}

fn numbers_equal(a: f64, b: f64) -> bool {
    a == b || (a - b).abs() < REAL_EPSILON
}

/// The order behind `<`, `>`, `<=` and `>=`. `None` when undefined meets a scalar: every comparison is then False.
pub fn compare_order(left: &Value, right: &Value) -> Result<Option<Ordering>, CompareError> {
    Ok(Some(match (left, right) {
        (Value::Text(a), Value::Text(b)) => text_compare(a, b),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::Boolean(a), Value::Boolean(b)) => a.cmp(b),
        (Value::Integer(a), Value::Integer(b)) => a.cmp(b),
        (Value::Undefined, other) | (other, Value::Undefined) if is_ordered_scalar(other) => return Ok(None),
        _ => match (left.as_real(), right.as_real()) {
            (Some(a), Some(b)) if numbers_equal(a, b) => Ordering::Equal,
            (Some(a), Some(b)) => match a.partial_cmp(&b) {
                Some(order) => order,
                None => return Ok(None),
            },
            _ => return Err(CompareError { left: left.kind(), right: right.kind() }),
        },
    }))
}

fn is_ordered_scalar(value: &Value) -> bool {
    matches!(value, Value::Text(_) | Value::Date(_) | Value::Time(_) | Value::Integer(_) | Value::Real(_))
}

/// The total order of `sort` and `orderBy`: by type first (null, Boolean, text, number, object, collection, date),
/// then by value (`docs/API/CollectionClass.md`).
pub fn sort_order(left: &Value, right: &Value) -> Ordering {
    rank(left).cmp(&rank(right)).then_with(|| match (left, right) {
        (Value::Boolean(a), Value::Boolean(b)) => a.cmp(b),
        (Value::Text(a), Value::Text(b)) => text_compare(a, b),
        (Value::Integer(a), Value::Integer(b)) => a.cmp(b),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        _ => match (left.as_real(), right.as_real()) {
            (Some(a), Some(b)) => a.total_cmp(&b),
            _ => Ordering::Equal,
        },
    })
}

fn rank(value: &Value) -> u8 {
    match value {
        Value::Undefined | Value::Null => 0,
        Value::Boolean(_) => 1,
        Value::Text(_) => 2,
        Value::Integer(_) | Value::Real(_) | Value::Time(_) => 3,
        Value::Object(_) | Value::Native(_) | Value::Pointer(_) => 4,
        Value::Collection(_) | Value::Array(_) => 5,
        Value::Date(_) => 6,
        Value::Blob(_) | Value::Picture(_) => 7,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Date;

    #[test]
    fn equality_follows_the_null_table() {
        assert!(equal(&Value::Null, &Value::Undefined));
        assert!(!equal(&Value::Null, &Value::from("")));
        assert!(equal(&Value::Real(0.1 + 0.2), &Value::Real(0.3)));
        assert!(equal(&Value::Integer(1), &Value::Real(1.0)));
        assert!(!equal(&Value::from("1"), &Value::Integer(1)));
        assert!(equal(&Value::from("Zoé"), &Value::from("zo@")));
        assert!(!equal(&Value::from("zo@"), &Value::from("Zoé")));
    }

    #[test]
    fn order_needs_the_same_kind() {
        assert_eq!(compare_order(&Value::Integer(1), &Value::Real(2.0)), Ok(Some(Ordering::Less)));
        assert_eq!(compare_order(&Value::Undefined, &Value::Integer(2)), Ok(None));
        assert!(compare_order(&Value::Null, &Value::Integer(2)).is_err());
        assert!(compare_order(&Value::from("a"), &Value::Date(Date::NULL)).is_err());
    }
}
