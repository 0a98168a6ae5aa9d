//! Finding text in text: by code points, or without regard to case and accents (`docs/commands/position.md`).

use std::ops::Range;

use tessera_values::{ErrorStack, Text, fold_search};

/// Which differences count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sensitivity {
    case: bool,
    accents: bool,
    /// Only whole words are found.
    words: bool,
    /// Case folding knows the letters a to z only.
    ascii: bool,
}

/// `sk` options (`docs/commands/compare-strings.md`).
pub(super) const CHARACTER_CODES: i64 = 1;
pub(super) const CASE_INSENSITIVE: i64 = 2;
pub(super) const ACCENT_INSENSITIVE: i64 = 4;
const WHOLE_WORD: i64 = 32;

impl Sensitivity {
    /// Neither case nor accents count.
    pub(super) const DEFAULT: Self = Self { case: false, accents: false, words: false, ascii: false };
    /// Code points.
    pub(super) const EXACT: Self = Self { case: true, accents: true, words: false, ascii: true };

    /// From a sum of `sk` constants.
    pub(super) fn of_options(options: i64) -> Self {
        let codes = options & CHARACTER_CODES != 0;
        Self {
            case: options & CASE_INSENSITIVE == 0,
            accents: codes || options & ACCENT_INSENSITIVE == 0,
            words: options & WHOLE_WORD != 0,
            ascii: codes,
        }
    }

    fn fold(self, c: char, push: &mut dyn FnMut(char)) {
        // Control characters count for nothing, except tabs and line ends.
        if !self.ascii && c < ' ' && !matches!(c, '\t' | '\n' | '\r') {
            return;
        }
        if c.is_ascii() || self.ascii {
            push(if self.case { c } else { c.to_ascii_lowercase() });
        } else if self.accents {
            if self.case { push(c) } else { c.to_lowercase().for_each(push) }
        } else {
            let folded = fold_search(c.encode_utf8(&mut [0; 4]));
            if self.case && c.is_uppercase() {
                folded.chars().flat_map(char::to_uppercase).for_each(push);
            } else {
                folded.chars().for_each(push);
            }
        }
    }
}

/// What is looked for. It knows where it repeats itself, so that no search takes longer than the two texts are long
/// (Knuth, Morris and Pratt).
struct Wanted {
    folded: Vec<char>,
    /// How many characters are still matched when the one after so many is another.
    fallback: Vec<usize>,
}

impl Wanted {
    fn new(folded: Vec<char>) -> Self {
        let mut wanted = Self { folded, fallback: vec![0] };
        let mut matched = 0;
        for at in 1..wanted.folded.len() {
            matched = wanted.advance(matched, wanted.folded[at]);
            wanted.fallback.push(matched);
        }
        wanted
    }

    /// How many characters are matched after one more.
    fn advance(&self, mut matched: usize, c: char) -> usize {
        while self.folded.get(matched) != Some(&c) {
            if matched == 0 {
                return 0;
            }
            matched = self.fallback[matched - 1];
        }
        matched + 1
    }
}

/// A text prepared to be searched.
pub(super) struct Matcher<'t> {
    text: &'t str,
    sensitivity: Sensitivity,
    folded: Vec<char>,
    /// Where each folded character comes from: UTF-16 units and bytes.
    units: Vec<Range<usize>>,
    bytes: Vec<Range<usize>>,
}

impl<'t> Matcher<'t> {
    pub(super) fn new(text: &'t str, sensitivity: Sensitivity) -> Self {
        let mut matcher =
            Self { text, sensitivity, folded: Vec::new(), units: Vec::new(), bytes: Vec::new() };
        let mut unit = 0;
        for (byte, c) in text.char_indices() {
            let units = unit..unit + c.len_utf16();
            let bytes = byte..byte + c.len_utf8();
            unit = units.end;
            let before = matcher.folded.len();
            sensitivity.fold(c, &mut |folded| {
                matcher.folded.push(folded);
                matcher.units.push(units.clone());
                matcher.bytes.push(bytes.clone());
            });
            // What folds to nothing belongs to the character before it.
            if matcher.folded.len() == before
                && let (Some(last_units), Some(last_bytes)) =
                    (matcher.units.last_mut(), matcher.bytes.last_mut())
            {
                last_units.end = units.end;
                last_bytes.end = bytes.end;
            }
        }
        matcher
    }

