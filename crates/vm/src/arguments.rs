//! The arguments of a command, and the conversions commands expect.

use smallvec::SmallVec;
use tessera_values::{CollectionRef, Date, ErrorStack, ObjectRef, Pointer, Text, Time, Value};

/// Arguments given to a command. Positions count from 0.
#[derive(Debug, Default)]
pub struct Arguments {
    values: SmallVec<[Value; 4]>,
    flags: u16,
}

impl Arguments {
    /// From values; bit n of `flags` marks argument n as a flag such as `*`.
    pub fn new(values: impl IntoIterator<Item = Value>, flags: u16) -> Self {
        Self { values: values.into_iter().collect(), flags }
    }

    /// How many were written, flags included.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// None at all?
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Is argument `position` a flag, and which?
    pub fn flag(&self, position: usize) -> Option<&str> {
        if position < 16 && self.flags & (1 << position) != 0 {
            self.values.get(position).and_then(|value| value.as_text()).map(Text::as_str)
        } else {
            None
        }
    }

    /// Does any argument read `*`?
    pub fn has_star(&self) -> bool {
        (0..self.len()).any(|position| self.flag(position) == Some("*"))
    }

    /// The value at a position; undefined when it was not given.
    pub fn value(&self, position: usize) -> Value {
        if self.flag(position).is_some() {
            return Value::Undefined;
        }
        self.values.get(position).cloned().unwrap_or_default()
    }

    /// All values, flags as texts.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// Was a value given at this position, and is it not undefined?
    pub fn is_given(&self, position: usize) -> bool {
        self.flag(position).is_none()
            && self.values.get(position).is_some_and(|value| !matches!(value, Value::Undefined))
    }

    fn wrong(&self, position: usize, expected: &str) -> ErrorStack {
        let given = self.values.get(position).map_or("nothing", Value::kind);
        ErrorStack::runtime(format!("Argument {} must be {expected}, not {given}.", position + 1))
    }

    /// A text; nothing gives the empty text.
    pub fn text(&self, position: usize) -> Result<Text, ErrorStack> {
        match self.value(position) {
            Value::Text(text) => Ok(text),
            Value::Undefined | Value::Null => Ok(Text::new()),
            _ => Err(self.wrong(position, "a text")),
        }
    }

    /// A number; nothing gives 0.
    pub fn real(&self, position: usize) -> Result<f64, ErrorStack> {
        match self.value(position) {
            Value::Undefined | Value::Null => Ok(0.0),
            Value::Array(array) => Ok(array.selected.get() as f64),
            value => value.as_real().ok_or_else(|| self.wrong(position, "a number")),
        }
    }

    /// A whole number; nothing gives 0.
    pub fn integer(&self, position: usize) -> Result<i64, ErrorStack> {
        match self.value(position) {
            Value::Undefined | Value::Null => Ok(0),
            Value::Array(array) => Ok(array.selected.get()),
            value => value.as_integer().ok_or_else(|| self.wrong(position, "a number")),
        }
    }

    /// A whole number, if one was given.
    pub fn optional_integer(&self, position: usize) -> Result<Option<i64>, ErrorStack> {
        if self.is_given(position) { self.integer(position).map(Some) } else { Ok(None) }
    }

    /// A Boolean; nothing gives False.
    pub fn boolean(&self, position: usize) -> Result<bool, ErrorStack> {
        match self.value(position) {
            Value::Boolean(b) => Ok(b),
            Value::Undefined | Value::Null => Ok(false),
            _ => Err(self.wrong(position, "a Boolean")),
        }
    }

    /// A date; nothing gives the null date.
    pub fn date(&self, position: usize) -> Result<Date, ErrorStack> {
        match self.value(position) {
            Value::Date(date) => Ok(date),
            Value::Undefined | Value::Null => Ok(Date::NULL),
            _ => Err(self.wrong(position, "a date")),
        }
    }

    /// A time, or its seconds; nothing gives 0.
    pub fn time(&self, position: usize) -> Result<Time, ErrorStack> {
        match self.value(position) {
            Value::Time(time) => Ok(time),
            _ => self.integer(position).map(Time::from_seconds),
        }
    }

    /// An object; nothing gives `None`.
    pub fn object(&self, position: usize) -> Result<Option<ObjectRef>, ErrorStack> {
        match self.value(position) {
            Value::Object(object) => Ok(Some(object)),
            Value::Undefined | Value::Null => Ok(None),
            _ => Err(self.wrong(position, "an object")),
        }
    }

    /// A collection; nothing gives `None`.
    pub fn collection(&self, position: usize) -> Result<Option<CollectionRef>, ErrorStack> {
        match self.value(position) {
            Value::Collection(collection) => Ok(Some(collection)),
            Value::Undefined | Value::Null => Ok(None),
            _ => Err(self.wrong(position, "a collection")),
        }
    }

    /// An array variable, given directly or by pointer.
    pub fn array(&self, position: usize) -> Result<tessera_values::ArrayRef, ErrorStack> {
        let value = match self.value(position) {
            Value::Pointer(pointer) if !pointer.is_nil() => crate::place::dereference(&pointer)?,
            value => value,
        };
        match value {
            Value::Array(array) => Ok(array),
            _ => Err(self.wrong(position, "an array")),
        }
    }

    /// Writes to an argument the command fills; nothing happens when it is no variable.
    pub fn write(&self, position: usize, value: Value) {
        match self.values.get(position) {
            Some(Value::Pointer(Pointer::Variable(variable))) => *variable.value.borrow_mut() = value,
            Some(Value::Pointer(Pointer::Element(element))) => {
                let _ = crate::place::set_element_at(&element.0, &element.1, value);
            }
            _ => {}
        }
    }

    /// What a variable that the command also reads holds now.
    pub fn read(&self, position: usize) -> Value {
        match self.values.get(position) {
            Some(Value::Pointer(Pointer::Variable(variable))) => variable.value.borrow().clone(),
            Some(Value::Pointer(pointer @ Pointer::Element(_))) => {
                crate::place::dereference(pointer).unwrap_or_default()
            }
            Some(value) => value.clone(),
            None => Value::Undefined,
        }
    }
}
