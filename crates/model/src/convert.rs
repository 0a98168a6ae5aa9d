//! Which values a field takes: those of its type, and forms that convert to it without loss.
//!
//! `store` applies it to what is saved and to keys. The query language converts more freely; see
//! `query::resolve`.

use tessera_values::{Date, Scalar, Text, Time, length, print_real, substring};

use crate::FieldType;

impl FieldType {
    /// The value as this type holds it, or `None` when it can't. Null stays Null.
    ///
    /// ```
    /// use tessera_model::FieldType;
    /// use tessera_values::Scalar;
    ///
    /// assert_eq!(FieldType::Long.accept(&Scalar::from("12")), Some(Scalar::Integer(12)));
    /// assert_eq!(FieldType::Integer.accept(&Scalar::Integer(40_000)), None);
    /// ```
    pub fn accept(self, value: &Scalar) -> Option<Scalar> {
        match (self, value) {
            (_, Scalar::Null) => Some(Scalar::Null),
            (Self::Boolean, Scalar::Boolean(_))
            | (Self::Date, Scalar::Date(_))
            | (Self::Time, Scalar::Time(_))
            | (Self::Picture, Scalar::Picture(_))
            | (Self::Blob, Scalar::Blob(_))
            | (Self::Object, Scalar::Object(_)) => Some(value.clone()),
            (Self::Integer | Self::Long | Self::Integer64, _) => self.whole(value),
            (Self::Real | Self::Float, Scalar::Real(n)) if n.is_finite() => Some(value.clone()),
            (Self::Real | Self::Float, Scalar::Integer(n)) => Some(Scalar::Real(*n as f64)),
            (Self::Real | Self::Float, Scalar::Text(text)) => {
                text.trim().parse().ok().filter(|n: &f64| n.is_finite()).map(Scalar::Real)
            }
            (Self::Date, Scalar::Text(text)) => {
                Date::parse_iso(text).or_else(|| Date::parse_rest(text)).map(Scalar::Date)
            }
            (Self::Time, Scalar::Text(text)) => Time::parse(text).map(Scalar::Time),
            // UNSPECIFIED: a text longer than an Alpha field. Taken: shortened, as desktop 4D does.
            (Self::Alpha { max }, Scalar::Text(text)) if length(text) > max as usize => {
                Some(Scalar::Text(substring(text, 1, Some(i64::from(max)))))
            }
            (Self::Alpha { .. } | Self::Text, Scalar::Text(_)) => Some(value.clone()),
            (Self::Alpha { .. } | Self::Text, Scalar::Integer(n)) => {
                self.accept(&Scalar::Text(n.to_string().into()))
            }
            (Self::Alpha { .. } | Self::Text, Scalar::Real(n)) => {
                self.accept(&Scalar::Text(print_real(*n).into()))
            }
            (Self::Uuid, Scalar::Text(text)) => uuid(text).map(Scalar::Text),
            _ => None,
        }
    }

    fn whole(self, value: &Scalar) -> Option<Scalar> {
        let number = match value {
            Scalar::Integer(n) => *n,
            // 2⁶³ itself is the first double beyond the range.
            Scalar::Real(n) if n.fract() == 0.0 && n.abs() < 9_223_372_036_854_775_808.0 => *n as i64,
            Scalar::Text(text) => text.trim().parse().ok()?,
            _ => return None,
        };
        // UNSPECIFIED: a number beyond the field's range. Taken: refused rather than cut.
        let fits = match self {
            Self::Integer => i16::try_from(number).is_ok(),
            Self::Long => i32::try_from(number).is_ok(),
            _ => true,
        };
        fits.then_some(Scalar::Integer(number))
    }
}

/// 32 upper-case hex digits, from a UUID with or without dashes in any case. The empty text is the blank UUID.
fn uuid(text: &str) -> Option<Text> {
    let text = text.trim();
    let canonical = |bytes: &[u8]| bytes.iter().all(|b| matches!(b, b'0'..=b'9' | b'A'..=b'F'));
    if text.is_empty() || text.len() == 32 && canonical(text.as_bytes()) {
        return Some(text.into());
    }
    let digits: String = text.chars().filter(|c| *c != '-').map(|c| c.to_ascii_uppercase()).collect();
    (digits.len() == 32 && canonical(digits.as_bytes())).then(|| digits.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(field: FieldType, value: impl Into<Scalar>, expected: Option<Scalar>) {
        assert_eq!(field.accept(&value.into()), expected);
    }

    #[test]
    fn only_lossless_forms_are_taken() {
        check(FieldType::Long, Scalar::Real(3.0), Some(3.into()));
        check(FieldType::Long, Scalar::Real(3.5), None);
        check(FieldType::Long, 1 << 40, None);
        check(FieldType::Integer64, Scalar::Real(1e30), None);
        check(FieldType::Integer64, "9223372036854775807", Some(i64::MAX.into()));
        check(FieldType::Alpha { max: 3 }, "abcdef", Some("abc".into()));
        check(FieldType::Date, "5!10!2013", Some(Scalar::Date(Date::new(2013, 10, 5))));
        check(FieldType::Date, "soon", None);
        check(FieldType::Boolean, 1, None);
        let dashed = "f182bfdb-899c-45a5-87ef-a25ae271891d";
        check(FieldType::Uuid, dashed, Some("F182BFDB899C45A587EFA25AE271891D".into()));
        check(FieldType::Uuid, "F182", None);
    }
}
