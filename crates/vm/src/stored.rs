//! Values as bytes, for Blobs and documents: what `VARIABLE TO BLOB` writes and `BLOB TO VARIABLE` reads
//! (`docs/commands/variable-to-blob.md`).
//!
//! The form is Tessera's own, as 4D's is 4D's own: a mark, then a tag per value, numbers with the least significant
//! byte first, texts in UTF-8 with their length before them. Bytes that come from elsewhere are read with care: no
//! length is believed before the bytes are there.

use std::rc::Rc;

use tessera_values::{
    Array, ArrayKind, Blob, CollectionRef, Date, ErrorStack, ObjectRef, Picture, Properties, Text, Time,
    Value,
};

use crate::{limits, place};

/// What every stored value begins with.
const MARK: &[u8; 4] = b"TSV1";

/// How deeply objects, collections and arrays may lie in each other.
const DEPTH_MAX: usize = 256;

const UNDEFINED: u8 = 0;
const NULL: u8 = 1;
const FALSE: u8 = 2;
const TRUE: u8 = 3;
const INTEGER: u8 = 4;
const REAL: u8 = 5;
const TEXT: u8 = 6;
const DATE: u8 = 7;
const TIME: u8 = 8;
const OBJECT: u8 = 9;
const COLLECTION: u8 = 10;
const ARRAY: u8 = 11;
const BLOB: u8 = 12;
const PICTURE: u8 = 13;

/// The kinds of arrays by the number they are stored as.
const ARRAY_KINDS: [ArrayKind; 9] = [
    ArrayKind::Text,
    ArrayKind::Integer,
    ArrayKind::Real,
    ArrayKind::Boolean,
    ArrayKind::Date,
    ArrayKind::Time,
    ArrayKind::Object,
    ArrayKind::Blob,
    ArrayKind::Picture,
];

/// A value as bytes.
///
/// # Errors
/// It belongs to its process (a pointer, an entity, a file), or is nested without end.
pub fn write(value: &Value) -> Result<Vec<u8>, ErrorStack> {
    let mut bytes = MARK.to_vec();
    put(&mut bytes, value, 0)?;
    Ok(bytes)
}

fn put(bytes: &mut Vec<u8>, value: &Value, depth: usize) -> Result<(), ErrorStack> {
    if depth > DEPTH_MAX {
        return Err(ErrorStack::runtime("The value is nested too deeply to be stored."));
    }
    limits::check_blob(bytes.len())?;
    match value {
        Value::Undefined => bytes.push(UNDEFINED),
        Value::Null => bytes.push(NULL),
        Value::Boolean(value) => bytes.push(if *value { TRUE } else { FALSE }),
        Value::Integer(number) => {
            bytes.push(INTEGER);
            bytes.extend(number.to_le_bytes());
        }
        Value::Real(number) => {
            bytes.push(REAL);
            bytes.extend(number.to_le_bytes());
        }
        Value::Text(text) => {
            bytes.push(TEXT);
            put_run(bytes, text.as_bytes())?;
        }
        Value::Date(date) => {
            let (year, month, day) = date.parts();
            bytes.push(DATE);
            for part in [year, month, day] {
                bytes.extend((part as i32).to_le_bytes());
            }
        }
        Value::Time(time) => {
            bytes.push(TIME);
            bytes.extend(time.milliseconds().to_le_bytes());
        }
        Value::Object(object) => {
            let keys = object.keys();
            bytes.push(OBJECT);
            put_length(bytes, keys.len())?;
            for key in keys {
                put_run(bytes, key.as_bytes())?;
                put(bytes, &pointed_at(object.get(&key).unwrap_or_default())?, depth + 1)?;
            }
        }
        Value::Collection(collection) => {
            let elements = collection.to_vec();
            bytes.push(COLLECTION);
            put_length(bytes, elements.len())?;
            for element in elements {
                put(bytes, &pointed_at(element)?, depth + 1)?;
            }
        }
        Value::Array(array) => put_array(bytes, array, depth)?,
        Value::Blob(blob) => {
            bytes.push(BLOB);
            put_run(bytes, &blob.0)?;
        }
        Value::Picture(picture) => {
            bytes.push(PICTURE);
            put_run(bytes, picture.mime.as_bytes())?;
            put_run(bytes, &picture.bytes.0)?;
        }
        Value::Pointer(_) | Value::Native(_) => {
            return Err(ErrorStack::runtime(format!("{} can't be stored in a Blob.", value.kind())));
        }
    }
    Ok(())
}

/// Pointers inside objects and collections are stored as what they point at.
fn pointed_at(value: Value) -> Result<Value, ErrorStack> {
    match value {
        Value::Pointer(pointer) if pointer.is_nil() => Ok(Value::Null),
        Value::Pointer(pointer) => place::dereference(&pointer),
        value => Ok(value),
    }
}

fn put_array(bytes: &mut Vec<u8>, array: &Array, depth: usize) -> Result<(), ErrorStack> {
    let Some(kind) = ARRAY_KINDS.iter().position(|kind| *kind == array.kind) else {
        return Err(ErrorStack::runtime("An array of pointers can't be stored in a Blob."));
    };
    let elements = array.elements.borrow();
    bytes.push(ARRAY);
    bytes.push(kind as u8);
    bytes.extend(array.selected.get().to_le_bytes());
    put_length(bytes, elements.len())?;
    elements.iter().try_for_each(|element| put(bytes, element, depth + 1))
}

