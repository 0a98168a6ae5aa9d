//! Numbers to text and back.

use std::fmt::Write as _;

use crate::Text;

/// The shortest decimal that reads back as the same double; whole numbers carry no decimal point. What JSON and
/// REST send.
pub fn print_real(n: f64) -> String {
    let mut out = String::new();
    push_real(&mut out, n);
    out
}

/// Appends what [`print_real`] answers, without a text of its own.
pub fn push_real(out: &mut String, n: f64) {
    if n.fract() == 0.0 && n.abs() < 1e15 {
        push_integer(out, n as i64);
    } else if let Some(number) = serde_json::Number::from_f64(n) {
        write!(out, "{number}").expect("writing to a String can't fail");
    } else {
        out.push_str("null");
    }
}

/// Appends a whole number.
///
/// ```
/// let mut out = String::from("n=");
/// tessera_values::push_integer(&mut out, -42);
/// assert_eq!(out, "n=-42");
/// ```
pub fn push_integer(out: &mut String, n: i64) {
    out.push_str(itoa::Buffer::new().format(n));
}

/// A number as `String` shows it: 13 significant digits, `INF`, `-INF`, and nothing for NaN
/// (`docs/commands/string.md`).
///
/// ```
/// assert_eq!(tessera_values::format_number(1.0 / 3.0), "0.3333333333333");
/// ```
pub fn format_number(n: f64) -> Text {
    if n.is_nan() {
        return Text::new();
    }
    if n.is_infinite() {
        return if n > 0.0 { "INF".into() } else { "-INF".into() };
    }
    let rounded: f64 = format!("{n:.12e}").parse().unwrap_or(n);
    print_real(rounded).into()
}

/// `Num(text)`: letters are dropped, a leading minus and one decimal point count, `e` between digits is an
/// exponent, and no digits give 0 (`docs/commands/num.md`).
///
/// ```
/// assert_eq!(tessera_values::parse_number("A1B2C3"), 123.0);
/// assert_eq!(tessera_values::parse_number("123-456"), 123.0);
/// ```
pub fn parse_number(text: &str) -> f64 {
    let mut kept = String::new();
    let mut point = false;
    let mut exponent = false;
    let bytes = text.as_bytes();
    for (position, &byte) in bytes.iter().enumerate() {
        match byte {
            b'0'..=b'9' => kept.push(byte as char),
            b'.' if !point && !exponent => {
                point = true;
                kept.push('.');
            }
            b'-' if kept.is_empty() => kept.push('-'),
            b'-' => break,
            b'e' | b'E' if !exponent && exponent_follows(bytes, position) => {
                exponent = true;
                kept.push('e');
                if bytes.get(position + 1) == Some(&b'-') {
                    let digits = bytes[position + 2..].iter().take_while(|byte| !matches!(byte, b'-' | b'.'));
                    kept.push('-');
                    kept.extend(digits.filter(|byte| byte.is_ascii_digit()).map(|byte| char::from(*byte)));
                    break;
                }
            }
            _ => {}
        }
    }
    kept.parse().unwrap_or_else(|_| kept.trim_end_matches(['e', '.', '-']).parse().unwrap_or(0.0))
}

fn exponent_follows(bytes: &[u8], position: usize) -> bool {
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let sign = matches!(bytes.get(position + 1), Some(b'-' | b'+'));
    position > 0 && digit(position - 1) && (digit(position + 1) || sign && digit(position + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_print_short() {
        assert_eq!(print_real(500_000.0), "500000");
        assert_eq!(print_real(0.1), "0.1");
        assert_eq!(format_number(12_345.67), "12345.67");
        assert_eq!(format_number(f64::INFINITY), "INF");
    }

    #[test]
    fn num_reads_what_is_numeric() {
        assert_eq!(parse_number("-12.5 EUR"), -12.5);
        assert_eq!(parse_number("1e3"), 1000.0);
        assert_eq!(parse_number("1e-3"), 0.001);
        assert_eq!(parse_number("1e-3x.4"), 0.001);
        assert_eq!(parse_number(&"1e-1".repeat(100_000)), 1e-11);
        assert_eq!(parse_number("none"), 0.0);
        assert_eq!(parse_number("1.2.3"), 1.23);
    }
}
