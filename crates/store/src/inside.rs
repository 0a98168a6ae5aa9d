//! Statistics of the values inside objects, which no engine can compare: they are read one after the other.

use std::collections::BTreeMap;

use tessera_model::query::ObjectStep;
use tessera_model::query::evaluate::object_values;
use tessera_values::{Scalar, Value, parse_json, sort_order};

use crate::sql::object_key;
use crate::{Aggregates, Summed};

/// The first value at a path in an object's JSON; `None` for Null, and for what is no scalar.
fn value_at(json: &str, path: &[ObjectStep]) -> Option<Value> {
    let object = parse_json(json).ok()?;
    let value = object_values(&object, path).into_iter().next()?;
    Scalar::from_value(&value).filter(|scalar| !scalar.is_null()).map(|_| value)
}

/// Count, sum, average, smallest and largest.
#[derive(Default)]
pub(crate) struct Statistics {
    count: u64,
    numbers: u64,
    whole: Option<i64>,
    sum: f64,
    ends: Option<(Value, Value)>,
}

impl Statistics {
    pub(crate) fn new() -> Self {
        Self { whole: Some(0), ..Self::default() }
    }

    pub(crate) fn add(&mut self, json: &str, path: &[ObjectStep]) {
        let Some(value) = value_at(json, path) else { return };
        self.count += 1;
        if let Value::Integer(_) | Value::Real(_) = &value {
            self.numbers += 1;
            let whole = if let Value::Integer(whole) = value { Some(whole) } else { None };
            self.whole = self.whole.zip(whole).and_then(|(sum, whole)| sum.checked_add(whole));
            self.sum += value.as_real().unwrap_or_default();
        }
        self.ends = Some(match self.ends.take() {
            None => (value.clone(), value),
            Some((min, max)) => (
                if sort_order(&value, &min).is_lt() { value.clone() } else { min },
                if sort_order(&value, &max).is_gt() { value } else { max },
            ),
        });
    }

    pub(crate) fn aggregates(self) -> Aggregates {
        let scalar = |value: &Value| Scalar::from_value(value).unwrap_or_default();
        let (min, max) =
            self.ends.as_ref().map_or_else(Default::default, |(min, max)| (scalar(min), scalar(max)));
        let summed = (self.numbers > 0).then(|| Summed {
            sum: self.whole.map_or(Scalar::Real(self.sum), Scalar::Integer),
            average: self.sum / self.numbers as f64,
        });
        Aggregates { count: self.count, summed, min, max }
    }
}

/// Different values, in the order of `tessera_values::sort_order`.
#[derive(Default)]
pub(crate) struct Distinct(BTreeMap<Vec<u8>, Scalar>);

impl Distinct {
    pub(crate) fn add(&mut self, json: &str, path: &[ObjectStep]) {
        if let Some(value) = value_at(json, path) {
            let scalar = Scalar::from_value(&value).unwrap_or_default();
            self.0.entry(object_key(&value)).or_insert(scalar);
        }
    }

    pub(crate) fn values(self) -> Vec<Scalar> {
        self.0.into_values().collect()
    }
}
