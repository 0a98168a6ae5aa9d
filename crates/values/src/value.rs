//! [`Value`]: what running 4D code holds.

use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use crate::array::ArrayRef;
use crate::{Blob, CollectionRef, Date, Native, ObjectRef, Picture, Pointer, Text, Time};

/// One 4D value. Objects, collections, arrays and natives are references; everything else is copied.
///
/// A `Value` never leaves the thread of the process that made it; what may is a [`crate::Scalar`] or a
/// [`crate::SharedValue`].
#[derive(Clone, Default)]
pub enum Value {
    /// Nothing was ever assigned (`docs/Concepts/dt_null_undefined.md`).
    #[default]
    Undefined,
    /// The value `Null`.
    Null,
    /// A Boolean.
    Boolean(bool),
    /// A whole number. Wider than 4D's 32 bits, so that a 64-bit field never loses digits.
    Integer(i64),
    /// A double.
    Real(f64),
    /// A text.
    Text(Text),
    /// A date, the null date included.
    Date(Date),
    /// A time in seconds.
    Time(Time),
    /// An object, local to the process or shared.
    Object(ObjectRef),
    /// A collection, local to the process or shared.
    Collection(CollectionRef),
    /// An object that the host implements: an entity, a file, the session, a class, a function…
    Native(Rc<dyn Native>),
    /// A pointer, possibly nil.
    Pointer(Pointer),
    /// The content of an array variable.
    Array(ArrayRef),
    /// Bytes.
    Blob(Blob),
    /// A picture.
    Picture(Rc<Picture>),
}

/// The numbers that `Value type` answers (`docs/commands/value-type.md`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i64)]
pub enum ValueType {
    /// Is real
    Real = 1,
    /// Is text
    Text = 2,
    /// Is picture
    Picture = 3,
    /// Is date
    Date = 4,
    /// Is undefined
    Undefined = 5,
    /// Is Boolean
    Boolean = 6,
    /// Is time
    Time = 11,
    /// Is pointer
    Pointer = 23,
    /// Is BLOB
    Blob = 30,
    /// Is object
    Object = 38,
    /// Is collection
    Collection = 42,
    /// Is null
    Null = 255,
}

impl Value {
    /// Where an object or collection lies in memory: two values of one address, held at the same time, are the same.
    pub fn address(&self) -> Option<usize> {
        match self {
            Self::Object(ObjectRef::Local(object)) => Some(Rc::as_ptr(object).addr()),
            Self::Object(ObjectRef::Shared(object)) => Some(Arc::as_ptr(object).addr()),
            Self::Collection(CollectionRef::Local(collection)) => Some(Rc::as_ptr(collection).addr()),
            Self::Collection(CollectionRef::Shared(collection)) => Some(Arc::as_ptr(collection).addr()),
            _ => None,
        }
    }

    /// A text value.
    pub fn text(text: impl Into<Text>) -> Self {
        Self::Text(text.into())
    }

    /// The type as `Value type` reports it. Every number is "Is real", as in interpreted 4D.
    pub fn value_type(&self) -> ValueType {
        match self {
            Self::Undefined => ValueType::Undefined,
            Self::Null => ValueType::Null,
            Self::Boolean(_) => ValueType::Boolean,
            Self::Integer(_) | Self::Real(_) | Self::Array(_) => ValueType::Real,
            Self::Text(_) => ValueType::Text,
            Self::Date(_) => ValueType::Date,
            Self::Time(_) => ValueType::Time,
            Self::Object(_) | Self::Native(_) => ValueType::Object,
            Self::Collection(_) => ValueType::Collection,
            Self::Pointer(_) => ValueType::Pointer,
            Self::Blob(_) => ValueType::Blob,
            Self::Picture(_) => ValueType::Picture,
        }
    }

