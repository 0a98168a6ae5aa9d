//! From a constant or placeholder to a value of the attribute's type.
//!
//! More lenient than [`FieldType::accept`]: a constant in a query is text first, and `"v20"` compared with a number
//! is 20 (`docs/API/DataClassClass.md`).

use tessera_values::{CollectionRef, Date, Metric, Pattern, Scalar, Text, Time, Value, parse_number};

use super::ast::{Comparator, Literal, Placeholder};
use super::similarity::number as number_of;
use super::{Operand, Operator, Parameters, QueryError, Similarity};
use crate::FieldType;

/// A right-hand side before the attribute's type is known.
#[derive(Clone, Debug)]
pub(super) enum Given {
    /// The bare word `null`.
    Null,
    Constant {
        text: Text,
        quoted: bool,
    },
    /// From a placeholder.
    Value {
        value: Value,
        placeholder: Placeholder,
    },
    List(Vec<Given>),
}

impl Given {
    pub(super) fn read(literal: &Literal, parameters: &Parameters) -> Result<Self, QueryError> {
        Ok(match literal {
            Literal::Constant { text, quoted: false } if text.eq_ignore_ascii_case("null") => Self::Null,
            Literal::Constant { text, quoted } => Self::Constant { text: text.clone(), quoted: *quoted },
            Literal::List(items) => {
                Self::List(items.iter().map(|item| Self::read(item, parameters)).collect::<Result<_, _>>()?)
            }
            Literal::Placeholder(placeholder) => match parameters.value(placeholder)? {
                Value::Collection(items) => {
                    let item = |value| Self::Value { value, placeholder: placeholder.clone() };
                    Self::List(items.to_vec().into_iter().map(item).collect())
                }
                value => Self::Value { value, placeholder: placeholder.clone() },
            },
        })
    }

    /// The value as class code gets it.
    pub(super) fn to_value(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Value { value, .. } => value.clone(),
            Self::List(items) => {
                Value::Collection(CollectionRef::from_vec(items.iter().map(Self::to_value).collect()))
            }
            Self::Constant { text, quoted } => natural(text, *quoted).to_value(),
        }
    }

    fn shown(&self) -> Text {
        match self {
            Self::Null => "null".into(),
            Self::Constant { text, .. } => text.clone(),
            Self::Value { placeholder, .. } => placeholder.to_string().into(),
            Self::List(_) => "the list".into(),
        }
    }
}

/// What decides how a value is read.
#[derive(Clone, Copy)]
pub(super) struct Place<'p> {
    /// The attribute, for messages.
    pub(super) attribute: &'p str,
    /// The field's type; `None` inside an object, where values keep the type they have.
    pub(super) field_type: Option<FieldType>,
}

/// The operator and operand of a comparison.
pub(super) fn comparison(
    place: Place<'_>,
    comparator: Comparator,
    given: &Given,
) -> Result<(Operator, Operand), QueryError> {
    let wrong =
        || QueryError::WrongComparator { comparator: comparator.sign(), attribute: place.attribute.into() };
    if let Some(FieldType::Picture | FieldType::Blob | FieldType::Object) = place.field_type
        && !matches!(given, Given::Null)
    {
        return Err(match given {
            Given::Value { value: Value::Object(_), .. } => {
                QueryError::WrongVector { attribute: place.attribute.into() }
            }
            _ => wrong(),
        });
    }
    let operator = match comparator {
        Comparator::Equal | Comparator::StrictEqual | Comparator::Begin => Operator::Equal,
        Comparator::NotEqual | Comparator::StrictNotEqual => Operator::NotEqual,
        Comparator::Less => Operator::Less,
        Comparator::LessOrEqual => Operator::LessOrEqual,
        Comparator::Greater => Operator::Greater,
        Comparator::GreaterOrEqual => Operator::GreaterOrEqual,
        Comparator::In => Operator::In,
        Comparator::Keyword => Operator::Contains,
    };
    if comparator == Comparator::In {
        let Given::List(items) = given else { return Err(mismatch(place, given, "a list")) };
        let items = items.iter().map(|item| {
            let value = scalar(place, item)?;
            Ok(wildcard(Comparator::Equal, value))
        });
        return Ok((operator, Operand::List(items.collect::<Result<_, _>>()?)));
    }
    if matches!(comparator, Comparator::Keyword | Comparator::Begin)
        && (place.field_type.is_some_and(|field_type| !field_type.is_text()) || matches!(given, Given::Null))
    {
        return Err(wrong());
    }
    Ok((operator, wildcard(comparator, scalar(place, given)?)))
}

