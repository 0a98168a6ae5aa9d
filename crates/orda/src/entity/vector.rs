//! Attributes that hold vectors (`docs/API/VectorClass.md`): stored as JSON arrays, given to code as `4D.Vector`.

use tessera_model::Attribute;
use tessera_values::{CollectionRef, Scalar, Value};

use super::object_scalar;

/// Does the attribute hold vectors? Its objects have that class in the structure.
pub(super) fn is_vector(attribute: &Attribute) -> bool {
    let class = attribute.field().and_then(|field| field.class_name.as_deref());
    class.is_some_and(|class| class.eq_ignore_ascii_case("4D.Vector"))
}

/// A vector, or the collection of numbers a client sends for one, as it is stored: a JSON array.
pub(super) fn vector_scalar(value: &Value) -> Option<Scalar> {
    let numbers = match value {
        Value::Native(native) => native.numbers()?.iter().copied().map(Value::Real).collect(),
        Value::Collection(numbers) => numbers.to_vec(),
        _ => return None,
    };
    let are_numbers = numbers.iter().all(|value| matches!(value, Value::Integer(_) | Value::Real(_)));
    are_numbers.then(|| object_scalar(&Value::Collection(CollectionRef::from_vec(numbers))))
}

/// A stored value as code gets it.
pub(crate) fn native_value(attribute: &Attribute, stored: &Scalar) -> Value {
    match stored.to_value() {
        Value::Collection(numbers) if is_vector(attribute) => {
            tessera_vm::vector(numbers.to_vec().iter().filter_map(Value::as_real).collect())
        }
        value => value,
    }
}
