//! The words of a text, as a keywords index cuts them (`docs/commands/get-text-keywords.md`).
//!
//! As in Unicode's word boundaries, a dot or comma between digits belongs to the number, and an apostrophe between
//! letters to the word, except before a vowel or an `h`: there it ends a word, as French and Italian write.

/// The words of a text, in its order.
pub(crate) fn keywords(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let begin = rest.find(is_part)?;
        rest = &rest[begin..];
        let (word, after) = rest.split_at(word_end(rest));
        rest = after;
        Some(word)
    })
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Where the word that a text begins with ends.
fn word_end(text: &str) -> usize {
    let mut characters = text.char_indices().peekable();
    let mut before = ' ';
    while let Some((at, c)) = characters.next() {
        let next = characters.peek().map_or(' ', |(_, next)| *next);
        let goes_on = match c {
            '.' | ',' => before.is_numeric() && next.is_numeric(),
            '\'' | '’' => {
                if before.is_alphabetic() && begins_word(next) {
                    return at + c.len_utf8();
                }
                is_part(before) && next.is_alphabetic()
            }
            // Accents written after their letter.
            '\u{300}'..='\u{36F}' => true,
            c => is_part(c),
        };
        if !goes_on {
            return at;
        }
        before = c;
    }
    text.len()
}

fn begins_word(c: char) -> bool {
    let plain = tessera_values::fold_search(c.encode_utf8(&mut [0; 4]));
    plain.starts_with(['a', 'e', 'i', 'o', 'u', 'y', 'h'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, words: &[&str]) {
        assert_eq!(keywords(text).collect::<Vec<_>>(), words, "{text}");
    }

    #[test]
    fn texts_are_cut_into_words() {
        check("10,000 Jean-Pierre BC45", &["10,000", "Jean", "Pierre", "BC45"]);
        check("L'homme, l'arbre; don't", &["L'", "homme", "l'", "arbre", "don't"]);
        check("'quoted' 1.5. a_b été", &["quoted", "1.5", "a_b", "été"]);
        check(" ,.'", &[]);
    }
}
