//! The functions of collections (`docs/API/CollectionClass.md`).

use tessera_values::{CollectionRef, ErrorStack, SharedCollection, SharedValue, Value};

use crate::arguments::Arguments;
use crate::convert;
use crate::process::Process;

mod callback;
mod change;
mod expression;
mod make;
mod measure;
mod order;
mod search;

/// A function of collections.
type Function = fn(&mut Process, &CollectionRef, &Arguments) -> Result<Value, ErrorStack>;

fn find(name: &str) -> Option<Function> {
    Some(match name {
        "at" => search::at,
        "average" => measure::average,
        "clear" => change::clear,
        "combine" => change::combine,
        "concat" => make::concat,
        "copy" => make::copy,
        "count" => measure::count,
        "countValues" => measure::count_values,
        "distinct" => make::distinct,
        "equal" => measure::equal,
        "every" => search::every,
        "extract" => make::extract,
        "fill" => change::fill,
        "filter" => make::filter,
        "find" => search::find,
        "findIndex" => search::find_index,
        "first" => search::first,
        "flat" => make::flat,
        "flatMap" => make::flat_map,
        "includes" => search::includes,
        "indexOf" => search::index_of,
        "indices" => search::indices,
        "insert" => change::insert,
        "join" => make::join,
        "last" => search::last,
        "lastIndexOf" => search::last_index_of,
        "map" => make::map,
        "max" => measure::max,
        "min" => measure::min,
        "multiSort" => order::multi_sort,
        "orderBy" => order::order_by,
        "orderByMethod" => order::order_by_method,
        "pop" => change::pop,
        "push" => change::push,
        "query" => search::query,
        "reduce" => make::reduce,
        "reduceRight" => make::reduce_right,
        "remove" => change::remove,
        "resize" => change::resize,
        "reverse" => make::reverse,
        "shift" => change::shift,
        "slice" => make::slice,
        "some" => search::some,
        "sort" => order::sort,
        "sum" => measure::sum,
        "unshift" => change::unshift,
        _ => return None,
    })
}

/// Is there a function of collections of this name?
pub fn is_collection_function(name: &str) -> bool {
    find(name).is_some()
}

/// Calls `collection.name(arguments)`.
pub(crate) fn collection_function(
    process: &mut Process,
    collection: &CollectionRef,
    name: &str,
    arguments: &[Value],
) -> Result<Value, ErrorStack> {
    match find(name) {
        Some(function) => function(process, collection, &Arguments::new(arguments.iter().cloned(), 0)),
        None => Err(crate::member::unknown_function(name, "Collection")),
    }
}

/// Changes the elements. A shared collection is locked for it; no `Use` is needed (`docs/Concepts/shared.md`).
fn change<R>(
    process: &mut Process,
    collection: &CollectionRef,
    work: impl FnOnce(&mut Vec<Value>) -> R,
) -> Result<R, ErrorStack> {
    let is_shared = matches!(collection, CollectionRef::Shared(_));
    if is_shared {
        process.lock_shared(&Value::Collection(collection.clone()))?;
    }
    let result = collection.update(process.id(), work);
    if is_shared {
        process.unlock_last();
    }
    Ok(result?)
}

/// A new collection made from `source`: shared when the source is.
// UNSPECIFIED: members of a shared source that are shared objects belong to its lock group, which the new collection
// is no part of. Taken: such a result is a collection of this process.
fn like(source: &CollectionRef, elements: Vec<Value>) -> Value {
    if let CollectionRef::Shared(_) = source {
        let scalars = elements
            .iter()
            .map(SharedValue::from_value)
            .filter(|value| !matches!(value, Ok(SharedValue::Object(_) | SharedValue::Collection(_))));
        let scalars: Vec<SharedValue> = scalars.filter_map(Result::ok).collect();
        if scalars.len() == elements.len() {
            let shared = SharedCollection::new();
            if scalars.into_iter().all(|value| shared.put(value).is_ok()) {
                return Value::Collection(CollectionRef::Shared(shared));
            }
        }
    }
    Value::Collection(CollectionRef::from_vec(elements))
}

/// An index argument: negative ones count from the end, and all end up inside the collection.
pub(super) fn normalised(index: i64, length: usize) -> usize {
    let index = if index < 0 { index + length as i64 } else { index };
    (index.max(0) as usize).min(length)
}

/// The arguments from a position on, as elements.
fn elements_from(arguments: &Arguments, from: usize) -> Vec<Value> {
    (from..arguments.len()).map(|position| convert::to_element(arguments.value(position))).collect()
}

/// The value at a property path such as `address.city`.
pub(super) fn at_path(process: &mut Process, element: &Value, path: &str) -> Result<Value, ErrorStack> {
    let mut value = element.clone();
    for name in path.split('.') {
        value = match &value {
            Value::Object(_) | Value::Native(_) | Value::Collection(_) => {
                crate::member::get(process, &value, name)?
            }
            _ => return Ok(Value::Undefined),
        };
    }
    Ok(value)
}

/// The elements, or what lies at a path in each of them when an argument names one.
fn values_at(
    process: &mut Process,
    collection: &CollectionRef,
    path: &Value,
) -> Result<Vec<Value>, ErrorStack> {
    let elements = collection.to_vec();
    let Value::Text(path) = path else { return Ok(elements) };
    elements.iter().map(|element| at_path(process, element, path)).collect()
}

/// `Bool(value)`: what a callback's result counts as.
pub(super) fn is_true(value: &Value) -> bool {
    match value {
        Value::Boolean(b) => *b,
        Value::Integer(n) => *n != 0,
        Value::Real(n) => *n != 0.0,
        _ => false,
    }
}
