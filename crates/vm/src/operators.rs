//! The binary operators (`docs/Concepts/operators.md`). They all have the same precedence; the compiler sees to it.

use tessera_syntax::ast::BinaryOperator;
use tessera_values::{ErrorStack, Text, Time, Value, compare_order, equal, fold_search};

use crate::bytecode::Comparison;
use crate::limits;

/// Does left compare to right?
pub(crate) fn compare(comparison: Comparison, left: &Value, right: &Value) -> Result<bool, ErrorStack> {
    match comparison {
        Comparison::Equal => Ok(equal(left, right)),
        Comparison::NotEqual => Ok(!equal(left, right)),
        comparison => match compare_order(left, right) {
            Ok(order) => Ok(order.is_some_and(|order| comparison.holds(order))),
            Err(error) => Err(ErrorStack::runtime(error.to_string())),
        },
    }
}

/// What a product, a remainder or a whole quotient of two whole numbers is, which loops are full of. `None` leaves it to
/// [`binary`].
#[inline]
pub(crate) fn of_integers(operator: BinaryOperator, left: i64, right: i64) -> Option<i64> {
    match operator {
        BinaryOperator::Multiply => left.checked_mul(right),
        BinaryOperator::Modulo => left.checked_rem(right),
        BinaryOperator::IntegerDivide => left.checked_div(right),
        _ => None,
    }
}

/// left operator right
pub(crate) fn binary(operator: BinaryOperator, left: &Value, right: &Value) -> Result<Value, ErrorStack> {
    use BinaryOperator as Op;
    match operator {
        Op::Add => add(left, right),
        Op::Subtract => subtract(left, right),
        Op::Multiply => multiply(left, right),
        Op::Divide => divide(left, right),
        Op::IntegerDivide => {
            let (a, b) = numbers(left, right).ok_or_else(|| mismatch("\\", left, right))?;
            Ok(whole((a / b).trunc()))
        }
        Op::Modulo => modulo(left, right),
        Op::Power => {
            let (a, b) = numbers(left, right).ok_or_else(|| mismatch("^", left, right))?;
            Ok(whole_if(left, right, a.powf(b)))
        }
        Op::And | Op::Or | Op::ExclusiveOr => logical(operator, left, right),
        Op::ShiftLeft | Op::ShiftRight | Op::BitSet | Op::BitClear | Op::BitTest => {
            bits(operator, left, right)
        }
        Op::AndThen | Op::OrElse => unreachable!("compiled to jumps"),
        Op::Equal | Op::NotEqual | Op::Less | Op::LessOrEqual | Op::Greater | Op::GreaterOrEqual => {
            unreachable!("compiled to comparisons")
        }
        Op::Picture => Err(ErrorStack::runtime("Picture operators are not available on a server.")),
    }
}

pub(crate) fn add(left: &Value, right: &Value) -> Result<Value, ErrorStack> {
    Ok(match (left, right) {
        (Value::Integer(a), Value::Integer(b)) => {
            a.checked_add(*b).map_or(Value::Real(*a as f64 + *b as f64), Value::Integer)
        }
        (Value::Text(a), Value::Text(b)) => {
            limits::check_text(a.len() + b.len())?;
            let mut joined = Text::with_capacity(a.len() + b.len());
            joined.push_str(a);
            joined.push_str(b);
            Value::Text(joined)
        }
        (Value::Date(date), days) => {
            Value::Date(date.add_days(days.as_integer().ok_or_else(|| mismatch("+", left, right))?))
        }
        (Value::Time(a), Value::Time(b)) => Value::Time(Time::from_seconds(a.seconds() + b.seconds())),
        _ => {
            let (a, b) = numbers(left, right).ok_or_else(|| mismatch("+", left, right))?;
            whole_if(left, right, a + b)
        }
    })
}

/// `text += text` where nobody else holds the left text: appended in place.
pub(crate) fn append(left: &mut Text, right: &str) -> Result<(), ErrorStack> {
    limits::check_text(left.len() + right.len())?;
    left.push_str(right);
    Ok(())
}

pub(crate) fn subtract(left: &Value, right: &Value) -> Result<Value, ErrorStack> {
    Ok(match (left, right) {
        (Value::Integer(a), Value::Integer(b)) => {
            a.checked_sub(*b).map_or(Value::Real(*a as f64 - *b as f64), Value::Integer)
        }
        (Value::Date(a), Value::Date(b)) => Value::Integer(a.days_since(*b)),
        (Value::Date(date), days) => Value::Date(
            date.add_days(days.as_integer().ok_or_else(|| mismatch("-", left, right))?.saturating_neg()),
        ),
        (Value::Time(a), Value::Time(b)) => Value::Time(Time::from_seconds(a.seconds() - b.seconds())),
        _ => {
            let (a, b) = numbers(left, right).ok_or_else(|| mismatch("-", left, right))?;
            whole_if(left, right, a - b)
        }
    })
}

/// -value
pub(crate) fn negate(value: &Value) -> Result<Value, ErrorStack> {
    match value {
        Value::Integer(n) => Ok(n.checked_neg().map_or(Value::Real(-(*n as f64)), Value::Integer)),
        Value::Time(time) => Ok(Value::Time(Time::from_seconds(-time.seconds()))),
        _ => value
            .as_real()
            .map(|n| Value::Real(-n))
            .ok_or_else(|| ErrorStack::runtime(format!("{} can't be negated.", value.kind()))),
    }
}

