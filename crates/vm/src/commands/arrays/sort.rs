//! Sorting arrays, alone and in step (`docs/commands/sort-array.md`, `multi-sort-array.md`).

use std::cmp::Ordering;
use std::rc::Rc;

use tessera_values::{ArrayRef, ErrorStack, Value, sort_order};

use crate::arguments::Arguments;
use crate::process::Process;

/// `SORT ARRAY(array {; array2 …} {; > or <})`: the first array decides, the others move along.
pub(super) fn sort_array(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let (mut arrays, mut descending) = (Vec::new(), false);
    for position in 0..arguments.len() {
        match arguments.flag(position) {
            Some(flag) => descending = flag == "<",
            None => arrays.push(arguments.array(position)?),
        }
    }
    let Some(first) = arrays.first().cloned() else { return Ok(Value::Undefined) };
    sort_rows(&arrays, &[(first, descending)])?;
    Ok(Value::Undefined)
}

/// `MULTI SORT ARRAY(array; > or <; array2; > or < …)`: arrays without a sign only move along. Arrays and directions
/// may also come in two arrays: pointers, and 1, -1 or 0.
pub(super) fn multi_sort_array(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let (mut arrays, mut keys) = (Vec::new(), Vec::new());
    let given: Option<(ArrayRef, ArrayRef)> = match (arguments.array(0), arguments.array(1)) {
        (Ok(pointers), Ok(signs)) if pointers.kind == tessera_values::ArrayKind::Pointer => {
            Some((pointers, signs))
        }
        _ => None,
    };
    if let Some((pointers, signs)) = given {
        for (pointer, sign) in pointers.elements.borrow().iter().zip(signs.elements.borrow().iter()).skip(1) {
            let array = super::behind(pointer)
                .ok_or_else(|| ErrorStack::runtime("MULTI SORT ARRAY needs pointers to arrays."))?;
            match sign.as_integer().unwrap_or(0).cmp(&0) {
                Ordering::Greater => keys.push((Rc::clone(&array), false)),
                Ordering::Less => keys.push((Rc::clone(&array), true)),
                Ordering::Equal => {}
            }
            arrays.push(array);
        }
    } else {
        for position in 0..arguments.len() {
            match (arguments.flag(position), arrays.last()) {
                (Some(flag), Some(array)) => keys.push((Rc::clone(array), flag == "<")),
                (Some(_), None) => {}
                (None, _) => arrays.push(arguments.array(position)?),
            }
        }
    }
    sort_rows(&arrays, &keys)?;
    Ok(Value::Undefined)
}

fn sort_rows(arrays: &[ArrayRef], keys: &[(ArrayRef, bool)]) -> Result<(), ErrorStack> {
    let Some(size) = arrays.first().map(|array| array.size()) else { return Ok(()) };
    if arrays.iter().any(|array| array.size() != size) {
        return Err(ErrorStack::runtime("Arrays that are sorted together must have the same size."));
    }
    let columns: Vec<(Vec<Value>, bool)> =
        keys.iter().map(|(array, descending)| (array.elements.borrow().clone(), *descending)).collect();
    let mut rows: Vec<usize> = (1..=size).collect();
    rows.sort_by(|a, b| {
        columns
            .iter()
            .map(|(values, descending)| {
                let order = sort_order(&values[*a], &values[*b]);
                if *descending { order.reverse() } else { order }
            })
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    });
    for array in arrays {
        let old = array.elements.borrow().clone();
        let sorted = std::iter::once(0).chain(rows.iter().copied()).map(|row| old[row].clone());
        *array.elements.borrow_mut() = sorted.collect();
    }
    Ok(())
}

/// `Find in sorted array(array; value; > or < {; first {; last}})`: True when the value is there.
pub(super) fn find_in_sorted_array(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let array = arguments.array(0)?;
    let wanted = arguments.value(1);
    let descending = arguments.flag(2) == Some("<");
    let elements = super::elements(&array);
    let order = |element: &Value| {
        let order = sort_order(element, &wanted);
        if descending { order.reverse() } else { order }
    };
    let first = elements.partition_point(|element| order(element).is_lt());
    let after = elements.partition_point(|element| order(element).is_le());
    arguments.write(3, Value::Integer(first as i64 + 1));
    arguments.write(4, Value::Integer(if after > first { after as i64 } else { first as i64 + 1 }));
    Ok(Value::Boolean(after > first))
}
