//! JSON (`docs/commands/theme/JSON.md`).

use tessera_values::{
    CollectionRef, Date, DateForm, ErrorStack, FourDError, ObjectRef, Pointer, Text, Time, Value, check_json,
    parse_json, write_json, write_json_string,
};

use super::{Command, arrays};
use crate::arguments::Arguments;
use crate::process::Process;

mod pointers;
mod symbols;
mod validate;

pub(super) const COMMANDS: &[(u16, Command)] =
    &[(1217, stringify), (1218, parse), (1456, validate::json_validate)];

pub(super) const NAMED: &[(&str, Command)] = &[
    ("JSON PARSE ARRAY", parse_array),
    ("JSON Stringify array", stringify_array),
    ("JSON Resolve pointers", pointers::resolve_pointers),
];

/// The error of a text that is no JSON (from general knowledge; no page lists it).
const MALFORMED: i64 = -10_551;

/// Type numbers that conversions know (`docs/commands/json-parse.md`).
const IS_REAL: i64 = 1;
const IS_TEXT: i64 = 2;
const IS_DATE: i64 = 4;
const IS_BOOLEAN: i64 = 6;
const IS_LONGINT: i64 = 9;
const IS_TIME: i64 = 11;

/// `JSON Parse(text {; type} {; *})`
fn parse(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let text = arguments.text(0)?;
    let kind = arguments.optional_integer(1)?;
    // A whole text asked for as a date or a text must not become a date on its own first.
    let value = match (kind, serde_json::from_str::<String>(&text)) {
        (Some(_), Ok(content)) => Value::text(content),
        _ => parse_json(&text).map_err(|error| {
            ErrorStack::single(FourDError::new("4DRT", MALFORMED, format!("JSON Parse: {error}")))
        })?,
    };
    if arguments.has_star()
        && let Value::Object(object) = &value
    {
        object.set(process.id(), "__symbols", symbols::of(&text))?;
    }
    match kind {
        Some(kind) => to_kind(process, value, kind),
        None => Ok(value),
    }
}

/// A value as the type a command was asked for; a type it has already changes nothing.
pub(super) fn to_kind(process: &Process, value: Value, kind: i64) -> Result<Value, ErrorStack> {
    Ok(match (kind, value) {
        (IS_REAL, value @ (Value::Real(_) | Value::Integer(_))) => value,
        (IS_REAL, Value::Text(text)) => super::math::number(tessera_values::parse_number(&text)),
        (IS_LONGINT, value) if value.as_real().is_some() => {
            Value::Integer(value.as_real().unwrap_or_default().trunc() as i64)
        }
        (IS_LONGINT, Value::Text(text)) => Value::Integer(tessera_values::parse_number(&text).trunc() as i64),
        (IS_REAL | IS_LONGINT, Value::Boolean(b)) => Value::Integer(i64::from(b)),
        (IS_TEXT, value) => match value {
            Value::Null | Value::Undefined => Value::text(""),
            value => Value::Text(super::format::element_as_text(&value)),
        },
        (IS_BOOLEAN, value @ Value::Boolean(_)) => value,
        (IS_BOOLEAN, value) if value.as_real().is_some() => Value::Boolean(value.as_real() != Some(0.0)),
        // UNSPECIFIED: an object read as a Boolean, which the page's example answers with True. Taken: True.
        (IS_BOOLEAN, Value::Object(_)) => Value::Boolean(true),
        (IS_BOOLEAN, _) => Value::Boolean(false),
        (IS_DATE, value @ Value::Date(_)) => value,
        (IS_DATE, Value::Text(text)) => Value::Date(super::conversion::date_of_text(process, &text)),
        (IS_DATE, _) => Value::Date(Date::NULL),
        (IS_TIME, Value::Text(text)) => Value::Time(Time::parse(&text).unwrap_or_default()),
        (IS_TIME, value) => Value::Time(Time::from_seconds(value.as_integer().unwrap_or_default())),
        (_, value) => value,
    })
}

fn parse_array(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let text = arguments.text(0)?;
    let value = parse_json(&text).map_err(|error| {
        ErrorStack::single(FourDError::new("4DRT", MALFORMED, format!("JSON PARSE ARRAY: {error}")))
    })?;
    let elements = match value {
        Value::Collection(collection) => collection.to_vec(),
        _ => Vec::new(),
    };
    let kind = elements.first().map_or(tessera_values::ArrayKind::Text, arrays::kind_for);
    arrays::fill(arguments, 1, kind, elements)?;
    Ok(Value::Undefined)
}

/// `JSON Stringify(value {; *})`; `*` writes one property a line.
fn stringify(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    written(&arguments.value(0), arguments.has_star())
}

fn stringify_array(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let elements = arrays::elements(&arguments.array(0)?);
    written(&Value::Collection(CollectionRef::from_vec(elements)), arguments.has_star())
}

fn written(value: &Value, pretty: bool) -> Result<Value, ErrorStack> {
    let mut writer = Writer { out: String::new(), pretty };
    writer.value(value, 0)?;
    Ok(Value::text(writer.out))
}

struct Writer {
    out: String,
    pretty: bool,
}

impl Writer {
    fn value(&mut self, value: &Value, depth: usize) -> Result<(), ErrorStack> {
        check_json(&self.out, depth).map_err(|error| ErrorStack::runtime(error.to_string()))?;
        match value {
            Value::Object(object) => self.object(object, depth),
            Value::Collection(collection) => self.collection(collection, depth),
            // A pointer stands for what it points at (docs/commands/json-stringify.md).
            Value::Pointer(Pointer::Nil) => self.scalar(&Value::Null),
            Value::Pointer(pointer) => self.value(&crate::place::dereference(pointer)?, depth + 1),
            other => self.scalar(other),
        }
    }

    fn scalar(&mut self, value: &Value) -> Result<(), ErrorStack> {
        write_json(&mut self.out, value, DateForm::Day)
            .map_err(|error| ErrorStack::runtime(error.to_string()))
    }

    fn object(&mut self, object: &ObjectRef, depth: usize) -> Result<(), ErrorStack> {
        let names: Vec<(Text, Value)> = object
            .keys()
            .into_iter()
            .map(|name| {
                let value = object.get(&name).unwrap_or_default();
                (name, value)
            })
            .filter(|(_, value)| !matches!(value, Value::Undefined))
            .collect();
        self.out.push('{');
        for (position, (name, value)) in names.iter().enumerate() {
            self.separate(position, depth + 1);
            write_json_string(&mut self.out, name);
            self.out.push_str(if self.pretty { ": " } else { ":" });
            self.value(value, depth + 1)?;
        }
        self.close('}', names.is_empty(), depth);
        Ok(())
    }

    fn collection(&mut self, collection: &CollectionRef, depth: usize) -> Result<(), ErrorStack> {
        let elements = collection.to_vec();
        self.out.push('[');
        for (position, element) in elements.iter().enumerate() {
            self.separate(position, depth + 1);
            self.value(element, depth + 1)?;
        }
        self.close(']', elements.is_empty(), depth);
        Ok(())
    }

    fn separate(&mut self, position: usize, depth: usize) {
        if position > 0 {
            self.out.push(',');
        }
        self.new_line(depth);
    }

    fn close(&mut self, bracket: char, is_empty: bool, depth: usize) {
        if !is_empty {
            self.new_line(depth);
        }
        self.out.push(bracket);
    }

    fn new_line(&mut self, depth: usize) {
        if self.pretty {
            self.out.push('\n');
            self.out.extend(std::iter::repeat_n('\t', depth));
        }
    }
}
