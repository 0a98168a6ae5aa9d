//! `Num`, `Date` and `Time`: values of one type from another (`docs/commands/num.md`, `date.md`, `time.md`).

use tessera_values::{Date, ErrorStack, Time, Value, parse_number};

use super::Command;
use crate::arguments::Arguments;
use crate::process::Process;

pub(super) const COMMANDS: &[(u16, Command)] =
    &[(11, num), (102, date), (179, time), (392, set_default_century)];

/// `Num(value {; separator | base})`
fn num(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(match arguments.value(0) {
        Value::Text(text) => match arguments.value(1) {
            Value::Text(separator) => super::math::number(with_separator(&text, &separator)),
            Value::Undefined => super::math::number(parse_number(&text)),
            _ => in_base(&text, arguments.integer(1)?)?,
        },
        Value::Boolean(b) => Value::Integer(i64::from(b)),
        value @ (Value::Integer(_) | Value::Real(_)) => value,
        Value::Time(time) => Value::Integer(time.seconds()),
        Value::Array(array) => Value::Integer(array.selected.get()),
        Value::Undefined | Value::Null => Value::Integer(0),
        other => return Err(ErrorStack::runtime(format!("Num can't convert {}.", other.kind()))),
    })
}

/// The number with another decimal separator; what separates thousands is dropped like any other character.
fn with_separator(text: &str, separator: &str) -> f64 {
    let Some(separator) = separator.chars().next() else { return parse_number(text) };
    let plain: String = text
        .chars()
        .filter(|c| *c == separator || *c != '.')
        .map(|c| if c == separator { '.' } else { c })
        .collect();
    parse_number(&plain)
}

/// The digits of a base from the start of the text, as ECMAScript's `parseInt` reads them.
// UNSPECIFIED: texts without such digits. Taken: 0.
fn in_base(text: &str, base: i64) -> Result<Value, ErrorStack> {
    let text = text.trim();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    let hexadecimal = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X"));
    let (base, digits) = match (base, hexadecimal) {
        (0 | 16, Some(rest)) => (16, rest),
        (0, None) => (10, digits),
        (2..=36, _) => (base as u32, digits),
        _ => return Err(ErrorStack::runtime("The base of a number must be 0 or from 2 to 36.")),
    };
    let n = digits
        .chars()
        .map_while(|c| c.to_digit(base))
        .fold(0.0, |n, digit| n * f64::from(base) + f64::from(digit));
    Ok(super::math::number(sign * n))
}

fn date(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(Value::Date(match arguments.value(0) {
        Value::Date(date) => date,
        Value::Text(text) => date_of_text(process, &text),
        Value::Undefined | Value::Null => Date::NULL,
        other => return Err(ErrorStack::runtime(format!("Date can't convert {}.", other.kind()))),
    }))
}

/// An ISO date, or the numbers of the text in the order month, day, year.
// UNSPECIFIED: `YYYY-MM-DD` without a time, and a final Z. Taken: both are ISO; Z means UTC and gives the local day.
pub(super) fn date_of_text(process: &Process, text: &str) -> Date {
    let trimmed = text.trim();
    if let Ok(moment) = trimmed.parse::<jiff::Timestamp>() {
        return Date::from_civil(moment.to_zoned_datetime(process.environment().time_zone.clone()).date());
    }
    let is_iso = trimmed.len() == 10 || trimmed.as_bytes().get(10) == Some(&b'T');
    if is_iso && let Some(date) = Date::parse_iso(trimmed) {
        return date;
    }
    let numbers: Vec<&str> =
        trimmed.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty()).collect();
    let &[first, second, third, ..] = numbers.as_slice() else { return Date::NULL };
    let read = |digits: &str| digits.parse::<i64>().unwrap_or(0);
    if first.len() == 4 {
        return Date::new(read(first), read(second), read(third));
    }
    Date::new(full_year(process, read(third), third.len()), read(first), read(second))
}

/// Two digits from 30 on belong to the 20th century, others to the 21st, unless `SET DEFAULT CENTURY` says otherwise.
fn full_year(process: &Process, year: i64, digits: usize) -> i64 {
    let (century, pivot) = process.century;
    match digits {
        ..=2 if year >= pivot => century * 100 + year,
        ..=2 => (century + 1) * 100 + year,
        _ => year,
    }
}

/// `SET DEFAULT CENTURY(century {; pivotYear})`: without a pivot all years are of that century
/// (`docs/commands/set-default-century.md`).
// UNSPECIFIED: for whom it holds. Taken: for the process.
fn set_default_century(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let century = arguments.integer(0)?.clamp(0, 98);
    process.century = (century, arguments.optional_integer(1)?.unwrap_or(0));
    Ok(Value::Undefined)
}

/// Texts are `HH:MM:SS` or a number of seconds; other texts give 0.
fn time(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(Value::Time(match arguments.value(0) {
        Value::Text(text) => Time::parse(&text)
            .or_else(|| text.trim().parse().ok().map(Time::from_seconds))
            .unwrap_or_default(),
        Value::Undefined | Value::Null => Time::default(),
        _ => arguments.time(0)?,
    }))
}
