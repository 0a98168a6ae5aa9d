//! Bytes that sort as values do, for an engine that compares bytes only.

use tessera_values::{Value, fold_search, text_key};

/// As much of a text's key as an index takes; PostgreSQL's limit is 2704 bytes for all columns of one.
const KEY_BYTES_MAX: usize = 1000;

/// What stands in for a text: see `schema::TextKeys`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TextParts {
    pub(crate) key: Vec<u8>,
    /// Empty unless the key was cut.
    pub(crate) rest: Vec<u8>,
    /// `None` when lowering ASCII letters is all there is to do.
    pub(crate) fold: Option<String>,
}

impl TextParts {
    pub(crate) fn of(text: &str) -> Self {
        let (key, rest) = key_and_rest(text);
        let fold = fold_search(text);
        let fold = (fold != text.to_ascii_lowercase()).then_some(fold);
        Self { key, rest, fold }
    }
}

/// The key of a text, cut where an index would refuse it, and what was cut off.
pub(super) fn key_and_rest(text: &str) -> (Vec<u8>, Vec<u8>) {
    let mut key = text_key(text);
    let rest = if key.len() > KEY_BYTES_MAX { key.split_off(KEY_BYTES_MAX) } else { Vec::new() };
    (key, rest)
}

/// Can only a text with exactly this key be equal to it, and is every other one on the same side of it as its own
/// key? So it is for all that were not cut, nor could be.
pub(super) fn is_whole(key: &[u8]) -> bool {
    key.len() < KEY_BYTES_MAX
}

/// Sorts as `tessera_values::sort_order` does: the rank of the kind first, then the value.
pub(crate) fn object_key(value: &Value) -> Vec<u8> {
    match value {
        Value::Boolean(value) => vec![1, u8::from(*value)],
        Value::Text(text) => with_rank(2, &text_key(text)),
        Value::Integer(whole) => {
            let nearest = *whole as f64;
            // Whole numbers that share their nearest double differ in what is left.
            let left = (i128::from(*whole) - nearest as i128) as i16;
            number(nearest, left)
        }
        Value::Real(real) => number(*real, 0),
        Value::Object(_) => vec![4],
        Value::Collection(_) => vec![5],
        Value::Date(date) => {
            with_rank(6, if date.is_null() { String::new() } else { date.to_string() }.as_bytes())
        }
        _ => vec![0],
    }
}

fn with_rank(rank: u8, bytes: &[u8]) -> Vec<u8> {
    [&[rank], bytes].concat()
}

fn number(real: f64, left: i16) -> Vec<u8> {
    let bits = real.to_bits();
    // The order of doubles as that of their bits: negative ones the other way round.
    let ordered = if bits >> 63 == 1 { !bits } else { bits | 1 << 63 };
    let mut key = with_rank(3, &ordered.to_be_bytes());
    key.extend((left as u16 ^ 0x8000).to_be_bytes());
    key
}

#[cfg(test)]
mod tests {
    use tessera_values::{parse_json, sort_order};

    use super::*;

    #[test]
    fn values_of_objects_sort_by_their_keys() {
        let texts = [
            "null",
            "false",
            "true",
            "\"a\"",
            "\"É\"",
            "\"f\"",
            "-9223372036854775808",
            "-2.5",
            "0",
            "1",
            "1.5",
            "9007199254740992",
            "9007199254740993",
            "9223372036854775807",
            "{}",
            "[]",
        ];
        let values: Vec<Value> = texts.iter().map(|text| parse_json(text).unwrap()).collect();
        for (a, left) in values.iter().zip(texts) {
            for (b, right) in values.iter().zip(texts) {
                assert_eq!(object_key(a).cmp(&object_key(b)), sort_order(a, b), "{left} and {right}");
            }
        }
    }

    #[test]
    fn long_keys_are_cut() {
        let parts = TextParts::of(&"a".repeat(3000));
        assert_eq!((parts.key.len(), parts.fold), (KEY_BYTES_MAX, None));
        assert_eq!([parts.key, parts.rest].concat(), text_key(&"a".repeat(3000)));
        assert_eq!(TextParts::of("Zoé").fold.as_deref(), Some("zoe"));
        assert_eq!(TextParts::of("Zoe").fold, None);
    }
}
