//! Functions that look for elements.

use tessera_values::{CollectionRef, ErrorStack, Value, equal};

use super::callback::Callback;
use super::{is_true, like, normalised};
use crate::arguments::Arguments;
use crate::process::Process;

/// `at(index)`: negative indexes count from the end.
pub(super) fn at(
    _: &mut Process,
    collection: &CollectionRef,
    arguments: &Arguments,
) -> Result<Value, ErrorStack> {
    let index = arguments.integer(0)?;
    let index = if index < 0 { index + collection.len() as i64 } else { index };
    Ok(usize::try_from(index).ok().and_then(|index| collection.get(index)).unwrap_or_default())
}

pub(super) fn first(_: &mut Process, collection: &CollectionRef, _: &Arguments) -> Result<Value, ErrorStack> {
    Ok(collection.get(0).unwrap_or_default())
}

pub(super) fn last(_: &mut Process, collection: &CollectionRef, _: &Arguments) -> Result<Value, ErrorStack> {
    Ok(collection.len().checked_sub(1).and_then(|at| collection.get(at)).unwrap_or_default())
}

fn position(collection: &CollectionRef, arguments: &Arguments) -> Result<Option<usize>, ErrorStack> {
    let wanted = arguments.value(0);
    let start = normalised(arguments.integer(1)?, collection.len());
    let elements = collection.to_vec();
    Ok(elements.iter().skip(start).position(|element| equal(element, &wanted)).map(|at| at + start))
}

pub(super) fn includes(
    _: &mut Process,
    collection: &CollectionRef,
    arguments: &Arguments,
) -> Result<Value, ErrorStack> {
    Ok(Value::Boolean(position(collection, arguments)?.is_some()))
}

pub(super) fn index_of(
    _: &mut Process,
    collection: &CollectionRef,
    arguments: &Arguments,
) -> Result<Value, ErrorStack> {
    Ok(Value::Integer(position(collection, arguments)?.map_or(-1, |at| at as i64)))
}

/// Searches from `start` to the left. A start of 0 finds nothing, as the page says.
pub(super) fn last_index_of(
    _: &mut Process,
    collection: &CollectionRef,
    arguments: &Arguments,
) -> Result<Value, ErrorStack> {
    let wanted = arguments.value(0);
    let elements = collection.to_vec();
    let length = elements.len() as i64;
    let start = match arguments.optional_integer(1)? {
        None => length - 1,
        Some(0) => -1,
        Some(start) if start < 0 => start + length,
        Some(start) => start.min(length - 1),
    };
    let end = usize::try_from(start + 1).unwrap_or(0);
    let found = elements[..end].iter().rposition(|element| equal(element, &wanted));
    Ok(Value::Integer(found.map_or(-1, |at| at as i64)))
}

/// The optional start index stands before the code.
fn start_and_callback(
    process: &mut Process,
    collection: &CollectionRef,
    arguments: &Arguments,
) -> Result<(usize, Callback), ErrorStack> {
    match arguments.value(0) {
        Value::Integer(_) | Value::Real(_) => {
            let start = normalised(arguments.integer(0)?, collection.len());
            Ok((start, Callback::new(process, arguments, 1)?))
        }
        _ => Ok((0, Callback::new(process, arguments, 0)?)),
    }
}

fn found(
    process: &mut Process,
    collection: &CollectionRef,
    arguments: &Arguments,
) -> Result<Option<(usize, Value)>, ErrorStack> {
    let (start, mut callback) = start_and_callback(process, collection, arguments)?;
    let mut found = None;
    callback.each(process, collection, start, |index, element, result| {
        if is_true(result) {
            found = Some((index, element.clone()));
        }
        found.is_none()
    })?;
    Ok(found)
}

// UNSPECIFIED: a start beyond the end. Taken: nothing is found, which is undefined.
pub(super) fn find(
    process: &mut Process,
    collection: &CollectionRef,
    arguments: &Arguments,
) -> Result<Value, ErrorStack> {
    Ok(found(process, collection, arguments)?.map(|(_, element)| element).unwrap_or_default())
}

pub(super) fn find_index(
    process: &mut Process,
    collection: &CollectionRef,
    arguments: &Arguments,
) -> Result<Value, ErrorStack> {
    Ok(Value::Integer(found(process, collection, arguments)?.map_or(-1, |(index, _)| index as i64)))
}

pub(super) fn some(
    process: &mut Process,
    collection: &CollectionRef,
    arguments: &Arguments,
) -> Result<Value, ErrorStack> {
    Ok(Value::Boolean(found(process, collection, arguments)?.is_some()))
}

// UNSPECIFIED: an empty collection. Taken: False, as for a start at or beyond the end.
pub(super) fn every(
    process: &mut Process,
    collection: &CollectionRef,
    arguments: &Arguments,
) -> Result<Value, ErrorStack> {
    let (start, mut callback) = start_and_callback(process, collection, arguments)?;
    let mut holds = start < collection.len();
    callback.each(process, collection, start, |_, _, result| {
        holds = is_true(result);
        holds
    })?;
    Ok(Value::Boolean(holds))
}

fn matching(
    process: &mut Process,
    elements: &[Value],
    arguments: &Arguments,
) -> Result<Vec<usize>, ErrorStack> {
    let host = process.host();
    host.query_collection(process, elements, arguments.values())
}

/// `query(text {; values} {; settings})`: what matches is for the host to say.
pub(super) fn query(
    process: &mut Process,
    collection: &CollectionRef,
    arguments: &Arguments,
) -> Result<Value, ErrorStack> {
    let elements = collection.to_vec();
    let found = matching(process, &elements, arguments)?;
    let found = found.into_iter().filter_map(|index| elements.get(index).cloned()).collect();
    Ok(like(collection, found))
}

pub(super) fn indices(
    process: &mut Process,
    collection: &CollectionRef,
    arguments: &Arguments,
) -> Result<Value, ErrorStack> {
    let mut found = matching(process, &collection.to_vec(), arguments)?;
    found.sort_unstable();
    Ok(Value::Collection(found.into_iter().map(|index| Value::Integer(index as i64)).collect()))
}
