//! Lets go of nested values one after another. Objects in objects, a million deep, would otherwise be dropped by a
//! million calls inside each other, which no stack holds. Called by whatever can hold another value of its kind.

use std::cell::RefCell;

use crate::Value;

thread_local! {
    /// What waits to be dropped, while something is being dropped.
    static WAITING: RefCell<Option<Vec<Value>>> = const { RefCell::new(None) };
}

/// Drops values whose owner is going away. What they hold themselves is dropped after them, not inside of them.
pub fn release(values: impl IntoIterator<Item = Value>) {
    let nested: Vec<Value> = values.into_iter().filter(holds_others).collect();
    if nested.is_empty() {
        return;
    }
    let is_outermost = WAITING.try_with(|waiting| match &mut *waiting.borrow_mut() {
        Some(list) => {
            list.extend(nested);
            false
        }
        none => {
            *none = Some(nested);
            true
        }
    });
    if is_outermost != Ok(true) {
        return;
    }
    // Dropping may come back here, so the list is not borrowed meanwhile.
    while let Some(value) = next() {
        drop(value);
    }
}

fn next() -> Option<Value> {
    WAITING.with(|waiting| {
        let mut waiting = waiting.borrow_mut();
        let value = waiting.as_mut().and_then(Vec::pop);
        if value.is_none() {
            *waiting = None;
        }
        value
    })
}

fn holds_others(value: &Value) -> bool {
    matches!(
        value,
        Value::Object(_) | Value::Collection(_) | Value::Native(_) | Value::Pointer(_) | Value::Array(_)
    )
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::{
        CollectionRef, ObjectRef, Pointer, SharedCollection, SharedObject, SharedValue, Text, Value, Variable,
    };

    const DEPTH: usize = 100_000;

    #[test]
    fn chains_of_any_length_can_be_dropped() {
        let mut value = Value::Null;
        for turn in 0..DEPTH {
            value = match turn % 3 {
                0 => Value::Object([(Text::from("inner"), value)].into_iter().collect::<ObjectRef>()),
                1 => Value::Collection(CollectionRef::from_vec(vec![value])),
                _ => Value::Pointer(Pointer::Variable(Variable::new("x", value))),
            };
        }
        drop(value);
    }

    #[test]
    fn chains_of_shared_values_too() {
        let outermost = SharedObject::new(None);
        let mut owner = Arc::clone(&outermost);
        for _ in 0..DEPTH {
            let (list, object) = (SharedCollection::new(), SharedObject::new(None));
            owner.put("list".into(), SharedValue::Collection(Arc::clone(&list))).unwrap();
            list.put(SharedValue::Object(Arc::clone(&object))).unwrap();
            owner = object;
        }
        // The whole chain follows its owner into another group.
        let group = SharedObject::new(None);
        group.put("all".into(), SharedValue::Object(outermost)).unwrap();
        assert!(Arc::ptr_eq(&owner.group(), &group.group()));
    }
}
