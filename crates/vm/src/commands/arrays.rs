//! Commands on arrays (`docs/commands/theme/Arrays.md`).

use std::rc::Rc;

use tessera_values::{
    Array, ArrayKind, ArrayRef, CollectionRef, ErrorStack, FourDError, ObjectRef, Text, Value, equal,
};

use super::Command;
use crate::arguments::Arguments;
use crate::process::Process;
use crate::{convert, limits};

mod sort;

pub(super) const COMMANDS: &[(u16, Command)] = &[
    (226, copy_array),
    (227, insert_in_array),
    (228, delete_from_array),
    (229, sort::sort_array),
    (230, find_in_array),
    (274, size_of_array),
    (718, sort::multi_sort_array),
    (907, count_in_array),
    (911, append_to_array),
    (1562, collection_to_array),
    (1563, array_to_collection),
];

pub(super) const NAMED: &[(&str, Command)] = &[("Find in sorted array", sort::find_in_sorted_array)];

/// 4D's number for arguments of incompatible types (from general knowledge; no page lists it).
const INCOMPATIBLE: i64 = 54;

/// The array type that holds a value.
pub(super) fn kind_for(value: &Value) -> ArrayKind {
    match value {
        Value::Integer(_) => ArrayKind::Integer,
        Value::Real(_) => ArrayKind::Real,
        Value::Boolean(_) => ArrayKind::Boolean,
        Value::Date(_) => ArrayKind::Date,
        Value::Time(_) => ArrayKind::Time,
        Value::Pointer(_) => ArrayKind::Pointer,
        Value::Blob(_) => ArrayKind::Blob,
        Value::Picture(_) => ArrayKind::Picture,
        Value::Object(_) | Value::Native(_) | Value::Collection(_) | Value::Null | Value::Array(_) => {
            ArrayKind::Object
        }
        Value::Text(_) | Value::Undefined => ArrayKind::Text,
    }
}

/// The elements from 1 on.
pub(super) fn elements(array: &ArrayRef) -> Vec<Value> {
    array.elements.borrow().iter().skip(1).cloned().collect()
}

/// Replaces the elements of the array in a variable; makes one of `kind` where there is none.
pub(super) fn fill(
    arguments: &Arguments,
    position: usize,
    kind: ArrayKind,
    values: impl IntoIterator<Item = Value>,
) -> Result<(), ErrorStack> {
    let array = match arguments.read(position) {
        Value::Array(array) => array,
        _ => {
            let array = Array::new(kind, 0);
            arguments.write(position, Value::Array(Rc::clone(&array)));
            array
        }
    };
    array.resize(0);
    let mut elements = array.elements.borrow_mut();
    for value in values {
        elements.push(lenient(array.kind, value)?);
    }
    Ok(())
}

/// An element for an array filled from JSON-like values: what does not fit becomes text in text arrays and the empty
/// value elsewhere.
fn lenient(kind: ArrayKind, value: Value) -> Result<Value, ErrorStack> {
    if kind == ArrayKind::Text && !value.is_nothing() {
        return Ok(Value::Text(super::format::element_as_text(&value)));
    }
    if kind == ArrayKind::Object && matches!(value, Value::Collection(_)) {
        return Ok(value);
    }
    Ok(convert::to_array_element(kind, value).unwrap_or_else(|_| kind.empty()))
}

fn size_of_array(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(Value::Integer(arguments.array(0)?.size() as i64))
}

/// An array nobody declared is made for the value's type (`docs/commands/append-to-array.md`).
fn append_to_array(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let value = arguments.value(1);
    if let Value::Undefined = arguments.read(0) {
        fill(arguments, 0, kind_for(&value), [])?;
    }
    let array = arguments.array(0)?;
    let element = convert::to_array_element(array.kind, value).map_err(|error| {
        let message = error.errors.first().map(|error| error.message.clone()).unwrap_or_default();
        ErrorStack::single(FourDError::new("4DRT", INCOMPATIBLE, message))
    })?;
    limits::check_array(array.size() + 1)?;
    array.elements.borrow_mut().push(element);
    Ok(Value::Undefined)
}

/// `INSERT IN ARRAY(array; where {; howMany})`; beyond the end means at the end.
fn insert_in_array(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let array = arguments.array(0)?;
    let at = (arguments.integer(1)?.max(1) as usize).min(array.size() + 1);
    let count = arguments.optional_integer(2)?.unwrap_or(1).max(0) as usize;
    let size = array.size().saturating_add(count);
    limits::check_array(size)?;
    let row = match array.elements.borrow().first() {
        Some(Value::Array(row)) => Some((row.kind, row.size())),
        _ => None,
    };
    if let Some((_, columns)) = row {
        limits::check_rows(size, columns)?;
    }
    let empty = || match row {
        Some((kind, size)) => Value::Array(Array::new(kind, size)),
        None => array.kind.empty(),
    };
    array.elements.borrow_mut().splice(at..at, (0..count).map(|_| empty()));
    Ok(Value::Undefined)
}

