//! How alike stored vectors are to a given one (vector queries of `docs/API/DataClassClass.md`).

use std::hash::{Hash, Hasher};

use tessera_values::{Metric, Value};

/// The score of stored vectors against a given one.
#[derive(Clone, Debug)]
pub struct Similarity {
    /// How they are compared.
    pub metric: Metric,
    /// The given vector.
    pub vector: Vec<f64>,
}

impl Similarity {
    /// The score of a stored vector, a collection of numbers; `None` for anything else, and for one of another length.
    // UNSPECIFIED: vectors of different lengths in a query. Taken: no score, so that such an entity is not found.
    pub fn score(&self, stored: &Value) -> Option<f64> {
        let Value::Collection(numbers) = stored else { return None };
        if numbers.len() != self.vector.len() {
            return None;
        }
        let numbers = numbers.to_vec().iter().map(number).collect::<Option<Vec<f64>>>()?;
        Some(self.metric.measure(&numbers, &self.vector))
    }
}

/// A finite number.
pub(super) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Integer(_) | Value::Real(_) => value.as_real().filter(|number| number.is_finite()),
        _ => None,
    }
}

impl PartialEq for Similarity {
    fn eq(&self, other: &Self) -> bool {
        self.metric == other.metric && self.bits().eq(other.bits())
    }
}

impl Eq for Similarity {}

impl Hash for Similarity {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.metric.hash(state);
        self.bits().for_each(|bits| bits.hash(state));
    }
}

impl Similarity {
    fn bits(&self) -> impl Iterator<Item = u64> {
        self.vector.iter().map(|number| number.to_bits())
    }
}

#[cfg(test)]
mod tests {
    use tessera_values::CollectionRef;

    use super::*;

    #[track_caller]
    fn check(metric: Metric, stored: &[f64], expected: Option<f64>) {
        let stored = CollectionRef::from_vec(stored.iter().copied().map(Value::Real).collect());
        let similarity = Similarity { metric, vector: vec![3.0, 4.0] };
        assert_eq!(similarity.score(&Value::Collection(stored)), expected);
    }

    #[test]
    fn vectors_are_compared_by_angle_product_or_distance() {
        // R198
        check(Metric::Cosine, &[6.0, 8.0], Some(1.0));
        check(Metric::Cosine, &[4.0, -3.0], Some(0.0));
        check(Metric::Cosine, &[0.0, 0.0], Some(0.0));
        check(Metric::Dot, &[1.0, 2.0], Some(11.0));
        check(Metric::Euclidean, &[0.0, 0.0], Some(5.0));
        check(Metric::Dot, &[1.0], None);
    }
}
