//! What the text of a literal says. The lexer has checked its outline.

use ecow::EcoString;

use crate::ast::ExpressionKind;

/// The inside of a text literal with its escapes resolved (docs/Concepts/dt_string.md).
pub(super) fn text(literal: &str) -> EcoString {
    let inside = literal.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(literal);
    if !inside.contains('\\') {
        return inside.into();
    }
    let mut text = EcoString::with_capacity(inside.len());
    let mut characters = inside.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            text.push(character);
            continue;
        }
        match characters.next() {
            Some('n') => text.push('\n'),
            Some('r') => text.push('\r'),
            Some('t') => text.push('\t'),
            Some(escaped @ ('\\' | '"')) => text.push(escaped),
            // UNSPECIFIED: other escapes: the backslash and the character stay.
            Some(other) => text.extend(['\\', other]),
            None => text.push('\\'),
        }
    }
    text
}

/// A number. Whole ones that don't fit 64 bits become reals.
pub(super) fn number(literal: &str) -> ExpressionKind {
    if let Some(digits) = literal.strip_prefix("0x").or_else(|| literal.strip_prefix("0X")) {
        // UNSPECIFIED: hexadecimal beyond 64 bits: computed as a real.
        return i64::from_str_radix(digits, 16).map_or_else(
            |_| {
                let value = digits.chars().filter_map(|digit| digit.to_digit(16));
                ExpressionKind::Real(value.fold(0.0, |sum, digit| sum * 16.0 + f64::from(digit)))
            },
            ExpressionKind::Integer,
        );
    }
    match literal.parse::<i64>() {
        Ok(whole) => ExpressionKind::Integer(whole),
        Err(_) => ExpressionKind::Real(literal.parse().unwrap_or(0.0)),
    }
}

/// `!2024-01-31!`; also the older `!31/01/2024!` and two-digit years (docs/Concepts/dt_date.md). None when it is
/// not made of three numbers.
pub(super) fn date(literal: &str) -> Option<ExpressionKind> {
    let inside = literal.trim_matches('!').trim();
    let parts: Vec<&str> = inside.split(['-', '/', '.', ' ']).collect();
    let [first, second, third] = parts.as_slice() else { return None };
    if [first, second, third].iter().any(|part| part.is_empty() || part.len() > 5) {
        return None;
    }
    let (Ok(one), Ok(two), Ok(three)) = (first.parse::<i64>(), second.parse::<i64>(), third.parse::<i64>())
    else {
        return None;
    };
    if (one, two, three) == (0, 0, 0) {
        return Some(ExpressionKind::Date(0, 0, 0));
    }
    let day_first = third.len() > 2 || (inside.contains('/') && first.len() <= 2 && one <= 31);
    let (year, day, digits) = if day_first { (three, one, third.len()) } else { (one, three, first.len()) };
    // UNSPECIFIED: two-digit years in literals: as `Date` reads them, 30 is 1930 and 29 is 2029.
    let year = match year {
        0..=29 if digits <= 2 => year + 2000,
        30..=99 if digits <= 2 => year + 1900,
        _ => year,
    };
    Some(ExpressionKind::Date(year, two, day))
}

/// `?10:20:30?` in seconds; hours may exceed 24 (docs/Concepts/dt_time.md).
pub(super) fn time(literal: &str) -> ExpressionKind {
    let parts = literal.trim_matches('?').split(':').map(|part| part.parse::<i64>().unwrap_or(0));
    ExpressionKind::Time(parts.fold(0, |seconds, part| seconds * 60 + part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes() {
        assert_eq!(text(r#""a\tb\\n\"\d""#), "a\tb\\n\"\\d");
    }

    #[test]
    fn numbers() {
        assert_eq!(number("0xFF"), ExpressionKind::Integer(255));
        assert_eq!(number("9223372036854775808"), ExpressionKind::Real(9_223_372_036_854_775_808.0));
        assert_eq!(number("1e3"), ExpressionKind::Real(1000.0));
    }

    #[test]
    fn dates() {
        assert_eq!(date("!2024-01-31!"), Some(ExpressionKind::Date(2024, 1, 31)));
        assert_eq!(date("!00-00-00!"), Some(ExpressionKind::Date(0, 0, 0)));
        assert_eq!(date("!00/00/00!"), Some(ExpressionKind::Date(0, 0, 0)));
        assert_eq!(date("!31/01/2024!"), Some(ExpressionKind::Date(2024, 1, 31)));
        assert_eq!(date("!24-01-31!"), Some(ExpressionKind::Date(2024, 1, 31)));
        assert_eq!(date("!31/12/85!"), Some(ExpressionKind::Date(1985, 12, 31)));
        assert_eq!(date("!2024-01!"), None);
    }

    #[test]
    fn times() {
        assert_eq!(time("?30:00:01?"), ExpressionKind::Time(108_001));
    }
}