fn put_length(bytes: &mut Vec<u8>, length: usize) -> Result<(), ErrorStack> {
    let length =
        u32::try_from(length).map_err(|_| ErrorStack::runtime("The value is too large to be stored."))?;
    bytes.extend(length.to_le_bytes());
    Ok(())
}

fn put_run(bytes: &mut Vec<u8>, run: &[u8]) -> Result<(), ErrorStack> {
    limits::check_blob(bytes.len().saturating_add(run.len()))?;
    put_length(bytes, run.len())?;
    bytes.extend_from_slice(run);
    Ok(())
}

/// The value at the beginning of bytes, and how many bytes it takes; `None` when no value is stored there.
pub fn read(bytes: &[u8]) -> Option<(Value, usize)> {
    let mut source = Source { rest: bytes.strip_prefix(MARK)? };
    let value = source.value(0)?;
    Some((value, bytes.len() - source.rest.len()))
}

/// Bytes not read yet.
struct Source<'b> {
    rest: &'b [u8],
}

impl<'b> Source<'b> {
    fn take(&mut self, count: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    fn fixed<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    /// A length. Every counted thing takes a byte at least, so there can't be more of them than bytes.
    fn length(&mut self) -> Option<usize> {
        let length = u32::from_le_bytes(self.fixed()?) as usize;
        (length <= self.rest.len()).then_some(length)
    }

    fn run(&mut self) -> Option<&'b [u8]> {
        let length = self.length()?;
        self.take(length)
    }

    fn text(&mut self) -> Option<Text> {
        std::str::from_utf8(self.run()?).ok().map(Text::from)
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        if depth > DEPTH_MAX {
            return None;
        }
        let [tag] = self.fixed()?;
        Some(match tag {
            UNDEFINED => Value::Undefined,
            NULL => Value::Null,
            FALSE | TRUE => Value::Boolean(tag == TRUE),
            INTEGER => Value::Integer(i64::from_le_bytes(self.fixed()?)),
            REAL => Value::Real(f64::from_le_bytes(self.fixed()?)),
            TEXT => Value::Text(self.text()?),
            DATE => {
                let mut part = || self.fixed().map(|bytes| i64::from(i32::from_le_bytes(bytes)));
                let (year, month, day) = (part()?, part()?, part()?);
                Value::Date(if (year, month, day) == (0, 0, 0) {
                    Date::NULL
                } else {
                    Date::new(year, month, day)
                })
            }
            TIME => Value::Time(Time::from_seconds(i64::from_le_bytes(self.fixed()?) / 1000)),
            OBJECT => {
                let mut properties = Properties::default();
                for _ in 0..self.length()? {
                    let key = self.text()?;
                    properties.insert(key, self.value(depth + 1)?);
                }
                Value::Object(ObjectRef::from_properties(properties))
            }
            COLLECTION => {
                let elements = (0..self.length()?).map(|_| self.value(depth + 1)).collect::<Option<_>>()?;
                Value::Collection(CollectionRef::from_vec(elements))
            }
            ARRAY => self.array(depth)?,
            BLOB => Value::Blob(Blob(self.run()?.into())),
            PICTURE => {
                let mime = self.text()?;
                Value::Picture(Rc::new(Picture { mime, bytes: Blob(self.run()?.into()) }))
            }
            _ => return None,
        })
    }

    /// Elements must be of the array's kind, or rows of a two-dimensional one; there is always an element 0.
    fn array(&mut self, depth: usize) -> Option<Value> {
        let [kind] = self.fixed()?;
        let kind = *ARRAY_KINDS.get(usize::from(kind))?;
        let selected = i64::from_le_bytes(self.fixed()?);
        let array = Array::new(kind, 0);
        let elements = (0..self.length()?)
            .map(|_| {
                let element = self.value(depth + 1)?;
                match element {
                    Value::Array(_) => Some(element),
                    element => crate::convert::to_array_element(kind, element).ok(),
                }
            })
            .collect::<Option<Vec<_>>>()?;
        if elements.is_empty() {
            return None;
        }
        *array.elements.borrow_mut() = elements;
        array.selected.set(selected);
        Some(Value::Array(array))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_from_elsewhere_are_no_value() {
        let stored =
            write(&Value::Collection(CollectionRef::from_vec(vec![Value::text("x"), Value::Null]))).unwrap();
        assert!(read(&stored).is_some());
        for end in 0..stored.len() {
            assert!(read(&stored[..end]).is_none(), "{end} bytes");
        }
        assert!(read(b"TSV1\x06\xff\xff\xff\xff").is_none(), "a length beyond the bytes");
        assert!(read(b"TSV1\x0b\x00\0\0\0\0\0\0\0\0\0\0\0\0").is_none(), "an array without element 0");
        let deep: Vec<u8> = MARK.iter().copied().chain([COLLECTION, 1, 0, 0, 0].repeat(10_000)).collect();
        assert!(read(&deep).is_none());
    }

    #[test]
    fn what_belongs_to_its_process_is_refused() {
        assert!(write(&Value::Pointer(tessera_values::Pointer::Nil)).is_err());
        let object = ObjectRef::new();
        object.set(tessera_values::NOBODY, "itself", Value::Object(object.clone())).unwrap();
        assert!(write(&Value::Object(object)).is_err(), "it never ends");
    }
}
