//! JSON to values and back.

use std::fmt::Write as _;

use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};

use crate::Properties;
use crate::{CollectionRef, Date, ObjectRef, TEXT_BYTES_MAX, Text, Value, push_real};

mod relaxed;

/// JSON that could not be read, or a value that can't be written.
#[derive(Debug, thiserror::Error)]
pub enum JsonError {
    /// The text is not JSON.
    #[error("Malformed JSON at line {line}, column {column}: {message}")]
    Malformed {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// What the reader expected.
        message: String,
    },
    /// An object that contains itself, or one nested deeper than 256 levels.
    #[error("The value is nested too deeply to be written as JSON.")]
    TooDeep,
    /// A value that would be longer as JSON than any text may be.
    #[error("The value is too large to be written as JSON.")]
    TooLong,
}

/// How deeply a value may be nested to be written.
const DEPTH_MAX: usize = 256;

/// May a writer go on, having written so much and being so deep inside? A few objects that hold each other twice have
/// no end that anybody would see.
pub fn check_json(written: &str, depth: usize) -> Result<(), JsonError> {
    if depth > DEPTH_MAX {
        return Err(JsonError::TooDeep);
    }
    if written.len() > TEXT_BYTES_MAX {
        return Err(JsonError::TooLong);
    }
    Ok(())
}

/// How dates are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateForm {
    /// `YYYY-MM-DD`: object attributes and `JSON Stringify`.
    Day,
    /// `YYYY-MM-DDT00:00:00.000Z`: function results over REST.
    Midnight,
}

/// Reads strict JSON. A text that is exactly `YYYY-MM-DD` becomes a date (`docs/commands/json-parse.md`).
pub fn parse_json(text: &str) -> Result<Value, JsonError> {
    read(text, Texts::MayBeDates)
}

/// Reads JSON from a client, tolerating what [`parse_relaxed`] does. Texts stay texts: what they stand for depends on
/// the attribute or parameter they are meant for.
pub fn parse_client_json(text: &str) -> Result<Value, JsonError> {
    read(text, Texts::Stay).or_else(|error| read(&relaxed::to_strict(text), Texts::Stay).map_err(|_| error))
}

fn read(text: &str, texts: Texts) -> Result<Value, JsonError> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Seed(texts).deserialize(&mut reader).map_err(malformed)?;
    reader.end().map_err(malformed)?;
    Ok(value)
}

/// Reads strict JSON first, then once more tolerating comments, unquoted names, single quotes and trailing commas.
pub fn parse_relaxed(text: &str) -> Result<Value, JsonError> {
    parse_json(text).or_else(|error| parse_json(&relaxed::to_strict(text)).map_err(|_| error))
}

fn malformed(error: serde_json::Error) -> JsonError {
    let full = error.to_string();
    let message = full.split(" at line ").next().unwrap_or_default().to_owned();
    JsonError::Malformed { line: error.line(), column: error.column(), message }
}

/// Does a text of the form of a date become one?
#[derive(Clone, Copy, PartialEq, Eq)]
enum Texts {
    MayBeDates,
    Stay,
}

#[derive(Clone, Copy)]
struct Seed(Texts);

impl<'de> DeserializeSeed<'de> for Seed {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, b: bool) -> Result<Value, E> {
        Ok(Value::Boolean(b))
    }

    fn visit_i64<E>(self, n: i64) -> Result<Value, E> {
        Ok(Value::Integer(n))
    }

    fn visit_u64<E>(self, n: u64) -> Result<Value, E> {
        Ok(i64::try_from(n).map_or(Value::Real(n as f64), Value::Integer))
    }

    fn visit_f64<E>(self, n: f64) -> Result<Value, E> {
        Ok(Value::Real(n))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        if self.0 == Texts::MayBeDates
            && text.len() == 10
            && text.as_bytes()[4] == b'-'
            && let Some(date) = Date::parse_iso(text)
        {
            return Ok(Value::Date(date));
        }
        Ok(Value::text(text))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let mut collection = Vec::new();
        while let Some(element) = elements.next_element_seed(self)? {
            collection.push(element);
        }
        Ok(Value::Collection(CollectionRef::from_vec(collection)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut properties = Properties::new();
        while let Some(name) = entries.next_key::<std::borrow::Cow<'de, str>>()? {
            let value = entries.next_value_seed(self)?;
            properties.insert(Text::from(name.as_ref()), value);
        }
        Ok(Value::Object(ObjectRef::from_properties(properties)))
    }
}

