//! Array elements, bytes, characters and pointers: reading and writing through them.

use std::rc::Rc;
use std::sync::Arc;

use tessera_values::{
    ArrayRef, Blob, ErrorStack, FourDError, Pointer, Text, Value, Variable, length, substring,
};

use crate::bytecode::Type;

/// `array{index}`
pub(crate) fn element(array: &Value, index: &Value) -> Result<Value, ErrorStack> {
    match array {
        Value::Array(array) => {
            let index = element_index(array, index)?;
            Ok(array.elements.borrow().get(index).cloned().unwrap_or_default())
        }
        Value::Blob(blob) => Ok(Value::Integer(i64::from(blob.0[byte_index(blob, index)?]))),
        Value::Pointer(pointer) => element(&target(pointer)?, index),
        other => Err(ErrorStack::runtime(format!("{} is not an array.", other.kind()))),
    }
}

/// `array{index} := value`; a pointer leads to the variable that holds the array or Blob.
pub(crate) fn set_element(array: &Value, index: &Value, value: Value) -> Result<(), ErrorStack> {
    match array {
        Value::Array(array) => set_in_array(array, index, value),
        Value::Pointer(pointer) => set_through(pointer, index, value),
        // A property holds a 4D.Blob, which is not alterable (docs/Concepts/dt_blob.md).
        Value::Blob(_) => Err(ErrorStack::runtime(
            "Only the bytes of a Blob variable can be assigned. Copy this Blob into a variable first.",
        )),
        other => Err(ErrorStack::runtime(format!("{} is not an array.", other.kind()))),
    }
}

/// `array{row}{index} := value`: an element of an array's row, or a byte of one of its Blobs.
pub(crate) fn set_inner_element(
    array: &Value,
    row: &Value,
    index: &Value,
    value: Value,
) -> Result<(), ErrorStack> {
    let array = match array {
        Value::Array(array) => Rc::clone(array),
        Value::Pointer(pointer) => match target(pointer)? {
            Value::Array(array) => array,
            other => return Err(ErrorStack::runtime(format!("{} is not an array.", other.kind()))),
        },
        other => return Err(ErrorStack::runtime(format!("{} is not an array.", other.kind()))),
    };
    let row = element_index(&array, row)?;
    if let Some(Value::Blob(blob)) = array.elements.borrow_mut().get_mut(row) {
        return set_byte(blob, index, value);
    }
    let row = array.elements.borrow().get(row).cloned().unwrap_or_default();
    set_element(&row, index, value)
}

fn set_in_array(array: &ArrayRef, index: &Value, value: Value) -> Result<(), ErrorStack> {
    let index = element_index(array, index)?;
    let value = crate::convert::to_array_element(array.kind, value)?;
    if let Some(element) = array.elements.borrow_mut().get_mut(index) {
        *element = value;
    }
    Ok(())
}

/// Sets an element of what a pointer leads to, or a byte of a Blob in its place.
fn set_through(pointer: &Pointer, index: &Value, value: Value) -> Result<(), ErrorStack> {
    let mut pointer = pointer.clone();
    for _ in 0..POINTERS_MAX {
        let next = match &pointer {
            Pointer::Variable(variable) => {
                check_alive(variable)?;
                match &mut *variable.value.borrow_mut() {
                    Value::Array(array) => return set_in_array(array, index, value),
                    Value::Blob(blob) => return set_byte(blob, index, value),
                    Value::Pointer(next) => next.clone(),
                    other => return Err(ErrorStack::runtime(format!("{} is not an array.", other.kind()))),
                }
            }
            Pointer::Element(element) => match (dereference(&pointer)?, element.1.split_last()) {
                (Value::Pointer(next), _) => next,
                (Value::Blob(_), Some((row, outer))) => {
                    let path = Pointer::Element(Rc::new((Rc::clone(&element.0), outer.to_vec())));
                    return set_inner_element(&dereference(&path)?, &Value::Integer(*row), index, value);
                }
                (held, _) => return set_element(&held, index, value),
            },
            other => return set_element(&dereference(other)?, index, value),
        };
        pointer = next;
    }
    Err(ErrorStack::runtime("The pointers lead in a circle."))
}

/// `blob{index} := value`. Others who have the same bytes keep them.
fn set_byte(blob: &mut Blob, index: &Value, value: Value) -> Result<(), ErrorStack> {
    let index = byte_index(blob, index)?;
    let byte = crate::convert::to_type(value, &Type::Integer)?.as_integer().unwrap_or_default();
    // UNSPECIFIED: a number that is no byte gives its lowest eight bits, as the commands that write numbers do.
    Arc::make_mut(&mut blob.0)[index] = byte as u8;
    Ok(())
}

