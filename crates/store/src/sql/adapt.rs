//! What a comparison with a value of another type than the column's means in values of the column's type.
//!
//! Engines differ in how they compare a whole number with a fraction; here it is decided once, exactly as
//! `model::query::evaluate` decides it, and the index of the column stays usable.

use tessera_model::FieldType;
use tessera_model::query::Operator;
use tessera_values::{Date, Scalar};

use super::place::{Kind, kind};

/// A comparison, fit for its column.
#[derive(Debug, PartialEq)]
pub(super) enum Adapted {
    /// True for no value.
    Never,
    /// True for every value but Null.
    Always,
    Compare(Operator, Scalar),
}

/// 2⁶³, the first double beyond whole numbers.
const WHOLE_END: f64 = 9_223_372_036_854_775_808.0;

pub(super) fn adapt(field_type: FieldType, operator: Operator, value: &Scalar) -> Adapted {
    let same = || Adapted::Compare(operator, value.clone());
    match (kind(field_type), value) {
        (Kind::Boolean, Scalar::Boolean(_))
        | (Kind::Date, Scalar::Date(_))
        | (Kind::Time, Scalar::Time(_))
        | (Kind::Text, Scalar::Text(_))
        | (Kind::Bytes, Scalar::Blob(_) | Scalar::Picture(_))
        | (Kind::Object, Scalar::Object(_)) => same(),
        // Dates in objects are texts to JSON; either side may have been recognised.
        (Kind::Date, Scalar::Text(text)) => match Date::parse_iso(text) {
            Some(date) => Adapted::Compare(operator, Scalar::Date(date)),
            None => never_equal(operator),
        },
        (Kind::Number, Scalar::Integer(_)) if field_type.is_whole() => same(),
        (Kind::Number, Scalar::Integer(whole)) => real_with_whole(operator, *whole),
        (Kind::Number, Scalar::Real(real)) if field_type.is_whole() => whole_with_real(operator, *real),
        (Kind::Number, Scalar::Real(real)) if real.is_nan() => never_equal(operator),
        (Kind::Number, Scalar::Real(_)) => same(),
        _ => never_equal(operator),
    }
}

/// Values that have no order differ, and that is all.
fn never_equal(operator: Operator) -> Adapted {
    if operator == Operator::NotEqual { Adapted::Always } else { Adapted::Never }
}

fn whole_with_real(operator: Operator, real: f64) -> Adapted {
    use Operator::*;
    if real.is_nan() {
        return never_equal(operator);
    }
    let is_whole = real.fract() == 0.0;
    // The nearest whole number that keeps the comparison as it is.
    let bound = match operator {
        Equal | NotEqual if !is_whole => return never_equal(operator),
        Less | GreaterOrEqual => real.ceil(),
        LessOrEqual | Greater => real.floor(),
        _ => real,
    };
    if bound >= WHOLE_END {
        return if matches!(operator, Less | LessOrEqual | NotEqual) {
            Adapted::Always
        } else {
            Adapted::Never
        };
    }
    if bound < -WHOLE_END {
        let always = matches!(operator, Greater | GreaterOrEqual | NotEqual);
        return if always { Adapted::Always } else { Adapted::Never };
    }
    Adapted::Compare(operator, Scalar::Integer(bound as i64))
}

fn real_with_whole(operator: Operator, whole: i64) -> Adapted {
    use Operator::*;
    let nearest = whole as f64;
    let difference = nearest as i128 - i128::from(whole);
    // No double lies between the whole number and the nearest one.
    let operator = match operator {
        _ if difference == 0 => operator,
        Less | LessOrEqual if difference > 0 => Less,
        Less | LessOrEqual => LessOrEqual,
        Greater | GreaterOrEqual if difference > 0 => GreaterOrEqual,
        Greater | GreaterOrEqual => Greater,
        operator => return never_equal(operator),
    };
    Adapted::Compare(operator, Scalar::Real(nearest))
}

#[cfg(test)]
mod tests {
    use tessera_model::query::{Operand, evaluate};

    use super::*;

    #[test]
    fn numbers_of_another_type_compare_exactly() {
        let reals = [-1e19, -2.5, -2.0, 0.0, 0.5, 3.0, 9_007_199_254_740_992.0, WHOLE_END, f64::NAN];
        let wholes =
            [i64::MIN, -3, -2, 0, 1, 3, (1 << 53) - 1, 1 << 53, (1 << 53) + 1, (1 << 53) + 3, i64::MAX];
        use Operator::*;
        for operator in [Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual] {
            let check = |field_type, stored: Scalar, value: Scalar| {
                let expected = evaluate::compare(&stored, operator, &Operand::Scalar(value.clone()));
                let adapted = match adapt(field_type, operator, &value) {
                    Adapted::Never => false,
                    Adapted::Always => true,
                    Adapted::Compare(operator, value) => {
                        assert_eq!(stored.as_integer().is_some(), value.as_integer().is_some());
                        evaluate::compare(&stored, operator, &Operand::Scalar(value))
                    }
                };
                assert_eq!(adapted, expected, "{stored:?} {operator:?} {value:?}");
            };
            for real in reals {
                for whole in wholes {
                    check(FieldType::Integer64, Scalar::Integer(whole), Scalar::Real(real));
                    if !real.is_nan() {
                        check(FieldType::Real, Scalar::Real(real), Scalar::Integer(whole));
                    }
                }
            }
        }
    }
}
