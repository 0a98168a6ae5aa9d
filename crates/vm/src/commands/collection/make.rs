//! Functions that make something new of the elements.

use tessera_values::{CollectionRef, ErrorStack, ObjectRef, Properties, Text, Value, sort_order};

use super::callback::Callback;
use super::{at_path, elements_from, is_true, like, normalised, values_at};
use crate::arguments::Arguments;
use crate::commands::format::element_as_text;
use crate::commands::objects::copy::{self, CopyOptions};
use crate::limits::{check_collection, check_text};
use crate::process::Process;

/// `ck` options (`docs/API/CollectionClass.md`).
const IGNORE_NULL_OR_EMPTY: i64 = 1;
const DIACRITICAL: i64 = 8;
const KEEP_NULL: i64 = 16;
const COUNT_VALUES: i64 = 32;

/// `concat(values)`: collections among them are opened, one level deep.
pub(super) fn concat(
    _: &mut Process,
    collection: &CollectionRef,
    arguments: &Arguments,
) -> Result<Value, ErrorStack> {
    let mut elements = collection.to_vec();
    for value in elements_from(arguments, 0) {
        match value {
            Value::Collection(other) => {
                check_collection(elements.len() + other.len())?;
                elements.extend(other.to_vec());
            }
            other => elements.push(other),
        }
    }
    Ok(Value::Collection(CollectionRef::from_vec(elements)))
}

/// `copy({options {; groupWith}})` is deep.
pub(super) fn copy(
    process: &mut Process,
    collection: &CollectionRef,
    arguments: &Arguments,
) -> Result<Value, ErrorStack> {
    let options = CopyOptions::of(&arguments.value(0));
    copy::copy(process, &Value::Collection(collection.clone()), options)
}

/// The page calls it a deep copy.
// UNSPECIFIED: whether objects inside are really copied. Taken: they are, unless the collection is shared.
pub(super) fn reverse(
    process: &mut Process,
    collection: &CollectionRef,
    _: &Arguments,
) -> Result<Value, ErrorStack> {
    let copied = match collection {
        CollectionRef::Local(_) => copy(process, collection, &Arguments::new([], 0))?,
        CollectionRef::Shared(_) => Value::Collection(collection.clone()),
    };
    let Value::Collection(copied) = copied else { return Ok(Value::Null) };
    let mut elements = copied.to_vec();
    elements.reverse();
    Ok(like(collection, elements))
}

/// `slice(start {; end})`: the end is not included.
pub(super) fn slice(
    _: &mut Process,
    collection: &CollectionRef,
    arguments: &Arguments,
) -> Result<Value, ErrorStack> {
    let elements = collection.to_vec();
    let start = normalised(arguments.integer(0)?, elements.len());
    let end = arguments.optional_integer(1)?.map_or(elements.len(), |end| normalised(end, elements.len()));
    Ok(like(collection, elements.get(start..end).unwrap_or_default().to_vec()))
}

/// `filter(formula {; parameters})`
pub(super) fn filter(
    process: &mut Process,
    collection: &CollectionRef,
    arguments: &Arguments,
) -> Result<Value, ErrorStack> {
    let mut callback = Callback::new(process, arguments, 0)?;
    let mut kept = Vec::new();
    callback.each(process, collection, 0, |_, element, result| {
        if is_true(result) {
            element.copy_to(&mut kept);
        }
        true
    })?;
    Ok(like(collection, kept))
}

fn mapped(
    process: &mut Process,
    collection: &CollectionRef,
    arguments: &Arguments,
) -> Result<Vec<Value>, ErrorStack> {
    let mut callback = Callback::new(process, arguments, 0)?;
    let mut results = Vec::with_capacity(collection.len());
    callback.each(process, collection, 0, |_, _, result| {
        match result {
            Value::Integer(n) => results.push(Value::Integer(*n)),
            result => results.push(crate::convert::to_element(std::mem::take(result))),
        }
        true
    })?;
    Ok(results)
}

pub(super) fn map(
    process: &mut Process,
    collection: &CollectionRef,
    arguments: &Arguments,
) -> Result<Value, ErrorStack> {
    Ok(Value::Collection(CollectionRef::from_vec(mapped(process, collection, arguments)?)))
}

pub(super) fn flat_map(
    process: &mut Process,
    collection: &CollectionRef,
    arguments: &Arguments,
) -> Result<Value, ErrorStack> {
    let mut flattened = Vec::new();
    let results = mapped(process, collection, arguments)?;
    flatten(process, results, 1, &mut flattened)?;
    Ok(Value::Collection(CollectionRef::from_vec(flattened)))
}

/// `flat({depth})`
pub(super) fn flat(
    process: &mut Process,
    collection: &CollectionRef,
    arguments: &Arguments,
) -> Result<Value, ErrorStack> {
    let depth = arguments.optional_integer(0)?.unwrap_or(1);
    let mut flattened = Vec::new();
    flatten(process, collection.to_vec(), depth, &mut flattened)?;
    Ok(Value::Collection(CollectionRef::from_vec(flattened)))
}

/// The deepest nesting that is opened; a collection may contain itself.
const FLAT_DEPTH_MAX: i64 = 256;