/// Appends a value as compact JSON. Undefined properties are left out; natives, functions and pictures become the
/// texts 4D writes for them, for instance `"[object Entity]"`.
pub fn write_json(out: &mut String, value: &Value, dates: DateForm) -> Result<(), JsonError> {
    write_at(out, value, dates, 0)
}

fn write_at(out: &mut String, value: &Value, dates: DateForm, depth: usize) -> Result<(), JsonError> {
    check_json(out, depth)?;
    match value {
        Value::Undefined | Value::Null => out.push_str("null"),
        Value::Boolean(b) => out.push_str(if *b { "true" } else { "false" }),
        Value::Integer(n) => write!(out, "{n}").expect("writing to a String can't fail"),
        Value::Real(n) if n.is_finite() => push_real(out, *n),
        Value::Real(_) => out.push_str("null"),
        Value::Text(text) => write_json_string(out, text),
        Value::Date(date) if date.is_null() => out.push_str("\"\""),
        Value::Date(date) => {
            let time = if dates == DateForm::Midnight { "T00:00:00.000Z" } else { "" };
            write!(out, "\"{date}{time}\"").expect("writing to a String can't fail");
        }
        Value::Time(time) => write!(out, "{}", time.seconds()).expect("writing to a String can't fail"),
        Value::Object(object) => {
            out.push('{');
            let mut first = true;
            for name in object.keys() {
                let property = object.get(&name).unwrap_or_default();
                if let Value::Undefined = property {
                    continue;
                }
                if !std::mem::take(&mut first) {
                    out.push(',');
                }
                write_json_string(out, &name);
                out.push(':');
                write_at(out, &property, dates, depth + 1)?;
            }
            out.push('}');
        }
        Value::Collection(collection) => {
            out.push('[');
            for (position, element) in collection.to_vec().iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                write_at(out, element, dates, depth + 1)?;
            }
            out.push(']');
        }
        Value::Native(native) => {
            let name = native.class_name();
            let name = match name.rsplit('.').next().unwrap_or(name) {
                // docs/commands/json-stringify.md
                "Function" => "Formula",
                name => name,
            };
            write_json_string(out, &format!("[object {name}]"));
        }
        Value::Pointer(crate::Pointer::Variable(variable)) => {
            write_json_string(out, &format!("->{}", variable.name));
        }
        Value::Pointer(_) => write_json_string(out, "[object Pointer]"),
        Value::Array(_) => out.push_str("null"),
        Value::Blob(_) => write_json_string(out, "[object Blob]"),
        Value::Picture(_) => write_json_string(out, "[object Picture]"),
    }
    Ok(())
}

/// Appends a JSON string with its quotes; `/` and non-ASCII stay as they are.
pub fn write_json_string(out: &mut String, text: &str) {
    out.push('"');
    // Most texts need nothing escaped.
    if !text.bytes().any(|byte| byte < 0x20 || byte == b'"' || byte == b'\\') {
        out.push_str(text);
        out.push('"');
        return;
    }
    let mut clean = 0;
    for (position, byte) in text.bytes().enumerate() {
        let escaped = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0x00..=0x1F => "",
            _ => continue,
        };
        out.push_str(&text[clean..position]);
        clean = position + 1;
        if escaped.is_empty() {
            write!(out, "\\u{byte:04x}").expect("writing to a String can't fail");
        } else {
            out.push_str(escaped);
        }
    }
    out.push_str(&text[clean..]);
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn round(text: &str, expected: &str) {
        let mut out = String::new();
        write_json(&mut out, &parse_relaxed(text).unwrap(), DateForm::Day).unwrap();
        assert_eq!(out, expected);
    }

    #[test]
    fn json_round_trips() {
        round(r#"{"b":1,"a":[1.5,null,true,"x\"\n\u0001"]}"#, r#"{"b":1,"a":[1.5,null,true,"x\"\n\u0001"]}"#);
        round("9007199254740993", "9007199254740993");
        round(r#""2024-01-31""#, r#""2024-01-31""#);
    }

    #[test]
    fn relaxed_json_is_understood() {
        // R215
        round(
            "{name: 'it''s', list:[1,2,], /* c */ ok:true,} // end",
            r#"{"name":"it's","list":[1,2],"ok":true}"#,
        );
        round(r"[{vector:[1,2,3],threshold:1}]", r#"[{"vector":[1,2,3],"threshold":1}]"#);
    }

    #[test]
    fn faults_name_their_place() {
        let error = parse_relaxed("{\n \"a\": ]").unwrap_err().to_string();
        assert!(error.contains("line 2"), "{error}");
    }
}
