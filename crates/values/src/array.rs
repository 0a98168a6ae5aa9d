//! Classic arrays: numbered from 1, with an element 0 that is not counted.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::{Date, Time, Value};

/// What an array holds; decides the empty value of new elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArrayKind {
    /// ARRAY TEXT
    Text,
    /// ARRAY LONGINT and ARRAY INTEGER
    Integer,
    /// ARRAY REAL
    Real,
    /// ARRAY BOOLEAN
    Boolean,
    /// ARRAY DATE
    Date,
    /// ARRAY TIME
    Time,
    /// ARRAY OBJECT
    Object,
    /// ARRAY POINTER
    Pointer,
    /// ARRAY BLOB
    Blob,
    /// ARRAY PICTURE
    Picture,
}

impl ArrayKind {
    /// The value of an element nobody set.
    pub fn empty(self) -> Value {
        match self {
            Self::Text => Value::Text(crate::Text::new()),
            Self::Integer => Value::Integer(0),
            Self::Real => Value::Real(0.0),
            Self::Boolean => Value::Boolean(false),
            Self::Date => Value::Date(Date::NULL),
            Self::Time => Value::Time(Time::from_seconds(0)),
            Self::Object => Value::Null,
            Self::Pointer => Value::Pointer(crate::Pointer::Nil),
            Self::Blob => Value::Blob(crate::Blob::default()),
            Self::Picture => Value::Picture(Rc::default()),
        }
    }
}

/// An array variable's content. Two-dimensional arrays hold arrays.
#[derive(Debug)]
pub struct Array {
    /// What the elements are.
    pub kind: ArrayKind,
    /// Element 0 first; the size is one less.
    pub elements: RefCell<Vec<Value>>,
    /// What the bare name reads as: the number of the selected element.
    pub selected: Cell<i64>,
}

/// A reference to an array; only variables hold one.
pub type ArrayRef = Rc<Array>;

impl Array {
    /// An array of `size` empty elements.
    pub fn new(kind: ArrayKind, size: usize) -> ArrayRef {
        let elements = (0..=size).map(|_| kind.empty()).collect();
        Rc::new(Self { kind, elements: RefCell::new(elements), selected: Cell::new(0) })
    }

    /// The number of elements, element 0 not counted.
    pub fn size(&self) -> usize {
        self.elements.borrow().len().saturating_sub(1)
    }

    /// Keeps the first elements and fills up with empty ones.
    pub fn resize(&self, size: usize) {
        let kind = self.kind;
        self.elements.borrow_mut().resize_with(size + 1, || kind.empty());
    }
}
