//! Commands on numbers (`docs/commands/theme/Math.md`).

use tessera_values::{ErrorStack, Value};

use super::Command;
use crate::arguments::Arguments;
use crate::process::Process;

pub(super) const COMMANDS: &[(u16, Command)] = &[
    (1, sum),
    (2, average),
    (3, max),
    (4, min),
    (8, int),
    (9, dec),
    (17, |_, arguments| real(arguments, f64::sin)),
    (18, |_, arguments| real(arguments, f64::cos)),
    (19, |_, arguments| real(arguments, f64::tan)),
    (22, |_, arguments| real(arguments, f64::ln)),
    (94, round),
    (95, trunc),
    (98, modulo),
    (99, abs),
    (100, random),
];

pub(super) const NAMED: &[(&str, Command)] = &[
    ("Square root", |_, arguments| real(arguments, f64::sqrt)),
    ("Exp", |_, arguments| real(arguments, f64::exp)),
    ("Arctan", |_, arguments| real(arguments, f64::atan)),
    ("Std deviation", |_, arguments| Ok(Value::Real(variance(&numbers(arguments)?).sqrt()))),
    ("Variance", |_, arguments| Ok(Value::Real(variance(&numbers(arguments)?)))),
    ("Sum squares", |_, arguments| Ok(number(numbers(arguments)?.iter().map(|n| n * n).sum()))),
];

/// A number that is whole becomes an integer, which is quicker to count with.
pub(super) fn number(n: f64) -> Value {
    if n.fract() == 0.0 && n.abs() < 9e15 { Value::Integer(n as i64) } else { Value::Real(n) }
}

fn real(arguments: &Arguments, function: impl Fn(f64) -> f64) -> Result<Value, ErrorStack> {
    Ok(Value::Real(function(arguments.real(0)?)))
}

fn int(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(number(arguments.real(0)?.floor()))
}

// UNSPECIFIED: the decimal part of a negative number. Taken: x - Int(x), which is never negative.
fn dec(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let n = arguments.real(0)?;
    // The digits after the point of 7.31 are 31, not 30999….
    let digits = format!("{n}");
    let fraction: f64 = match digits.split_once('.') {
        Some((_, fraction)) => format!("0.{fraction}").parse().unwrap_or(0.0),
        None => n - n.floor(),
    };
    Ok(Value::Real(if n < 0.0 && fraction > 0.0 { 1.0 - fraction } else { fraction }))
}

fn abs(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(match arguments.value(0) {
        Value::Integer(n) => n.checked_abs().map_or(Value::Real((n as f64).abs()), Value::Integer),
        _ => Value::Real(arguments.real(0)?.abs()),
    })
}

/// Which way digits that are dropped go.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    /// Half away from zero.
    Nearest,
    /// Towards negative infinity.
    Down,
}

fn round(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let (n, places) = with_places(arguments)?;
    Ok(number(round_half_away(n, places)))
}

fn trunc(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let (n, places) = with_places(arguments)?;
    Ok(number(drop_digits(n, places, Direction::Down)))
}

fn with_places(arguments: &Arguments) -> Result<(f64, i64), ErrorStack> {
    if !arguments.is_given(1) {
        return Err(ErrorStack::runtime("The number of decimal places is missing."));
    }
    Ok((arguments.real(0)?, arguments.integer(1)?))
}

/// Rounds the decimal digits people see, not the binary number behind them: 29.8725 gives 29.873
/// (`docs/commands/round.md`).
pub(super) fn round_half_away(n: f64, places: i64) -> f64 {
    drop_digits(n, places, Direction::Nearest)
}

const PLACES_MAX: i64 = 320;

fn drop_digits(n: f64, places: i64, direction: Direction) -> f64 {
    // Beyond these places a double has no digits.
    if !n.is_finite() || places > PLACES_MAX {
        return n;
    }
    let places = places.max(-PLACES_MAX);
    let text = format!("{}", n.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let keep = whole.len() as i64 + places;
    let mut digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).map(|digit| digit - b'0').collect();
    if keep >= digits.len() as i64 {
        return n;
    }
    let keep = usize::try_from(keep).unwrap_or(0);
    let below = whole.len() as i64 + places < 0;
    let up = match direction {
        Direction::Nearest => !below && digits[keep] >= 5,
        Direction::Down => n < 0.0 && digits[keep..].iter().any(|digit| *digit > 0),
    };
    digits[keep..].fill(0);
    let mut carry = up;
    for digit in digits[..keep].iter_mut().rev() {
        if !carry {
            break;
        }
        carry = *digit == 9;
        *digit = if carry { 0 } else { *digit + 1 };
    }
    let mut rounded = String::from(if n < 0.0 { "-" } else { "" });
    if carry {
        rounded.push('1');
        // The carry stands in front of the digits kept; without one, it is the place rounded to.
        if keep == 0 && places < 0 {
            let zeros = (-places) as usize;
            rounded.extend(std::iter::repeat_n('0', zeros));
            return rounded.parse().unwrap_or(n);
        }
    }
    for (position, digit) in digits.iter().enumerate() {
        if position == whole.len() {
            rounded.push('.');
        }
        rounded.push(char::from(b'0' + digit));
    }
    rounded.parse().unwrap_or(n)
}

/// Reals are rounded first: `Mod(3.5; 2)` is 0 (`docs/commands/mod.md`).
fn modulo(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let (a, b) = (arguments.integer(0)?, arguments.integer(1)?);
    if b == 0 {
        return Err(ErrorStack::runtime("Mod by zero."));
    }
    Ok(Value::Integer(a.wrapping_rem(b)))
}

fn random(process: &mut Process, _: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(Value::Integer(process.environment().random()))
}

/// The elements of a number array.
fn numbers(arguments: &Arguments) -> Result<Vec<f64>, ErrorStack> {
    let array = arguments.array(0)?;
    let elements = array.elements.borrow();
    Ok(elements.iter().skip(1).filter_map(Value::as_real).collect())
}

fn sum(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(number(numbers(arguments)?.iter().sum()))
}

fn average(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let numbers = numbers(arguments)?;
    Ok(number(if numbers.is_empty() { 0.0 } else { numbers.iter().sum::<f64>() / numbers.len() as f64 }))
}

fn max(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(number(numbers(arguments)?.into_iter().reduce(f64::max).unwrap_or(0.0)))
}

fn min(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(number(numbers(arguments)?.into_iter().reduce(f64::min).unwrap_or(0.0)))
}

fn variance(numbers: &[f64]) -> f64 {
    if numbers.is_empty() {
        return 0.0;
    }
    let count = numbers.len() as f64;
    let mean = numbers.iter().sum::<f64>() / count;
    numbers.iter().map(|n| (n - mean).powi(2)).sum::<f64>() / count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_looks_at_decimal_digits() {
        // L046, L047
        for (n, places, expected) in [
            (16.857, 2, 16.86),
            (32_345.67, -3, 32_000.0),
            (29.8725, 3, 29.873),
            (-1.5, 0, -2.0),
            (0.5, 0, 1.0),
            (9.99, 1, 10.0),
            (99.0, -2, 100.0),
            (999.0, -3, 1000.0),
            (40.0, -2, 0.0),
            (4.0, -3, 0.0),
            (0.05, 1, 0.1),
            (1e300, 2, 1e300),
        ] {
            assert_eq!(round_half_away(n, places), expected, "{n} {places}");
        }
    }
}
