//! Values on their way to PostgreSQL and back, in its binary format.

use std::borrow::Cow;
use std::error::Error;
use std::sync::Arc;

use bytes::{BufMut as _, BytesMut};
use tessera_model::FieldType;
use tessera_values::{Blob, Date, Picture, Scalar, Text, Time};
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type};

/// A parameter.
#[derive(Debug)]
pub(super) enum Bound<'p> {
    Value(Cow<'p, Scalar>),
    Text(Cow<'p, str>),
    Bytes(Cow<'p, [u8]>),
    Number(i64),
    Values(&'p [Scalar]),
    Numbers(Cow<'p, [i64]>),
    Texts(Vec<Option<String>>),
    ManyBytes(Cow<'p, [Vec<u8>]>),
    Null,
}

type Encoded = Result<IsNull, Box<dyn Error + Sync + Send>>;

impl ToSql for Bound<'_> {
    fn to_sql(&self, to: &Type, out: &mut BytesMut) -> Encoded {
        match self {
            Self::Value(value) => scalar_to_sql(value, to, out),
            Self::Text(text) => text.to_sql(to, out),
            Self::Bytes(bytes) => {
                out.put_slice(bytes);
                Ok(IsNull::No)
            }
            Self::Number(number) => scalar_to_sql(&Scalar::Integer(*number), to, out),
            Self::Values(values) => {
                let values: Vec<Bound<'_>> =
                    values.iter().map(|value| Bound::Value(Cow::Borrowed(value))).collect();
                values.to_sql(to, out)
            }
            Self::Numbers(numbers) => numbers.as_ref().to_sql(to, out),
            Self::Texts(texts) => texts.to_sql(to, out),
            Self::ManyBytes(many) => many.as_ref().to_sql(to, out),
            Self::Null => Ok(IsNull::Yes),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    tokio_postgres::types::to_sql_checked!();
}

fn scalar_to_sql(value: &Scalar, to: &Type, out: &mut BytesMut) -> Encoded {
    match value {
        Scalar::Null => return Ok(IsNull::Yes),
        Scalar::Boolean(value) => out.put_u8(u8::from(*value)),
        Scalar::Integer(number) if *to == Type::FLOAT8 => out.put_f64(*number as f64),
        Scalar::Integer(number) if *to == Type::INT4 => out.put_i32(i32::try_from(*number)?),
        Scalar::Integer(number) => out.put_i64(*number),
        Scalar::Real(number) => out.put_f64(*number),
        Scalar::Text(text) => out.put_slice(stored_text(text).as_bytes()),
        Scalar::Date(date) => out.put_i32(days(*date)),
        Scalar::Time(time) => out.put_i64(time.milliseconds()),
        Scalar::Blob(blob) => out.put_slice(&blob.0),
        Scalar::Picture(picture) => out.put_slice(&picture.bytes.0),
        Scalar::Object(json) => out.put_slice(json.as_bytes()),
    }
    Ok(IsNull::No)
}

/// PostgreSQL counts days from here.
fn epoch() -> Date {
    Date::new(2000, 1, 1)
}

/// The null date is minus infinity, so that it sorts before every other.
fn days(date: Date) -> i32 {
    if date.is_null() { i32::MIN } else { date.days_since(epoch()) as i32 }
}

fn date(days: i32) -> Date {
    if days == i32::MIN { Date::NULL } else { epoch().add_days(i64::from(days)) }
}

/// Begins the form of a character that PostgreSQL or this form itself can't hold as it is. No text of anybody's has
/// it: it is a noncharacter.
const ESCAPE: char = '\u{10FFFE}';

/// A text without zeros, which PostgreSQL does not take.
pub(super) fn stored_text(text: &str) -> Cow<'_, str> {
    if !text.contains(['\0', ESCAPE]) {
        return Cow::Borrowed(text);
    }
    let mut stored = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\0' => stored.extend([ESCAPE, '\u{10FFFF}']),
            ESCAPE => stored.extend([ESCAPE, ESCAPE]),
            c => stored.push(c),
        }
    }
    Cow::Owned(stored)
}

/// The text that was stored.
pub(super) fn text(stored: &str) -> Text {
    if !stored.contains(ESCAPE) {
        return stored.into();
    }
    let mut chars = stored.chars();
    let mut text = String::with_capacity(stored.len());
    while let Some(c) = chars.next() {
        text.push(match c {
            ESCAPE if chars.next() == Some('\u{10FFFF}') => '\0',
            c => c,
        });
    }
    text.into()
}

/// A value as it comes, before its type is known.
pub(super) struct Raw<'r>(pub(super) Option<&'r [u8]>);

impl<'r> FromSql<'r> for Raw<'r> {
    fn from_sql(_: &Type, raw: &'r [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(Some(raw)))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(None))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

impl Raw<'_> {
    pub(super) fn text(&self) -> Option<&str> {
        self.0.and_then(|bytes| std::str::from_utf8(bytes).ok())
    }

    pub(super) fn whole(&self) -> Option<i64> {
        Some(match self.0? {
            [value] => i64::from(*value),
            bytes if bytes.len() == 4 => i64::from(i32::from_be_bytes(bytes.try_into().ok()?)),
            bytes => i64::from_be_bytes(bytes.try_into().ok()?),
        })
    }

    pub(super) fn real(&self) -> Option<f64> {
        Some(f64::from_be_bytes(self.0?.try_into().ok()?))
    }

    /// A stored value by its field's type. What doesn't fit the type (only a foreign program can have written it)
    /// reads as Null.
    pub(super) fn scalar(&self, field_type: FieldType) -> Scalar {
        let found = match field_type {
            FieldType::Boolean => self.whole().map(|value| Scalar::Boolean(value != 0)),
            FieldType::Integer | FieldType::Long | FieldType::Integer64 => self.whole().map(Scalar::Integer),
            FieldType::Real | FieldType::Float => self.real().map(Scalar::Real),
            FieldType::Date => {
                self.whole().and_then(|days| i32::try_from(days).ok()).map(|days| Scalar::Date(date(days)))
            }
            FieldType::Time => self.whole().map(|ms| Scalar::Time(Time::from_seconds(ms / 1000))),
            FieldType::Alpha { .. } | FieldType::Text | FieldType::Uuid => {
                self.text().map(|stored| Scalar::Text(text(stored)))
            }
            FieldType::Blob => self.0.map(|bytes| Scalar::Blob(Blob(Arc::from(bytes)))),
            FieldType::Object => self.text().map(|json| Scalar::Object(json.into())),
            FieldType::Picture => None,
        };
        found.unwrap_or_default()
    }

    pub(super) fn picture(&self, mime: &Raw<'_>) -> Scalar {
        match (self.0, mime.text()) {
            (Some(bytes), Some(mime)) => {
                Scalar::Picture(Picture { mime: mime.into(), bytes: Blob(Arc::from(bytes)) })
            }
            _ => Scalar::Null,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_stored_and_found_again() {
        for original in ["", "Zoé", "a\0b", "\0\0", "\u{10FFFE}", "\u{10FFFF}\u{10FFFE}\0\u{10FFFF}"] {
            let stored = stored_text(original);
            assert!(!stored.contains('\0'));
            assert_eq!(text(&stored), original);
        }
    }

    #[test]
    fn days_are_counted_both_ways() {
        let all = [
            Date::NULL,
            Date::new(2000, 1, 1),
            Date::new(1, 1, 1),
            Date::new(9999, 12, 31),
            Date::new(1969, 7, 20),
        ];
        for day in all {
            assert_eq!(date(days(day)), day);
        }
        assert_eq!((days(Date::new(2000, 1, 2)), days(Date::new(1999, 12, 31))), (1, -1));
    }
}