    /// The word a message uses for this kind of value.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Undefined => "undefined",
            Self::Null => "Null",
            Self::Boolean(_) => "Boolean",
            Self::Integer(_) | Self::Real(_) => "number",
            Self::Text(_) => "Text",
            Self::Date(_) => "Date",
            Self::Time(_) => "Time",
            Self::Object(_) | Self::Native(_) => "Object",
            Self::Collection(_) => "Collection",
            Self::Pointer(_) => "Pointer",
            Self::Array(_) => "array",
            Self::Blob(_) => "Blob",
            Self::Picture(_) => "Picture",
        }
    }

    /// True for `Null` and undefined.
    pub fn is_nothing(&self) -> bool {
        matches!(self, Self::Undefined | Self::Null)
    }

    /// The number held, whole or not; times count as seconds.
    pub fn as_real(&self) -> Option<f64> {
        match self {
            Self::Integer(n) => Some(*n as f64),
            Self::Real(n) => Some(*n),
            Self::Time(time) => Some(time.seconds() as f64),
            _ => None,
        }
    }

    /// The whole number held; a real is rounded half away from zero, as an assignment to an Integer does.
    pub fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Integer(n) => Some(*n),
            Self::Real(n) if n.is_finite() => Some(n.round() as i64),
            Self::Time(time) => Some(time.seconds()),
            _ => None,
        }
    }

    /// The text held.
    pub fn as_text(&self) -> Option<&Text> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The Boolean held.
    pub fn as_boolean(&self) -> Option<bool> {
        match self {
            Self::Boolean(b) => Some(*b),
            _ => None,
        }
    }

    /// The native held, if it is a `T`.
    pub fn as_native<T: 'static>(&self) -> Option<&T> {
        match self {
            Self::Native(native) => native.as_any().downcast_ref(),
            _ => None,
        }
    }

    /// The empty value of the same type: 0, the empty text, False… and Null for what has none.
    #[must_use]
    pub fn emptied(&self) -> Self {
        match self {
            Self::Undefined => Self::Undefined,
            Self::Boolean(_) => Self::Boolean(false),
            Self::Integer(_) => Self::Integer(0),
            Self::Real(_) => Self::Real(0.0),
            Self::Text(_) => Self::Text(Text::new()),
            Self::Date(_) => Self::Date(Date::NULL),
            Self::Time(_) => Self::Time(Time::default()),
            Self::Pointer(_) => Self::Pointer(Pointer::Nil),
            Self::Blob(_) => Self::Blob(Blob::default()),
            Self::Null
            | Self::Object(_)
            | Self::Collection(_)
            | Self::Native(_)
            | Self::Array(_)
            | Self::Picture(_) => Self::Null,
        }
    }

    /// What `&&`, `||` and `? :` make of a value. The number 0 is truthy (`docs/Concepts/operators.md`).
    pub fn is_truthy(&self) -> bool {
        match self {
            Self::Undefined | Self::Null => false,
            Self::Boolean(b) => *b,
            Self::Text(text) => !text.is_empty(),
            Self::Date(date) => !date.is_null(),
            Self::Object(object) => !object.is_empty(),
            Self::Collection(collection) => !collection.is_empty(),
            Self::Pointer(pointer) => !pointer.is_nil(),
            Self::Picture(picture) => !picture.bytes.is_empty(),
            Self::Integer(_)
            | Self::Real(_)
            | Self::Time(_)
            | Self::Native(_)
            | Self::Array(_)
            | Self::Blob(_) => true,
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Undefined => write!(f, "undefined"),
            Self::Null => write!(f, "Null"),
            Self::Boolean(b) => write!(f, "{b}"),
            Self::Integer(n) => write!(f, "{n}"),
            Self::Real(n) => write!(f, "{n:?}"),
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Date(date) => write!(f, "!{date}!"),
            Self::Time(time) => write!(f, "?{time}?"),
            Self::Native(native) => write!(f, "[{}]", native.class_name()),
            other => write!(f, "[{}]", other.kind()),
        }
    }
}

impl From<bool> for Value {
    fn from(b: bool) -> Self {
        Self::Boolean(b)
    }
}

impl From<i64> for Value {
    fn from(n: i64) -> Self {
        Self::Integer(n)
    }
}

impl From<f64> for Value {
    fn from(n: f64) -> Self {
        Self::Real(n)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<Text> for Value {
    fn from(text: Text) -> Self {
        Self::Text(text)
    }
}
