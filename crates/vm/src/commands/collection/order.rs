//! Sorting.

use std::cmp::Ordering;

use tessera_values::{CollectionRef, ErrorStack, Text, Value, sort_order};

use super::callback::Callback;
use super::{at_path, change, is_true, like};
use crate::arguments::Arguments;
use crate::process::Process;

/// `ck descending`
const DESCENDING: i64 = 1;

/// A stable merge sort that stops at the first error. A formula that contradicts itself gives some order, never a
/// failure.
pub(super) fn merge_sort<T: Clone>(
    items: Vec<T>,
    less: &mut dyn FnMut(&T, &T) -> Result<bool, ErrorStack>,
) -> Result<Vec<T>, ErrorStack> {
    let mut from = items;
    let mut width = 1;
    while width < from.len() {
        let mut to = Vec::with_capacity(from.len());
        for run in from.chunks(2 * width) {
            let (left, right) = run.split_at(width.min(run.len()));
            let (mut i, mut j) = (0, 0);
            while i < left.len() && j < right.len() {
                if less(&right[j], &left[i])? {
                    to.push(right[j].clone());
                    j += 1;
                } else {
                    to.push(left[i].clone());
                    i += 1;
                }
            }
            to.extend_from_slice(&left[i..]);
            to.extend_from_slice(&right[j..]);
        }
        from = to;
        width *= 2;
    }
    Ok(from)
}

/// Sorts the numbers of the values, which are cheaper to move about, and then the values once.
fn sort_values(
    mut values: Vec<Value>,
    less: &mut dyn FnMut(&Value, &Value) -> Result<bool, ErrorStack>,
) -> Result<Vec<Value>, ErrorStack> {
    let numbers = (0..values.len()).collect();
    let sorted = merge_sort(numbers, &mut |a: &usize, b: &usize| less(&values[*a], &values[*b]))?;
    Ok(sorted.into_iter().map(|number| std::mem::take(&mut values[number])).collect())
}

/// In the order of kinds and values; descending reverses the order of the kinds as well.
fn sorted(values: Vec<Value>, descending: bool) -> Result<Vec<Value>, ErrorStack> {
    sort_values(values, &mut |a, b| Ok(directed(sort_order(a, b), descending).is_lt()))
}

fn directed(order: Ordering, descending: bool) -> Ordering {
    if descending { order.reverse() } else { order }
}

fn sorted_by(
    process: &mut Process,
    values: Vec<Value>,
    callback: &mut Callback,
) -> Result<Vec<Value>, ErrorStack> {
    sort_values(values, &mut |a, b| {
        callback.ask(process, &[("value", a), ("value2", b)], |result| is_true(result))
    })
}

/// Is the argument a direction (or absent) rather than code?
fn direction(arguments: &Arguments, position: usize) -> Option<bool> {
    match arguments.value(position) {
        Value::Undefined => Some(false),
        value @ (Value::Integer(_) | Value::Real(_)) => Some(value.as_integer() == Some(DESCENDING)),
        _ => None,
    }
}

/// `sort({ck ascending | ck descending | formula {; parameters}})` sorts the collection itself.
pub(super) fn sort(
    process: &mut Process,
    collection: &CollectionRef,
    arguments: &Arguments,
) -> Result<Value, ErrorStack> {
    let values = match direction(arguments, 0) {
        Some(descending) => sorted(collection.to_vec(), descending)?,
        None => {
            let mut callback = Callback::new(process, arguments, 0)?;
            sorted_by(process, collection.to_vec(), &mut callback)?
        }
    };
    change(process, collection, |elements| *elements = values)?;
    Ok(Value::Collection(collection.clone()))
}

/// `orderByMethod(formula {; parameters})`: True when `.value` comes before `.value2`.
pub(super) fn order_by_method(
    process: &mut Process,
    collection: &CollectionRef,
    arguments: &Arguments,
) -> Result<Value, ErrorStack> {
    let mut callback = Callback::new(process, arguments, 0)?;
    let values = sorted_by(process, collection.to_vec(), &mut callback)?;
    Ok(like(collection, values))
}

/// `orderBy({criteria})`: a text `a asc, b.c desc`, a collection of `{propertyPath; descending}`, or a direction for
/// scalars.
pub(super) fn order_by(
    process: &mut Process,
    collection: &CollectionRef,
    arguments: &Arguments,
) -> Result<Value, ErrorStack> {
    let criteria = match (direction(arguments, 0), arguments.value(0)) {
        (Some(descending), _) => return Ok(like(collection, sorted(collection.to_vec(), descending)?)),
        (_, Value::Text(text)) => criteria_of_text(&text)?,
        (_, Value::Collection(list)) => criteria_of_collection(process, &list)?,
        (_, other) => {
            return Err(ErrorStack::runtime(format!("orderBy can't sort by {}.", other.kind())));
        }
    };
    let mut rows = Vec::with_capacity(collection.len());
    for element in collection.to_vec() {
        let mut keys = Vec::with_capacity(criteria.len());
        for (path, _) in &criteria {
            keys.push(at_path(process, &element, path)?);
        }
        rows.push((keys, element));
    }
    let rows = merge_sort(rows, &mut |a, b| {
        let order = criteria
            .iter()
            .enumerate()
            .map(|(at, (_, descending))| directed(sort_order(&a.0[at], &b.0[at]), *descending))
            .find(|order| order.is_ne());
        Ok(order == Some(Ordering::Less))
    })?;
    Ok(like(collection, rows.into_iter().map(|(_, element)| element).collect()))
}

