//! Sets of kinds of values: the quick answer to whether a value is of a declared type already.

use tessera_values::Value;

use crate::bytecode::Type;

/// A set of kinds of values, a bit for each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kinds(u16);

impl Kinds {
    const BOOLEAN: u16 = 1 << 2;
    const INTEGER: u16 = 1 << 3;
    const REAL: u16 = 1 << 4;
    const TEXT: u16 = 1 << 5;
    const OBJECT: u16 = 1 << 8;
    const COLLECTION: u16 = 1 << 9;
    const ARRAY: u16 = 1 << 12;

    /// The kinds that a variable of a declared type takes as they are; of the others nothing is said.
    pub(crate) fn of(declared: &Type) -> Self {
        Self(match declared {
            Type::Variant => u16::MAX,
            Type::Integer => Self::INTEGER,
            Type::Real => Self::REAL | Self::INTEGER,
            Type::Text => Self::TEXT,
            Type::Boolean => Self::BOOLEAN,
            Type::Object | Type::Class(_) => Self::OBJECT,
            Type::Collection => Self::COLLECTION,
            _ => 0,
        })
    }

    /// The kinds that a routine returns as they are.
    pub(crate) fn returned(declared: Option<&Type>) -> Self {
        // Without a type everything, but of an array the number of its selected element.
        declared.map_or(Self(!Self::ARRAY), Self::of)
    }

    /// Are objects among them?
    #[inline]
    pub(crate) fn has_objects(self) -> bool {
        self.0 & Self::OBJECT != 0
    }

    /// Is the value of one of these kinds?
    #[inline]
    pub(crate) fn has(self, value: &Value) -> bool {
        // In the order in which values are declared, so that this needs no table.
        let number = match value {
            Value::Undefined => 0,
            Value::Null => 1,
            Value::Boolean(_) => 2,
            Value::Integer(_) => 3,
            Value::Real(_) => 4,
            Value::Text(_) => 5,
            Value::Date(_) => 6,
            Value::Time(_) => 7,
            Value::Object(_) => 8,
            Value::Collection(_) => 9,
            Value::Native(_) => 10,
            Value::Pointer(_) => 11,
            Value::Array(_) => 12,
            Value::Blob(_) => 13,
            Value::Picture(_) => 14,
        };
        self.0 >> number & 1 != 0
    }
}
