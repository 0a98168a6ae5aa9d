//! Array elements, characters and pointers: reading and writing through them.

use std::rc::Rc;

use tessera_values::{ArrayRef, ErrorStack, Pointer, Text, Value, Variable, length, substring};

/// `array{index}`
pub(crate) fn element(array: &Value, index: &Value) -> Result<Value, ErrorStack> {
    match array {
        Value::Array(array) => {
            let index = element_index(array, index)?;
            Ok(array.elements.borrow().get(index).cloned().unwrap_or_default())
        }
        Value::Blob(blob) => {
            let index = index.as_integer().and_then(|n| usize::try_from(n).ok());
            let byte = index.and_then(|index| blob.0.get(index).copied());
            byte.map(|byte| Value::Integer(i64::from(byte)))
                .ok_or_else(|| ErrorStack::runtime("The byte lies outside the Blob."))
        }
        Value::Pointer(pointer) => element(&target(pointer)?, index),
        other => Err(ErrorStack::runtime(format!("{} is not an array.", other.kind()))),
    }
}

/// `array{index} := value`
pub(crate) fn set_element(array: &Value, index: &Value, value: Value) -> Result<(), ErrorStack> {
    match array {
        Value::Array(array) => {
            let index = element_index(array, index)?;
            let value = crate::convert::to_array_element(array.kind, value)?;
            if let Some(element) = array.elements.borrow_mut().get_mut(index) {
                *element = value;
            }
            Ok(())
        }
        Value::Pointer(pointer) => set_element(&target(pointer)?, index, value),
        other => Err(ErrorStack::runtime(format!("{} is not an array.", other.kind()))),
    }
}

fn element_index(array: &ArrayRef, index: &Value) -> Result<usize, ErrorStack> {
    let size = array.size();
    let number = match index {
        Value::Array(selected) => Some(selected.selected.get()),
        index => index.as_integer(),
    };
    number.and_then(|n| usize::try_from(n).ok()).filter(|n| *n <= size).ok_or_else(|| {
        ErrorStack::single(tessera_values::FourDError::new(
            "4DRT",
            53,
            format!("Index out of range: the array has {size} elements."),
        ))
    })
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
    let array = dereference(&Pointer::Element(Rc::new((Rc::clone(variable), outer.to_vec()))))?;
    set_element(&array, &Value::Integer(*last), value)
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