/// Bytes are numbered from 0 (`docs/Concepts/dt_blob.md`).
fn byte_index(blob: &Blob, index: &Value) -> Result<usize, ErrorStack> {
    let size = blob.0.len();
    let number = index.as_integer().and_then(|number| usize::try_from(number).ok());
    number
        .filter(|number| *number < size)
        .ok_or_else(|| out_of_range(format!("the Blob has {size} bytes, and the first one has the number 0")))
}

fn element_index(array: &ArrayRef, index: &Value) -> Result<usize, ErrorStack> {
    let size = array.size();
    let number = match index {
        Value::Array(selected) => Some(selected.selected.get()),
        index => index.as_integer(),
    };
    let number = number.and_then(|n| usize::try_from(n).ok()).filter(|n| *n <= size);
    number.ok_or_else(|| out_of_range(format!("the array has {size} elements")))
}

fn out_of_range(because: String) -> ErrorStack {
    ErrorStack::single(FourDError::new("4DRT", 53, format!("Index out of range: {because}.")))
}

/// `pointer->`
pub(crate) fn dereference(pointer: &Pointer) -> Result<Value, ErrorStack> {
    match pointer {
        Pointer::Nil => Err(ErrorStack::runtime("A nil pointer can't be dereferenced.")),
        Pointer::Variable(variable) => {
            check_alive(variable)?;
            Ok(variable.value.borrow().clone())
        }
        Pointer::Element(element_of) => {
            let (variable, path) = element_of.as_ref();
            check_alive(variable)?;
            let mut value = variable.value.borrow().clone();
            for index in path {
                value = element(&value, &Value::Integer(*index))?;
            }
            Ok(value)
        }
        Pointer::Table(_) | Pointer::Field(..) => {
            Err(ErrorStack::runtime("Tables and fields can't be read: the record language is not supported."))
        }
    }
}

/// A pointer to a local is valid only while its routine runs (`docs/Concepts/dt_pointer.md`).
fn check_alive(variable: &Variable) -> Result<(), ErrorStack> {
    if variable.has_ended() {
        return Err(ErrorStack::runtime("The pointer leads to a local variable of a routine that is over."));
    }
    Ok(())
}

/// As [`dereference`], but what is no more, and what no pointer leads to, is undefined.
pub(crate) fn peek(pointer: &Value) -> Value {
    match pointer {
        Value::Pointer(pointer) => dereference(pointer).unwrap_or_default(),
        _ => Value::Undefined,
    }
}

/// How many pointers may lead from one to the next.
const POINTERS_MAX: usize = 64;

/// What a pointer leads to in the end, when pointers point at pointers. One may lead back to itself.
pub(crate) fn target(pointer: &Pointer) -> Result<Value, ErrorStack> {
    let mut value = dereference(pointer)?;
    for _ in 0..POINTERS_MAX {
        let Value::Pointer(next) = &value else { return Ok(value) };
        value = dereference(next)?;
    }
    Err(ErrorStack::runtime("The pointers lead in a circle."))
}

/// `pointer-> := value`
pub(crate) fn store_dereference(pointer: &Pointer, value: Value) -> Result<(), ErrorStack> {
    match pointer {
        Pointer::Variable(variable) => {
            check_alive(variable)?;
            let selects =
                matches!(&*variable.value.borrow(), Value::Array(_)).then(|| value.as_integer()).flatten();
            if let (Some(number), Value::Array(array)) = (selects, &*variable.value.borrow()) {
                array.selected.set(number);
                return Ok(());
            }
            *variable.value.borrow_mut() = value;
            Ok(())
        }
        Pointer::Element(element) => set_element_at(&element.0, &element.1, value),
        other => dereference(other).map(|_| ()),
    }
}

pub(crate) fn set_element_at(variable: &Rc<Variable>, path: &[i64], value: Value) -> Result<(), ErrorStack> {
    let Some((last, outer)) = path.split_last() else { return Ok(()) };
    let array = match outer {
        [] => Pointer::Variable(Rc::clone(variable)),
        outer => Pointer::Element(Rc::new((Rc::clone(variable), outer.to_vec()))),
    };
    set_through(&array, &Value::Integer(*last), value)
}

/// `text[[position]] := character`
pub(crate) fn set_character(text: &str, position: i64, with: &str) -> Result<Text, ErrorStack> {
    if position < 1 || position > length(text) as i64 {
        return Err(ErrorStack::runtime(format!("The text has no character {position}.")));
    }
    let mut changed = substring(text, 1, Some(position - 1));
    changed.push_str(&substring(with, 1, Some(1)));
    changed.push_str(&substring(text, position + 1, None));
    Ok(changed)
}