// UNSPECIFIED: more elements than there are. Taken: those that exist are removed.
fn delete_from_array(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let array = arguments.array(0)?;
    let from = arguments.integer(1)?.max(1) as usize;
    let count = arguments.optional_integer(2)?.unwrap_or(1).max(0) as usize;
    let mut elements = array.elements.borrow_mut();
    let end = from.saturating_add(count).min(elements.len());
    if from < end {
        elements.drain(from..end);
    }
    Ok(Value::Undefined)
}

/// `Find in array(array; value {; start})`: the number of the first equal element, or -1.
fn find_in_array(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let array = arguments.array(0)?;
    let wanted = arguments.value(1);
    let start = arguments.optional_integer(2)?.unwrap_or(1).max(0) as usize;
    let elements = array.elements.borrow();
    let found = elements.iter().enumerate().skip(start).find(|(_, element)| equal(element, &wanted));
    Ok(Value::Integer(found.map_or(-1, |(at, _)| at as i64)))
}

fn count_in_array(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let array = arguments.array(0)?;
    let wanted = arguments.value(1);
    let elements = array.elements.borrow();
    Ok(Value::Integer(elements.iter().skip(1).filter(|element| equal(element, &wanted)).count() as i64))
}

/// `COPY ARRAY(source; destination)`: element 0 and the selected element are copied too.
fn copy_array(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let source = arguments.array(0)?;
    let copied = deep_copy(&source);
    arguments.write(1, Value::Array(copied));
    Ok(Value::Undefined)
}

fn deep_copy(array: &ArrayRef) -> ArrayRef {
    let copied = Array::new(array.kind, 0);
    let copy = |element: &Value| match element {
        Value::Array(row) => Value::Array(deep_copy(row)),
        other => other.clone(),
    };
    *copied.elements.borrow_mut() = array.elements.borrow().iter().map(copy).collect();
    copied.selected.set(array.selected.get());
    copied
}

/// An array given directly or by pointer, and the property name after it.
fn columns(arguments: &Arguments) -> Result<Vec<(usize, Option<Text>)>, ErrorStack> {
    let mut columns = Vec::new();
    let mut position = 1;
    while position < arguments.len() {
        let name = if arguments.is_given(position + 1) { Some(arguments.text(position + 1)?) } else { None };
        columns.push((position, name));
        position += 2;
    }
    Ok(columns)
}

/// `ARRAY TO COLLECTION(collection; array {; name; array; name …})` (`docs/commands/array-to-collection.md`)
fn array_to_collection(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let mut arrays = Vec::new();
    for (position, name) in columns(arguments)? {
        arrays.push((elements(&arguments.array(position)?), name));
    }
    let named = arrays.iter().any(|(_, name)| name.is_some());
    let rows = if named {
        let length = arrays.iter().map(|(values, _)| values.len()).max().unwrap_or(0);
        let row = |at: usize| {
            let cells = arrays.iter().filter_map(|(values, name)| {
                let value = values.get(at)?;
                Some((name.clone()?, convert::to_property(value.clone())))
            });
            Value::Object(cells.collect::<ObjectRef>())
        };
        (0..length).map(row).collect()
    } else {
        let first = arrays.into_iter().next().map(|(values, _)| values).unwrap_or_default();
        first.into_iter().map(convert::to_element).collect::<Vec<_>>()
    };
    match arguments.read(0) {
        Value::Collection(collection) => collection.update(process.id(), |elements| *elements = rows)?,
        _ => arguments.write(0, Value::Collection(CollectionRef::from_vec(rows))),
    }
    Ok(Value::Undefined)
}

/// `COLLECTION TO ARRAY(collection; array {; name; array; name …})`
fn collection_to_array(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let rows = arguments.collection(0)?.map(|collection| collection.to_vec()).unwrap_or_default();
    for (position, name) in columns(arguments)? {
        let values = match &name {
            None => rows.clone(),
            Some(name) => {
                let mut cells = Vec::with_capacity(rows.len());
                for row in &rows {
                    cells.push(super::collection::at_path(process, row, name)?);
                }
                cells
            }
        };
        let kind = values.iter().find(|value| !value.is_nothing()).map_or(ArrayKind::Text, kind_for);
        fill(arguments, position, kind, values)?;
    }
    Ok(Value::Undefined)
}

/// The array behind a pointer argument.
pub(super) fn behind(value: &Value) -> Option<ArrayRef> {
    match value {
        Value::Array(array) => Some(Rc::clone(array)),
        Value::Pointer(pointer) => match crate::place::target(pointer).ok()? {
            Value::Array(array) => Some(array),
            _ => None,
        },
        _ => None,
    }
}
