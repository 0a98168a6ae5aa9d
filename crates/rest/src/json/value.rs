//! The value of an attribute on the wire, by its type (rest-protocol section 3.6).

use std::fmt::Write as _;

use jiff::Timestamp;
use tessera_values::{
    DateForm, Scalar, Text, Value, print_real, push_integer, push_real, write_json, write_json_string,
};

/// Appends a stored value. Pictures and blobs are written by the entity writer, which knows their address.
pub(crate) fn write_scalar(out: &mut String, value: &Scalar) {
    match value {
        Scalar::Null | Scalar::Blob(_) | Scalar::Picture(_) => out.push_str("null"),
        Scalar::Boolean(b) => out.push_str(if *b { "true" } else { "false" }),
        Scalar::Integer(n) => push_integer(out, *n),
        Scalar::Real(n) => push_real(out, *n),
        Scalar::Text(text) => write_json_string(out, text),
        Scalar::Date(date) if date.is_null() => out.push_str("null"),
        Scalar::Date(date) => push(out, format_args!("\"{}\"", date.to_rest())),
        Scalar::Time(time) => push_integer(out, time.milliseconds()),
        Scalar::Object(json) => out.push_str(json),
    }
}

/// Appends the value of a computed attribute: dates as a field's, objects as JSON.
pub(crate) fn write_computed(out: &mut String, value: &Value) {
    match Scalar::from_value(value) {
        Some(scalar) => write_scalar(out, &scalar),
        None => write_any(out, value, DateForm::Day),
    }
}

/// Appends any value; what can't be written as JSON becomes null.
pub(crate) fn write_any(out: &mut String, value: &Value, dates: DateForm) {
    let before = out.len();
    if write_json(out, value, dates).is_err() {
        out.truncate(before);
        out.push_str("null");
    }
}

/// Appends an ISO date-time with milliseconds and `Z`, in quotes.
pub(crate) fn write_timestamp(out: &mut String, milliseconds: i64) {
    let second = milliseconds.div_euclid(1000);
    let time = Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH);
    let civil = jiff::tz::Offset::UTC.to_datetime(time);
    // One per entity of every answer: worth more than a format string.
    out.push('"');
    push_digits::<4>(out, i64::from(civil.year()));
    for (before, part) in [
        ('-', civil.month()),
        ('-', civil.day()),
        ('T', civil.hour()),
        (':', civil.minute()),
        (':', civil.second()),
    ] {
        out.push(before);
        push_digits::<2>(out, part.into());
    }
    out.push('.');
    push_digits::<3>(out, milliseconds.rem_euclid(1000));
    out.push_str("Z\"");
}

/// Appends the last `N` digits of a number that is not negative.
fn push_digits<const N: usize>(out: &mut String, mut number: i64) {
    let mut digits = [b'0'; N];
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (number % 10).unsigned_abs() as u8;
        number /= 10;
    }
    out.extend(digits.map(char::from));
}

/// Appends `__KEY`'s value, in quotes.
pub(crate) fn write_key(out: &mut String, key: &Scalar) {
    if let Scalar::Integer(n) = key {
        out.push('"');
        push_integer(out, *n);
        out.push('"');
    } else {
        write_json_string(out, &key_text(key));
    }
}

/// A key as `__KEY` shows it.
pub(crate) fn key_text(key: &Scalar) -> Text {
    match key {
        Scalar::Text(text) => text.clone(),
        Scalar::Integer(n) => {
            let mut text = Text::new();
            let _ = write!(text, "{n}");
            text
        }
        Scalar::Real(n) => print_real(*n).into(),
        _ => Text::new(),
    }
}

/// Appends the address of an entity: `/rest/Company[1]`, `/rest/Users["a/b"]`.
pub(crate) fn push_uri(out: &mut String, dataclass: &str, key: &Scalar) {
    out.push_str("/rest/");
    out.push_str(dataclass);
    out.push('[');
    match key {
        Scalar::Text(text) => {
            // The quotes of the JSON key are escaped once more by the JSON string around the address.
            let mut json = String::new();
            write_json_string(&mut json, text);
            let mut quoted = String::new();
            write_json_string(&mut quoted, &json);
            out.push_str(&quoted[1..quoted.len() - 1]);
        }
        Scalar::Integer(n) => push_integer(out, *n),
        key => out.push_str(&key_text(key)),
    }
    out.push(']');
}

/// Writing to a `String` can't fail.
pub(crate) fn push(out: &mut String, arguments: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(arguments);
}