    /// The first place at or after `start`, in UTF-16 units from 0.
    pub(super) fn find(&self, what: &str, start: usize) -> Option<Range<usize>> {
        let from = self.units.partition_point(|units| units.start < start);
        let found = self.next(&self.fold(what), from)?;
        Some(self.units[found.start].start..self.units[found.end - 1].end)
    }

    /// The text with the first `count` places replaced.
    pub(super) fn replace(&self, what: &str, with: &str, count: usize) -> Result<Text, ErrorStack> {
        let what = self.fold(what);
        let mut from = 0;
        let places: Vec<Range<usize>> = std::iter::from_fn(|| {
            let found = self.next(&what, from)?;
            from = found.end;
            Some(found)
        })
        .take(count)
        .collect();
        crate::limits::check_text(self.text.len().saturating_add(places.len().saturating_mul(with.len())))?;
        let mut replaced = Text::new();
        let mut copied = 0;
        for found in places {
            replaced.push_str(&self.text[copied..self.bytes[found.start].start]);
            replaced.push_str(with);
            copied = self.bytes[found.end - 1].end;
        }
        replaced.push_str(&self.text[copied..]);
        Ok(replaced)
    }

    fn fold(&self, what: &str) -> Wanted {
        let mut folded = Vec::with_capacity(what.len());
        for c in what.chars() {
            self.sensitivity.fold(c, &mut |c| folded.push(c));
        }
        Wanted::new(folded)
    }

    fn next(&self, what: &Wanted, from: usize) -> Option<Range<usize>> {
        if what.folded.is_empty() {
            return None;
        }
        let mut matched = 0;
        for (at, c) in self.folded.iter().enumerate().skip(from) {
            matched = what.advance(matched, *c);
            if matched < what.folded.len() {
                continue;
            }
            let found = at + 1 - matched..at + 1;
            if self.is_border(found.start)
                && self.is_border(found.end)
                && (!self.sensitivity.words || self.is_word(found.clone()))
            {
                return Some(found);
            }
        }
        None
    }

    /// Not in the middle of a character that folds to several, such as æ?
    fn is_border(&self, at: usize) -> bool {
        at == 0 || at >= self.units.len() || self.units[at].start != self.units[at - 1].start
    }

    fn is_word(&self, range: Range<usize>) -> bool {
        let outside = |c: Option<&char>| !c.is_some_and(|c| c.is_alphanumeric());
        outside(range.start.checked_sub(1).and_then(|at| self.folded.get(at)))
            && outside(self.folded.get(range.end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_utf16_units() {
        let find = |text: &str, what: &str| Matcher::new(text, Sensitivity::DEFAULT).find(what, 0);
        assert_eq!(find("😀 Été", "ETE"), Some(3..6));
        assert_eq!(find("Bœuf", "oe"), Some(1..2));
        assert_eq!(find("Bœuf", "e"), None);
        assert_eq!(find("e\u{301}a", "ea"), Some(0..3));
        assert_eq!(find("abc", ""), None);
    }

    #[test]
    fn a_text_that_repeats_itself_is_found() {
        let find = |text: &str, what: &str| Matcher::new(text, Sensitivity::DEFAULT).find(what, 0);
        assert_eq!(find("aabaabaac", "aabaac"), Some(3..9));
        assert_eq!(find("aaaa", "aa"), Some(0..2));
        assert_eq!(find("ababab", "abac"), None);
        assert_eq!(find(&"a".repeat(200_000), &("a".repeat(100_000) + "b")), None);
        let replaced = Matcher::new("aaaaa", Sensitivity::DEFAULT).replace("aa", "b", 9).unwrap();
        assert_eq!(replaced, "bba");
    }

    #[test]
    fn options_choose_what_counts() {
        let find = |options| Matcher::new("Cafe café CAFÉ", Sensitivity::of_options(options)).find("café", 0);
        assert_eq!(find(0), Some(5..9));
        assert_eq!(find(ACCENT_INSENSITIVE), Some(5..9));
        assert_eq!(find(CASE_INSENSITIVE + ACCENT_INSENSITIVE), Some(0..4));
        let words = Matcher::new("category cat", Sensitivity::of_options(WHOLE_WORD)).find("cat", 0);
        assert_eq!(words, Some(9..12));
    }
}
