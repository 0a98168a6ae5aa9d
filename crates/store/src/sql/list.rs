//! Lists of values as one parameter.

use std::fmt::Write as _;

use tessera_values::{Date, Scalar, print_real, write_json_string};

/// Whole numbers as a JSON list.
pub(crate) fn numbers(numbers: impl Iterator<Item = i64>) -> String {
    let mut list = String::from("[");
    for (position, number) in numbers.enumerate() {
        let comma = if position > 0 { "," } else { "" };
        write!(list, "{comma}{number}").expect("writing to a String can't fail");
    }
    list.push(']');
    list
}

/// Stored forms of values as a JSON list; what can't be listed is left out.
pub(crate) fn json_list(values: &[Scalar]) -> String {
    let mut list = String::from("[");
    for value in values {
        let start = list.len();
        if start > 1 {
            list.push(',');
        }
        match value {
            Scalar::Boolean(b) => list.push(if *b { '1' } else { '0' }),
            Scalar::Integer(n) => write!(list, "{n}").expect("writing to a String can't fail"),
            Scalar::Real(n) if n.is_finite() => list.push_str(&print_real(*n)),
            Scalar::Time(time) => {
                write!(list, "{}", time.milliseconds()).expect("writing to a String can't fail");
            }
            Scalar::Date(date) => write_json_string(&mut list, &stored_date(*date)),
            Scalar::Text(text) => write_json_string(&mut list, text),
            _ => list.truncate(start),
        }
    }
    list.push(']');
    list
}

/// The stored form of a date. The null date sorts before every other.
pub(crate) fn stored_date(date: Date) -> String {
    if date.is_null() { "0000-00-00".to_owned() } else { date.to_string() }
}
