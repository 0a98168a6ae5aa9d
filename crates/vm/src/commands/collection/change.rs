//! Functions that change the collection itself.

use tessera_values::{CollectionRef, ErrorStack, Value};

use super::{change, elements_from, normalised};
use crate::arguments::Arguments;
use crate::convert;
use crate::limits::check_collection;
use crate::process::Process;

/// Changes the elements and answers the collection.
fn changed(
    process: &mut Process,
    collection: &CollectionRef,
    work: impl FnOnce(&mut Vec<Value>),
) -> Result<Value, ErrorStack> {
    change(process, collection, work)?;
    Ok(Value::Collection(collection.clone()))
}

pub(super) fn clear(
    process: &mut Process,
    collection: &CollectionRef,
    _: &Arguments,
) -> Result<Value, ErrorStack> {
    changed(process, collection, Vec::clear)
}

/// `combine(collection {; index})`: its elements are inserted, at the end by default.
pub(super) fn combine(
    process: &mut Process,
    collection: &CollectionRef,
    arguments: &Arguments,
) -> Result<Value, ErrorStack> {
    let other = arguments.collection(0)?.map(|other| other.to_vec()).unwrap_or_default();
    let at = arguments.optional_integer(1)?;
    check_collection(collection.len().saturating_add(other.len()))?;
    changed(process, collection, |elements| {
        let at = at.map_or(elements.len(), |at| normalised(at, elements.len()));
        elements.splice(at..at, other);
    })
}

/// `fill(value {; start {; end}})`: the end is not included.
pub(super) fn fill(
    process: &mut Process,
    collection: &CollectionRef,
    arguments: &Arguments,
) -> Result<Value, ErrorStack> {
    let value = convert::to_element(arguments.value(0));
    let start = arguments.integer(1)?;
    let end = arguments.optional_integer(2)?;
    changed(process, collection, |elements| {
        let length = elements.len();
        let start = normalised(start, length);
        let end = end.map_or(length, |end| normalised(end, length));
        if start < end {
            elements[start..end].fill(value);
        }
    })
}

/// `insert(index; value)`: one element, even when it is a collection.
pub(super) fn insert(
    process: &mut Process,
    collection: &CollectionRef,
    arguments: &Arguments,
) -> Result<Value, ErrorStack> {
    let at = arguments.integer(0)?;
    let value = convert::to_element(arguments.value(1));
    check_collection(collection.len() + 1)?;
    changed(process, collection, |elements| elements.insert(normalised(at, elements.len()), value))
}

pub(super) fn push(
    process: &mut Process,
    collection: &CollectionRef,
    arguments: &Arguments,
) -> Result<Value, ErrorStack> {
    check_collection(collection.len() + arguments.len())?;
    if let (CollectionRef::Local(local), 1) = (collection, arguments.len()) {
        local.borrow_mut().push(convert::to_element(arguments.value(0)));
        return Ok(Value::Collection(collection.clone()));
    }
    changed(process, collection, |elements| elements.extend(elements_from(arguments, 0)))
}

/// `unshift(values)` keeps their order.
pub(super) fn unshift(
    process: &mut Process,
    collection: &CollectionRef,
    arguments: &Arguments,
) -> Result<Value, ErrorStack> {
    check_collection(collection.len() + arguments.len())?;
    changed(process, collection, |elements| {
        elements.splice(0..0, elements_from(arguments, 0));
    })
}

pub(super) fn pop(
    process: &mut Process,
    collection: &CollectionRef,
    _: &Arguments,
) -> Result<Value, ErrorStack> {
    change(process, collection, |elements| elements.pop().unwrap_or_default())
}

pub(super) fn shift(
    process: &mut Process,
    collection: &CollectionRef,
    _: &Arguments,
) -> Result<Value, ErrorStack> {
    change(
        process,
        collection,
        |elements| {
            if elements.is_empty() { Value::Undefined } else { elements.remove(0) }
        },
    )
}

/// `remove(index {; howMany})`
pub(super) fn remove(
    process: &mut Process,
    collection: &CollectionRef,
    arguments: &Arguments,
) -> Result<Value, ErrorStack> {
    let at = arguments.integer(0)?;
    let count = arguments.optional_integer(1)?.unwrap_or(1).max(0) as usize;
    changed(process, collection, |elements| {
        let from = normalised(at, elements.len());
        let end = from.saturating_add(count).min(elements.len());
        elements.drain(from..end);
    })
}

/// `resize(size {; default})`: all new elements are the same value.
pub(super) fn resize(
    process: &mut Process,
    collection: &CollectionRef,
    arguments: &Arguments,
) -> Result<Value, ErrorStack> {
    let size = usize::try_from(arguments.integer(0)?)
        .map_err(|_| ErrorStack::runtime("The size of a collection can't be negative."))?;
    check_collection(size)?;
    let value = convert::to_element(arguments.value(1));
    changed(process, collection, |elements| elements.resize(size, value))
}
