//! `Session.storage` as JSON and back: scalars, shared objects and shared collections.
//!
//! What JSON has no word for is a list that begins with one: `["date", …]`, `["time", …]`, `["blob", …]`, and
//! `["list", …]` for a collection, so that nothing is mistaken for something else. Instances of shared classes, entity
//! selections and other natives are left out: what they mean depends on the code of tomorrow.

use std::sync::Arc;

use tessera_values::{
    Blob, CollectionRef, Date, ObjectRef, SharedCollection, SharedObject, SharedValue, Text, Time, Value,
};

use super::put;
use crate::cookie::{hex, unhex_all};

/// How deep values may lie; objects may hold each other in a circle.
const DEPTH_MAX: usize = 32;
/// How many values, and how many bytes of text, one session may take through a restart.
const VALUES_MAX: usize = 100_000;
const BYTES_MAX: usize = 1 << 20;

/// What is left of the allowance.
struct Room {
    values: usize,
    bytes: usize,
}

impl Room {
    fn take(&mut self, bytes: usize) -> Option<()> {
        self.values = self.values.checked_sub(1)?;
        self.bytes = self.bytes.checked_sub(bytes)?;
        Some(())
    }
}

/// The storage as a value that JSON can hold; `None` when it is too large.
pub(crate) fn pack(storage: &SharedObject) -> Option<Value> {
    let mut room = Room { values: VALUES_MAX, bytes: BYTES_MAX };
    pack_object(storage, 0, &mut room)
}

fn pack_object(object: &SharedObject, depth: usize, room: &mut Room) -> Option<Value> {
    let packed = ObjectRef::new();
    for name in object.keys() {
        let Some(value) = object.get(&name) else { continue };
        room.take(name.len())?;
        if let Some(value) = pack_value(&value, depth + 1, room)? {
            put(&packed, name, value);
        }
    }
    Some(Value::Object(packed))
}

/// The inner `None` is a value that is left out.
#[expect(clippy::option_option, reason = "too large and left out are different things")]
fn pack_value(value: &SharedValue, depth: usize, room: &mut Room) -> Option<Option<Value>> {
    if depth > DEPTH_MAX {
        return Some(None);
    }
    let tagged = |word: &str, value: Value| {
        Value::Collection([Value::text(word), value].into_iter().collect::<CollectionRef>())
    };
    Some(Some(match value {
        SharedValue::Null => Value::Null,
        SharedValue::Boolean(b) => Value::Boolean(*b),
        SharedValue::Integer(n) => Value::Integer(*n),
        SharedValue::Real(n) => Value::Real(*n),
        SharedValue::Text(text) => {
            room.take(text.len())?;
            Value::Text(text.clone())
        }
        SharedValue::Date(date) => tagged("date", Value::text(date.to_rest())),
        SharedValue::Time(time) => tagged("time", Value::Integer(time.seconds())),
        SharedValue::Blob(blob) => {
            room.take(blob.0.len() * 2)?;
            tagged("blob", Value::text(hex(&blob.0)))
        }
        SharedValue::Object(object) if object.class().is_none() => pack_object(object, depth, room)?,
        SharedValue::Collection(collection) => {
            let mut items = vec![Value::text("list")];
            for element in collection.to_vec() {
                room.take(0)?;
                // Others keep their places.
                items.push(pack_value(&element, depth + 1, room)?.unwrap_or(Value::Null));
            }
            Value::Collection(items.into_iter().collect())
        }
        SharedValue::Object(_) | SharedValue::Native(_) => return Some(None),
    }))
}

/// Fills a storage nobody has seen yet.
pub(crate) fn unpack(packed: &Value, storage: &SharedObject) {
    let Value::Object(packed) = packed else { return };
    for name in packed.keys() {
        if let Some(value) = packed.get(&name).and_then(|value| unpack_value(&value, 0)) {
            // A storage takes everything that can be shared.
            let _ = storage.put(name, value);
        }
    }
}

