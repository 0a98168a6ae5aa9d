//! Runs a plan in memory, slowly and plainly.
//!
//! It is what the answers of every engine are tested against, it decides the conditions an engine can't express
//! (patterns, keywords, the content of objects), and it serves `collection.query()`.

use std::cmp::Ordering;

use tessera_values::{Date, Scalar, Value, sort_order, text_compare};

use super::plan::{Compare, Filter, ObjectStep, ObjectTest, Operand, Operator, Order, Path, RelationStep};
use crate::{AttributeId, DataclassId, RecordId};

/// Entities in memory.
pub trait Data {
    /// All records of a dataclass in the order of creation.
    fn records(&self, dataclass: DataclassId) -> Vec<RecordId>;

    /// The stored value of an attribute.
    fn value(&self, dataclass: DataclassId, record: RecordId, attribute: AttributeId) -> Scalar;
}

/// Does an entity satisfy a filter?
pub fn matches(filter: &Filter, dataclass: DataclassId, record: RecordId, data: &dyn Data) -> bool {
    match filter {
        Filter::All => true,
        Filter::None => false,
        Filter::And(filters) => filters.iter().all(|filter| matches(filter, dataclass, record, data)),
        Filter::Or(filters) => filters.iter().any(|filter| matches(filter, dataclass, record, data)),
        Filter::Not(filter) => !matches(filter, dataclass, record, data),
        Filter::Records(records) => records.contains(&record),
        Filter::Related { relations, filter } => related(relations, dataclass, record, data)
            .into_iter()
            .any(|(target, other)| matches(filter, target, other, data)),
        Filter::Object { attribute, test } => {
            test_object(test, &data.value(dataclass, record, *attribute).to_value())
        }
        Filter::Compare(Compare { path, operator, operand }) => {
            related(&path.relations, dataclass, record, data).into_iter().any(|(target, other)| {
                let value = data.value(target, other, path.leaf);
                if path.object_path.is_empty() {
                    compare(&value, *operator, operand)
                } else {
                    compare_at(&value.to_value(), &path.object_path, *operator, operand)
                }
            })
        }
    }
}

/// The entities at the end of a way; the entity itself when there is none to go.
fn related(
    steps: &[RelationStep],
    dataclass: DataclassId,
    record: RecordId,
    data: &dyn Data,
) -> Vec<(DataclassId, RecordId)> {
    let mut reached = vec![(dataclass, record)];
    for step in steps {
        reached = reached
            .into_iter()
            .flat_map(|(dataclass, record)| {
                let own = data.value(dataclass, record, step.own);
                let mut others = data.records(step.target);
                others.retain(|other| {
                    let value = data.value(step.target, *other, step.other);
                    !own.is_null() && !value.is_null() && order_of(&value, &own) == Some(Ordering::Equal)
                });
                others.into_iter().map(|other| (step.target, other))
            })
            .collect();
    }
    reached
}

/// The order of two entities; their creation decides ties.
pub fn compare_records(
    order: &[Order],
    dataclass: DataclassId,
    left: RecordId,
    right: RecordId,
    data: &dyn Data,
) -> Ordering {
    for Order { path, descending } in order {
        let ordering =
            sort_order(&value_at(path, dataclass, left, data), &value_at(path, dataclass, right, data));
        if ordering != Ordering::Equal {
            return if *descending { ordering.reverse() } else { ordering };
        }
    }
    left.cmp(&right)
}

fn value_at(path: &Path, dataclass: DataclassId, record: RecordId, data: &dyn Data) -> Value {
    let reached = related(&path.relations, dataclass, record, data);
    let value =
        reached.first().map_or(Scalar::Null, |(target, other)| data.value(*target, *other, path.leaf));
    object_values(&value.to_value(), &path.object_path).into_iter().next().unwrap_or_default()
}