/// What a comparison with a vector asks: the operator, the score, and what it is compared with. `None` for a value that
/// is no object.
pub(super) fn vector_comparison(
    attribute: &str,
    comparator: Comparator,
    given: &Given,
) -> Result<Option<(Operator, Similarity, f64)>, QueryError> {
    /// Without `threshold` (`docs/API/DataClassClass.md`).
    const THRESHOLD: f64 = 0.5;
    let Given::Value { value: Value::Object(object), .. } = given else { return Ok(None) };
    let wrong = || QueryError::WrongVector { attribute: attribute.into() };
    let operator = match comparator {
        Comparator::Less => Operator::Less,
        Comparator::LessOrEqual => Operator::LessOrEqual,
        Comparator::Greater => Operator::Greater,
        Comparator::GreaterOrEqual => Operator::GreaterOrEqual,
        _ => {
            return Err(QueryError::WrongComparator {
                comparator: comparator.sign(),
                attribute: attribute.into(),
            });
        }
    };
    let vector = match object.get("vector").unwrap_or_default() {
        Value::Native(native) => native.numbers().map(<[f64]>::to_vec),
        Value::Collection(numbers) => numbers.to_vec().iter().map(number_of).collect(),
        _ => None,
    };
    let metric = match object.get("metric").unwrap_or_default() {
        Value::Undefined | Value::Null => Some(Metric::Cosine),
        Value::Text(name) => Metric::named(&name),
        _ => None,
    };
    let threshold = match object.get("threshold").unwrap_or_default() {
        Value::Undefined | Value::Null => Some(THRESHOLD),
        value => number_of(&value),
    };
    let similarity = Similarity { metric: metric.ok_or_else(wrong)?, vector: vector.ok_or_else(wrong)? };
    Ok(Some((operator, similarity, threshold.ok_or_else(wrong)?)))
}

/// Text with `@` is a pattern, unless the comparator takes it literally.
fn wildcard(comparator: Comparator, value: Scalar) -> Operand {
    match (comparator, value) {
        (Comparator::Begin, Scalar::Text(text)) => Operand::Pattern(Pattern::new(text + "@")),
        (Comparator::Keyword, Scalar::Text(text)) => Operand::Pattern(Pattern::new(text)),
        (Comparator::Equal | Comparator::NotEqual, Scalar::Text(text)) if text.contains('@') => {
            Operand::Pattern(Pattern::new(text))
        }
        (_, value) => Operand::Scalar(value),
    }
}

fn mismatch(place: Place<'_>, given: &Given, expected: &'static str) -> QueryError {
    match given {
        Given::Value { placeholder, .. } => {
            QueryError::PlaceholderType { placeholder: placeholder.to_string().into(), expected }
        }
        _ => QueryError::WrongValue { attribute: place.attribute.into(), value: given.shown(), expected },
    }
}

/// One value of the attribute's type.
pub(super) fn scalar(place: Place<'_>, given: &Given) -> Result<Scalar, QueryError> {
    let value = match given {
        Given::Null => return Ok(Scalar::Null),
        Given::List(_) => return Err(mismatch(place, given, "a single value")),
        Given::Constant { text, quoted } => match place.field_type {
            None => return Ok(natural(text, *quoted)),
            // The words `true` and `false` are Booleans and nothing else (`docs/REST/$filter.md`).
            Some(field_type)
                if field_type.is_text() && !quoted && matches!(text.as_str(), "true" | "false") =>
            {
                return Err(mismatch(place, given, "a text in quotes"));
            }
            Some(_) => Scalar::Text(text.clone()),
        },
        // A collection inside a list may hold Null; the list itself may not.
        Given::Value { value, .. } => match Scalar::from_value(value) {
            Some(value) => value,
            None if matches!(value, Value::Object(_)) => {
                return Err(QueryError::WrongVector { attribute: place.attribute.into() });
            }
            None => return Err(mismatch(place, given, "a single value")),
        },
    };
    let Some(field_type) = place.field_type else { return Ok(value) };
    let (converted, expected) = match field_type {
        FieldType::Boolean => (boolean(&value), "true or false"),
        FieldType::Date => (date(&value), "a date such as 2024-12-31"),
        FieldType::Time => (time(&value), "a time such as 10:30:00, or milliseconds"),
        FieldType::Integer | FieldType::Long | FieldType::Integer64 | FieldType::Real | FieldType::Float => {
            (number(&value), "a number")
        }
        FieldType::Alpha { .. } | FieldType::Text => (text(&value), "a text"),
        FieldType::Uuid => {
            // A text that is no UUID is equal to none.
            (field_type.accept(&value).or_else(|| text(&value)), "a UUID")
        }
        FieldType::Picture | FieldType::Blob | FieldType::Object => (None, "null"),
    };
    converted.ok_or_else(|| mismatch(place, given, expected))
}