fn unpack_value(value: &Value, depth: usize) -> Option<SharedValue> {
    if depth > DEPTH_MAX {
        return None;
    }
    match value {
        Value::Object(packed) => {
            let object = SharedObject::new(None);
            for name in packed.keys() {
                if let Some(value) = packed.get(&name).and_then(|value| unpack_value(&value, depth + 1)) {
                    let _ = object.put(name, value);
                }
            }
            Some(SharedValue::Object(object))
        }
        Value::Collection(items) => {
            let items = items.to_vec();
            let (word, rest) = items.split_first()?;
            let text = || rest.first()?.as_text().map(Text::as_str);
            match word.as_text()?.as_str() {
                "date" => Some(SharedValue::Date(Date::parse_rest(text()?)?)),
                "time" => Some(SharedValue::Time(Time::from_seconds(rest.first()?.as_integer()?))),
                "blob" => Some(SharedValue::Blob(Blob(Arc::from(unhex_all(text()?)?)))),
                "list" => {
                    let collection = SharedCollection::new();
                    for item in rest {
                        let _ = collection.put(unpack_value(item, depth + 1).unwrap_or(SharedValue::Null));
                    }
                    Some(SharedValue::Collection(collection))
                }
                _ => None,
            }
        }
        other => SharedValue::from_value(other).ok(),
    }
}

#[cfg(test)]
mod tests {
    use tessera_values::{DateForm, parse_client_json, write_json};

    use super::*;

    fn text_of(storage: &SharedObject) -> String {
        let mut text = String::new();
        write_json(&mut text, &pack(storage).unwrap(), DateForm::Day).unwrap();
        text
    }

    #[test]
    fn every_kind_of_value_comes_back() {
        let storage = SharedObject::new_single();
        let list = SharedCollection::new();
        list.put(SharedValue::Text("2020-01-02".into())).unwrap();
        list.put(SharedValue::Date(Date::new(2020, 1, 2))).unwrap();
        list.put(SharedValue::Collection(SharedCollection::new())).unwrap();
        let inner = SharedObject::new(None);
        inner.put("list".into(), SharedValue::Collection(list)).unwrap();
        for (name, value) in [
            ("null", SharedValue::Null),
            ("yes", SharedValue::Boolean(true)),
            ("big", SharedValue::Integer(i64::MAX)),
            ("half", SharedValue::Real(0.5)),
            ("text", SharedValue::Text("date".into())),
            ("time", SharedValue::Time(Time::from_seconds(30_600))),
            ("none", SharedValue::Date(Date::default())),
            ("blob", SharedValue::Blob(Blob(Arc::from(vec![0, 255, 16])))),
            ("inner", SharedValue::Object(inner)),
        ] {
            storage.put(name.into(), value).unwrap();
        }
        let text = text_of(&storage);
        let again = SharedObject::new_single();
        unpack(&parse_client_json(&text).unwrap(), &again);
        assert_eq!(text_of(&again), text);
        assert_eq!(again.keys(), storage.keys());
        assert!(matches!(again.get("big"), Some(SharedValue::Integer(i64::MAX))));
        assert!(matches!(again.get("time"), Some(SharedValue::Time(time)) if time.seconds() == 30_600));
        let Some(SharedValue::Object(inner)) = again.get("inner") else { panic!("{text}") };
        let Some(SharedValue::Collection(list)) = inner.get("list") else { panic!("{text}") };
        assert!(matches!(list.get(0), Some(SharedValue::Text(_))));
        assert!(matches!(list.get(1), Some(SharedValue::Date(date)) if date == Date::new(2020, 1, 2)));
        assert!(Arc::ptr_eq(&inner.group(), &list.group()), "one group, as before");
    }

    #[test]
    fn circles_end_and_giants_stay_behind() {
        let storage = SharedObject::new_single();
        let circle = SharedObject::new(None);
        circle.put("itself".into(), SharedValue::Object(Arc::clone(&circle))).unwrap();
        storage.put("circle".into(), SharedValue::Object(Arc::clone(&circle))).unwrap();
        assert!(text_of(&storage).len() < 1000);
        storage.put("giant".into(), SharedValue::Text("x".repeat(BYTES_MAX).into())).unwrap();
        assert!(pack(&storage).is_none());
    }
}