/// Compares one stored value (see [`Operator`] for Null).
pub fn compare(value: &Scalar, operator: Operator, operand: &Operand) -> bool {
    match (operator, operand) {
        (Operator::In, Operand::List(list)) => {
            list.iter().any(|operand| compare(value, Operator::Equal, operand))
        }
        (Operator::Equal, Operand::Scalar(Scalar::Null)) => value.is_null(),
        (Operator::NotEqual, Operand::Scalar(Scalar::Null)) => !value.is_null(),
        (Operator::Equal, Operand::Pattern(pattern)) => value.as_text().is_some_and(|t| pattern.matches(t)),
        (Operator::NotEqual, Operand::Pattern(pattern)) => {
            !value.is_null() && !value.as_text().is_some_and(|text| pattern.matches(text))
        }
        (Operator::Contains, Operand::Pattern(pattern)) => {
            value.as_text().is_some_and(|text| words(text).any(|word| pattern.matches(word)))
        }
        (_, Operand::Scalar(operand)) if !value.is_null() => match (operator, order_of(value, operand)) {
            (Operator::Equal, order) => order == Some(Ordering::Equal),
            (Operator::NotEqual, order) => order != Some(Ordering::Equal),
            (Operator::Less, order) => order == Some(Ordering::Less),
            (Operator::LessOrEqual, order) => order.is_some_and(Ordering::is_le),
            (Operator::Greater, order) => order == Some(Ordering::Greater),
            (Operator::GreaterOrEqual, order) => order.is_some_and(Ordering::is_ge),
            (Operator::In | Operator::Contains, _) => false,
        },
        _ => false,
    }
}

/// The words of a text, for keyword search.
// UNSPECIFIED: what separates keywords. Taken: everything that is neither a letter, a digit nor an apostrophe.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '\'' || c == '’')).filter(|word| !word.is_empty())
}

/// The order of two values of one kind; `None` between kinds.
fn order_of(left: &Scalar, right: &Scalar) -> Option<Ordering> {
    match (left, right) {
        (Scalar::Boolean(a), Scalar::Boolean(b)) => Some(a.cmp(b)),
        (Scalar::Integer(a), Scalar::Integer(b)) => Some(a.cmp(b)),
        (Scalar::Real(a), Scalar::Real(b)) => a.partial_cmp(b),
        (Scalar::Integer(a), Scalar::Real(b)) => whole_and_real(*a, *b),
        (Scalar::Real(a), Scalar::Integer(b)) => whole_and_real(*b, *a).map(Ordering::reverse),
        (Scalar::Text(a), Scalar::Text(b)) => Some(text_compare(a, b)),
        (Scalar::Date(a), Scalar::Date(b)) => Some(a.cmp(b)),
        (Scalar::Time(a), Scalar::Time(b)) => Some(a.cmp(b)),
        (Scalar::Blob(a), Scalar::Blob(b)) => (a == b).then_some(Ordering::Equal),
        (Scalar::Picture(a), Scalar::Picture(b)) => (a == b).then_some(Ordering::Equal),
        (Scalar::Object(a), Scalar::Object(b)) => (a == b).then_some(Ordering::Equal),
        // Dates in objects are texts to JSON; either side may have been recognised.
        (Scalar::Date(a), Scalar::Text(b)) => Date::parse_iso(b).map(|b| a.cmp(&b)),
        (Scalar::Text(a), Scalar::Date(b)) => Date::parse_iso(a).map(|a| a.cmp(b)),
        _ => None,
    }
}

/// Exact, however large the whole number.
fn whole_and_real(whole: i64, real: f64) -> Option<Ordering> {
    if real.is_nan() {
        return None;
    }
    let floor = real.floor();
    if floor >= 9_223_372_036_854_775_808.0 {
        return Some(Ordering::Less);
    }
    if floor < -9_223_372_036_854_775_808.0 {
        return Some(Ordering::Greater);
    }
    let fraction = if real > floor { Ordering::Less } else { Ordering::Equal };
    Some(whole.cmp(&(floor as i64)).then(fraction))
}

/// Does an object satisfy a condition?
pub fn test_object(test: &ObjectTest, object: &Value) -> bool {
    match test {
        ObjectTest::And(tests) => tests.iter().all(|test| test_object(test, object)),
        ObjectTest::Or(tests) => tests.iter().any(|test| test_object(test, object)),
        ObjectTest::Not(test) => !test_object(test, object),
        ObjectTest::Compare { path, operator, operand } => compare_at(object, path, *operator, operand),
        ObjectTest::Reference { path, address } => {
            object_values(object, path).iter().any(|value| value.address() == Some(*address))
        }
        ObjectTest::Element { path, test } => object_values(object, path).iter().any(|value| match value {
            Value::Collection(collection) => {
                collection.to_vec().iter().any(|element| test_object(test, element))
            }
            _ => false,
        }),
    }
}

