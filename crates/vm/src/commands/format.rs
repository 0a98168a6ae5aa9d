//! `String`: values as text (`docs/commands/string.md`).

use tessera_values::{ErrorStack, Text, Value, format_number};

use super::Command;
use crate::arguments::Arguments;
use crate::process::Process;

mod date;
mod names;
mod number;
mod pattern;

pub(super) const COMMANDS: &[(u16, Command)] = &[(10, string)];

/// `String(value {; format {; addTime}})`: the format of a number is a picture of digits or a base, that of a date
/// or time a constant or a pattern.
fn string(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let format = arguments.value(1);
    Ok(Value::Text(match arguments.value(0) {
        Value::Text(text) => text,
        Value::Boolean(b) => if b { "True" } else { "False" }.into(),
        Value::Undefined => Text::new(),
        Value::Null => "null".into(),
        value @ (Value::Integer(_) | Value::Real(_)) => number_as_text(&value, &format)?,
        Value::Array(array) => number_as_text(&Value::Integer(array.selected.get()), &format)?,
        Value::Date(date) => {
            let time = if arguments.is_given(2) { Some(arguments.time(2)?) } else { None };
            let zone = &process.environment().time_zone;
            match format {
                Value::Text(pattern) if !pattern.is_empty() => pattern::date(date, time, &pattern, zone),
                _ => date::date(date, format.as_integer().unwrap_or(0), time, zone),
            }
        }
        Value::Time(time) => match format {
            Value::Text(pattern) if !pattern.is_empty() => {
                pattern::time(time, &pattern, &process.environment().time_zone)
            }
            _ => date::time(time, format.as_integer().unwrap_or(0)),
        },
        other => return Err(ErrorStack::runtime(format!("String can't convert {}.", other.kind()))),
    }))
}

fn number_as_text(value: &Value, format: &Value) -> Result<Text, ErrorStack> {
    let n = value.as_real().unwrap_or_default();
    match (format, value) {
        (Value::Text(format), _) if !format.is_empty() => Ok(number::formatted(n, format)),
        (Value::Text(_) | Value::Undefined | Value::Null, value) => Ok(plain(value)),
        (base, _) => number::in_base(n, base.as_integer().unwrap_or(0)),
    }
}

/// A number without format.
pub(super) fn plain(value: &Value) -> Text {
    match value {
        Value::Integer(n) if n.unsigned_abs() > 1 << 52 => n.to_string().into(),
        value => format_number(value.as_real().unwrap_or_default()),
    }
}

/// What `join` and other functions make of an element.
pub(super) fn element_as_text(value: &Value) -> Text {
    match value {
        Value::Text(text) => text.clone(),
        Value::Boolean(b) => if *b { "True" } else { "False" }.into(),
        Value::Undefined => Text::new(),
        Value::Null => "null".into(),
        value @ (Value::Integer(_) | Value::Real(_)) => plain(value),
        Value::Date(date) => date::date(*date, 0, None, &jiff::tz::TimeZone::UTC),
        Value::Time(time) => time.to_string().into(),
        // UNSPECIFIED: objects and collections. Taken: their JSON.
        other => {
            let mut json = String::new();
            match tessera_values::write_json(&mut json, other, tessera_values::DateForm::Day) {
                Ok(()) => json.into(),
                Err(_) => Text::new(),
            }
        }
    }
}
