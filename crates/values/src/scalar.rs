//! [`Scalar`]: the values that are stored, and that may travel between threads.

use std::sync::Arc;

use crate::{Blob, Date, Picture, Text, Time, Value};

/// A value of a storage attribute.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Scalar {
    /// Null
    #[default]
    Null,
    /// Boolean
    Boolean(bool),
    /// Whole number of at most 64 bits
    Integer(i64),
    /// Double
    Real(f64),
    /// Text, and UUID as 32 upper-case hex digits
    Text(Text),
    /// Date
    Date(Date),
    /// Time
    Time(Time),
    /// Bytes
    Blob(Blob),
    /// Picture
    Picture(Picture),
    /// An object attribute, as JSON text
    Object(Arc<str>),
}

impl Scalar {
    /// Is it Null?
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The whole number held.
    pub fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Integer(n) => Some(*n),
            _ => None,
        }
    }

    /// The text held.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value code works with. Object JSON is parsed; text that is not JSON gives Null.
    pub fn to_value(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Boolean(b) => Value::Boolean(*b),
            Self::Integer(n) => Value::Integer(*n),
            Self::Real(n) => Value::Real(*n),
            Self::Text(text) => Value::Text(text.clone()),
            Self::Date(date) => Value::Date(*date),
            Self::Time(time) => Value::Time(*time),
            Self::Blob(blob) => Value::Blob(blob.clone()),
            Self::Picture(picture) => Value::Picture(std::rc::Rc::new(picture.clone())),
            Self::Object(json) => crate::parse_json(json).unwrap_or(Value::Null),
        }
    }

    /// The storable form of a scalar value; `None` for objects and other references.
    pub fn from_value(value: &Value) -> Option<Self> {
        Some(match value {
            Value::Undefined | Value::Null => Self::Null,
            Value::Boolean(b) => Self::Boolean(*b),
            Value::Integer(n) => Self::Integer(*n),
            Value::Real(n) => Self::Real(*n),
            Value::Text(text) => Self::Text(text.clone()),
            Value::Date(date) => Self::Date(*date),
            Value::Time(time) => Self::Time(*time),
            Value::Blob(blob) => Self::Blob(blob.clone()),
            Value::Picture(picture) => Self::Picture(picture.as_ref().clone()),
            Value::Object(_)
            | Value::Collection(_)
            | Value::Native(_)
            | Value::Pointer(_)
            | Value::Array(_) => {
                return None;
            }
        })
    }
}

impl From<i64> for Scalar {
    fn from(n: i64) -> Self {
        Self::Integer(n)
    }
}

impl From<&str> for Scalar {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}
