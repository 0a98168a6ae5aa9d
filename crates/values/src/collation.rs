//! How 4D compares text: case and accents do not count, and `@` stands for any run of characters.
//!
//! Order and equality are those of ICU's root collation at primary strength (`docs/Concepts/dt_string.md`). The
//! engines call these very functions, so that memory, SQLite and PostgreSQL agree.

use std::cmp::Ordering;
use std::sync::LazyLock;

use icu_collator::options::{CollatorOptions, Strength};
use icu_collator::{CollatorBorrowed, CollatorPreferences};
use icu_normalizer::DecomposingNormalizerBorrowed;

use crate::Text;

static COLLATOR: LazyLock<CollatorBorrowed<'static>> = LazyLock::new(|| {
    let mut options = CollatorOptions::default();
    options.strength = Some(Strength::Primary);
    CollatorBorrowed::try_new(CollatorPreferences::default(), options)
        .expect("the root collation is built in")
});

/// The rank of each ASCII character in the collation; 0 is ignored. Plain ASCII is most of what is compared, and a
/// table look-up is many times faster than the general algorithm.
static ASCII_RANK: LazyLock<[u8; 128]> = LazyLock::new(|| {
    let mut order: Vec<u8> = (0..128).collect();
    let text = |byte: u8| char::from(byte).to_string();
    order.sort_by(|a, b| COLLATOR.compare(&text(*a), &text(*b)));
    let mut ranks = [0; 128];
    let mut rank = 0;
    let mut previous = String::new();
    for byte in order {
        let current = text(byte);
        if COLLATOR.compare(&previous, &current) == Ordering::Less {
            rank += 1;
        }
        ranks[usize::from(byte)] = rank;
        previous = current;
    }
    ranks
});

/// The order of two texts, `Equal` when they differ in case or accents only.
pub fn text_compare(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a.bytes(), b.bytes());
    let ranks = &*ASCII_RANK;
    let next = |bytes: &mut std::str::Bytes<'_>| loop {
        match bytes.next() {
            None => return Some(0),
            Some(byte) if byte < 128 => {
                let rank = ranks[usize::from(byte)];
                if rank != 0 {
                    return Some(rank);
                }
            }
            Some(_) => return None,
        }
    };
    loop {
        match (next(&mut left), next(&mut right)) {
            (Some(0), Some(0)) => return Ordering::Equal,
            // A difference only counts when no accent follows it; combining marks never outweigh a letter.
            (Some(x), Some(y)) if x == y => {}
            (Some(x), Some(y)) if x != 0 && y != 0 || a.is_ascii() && b.is_ascii() => return x.cmp(&y),
            _ => return COLLATOR.compare(a, b),
        }
    }
}

/// Equal but for case and accents?
pub fn text_equal(a: &str, b: &str) -> bool {
    a == b || text_compare(a, b) == Ordering::Equal
}

/// The version of what [`text_key`] gives. It grows with every change of the collation's data, so that whoever
/// stored keys knows to make them anew; a test notices the change.
pub const TEXT_KEY_VERSION: u32 = 1;

/// Bytes that compare as [`text_compare`] compares the texts, for engines that know only bytes.
///
/// ```
/// use tessera_values::text_key;
///
/// assert_eq!(text_key("Zoé"), text_key("zoe"));
/// assert!(text_key("zoe") < text_key("zof"));
/// ```
pub fn text_key(text: &str) -> Vec<u8> {
    let mut key = Vec::with_capacity(text.len() + 1);
    let Ok(()) = COLLATOR.write_sort_key_to(text, &mut key);
    key
}

/// The form in which text is searched for: no accents, lower case.
pub fn fold_search(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let decomposed = DecomposingNormalizerBorrowed::new_nfd().normalize(text);
    let mut folded = String::with_capacity(text.len());
    for c in decomposed.chars() {
        match c {
            '\u{300}'..='\u{36F}'
            | '\u{1AB0}'..='\u{1AFF}'
            | '\u{1DC0}'..='\u{1DFF}'
            | '\u{20D0}'..='\u{20FF}' => {}
            'ß' | 'ẞ' => folded.push_str("ss"),
            'æ' | 'Æ' => folded.push_str("ae"),
            'œ' | 'Œ' => folded.push_str("oe"),
            'ø' | 'Ø' => folded.push('o'),
            'đ' | 'Đ' => folded.push('d'),
            'ł' | 'Ł' => folded.push('l'),
            _ => folded.extend(c.to_lowercase()),
        }
    }
    folded
}

/// A right-hand side of `=`: text in which `@` matches any run of characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    source: Text,
    pieces: Vec<String>,
    never: bool,
}