fn boolean(value: &Scalar) -> Option<Scalar> {
    Some(Scalar::Boolean(match value {
        Scalar::Boolean(b) => *b,
        Scalar::Integer(n) => *n != 0,
        Scalar::Text(text) => match text.as_str() {
            "true" | "1" => true,
            "false" | "0" => false,
            _ => return None,
        },
        _ => return None,
    }))
}

fn date(value: &Scalar) -> Option<Scalar> {
    match value {
        Scalar::Date(_) => Some(value.clone()),
        // `D!M!YYYY` too (U60), and the language's `!YYYY-MM-DD!`.
        Scalar::Text(text) => {
            let literal = text.strip_prefix('!').and_then(|text| text.strip_suffix('!'));
            if literal == Some("00-00-00") {
                return Some(Scalar::Date(Date::NULL));
            }
            Date::parse_iso(literal.unwrap_or(text)).or_else(|| Date::parse_rest(text)).map(Scalar::Date)
        }
        _ => None,
    }
}

// UNSPECIFIED: a number compared with a time. Taken: milliseconds, the unit REST sends.
fn time(value: &Scalar) -> Option<Scalar> {
    let milliseconds = match value {
        Scalar::Time(_) => return Some(value.clone()),
        Scalar::Integer(n) => *n,
        Scalar::Real(n) => *n as i64,
        Scalar::Text(text) => match Time::parse(text) {
            Some(time) => return Some(Scalar::Time(time)),
            None => text.trim().parse().ok()?,
        },
        _ => return None,
    };
    Some(Scalar::Time(Time::from_seconds(milliseconds / 1000)))
}

fn number(value: &Scalar) -> Option<Scalar> {
    match value {
        Scalar::Integer(_) => Some(value.clone()),
        Scalar::Real(n) if n.is_finite() => Some(value.clone()),
        Scalar::Time(time) => Some(Scalar::Integer(time.milliseconds())),
        Scalar::Text(text) => exact_number(text).or_else(|| {
            // R196: what is numeric in the text counts.
            text.contains(|c: char| c.is_ascii_digit()).then(|| Scalar::Real(parse_number(text)))
        }),
        _ => None,
    }
}

/// A number without losing digits: whole ones stay whole.
fn exact_number(text: &str) -> Option<Scalar> {
    let text = text.trim();
    if let Ok(whole) = text.parse() {
        return Some(Scalar::Integer(whole));
    }
    // Rust also reads `inf` and `nan` as numbers.
    let numeric = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'));
    text.parse().ok().filter(|n: &f64| numeric && n.is_finite()).map(Scalar::Real)
}

fn text(value: &Scalar) -> Option<Scalar> {
    match value {
        Scalar::Boolean(_) | Scalar::Blob(_) | Scalar::Picture(_) | Scalar::Object(_) => None,
        Scalar::Date(date) => Some(Scalar::Text(date.to_string().into())),
        Scalar::Time(time) => Some(Scalar::Text(time.to_string().into())),
        other => FieldType::Text.accept(other),
    }
}

/// A constant that is compared with a value whose type nobody declared.
fn natural(text: &Text, quoted: bool) -> Scalar {
    if !quoted {
        match text.as_str() {
            "true" => return Scalar::Boolean(true),
            "false" => return Scalar::Boolean(false),
            _ => {}
        }
        if let Some(number) = exact_number(text) {
            return number;
        }
        if text.len() == 10
            && let Some(date) = Date::parse_iso(text)
        {
            return Scalar::Date(date);
        }
    }
    Scalar::Text(text.clone())
}
