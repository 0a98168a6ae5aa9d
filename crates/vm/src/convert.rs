//! Assigning a value to a declared variable: what converts, and what is an error (`docs/Concepts/data-types.md`).

use std::rc::Rc;

use tessera_values::{ArrayKind, ErrorStack, Picture, Time, Value};

use crate::bytecode::Type;

/// The value a variable of the declared type takes. Undefined gives the empty value of the type.
pub fn to_type(value: Value, declared: &Type) -> Result<Value, ErrorStack> {
    Ok(match (declared, value) {
        (Type::Variant, value) => value,
        (_, Value::Undefined) => declared.empty(),
        // UNSPECIFIED: Null into a scalar variable: the empty value of its type.
        (
            Type::Text
            | Type::Integer
            | Type::Real
            | Type::Boolean
            | Type::Date
            | Type::Time
            | Type::Blob
            | Type::Picture
            | Type::Pointer,
            Value::Null,
        ) => declared.empty(),
        (Type::Text, value @ Value::Text(_)) => value,
        (Type::Integer, value @ Value::Integer(_)) => value,
        (Type::Integer, Value::Real(n)) if n.is_finite() => Value::Integer(n.round() as i64),
        (Type::Integer, Value::Time(time)) => Value::Integer(time.seconds()),
        (Type::Integer | Type::Real, Value::Array(array)) => Value::Integer(array.selected.get()),
        (Type::Real, value @ (Value::Real(_) | Value::Integer(_))) => value,
        (Type::Real, Value::Time(time)) => Value::Real(time.seconds() as f64),
        (Type::Boolean, value @ Value::Boolean(_)) => value,
        (Type::Date, value @ Value::Date(_)) => value,
        (Type::Time, value @ Value::Time(_)) => value,
        (Type::Time, value @ (Value::Integer(_) | Value::Real(_))) => {
            Value::Time(Time::from_seconds(value.as_integer().unwrap_or_default()))
        }
        (Type::Object, value @ (Value::Object(_) | Value::Native(_) | Value::Null | Value::Blob(_))) => value,
        (Type::Class(_), value @ (Value::Object(_) | Value::Native(_) | Value::Null | Value::Blob(_))) => {
            value
        }
        (Type::Collection, value @ (Value::Collection(_) | Value::Null)) => value,
        (Type::Pointer, value @ Value::Pointer(_)) => value,
        (Type::Picture, value @ Value::Picture(_)) => value,
        (Type::Picture, Value::Blob(blob)) => match Picture::sniff(&blob.0) {
            Some(mime) => Value::Picture(Rc::new(Picture { mime: mime.into(), bytes: blob })),
            None => Value::Picture(Rc::default()),
        },
        (Type::Blob, value @ Value::Blob(_)) => value,
        (declared, value) => {
            return Err(ErrorStack::runtime(format!(
                "{} can't be assigned to a variable of type {}.",
                value.kind(),
                type_name(declared)
            )));
        }
    })
}

/// The value an array element takes.
pub(crate) fn to_array_element(kind: ArrayKind, value: Value) -> Result<Value, ErrorStack> {
    let declared = match kind {
        ArrayKind::Text => Type::Text,
        ArrayKind::Integer => Type::Integer,
        ArrayKind::Real => Type::Real,
        ArrayKind::Boolean => Type::Boolean,
        ArrayKind::Date => Type::Date,
        ArrayKind::Time => Type::Time,
        ArrayKind::Object => Type::Object,
        ArrayKind::Pointer => Type::Pointer,
        ArrayKind::Blob => Type::Blob,
        ArrayKind::Picture => Type::Picture,
    };
    to_type(value, &declared)
}

/// A type as messages name it.
pub fn type_name(declared: &Type) -> &str {
    match declared {
        Type::Variant => "Variant",
        Type::Text => "Text",
        Type::Integer => "Integer",
        Type::Real => "Real",
        Type::Boolean => "Boolean",
        Type::Date => "Date",
        Type::Time => "Time",
        Type::Object => "Object",
        Type::Collection => "Collection",
        Type::Pointer => "Pointer",
        Type::Picture => "Picture",
        Type::Blob => "Blob",
        Type::Class(name) => name,
    }
}

/// The value a property takes: times become seconds (`docs/commands/ob-set.md`).
// UNSPECIFIED: the pages disagree on seconds or milliseconds. Taken: seconds.
pub(crate) fn to_property(value: Value) -> Value {
    match value {
        Value::Time(time) => Value::Integer(time.seconds()),
        value => selected(value),
    }
}

/// The value anything but an array variable takes: the bare name of an array is the number of its selected element
/// (`docs/Concepts/arrays.md`).
pub(crate) fn selected(value: Value) -> Value {
    match value {
        Value::Array(array) => Value::Integer(array.selected.get()),
        value => value,
    }
}

/// The value an element of a collection takes: as a property, and undefined becomes Null.
pub(crate) fn to_element(value: Value) -> Value {
    match value {
        Value::Undefined => Value::Null,
        value => to_property(value),
    }
}