fn flatten(
    process: &mut Process,
    elements: Vec<Value>,
    depth: i64,
    to: &mut Vec<Value>,
) -> Result<(), ErrorStack> {
    let depth = depth.min(FLAT_DEPTH_MAX);
    for element in elements {
        match element {
            Value::Collection(inner) if depth > 0 => {
                // Collections that hold each other twice take a time without end and add nothing.
                process.burn()?;
                flatten(process, inner.to_vec(), depth - 1, to)?;
            }
            other => to.push(other),
        }
        check_collection(to.len())?;
    }
    Ok(())
}

/// `reduce(formula {; initial {; parameters}})`: the code keeps its result in `$1.accumulator`.
pub(super) fn reduce(
    process: &mut Process,
    collection: &CollectionRef,
    arguments: &Arguments,
) -> Result<Value, ErrorStack> {
    reduced(process, collection.to_vec(), arguments)
}

pub(super) fn reduce_right(
    process: &mut Process,
    collection: &CollectionRef,
    arguments: &Arguments,
) -> Result<Value, ErrorStack> {
    let mut elements = collection.to_vec();
    elements.reverse();
    reduced(process, elements, arguments)
}

fn reduced(process: &mut Process, elements: Vec<Value>, arguments: &Arguments) -> Result<Value, ErrorStack> {
    let given = arguments.values();
    let mut accumulator = arguments.value(1);
    // The initial value is no parameter of the code.
    let passed = given.iter().take(1).chain(given.iter().skip(2)).cloned();
    let mut callback = Callback::new(process, &Arguments::new(passed, 0), 0)?;
    for element in elements {
        callback.call(process, &[("value", &element), ("accumulator", &accumulator)], |_| ())?;
        accumulator = callback.property("accumulator");
        if callback.must_stop() {
            break;
        }
    }
    Ok(accumulator)
}

/// `join(delimiter {; ck ignore null or empty})`
pub(super) fn join(
    _: &mut Process,
    collection: &CollectionRef,
    arguments: &Arguments,
) -> Result<Value, ErrorStack> {
    let delimiter = arguments.text(0)?;
    let skips = arguments.integer(1)? & IGNORE_NULL_OR_EMPTY != 0;
    let mut joined = Text::new();
    let mut first = true;
    for element in collection.to_vec() {
        let text = element_as_text(&element);
        if skips && (element.is_nothing() || text.is_empty()) {
            continue;
        }
        if !std::mem::take(&mut first) {
            joined.push_str(&delimiter);
        }
        check_text(joined.len() + delimiter.len() + text.len())?;
        joined.push_str(&text);
    }
    Ok(Value::Text(joined))
}

/// `distinct({path;} {options})`: sorted, without nulls; texts that differ in case or accents count once, the first
/// spelling is kept.
pub(super) fn distinct(
    process: &mut Process,
    collection: &CollectionRef,
    arguments: &Arguments,
) -> Result<Value, ErrorStack> {
    let path = arguments.value(0);
    let options = arguments.integer(usize::from(matches!(path, Value::Text(_))))?;
    let mut values = values_at(process, collection, &path)?;
    values.retain(|value| !value.is_nothing());
    let values = super::order::merge_sort(values, &mut |a, b| Ok(sort_order(a, b).is_lt()))?;
    let mut kept: Vec<(Value, i64)> = Vec::new();
    for value in values {
        // Equal values are neighbours; the last ones kept may still differ in case or accents, or by reference.
        let same = kept
            .iter_mut()
            .rev()
            .take_while(|(other, _)| sort_order(other, &value).is_eq())
            .find(|(other, _)| is_same(other, &value, options & DIACRITICAL != 0));
        match same {
            Some((_, count)) => *count += 1,
            None => kept.push((value, 1)),
        }
    }
    let results = kept.into_iter().map(|(value, count)| {
        if options & COUNT_VALUES == 0 {
            return value;
        }
        Value::Object(ObjectRef::from([("value", value), ("count", Value::Integer(count))]))
    });
    Ok(Value::Collection(results.collect()))
}

fn is_same(a: &Value, b: &Value, exact: bool) -> bool {
    match (a, b) {
        (Value::Text(a), Value::Text(b)) => !exact || a == b,
        (Value::Object(_) | Value::Collection(_) | Value::Native(_), _) => tessera_values::equal(a, b),
        _ => true,
    }
}

/// `extract(path {; ck keep null})` or `extract(path; name; path2; name2 …)`
pub(super) fn extract(
    process: &mut Process,
    collection: &CollectionRef,
    arguments: &Arguments,
) -> Result<Value, ErrorStack> {
    let first = arguments.text(0)?;
    if !matches!(arguments.value(1), Value::Text(_)) {
        let keeps_null = arguments.integer(1)? & KEEP_NULL != 0;
        let mut values = values_at(process, collection, &Value::Text(first))?;
        values.retain(|value| keeps_null || !value.is_nothing());
        let values = values.into_iter().map(crate::convert::to_element);
        return Ok(Value::Collection(values.collect()));
    }
    let mut pairs = Vec::new();
    for position in (0..arguments.len()).step_by(2) {
        pairs.push((arguments.text(position)?, arguments.text(position + 1)?));
    }
    let mut rows = Vec::new();
    for element in collection.to_vec() {
        let mut row = Properties::new();
        for (path, name) in &pairs {
            match at_path(process, &element, path)? {
                Value::Undefined => {}
                value => {
                    row.insert(name.clone(), value);
                }
            }
        }
        // An element that has none of the paths is left out.
        if !row.is_empty() {
            rows.push(Value::Object(ObjectRef::from_properties(row)));
        }
    }
    Ok(Value::Collection(CollectionRef::from_vec(rows)))
}
