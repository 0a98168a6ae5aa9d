//! Numbers as text: pictures of digits such as `###,##0.00`, and bases (`docs/commands/string.md`).

use tessera_values::{ErrorStack, Text, format_number};

use crate::commands::math::round_half_away;

/// The number in the form a format asks for.
pub(super) fn formatted(n: f64, format: &str) -> Text {
    if n.is_nan() || n.is_infinite() {
        return format_number(n);
    }
    match format {
        "&x" => return format!("0x{:04X}", n as i64 as u32).into(),
        "&$" => return format!("${:X}", n as i64 as u32).into(),
        "&xml" => return format_number(n),
        // UNSPECIFIED: named styles. Taken: no format.
        style if style.starts_with('|') => return format_number(n),
        _ => {}
    }
    let mut sections = format.split(';');
    let positive = sections.next().unwrap_or_default();
    let (negative, zero) = (sections.next(), sections.next());
    match (n, negative, zero) {
        (_, _, Some(zero)) if n == 0.0 => section(0.0, zero),
        (..0.0, Some(negative), _) => section(-n, negative),
        (..0.0, None, _) => {
            let shown = section(-n, positive);
            if shown.chars().any(|c| matches!(c, '1'..='9')) { format!("-{shown}").into() } else { shown }
        }
        _ => section(n, positive),
    }
}

fn is_digit_place(c: char) -> bool {
    matches!(c, '#' | '0' | '^' | '*')
}

/// What a place shows when there is no digit for it.
fn filler(place: char) -> Option<char> {
    match place {
        '0' => Some('0'),
        '^' => Some(' '),
        '*' => Some('*'),
        _ => None,
    }
}

/// The most digits after the point that a double can have.
const DECIMALS_MAX: usize = 1100;

/// One section for a number that is not negative.
// UNSPECIFIED: more digits than places. Taken: all digits are shown.
fn section(n: f64, format: &str) -> Text {
    let places: Vec<char> = format.chars().collect();
    let Some(first) = places.iter().position(|c| is_digit_place(*c)) else { return format.into() };
    let last = places.iter().rposition(|c| is_digit_place(*c)).unwrap_or(first);
    let first = if first > 0 && places[first - 1] == '.' { first - 1 } else { first };
    let point = places[first..=last].iter().rposition(|c| *c == '.').map(|at| first + at);
    let decimals = point.map_or(0, |at| places[at..=last].iter().filter(|c| is_digit_place(**c)).count());
    let rounded = round_half_away(n, decimals as i64);
    // Further places have no digit of their own.
    let decimals = decimals.min(DECIMALS_MAX);
    let digits = format!("{rounded:.decimals$}");
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));

    let mut shown = Text::new();
    places[..first].iter().for_each(|c| shown.push(*c));
    shown.push_str(&whole_part(whole, &places[first..point.unwrap_or(last + 1)]));
    if let Some(point) = point {
        shown.push_str(&decimal_part(fraction, &places[point + 1..=last]));
    }
    places[last + 1..].iter().for_each(|c| shown.push(*c));
    shown
}

/// Digits go into their places from right to left.
fn whole_part(digits: &str, places: &[char]) -> String {
    let mut digits: Vec<char> = if digits == "0" { Vec::new() } else { digits.chars().collect() };
    let groups = places.contains(&',');
    let mut shown: Vec<char> = Vec::new();
    let mut since_group = 0;
    let never_empty = places.iter().position(|place| filler(*place).is_some());
    for (at, place) in places.iter().enumerate().rev() {
        // What follows is shown while there are digits, or places that are never empty.
        let goes_on = !digits.is_empty() || never_empty.is_some_and(|first| first < at);
        match place {
            place if is_digit_place(*place) => {
                if let Some(c) = digits.pop().or_else(|| filler(*place)) {
                    shown.push(c);
                    since_group += 1;
                }
            }
            c if goes_on => {
                shown.push(*c);
                since_group = 0;
            }
            _ => {}
        }
    }
    while let Some(digit) = digits.pop() {
        if groups && since_group == 3 {
            shown.push(',');
            since_group = 0;
        }
        shown.push(digit);
        since_group += 1;
    }
    shown.iter().rev().collect()
}

/// `#` places drop trailing zeros, and the point with them when nothing is left.
fn decimal_part(digits: &str, places: &[char]) -> String {
    let mut shown: Vec<char> = Vec::new();
    let mut digits = digits.chars();
    let mut needed = 0;
    for place in places {
        if !is_digit_place(*place) {
            shown.push(*place);
            needed = shown.len();
            continue;
        }
        let digit = digits.next().unwrap_or('0');
        shown.push(digit);
        if digit != '0' || filler(*place).is_some() {
            needed = shown.len();
        }
    }
    shown.truncate(needed);
    if shown.is_empty() { String::new() } else { format!(".{}", shown.iter().collect::<String>()) }
}

/// The most digits shown after the point of a number in another base, as ECMAScript's `toString` does.
const FRACTION_DIGITS_MAX: usize = 52;

/// The number in a base from 2 to 36; 0 stands for 10.
pub(super) fn in_base(n: f64, base: i64) -> Result<Text, ErrorStack> {
    let base = match base {
        0 => 10,
        2..=36 => base as u32,
        _ => return Err(ErrorStack::runtime("The base of a number must be 0 or from 2 to 36.")),
    };
    if !n.is_finite() {
        return Ok("NaN".into());
    }
    if base == 10 {
        return Ok(format_number(n));
    }
    let digit = |value: f64| char::from_digit(value as u32, base).unwrap_or('0');
    let (mut whole, mut fraction) = (n.abs().trunc(), n.abs().fract());
    let mut digits = Vec::new();
    while whole >= 1.0 {
        digits.push(digit(whole % f64::from(base)));
        whole = (whole / f64::from(base)).trunc();
    }
    if digits.is_empty() {
        digits.push('0');
    }
    if n < 0.0 {
        digits.push('-');
    }
    digits.reverse();
    if fraction > 0.0 {
        digits.push('.');
        for _ in 0..FRACTION_DIGITS_MAX {
            fraction *= f64::from(base);
            digits.push(digit(fraction.trunc()));
            fraction = fraction.fract();
            if fraction == 0.0 {
                break;
            }
        }
    }
    Ok(digits.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_of_digits() {
        for (n, format, expected) in [
            (32_768.0, "###,##0 Inhabitants", "32,768 Inhabitants"),
            (1_234_567.891, "###,##0.00", "1,234,567.89"),
            (0.0, "##0.##", "0"),
            (0.0, "###", ""),
            (5.0, "##0.##", "5"),
            (5.25, "##0.0#", "5.25"),
            (7.0, "000", "007"),
            (7.0, "^^0", "  7"),
            (7.0, "**0", "**7"),
            (-7.0, "#0", "-7"),
            (-7.5, "#0.0;(#0.0)", "(7.5)"),
            (-0.001, "0.00", "0.00"),
            (0.0, "#;-#;none", "none"),
            (0.5, "$0.00", "$0.50"),
            (5_551_234.0, "###-####", "555-1234"),
            (12.0, "00:00", "00:12"),
            (0.25, ".00", ".25"),
            (1234.0, "#,###", "1,234"),
            (12.0, "#,###", "12"),
            (12.0, "0,000", "0,012"),
            (2.5, "0", "3"),
        ] {
            assert_eq!(formatted(n, format), expected, "{n} {format}");
        }
    }
}
