//! Text and its 4D positions, which count UTF-16 units from 1 (`docs/Concepts/dt_string.md`).

/// A 4D text: immutable to whoever shares it, cheap to copy, appended to in place when nobody does.
pub type Text = ecow::EcoString;

/// The longest text anything makes, in bytes (4D's own limit is 2 GB).
pub const TEXT_BYTES_MAX: usize = 1 << 30;

/// The number of UTF-16 units, as `Length` answers.
pub fn length(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.encode_utf16().count() }
}

/// `Substring(text; first; count)`: positions from 1; a start beyond the end gives the empty text.
///
/// ```
/// assert_eq!(tessera_values::substring("día lunes", 5, None), "lunes");
/// ```
pub fn substring(text: &str, first: i64, count: Option<i64>) -> Text {
    let start = first.saturating_sub(1).max(0) as usize;
    let count = count.map(|n| n.max(0) as usize);
    if text.is_ascii() {
        let start = start.min(text.len());
        let end = count.map_or(text.len(), |n| start.saturating_add(n).min(text.len()));
        return text[start..end].into();
    }
    let from = byte_position(text, start);
    let rest = &text[from..];
    let to = count.map_or(rest.len(), |n| byte_position(rest, n));
    rest[..to].into()
}

/// The character at a 1-based position; empty outside the text.
pub fn character(text: &str, position: i64) -> Text {
    if position < 1 { Text::new() } else { substring(text, position, Some(1)) }
}

/// The byte offset of the UTF-16 unit `units`, or the end. Never splits a character.
fn byte_position(text: &str, units: usize) -> usize {
    let mut seen = 0;
    for (offset, c) in text.char_indices() {
        if seen >= units {
            return offset;
        }
        seen += c.len_utf16();
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_from_one() {
        assert_eq!(substring("abcdef", 2, Some(3)), "bcd");
        assert_eq!(substring("abc", 9, None), "");
        assert_eq!(substring("abc", 0, Some(2)), "ab");
        assert_eq!(substring("éàü", 2, Some(1)), "à");
        assert_eq!(substring("abc", i64::MIN, Some(i64::MAX)), "abc");
        assert_eq!(character("abc", 3), "c");
        assert_eq!(character("abc", 4), "");
        assert_eq!(length("né😀"), 4);
    }
}