fn multiply(left: &Value, right: &Value) -> Result<Value, ErrorStack> {
    match (left, right) {
        (Value::Integer(a), Value::Integer(b)) => {
            Ok(a.checked_mul(*b).map_or(Value::Real(*a as f64 * *b as f64), Value::Integer))
        }
        (Value::Text(text), count) => {
            let count = count.as_integer().ok_or_else(|| mismatch("*", left, right))?.max(0) as usize;
            limits::check_text(text.len().saturating_mul(count))?;
            // Nothing, however often, is nothing; counting to it would take for ever.
            Ok(Value::text(if text.is_empty() { Text::new() } else { text.repeat(count) }))
        }
        _ => {
            let (a, b) = numbers(left, right).ok_or_else(|| mismatch("*", left, right))?;
            Ok(whole_if(left, right, a * b))
        }
    }
}

fn divide(left: &Value, right: &Value) -> Result<Value, ErrorStack> {
    let (a, b) = numbers(left, right).ok_or_else(|| mismatch("/", left, right))?;
    let quotient = a / b;
    Ok(whole_if(left, right, quotient))
}

/// Numbers modulo are 32-bit (`docs/Concepts/dt_number.md`); on texts `%` asks for a keyword.
fn modulo(left: &Value, right: &Value) -> Result<Value, ErrorStack> {
    match (left, right) {
        (Value::Text(text), Value::Text(word)) => Ok(Value::Boolean(contains_keyword(text, word))),
        (Value::Time(a), Value::Time(b)) if b.seconds() != 0 => {
            Ok(Value::Time(Time::from_seconds(a.seconds() % b.seconds())))
        }
        _ => {
            let (a, b) = numbers(left, right).ok_or_else(|| mismatch("%", left, right))?;
            let (a, b) = (a.trunc() as i64, b.trunc() as i64);
            if b == 0 {
                return Err(ErrorStack::runtime("Modulo by zero."));
            }
            Ok(Value::Integer(a.wrapping_rem(b)))
        }
    }
}

/// A whole word of the text, case and accents ignored; a trailing `@` stands for any ending.
pub fn contains_keyword(text: &str, word: &str) -> bool {
    let (word, prefix) = word.strip_suffix('@').map_or((word, false), |stem| (stem, true));
    if word.is_empty() || word.contains(char::is_whitespace) {
        return false;
    }
    let word = fold_search(word);
    crate::keywords::keywords(&fold_search(text))
        .any(|candidate| if prefix { candidate.starts_with(&word) } else { candidate == word })
}

fn logical(operator: BinaryOperator, left: &Value, right: &Value) -> Result<Value, ErrorStack> {
    let as_condition = |value: &Value| match value {
        Value::Boolean(b) => Some(*b),
        Value::Undefined | Value::Null => Some(false),
        _ => None,
    };
    if let (Some(a), Some(b)) = (as_condition(left), as_condition(right)) {
        return Ok(Value::Boolean(match operator {
            BinaryOperator::And => a && b,
            BinaryOperator::Or => a || b,
            _ => a != b,
        }));
    }
    let (a, b) = integers(left, right).ok_or_else(|| mismatch("&, | or ^|", left, right))?;
    Ok(Value::Integer(match operator {
        BinaryOperator::And => a & b,
        BinaryOperator::Or => a | b,
        _ => a ^ b,
    }))
}

fn bits(operator: BinaryOperator, left: &Value, right: &Value) -> Result<Value, ErrorStack> {
    let (a, b) = integers(left, right).ok_or_else(|| mismatch("bit operators", left, right))?;
    let (word, count) = (a as u32, u32::try_from(b).unwrap_or(u32::MAX));
    let bit = if count < 32 { 1_u32 << count } else { 0 };
    let result = match operator {
        BinaryOperator::ShiftLeft => word.checked_shl(count).unwrap_or(0),
        BinaryOperator::ShiftRight => word.checked_shr(count).unwrap_or(0),
        BinaryOperator::BitSet => word | bit,
        BinaryOperator::BitClear => word & !bit,
        _ => return Ok(Value::Boolean(word & bit != 0)),
    };
    Ok(Value::Integer(i64::from(result as i32)))
}

fn numbers(left: &Value, right: &Value) -> Option<(f64, f64)> {
    let number = |value: &Value| match value {
        Value::Array(array) => Some(array.selected.get() as f64),
        value => value.as_real(),
    };
    Some((number(left)?, number(right)?))
}

fn integers(left: &Value, right: &Value) -> Option<(i64, i64)> {
    Some((left.as_integer()?, right.as_integer()?))
}

fn whole(n: f64) -> Value {
    if n.is_finite() && n.abs() < 9e15 { Value::Integer(n as i64) } else { Value::Real(n) }
}

/// Whole operands whose result is whole stay whole.
fn whole_if(left: &Value, right: &Value, result: f64) -> Value {
    let are_whole =
        matches!((left, right), (Value::Integer(_) | Value::Time(_), Value::Integer(_) | Value::Time(_)));
    if are_whole && result.fract() == 0.0 { whole(result) } else { Value::Real(result) }
}

fn mismatch(operator: &str, left: &Value, right: &Value) -> ErrorStack {
    ErrorStack::runtime(format!(
        "The operator {operator} can't be applied to {} and {}.",
        left.kind(),
        right.kind()
    ))
}