fn compare_at(object: &Value, path: &[ObjectStep], operator: Operator, operand: &Operand) -> bool {
    object_values(object, path).iter().any(|value| match Scalar::from_value(value) {
        Some(value) => compare(&value, operator, operand),
        // An object or a collection is neither Null nor equal to any scalar.
        None => operator == Operator::NotEqual,
    })
}

/// The values at a path: one, or one for each element where it says `[]`. What is missing is undefined.
pub fn object_values(object: &Value, path: &[ObjectStep]) -> Vec<Value> {
    let Some((step, rest)) = path.split_first() else {
        return vec![object.clone()];
    };
    match (step, object) {
        (ObjectStep::Property(name), Value::Object(properties)) => {
            object_values(&properties.get(name).unwrap_or_default(), rest)
        }
        (ObjectStep::Property(name), Value::Collection(collection)) if name == "length" => {
            object_values(&Value::Integer(collection.len() as i64), rest)
        }
        (ObjectStep::Property(_), _) => object_values(&Value::Undefined, rest),
        (ObjectStep::Elements, Value::Collection(collection)) => {
            collection.to_vec().iter().flat_map(|element| object_values(element, rest)).collect()
        }
        (ObjectStep::Elements, _) => Vec::new(),
        (ObjectStep::Similarity(similarity), vector) => {
            let score = similarity.score(vector).map_or(Value::Undefined, Value::Real);
            object_values(&score, rest)
        }
    }
}

#[cfg(test)]
mod tests {
    use tessera_values::Pattern;

    use super::*;

    #[track_caller]
    fn check(value: Scalar, operator: Operator, operand: Scalar, expected: bool) {
        assert_eq!(compare(&value, operator, &Operand::Scalar(operand)), expected);
    }

    #[test]
    fn null_equals_null_only() {
        // R189, R190
        check(Scalar::Null, Operator::Equal, Scalar::Null, true);
        check(Scalar::Null, Operator::NotEqual, Scalar::Integer(1), false);
        check(Scalar::Null, Operator::Less, Scalar::Integer(1), false);
        check(Scalar::Integer(0), Operator::NotEqual, Scalar::Null, true);
        check(Scalar::from(""), Operator::Equal, Scalar::Null, false);
    }

    #[test]
    fn large_numbers_compare_exactly() {
        check(Scalar::Integer(i64::MAX), Operator::Less, Scalar::Real(9_223_372_036_854_775_808.0), true);
        check(Scalar::Integer((1 << 53) + 1), Operator::Greater, Scalar::Real(9_007_199_254_740_992.0), true);
        check(Scalar::Integer(2), Operator::Less, Scalar::Real(2.5), true);
        check(Scalar::Integer(-2), Operator::Greater, Scalar::Real(-2.5), true);
    }

    #[test]
    fn keywords_are_words() {
        // R187
        let operand = |word: &str| Operand::Pattern(Pattern::new(word));
        let text = Scalar::from("Le café, l'été");
        assert!(compare(&text, Operator::Contains, &operand("CAFE")));
        assert!(!compare(&text, Operator::Contains, &operand("caf")));
        assert!(compare(&text, Operator::Contains, &operand("caf@")));
    }

    #[test]
    fn elements_match_one_by_one_or_together() {
        // R193
        let json = r#"{"c":[{"k":"a","n":1},{"k":"b","n":2}],"d":"2020-01-02"}"#;
        let object = tessera_values::parse_json(json).unwrap();
        let property = |name: &str| ObjectStep::Property(name.into());
        let leaf = |path: Vec<ObjectStep>, value: Scalar| ObjectTest::Compare {
            path,
            operator: Operator::Equal,
            operand: Operand::Scalar(value),
        };
        let any = |name: &str, value| leaf(vec![property("c"), ObjectStep::Elements, property(name)], value);
        let apart = ObjectTest::And(vec![any("k", "a".into()), any("n", Scalar::Integer(2))]);
        assert!(test_object(&apart, &object));
        let same =
            ObjectTest::And(vec![leaf(vec![property("k")], "a".into()), leaf(vec![property("n")], 2.into())]);
        let together = ObjectTest::Element { path: vec![property("c")], test: Box::new(same) };
        assert!(!test_object(&together, &object));
        assert!(test_object(&leaf(vec![property("c"), property("length")], 2.into()), &object));
        assert!(test_object(&leaf(vec![property("d")], "2020-01-02".into()), &object));
    }
}