impl Pattern {
    /// Prepares a right-hand side. Two `@` in a row never match, unless they are all there is.
    pub fn new(source: impl Into<Text>) -> Self {
        let source = source.into();
        let never = source.contains("@@");
        let pieces = source.split('@').map(fold_search).collect();
        Self { source, pieces, never }
    }

    /// Is there an `@` at all?
    pub fn has_wildcard(&self) -> bool {
        self.pieces.len() > 1
    }

    /// The text before a single `@` at the very end, for a search by prefix.
    pub fn prefix(&self) -> Option<&str> {
        let prefix = self.source.strip_suffix('@')?;
        (!prefix.is_empty() && !prefix.contains('@')).then_some(prefix)
    }

    /// What has to follow one another with anything between, in the form of [`fold_search`], the first at the very
    /// beginning and the last at the very end; `None` for a pattern that matches nothing.
    pub fn pieces(&self) -> Option<&[String]> {
        (!self.never).then_some(&self.pieces)
    }

    /// The right-hand side as it was given.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Does `text` match?
    pub fn matches(&self, text: &str) -> bool {
        if !self.has_wildcard() {
            return text_equal(text, &self.source);
        }
        if self.never {
            return false;
        }
        let folded = fold_search(text);
        let (first, last) = (&self.pieces[0], &self.pieces[self.pieces.len() - 1]);
        if folded.len() < first.len() + last.len() || !folded.starts_with(first) || !folded.ends_with(last) {
            return false;
        }
        let mut rest = &folded[first.len()..folded.len() - last.len()];
        for piece in &self.pieces[1..self.pieces.len() - 1] {
            match rest.find(piece.as_str()) {
                Some(at) => rest = &rest[at + piece.len()..],
                None => return false,
            }
        }
        true
    }
}

/// `text = pattern`, with `@` in the pattern as wildcard.
///
/// ```
/// assert!(tessera_values::text_matches("Évelyne", "eve@"));
/// ```
pub fn text_matches(text: &str, pattern: &str) -> bool {
    if pattern.contains('@') { Pattern::new(pattern).matches(text) } else { text_equal(text, pattern) }
}

/// Does `text` start with `prefix`, case and accents ignored?
pub fn text_prefix(text: &str, prefix: &str) -> bool {
    fold_search(text).starts_with(&fold_search(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_accents_do_not_count() {
        // R181
        assert!(text_equal("n", "ñ"));
        assert!(text_equal("A", "å"));
        assert!(text_equal("Straße", "STRASSE"));
        assert!(!text_equal("jean", "jeanne"));
        assert_eq!(text_compare("côte", "coter"), Ordering::Less);
        assert_eq!(text_compare("été", "eta"), Ordering::Greater);
    }

    #[test]
    fn the_ascii_table_agrees_with_the_collator() {
        let words =
            ["", "a", "B", "b-c", "b c", "bc", "b_c", "Zoe", "zo\u{1}e", "10", "9", "a1", "A 1", "~", "@x"];
        for a in words {
            for b in words {
                assert_eq!(text_compare(a, b), COLLATOR.compare(a, b), "{a:?} and {b:?}");
            }
        }
    }

    #[test]
    fn keys_are_what_their_version_says() {
        // When this fails, the collation has changed: raise TEXT_KEY_VERSION with the new bytes.
        let bytes: Vec<u8> =
            ["Zoé", "æon 9", "straße", "中가", "Ωб"].into_iter().flat_map(text_key).collect();
        let sum =
            bytes.iter().fold(0_u64, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x100_0000_01B3));
        assert_eq!((TEXT_KEY_VERSION, sum), (1, 15_069_540_028_457_774_257));
    }

    proptest::proptest! {
        #[test]
        fn keys_order_as_texts_do(a in "[ -~é\u{301}æÆß\u{0}\u{1}가각中Ωйи·l]{0,8}", b in "[ -~é\u{301}æÆß\u{0}\u{1}가각中Ωйи·l]{0,8}") {
            proptest::prop_assert_eq!(text_key(&a).cmp(&text_key(&b)), text_compare(&a, &b));
        }
    }

    #[test]
    fn the_wildcard_stands_anywhere() {
        // R182
        assert!(text_matches("Martin", "mar@"));
        assert!(text_matches("Martin", "@TIN"));
        assert!(text_matches("Martin", "m@t@n"));
        assert!(text_matches("Martin", "@art@"));
        assert!(text_matches("", "@"));
        assert!(text_matches("anything", "@"));
        assert!(!text_matches("Martin", "mar@@"));
        assert!(!text_matches("aba", "ab@ba"));
        assert!(text_matches("martin@example.org", "martin@example.org"));
        assert_eq!(Pattern::new("abc@").prefix(), Some("abc"));
        assert_eq!(Pattern::new("a@c@").prefix(), None);
    }
}