fn criteria_of_text(text: &str) -> Result<Vec<(Text, bool)>, ErrorStack> {
    let mut criteria = Vec::new();
    for part in text.split(',') {
        let mut words = part.split_whitespace();
        let (Some(path), direction, None) = (words.next(), words.next(), words.next()) else {
            return Err(ErrorStack::runtime(format!("orderBy does not understand \"{}\".", part.trim())));
        };
        let descending = match direction.map(str::to_ascii_lowercase).as_deref() {
            None | Some("asc") => false,
            Some("desc") => true,
            Some(word) => {
                return Err(ErrorStack::runtime(format!("orderBy does not understand \"{word}\".")));
            }
        };
        criteria.push((path.into(), descending));
    }
    Ok(criteria)
}

fn criteria_of_collection(
    process: &mut Process,
    list: &CollectionRef,
) -> Result<Vec<(Text, bool)>, ErrorStack> {
    let mut criteria = Vec::new();
    for entry in list.to_vec() {
        let Value::Text(path) = at_path(process, &entry, "propertyPath")? else {
            return Err(ErrorStack::runtime("orderBy needs a propertyPath in each object."));
        };
        let descending = is_true(&at_path(process, &entry, "descending")?);
        criteria.push((path, descending));
    }
    Ok(criteria)
}

/// A collection given to `multiSort`: a further level of sorting, or one that only moves along.
struct Column {
    collection: CollectionRef,
    values: Vec<Value>,
    level: Option<bool>,
}

/// `multiSort()`, `multiSort(columns)`, `multiSort(formula; columns)`, `multiSort(direction; columns)`: sorts the
/// collection, and others in step with it.
pub(super) fn multi_sort(
    process: &mut Process,
    collection: &CollectionRef,
    arguments: &Arguments,
) -> Result<Value, ErrorStack> {
    let (first, listed) = match arguments.value(0) {
        Value::Collection(columns) => (Value::Undefined, Some(columns)),
        first => (first, arguments.collection(1)?),
    };
    let mut columns =
        vec![Column { collection: collection.clone(), values: collection.to_vec(), level: None }];
    for entry in listed.map(|columns| columns.to_vec()).unwrap_or_default() {
        columns.push(column(process, &entry)?);
    }
    let length = columns[0].values.len();
    if columns.iter().any(|column| column.values.len() != length) {
        return Err(ErrorStack::runtime("Collections that are sorted together must have the same length."));
    }
    let rows: Vec<usize> = (0..length).collect();
    let by_levels = |columns: &[Column], a: usize, b: usize| {
        columns
            .iter()
            .filter_map(|column| {
                let descending = column.level?;
                Some(directed(sort_order(&column.values[a], &column.values[b]), descending))
            })
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    };
    let rows = if matches!(first, Value::Undefined | Value::Integer(_) | Value::Real(_)) {
        columns[0].level = Some(first.as_integer() == Some(DESCENDING));
        merge_sort(rows, &mut |a, b| Ok(by_levels(&columns, *a, *b).is_lt()))?
    } else {
        let mut callback = Callback::new(process, &Arguments::new([first], 0), 0)?;
        let mut before = |a: usize, b: usize| {
            let given = [("value", &columns[0].values[a]), ("value2", &columns[0].values[b])];
            callback.ask(process, &given, |result| is_true(result))
        };
        merge_sort(rows, &mut |a, b| {
            if before(*a, *b)? {
                return Ok(true);
            }
            Ok(by_levels(&columns, *a, *b).is_lt() && !before(*b, *a)?)
        })?
    };
    for column in columns {
        let moved = rows.iter().map(|row| column.values[*row].clone()).collect();
        change(process, &column.collection, |elements| *elements = moved)?;
    }
    Ok(Value::Collection(collection.clone()))
}

fn column(process: &mut Process, entry: &Value) -> Result<Column, ErrorStack> {
    let (collection, level) = match entry {
        Value::Collection(collection) => (collection.clone(), None),
        entry => {
            let Value::Collection(collection) = at_path(process, entry, "collection")? else {
                return Err(ErrorStack::runtime("multiSort needs collections."));
            };
            let order = at_path(process, entry, "order")?;
            (collection, order.as_integer().map(|order| order == DESCENDING))
        }
    };
    let values = collection.to_vec();
    Ok(Column { collection, values, level })
}
