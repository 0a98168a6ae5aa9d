//! Reading a query character by character.
//!
//! There are no tokens: what ends a bare constant depends on where it stands, so the parser asks for what it needs.

use tessera_values::Text;

use super::QueryError;

/// A position in a query.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'q> {
    text: &'q str,
    at: usize,
}

impl<'q> Cursor<'q> {
    pub(super) fn new(text: &'q str) -> Self {
        Self { text, at: 0 }
    }

    /// How many bytes lie before the next character.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn rest(&self) -> &'q str {
        &self.text[self.at..]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    pub(super) fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    /// Takes a sign after blanks.
    pub(super) fn take(&mut self, sign: &str) -> bool {
        self.skip_blanks();
        let found = self.rest().starts_with(sign);
        if found {
            self.at += sign.len();
        }
        found
    }

    /// Takes a keyword after blanks, in any case, when no letter follows it.
    pub(super) fn take_word(&mut self, word: &str) -> bool {
        self.skip_blanks();
        let found = self.at_word(word);
        if found {
            self.at += word.len();
        }
        found
    }

    pub(super) fn at_word(&self, word: &str) -> bool {
        let rest = self.rest();
        rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
            && !rest[word.len()..].chars().next().is_some_and(is_name_character)
    }

    /// Takes a name after blanks.
    pub(super) fn name(&mut self) -> Option<&'q str> {
        self.skip_blanks();
        let rest = self.rest();
        let first = rest.chars().next()?;
        if !(first.is_alphabetic() || first == '_') {
            return None;
        }
        let end = rest.find(|c| !is_name_character(c)).unwrap_or(rest.len());
        self.at += end;
        Some(&rest[..end])
    }

    /// Takes decimal digits.
    pub(super) fn digits(&mut self) -> Option<u32> {
        let rest = self.rest();
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let number = rest[..end].parse().ok()?;
        self.at += end;
        Some(number)
    }

    /// Takes the content of a quoted constant; the cursor stands on the opening quote. The closing one must be the
    /// same; a backslash protects the character behind it between double quotes only.
    pub(super) fn quoted(&mut self, closing: &str) -> Result<Text, QueryError> {
        let opening = *self;
        self.at += closing.len();
        let mut content = Text::new();
        while let Some(c) = self.peek() {
            if self.rest().starts_with(closing) {
                self.at += closing.len();
                return Ok(content);
            }
            self.bump();
            if c == '\\'
                && closing == "\""
                && let Some(escaped) = self.bump()
            {
                content.push(escaped);
            } else {
                content.push(c);
            }
        }
        Err(QueryError::Quote { column: opening.column() })
    }

    /// Takes a bare constant: everything up to a conjunction, an unopened `)`, the end, or in a list `,` and `]`.
    // UNSPECIFIED: where a bare constant with blanks ends (U59). Taken: at the next conjunction keyword, `)` or end.
    pub(super) fn bare(&mut self, in_list: bool) -> &'q str {
        let rest = self.rest();
        let start = self.at;
        let mut open = 0_usize;
        let mut after_blank = false;
        while let Some(c) = self.peek() {
            match c {
                '(' => open += 1,
                ')' if open == 0 => break,
                ')' => open -= 1,
                '&' | '|' => break,
                ',' | ']' if in_list => break,
                _ if after_blank && self.at_conjunction() => break,
                _ => {}
            }
            after_blank = c.is_whitespace();
            self.bump();
        }
        rest[..self.at - start].trim_end()
    }

    /// Is this a word that joins conditions, or `order by`?
    pub(super) fn at_conjunction(&self) -> bool {
        ["and", "or", "except"].iter().any(|word| self.at_word(word)) || self.at_order_by()
    }

    /// Is this `order by`?
    pub(super) fn at_order_by(&self) -> bool {
        // Only from the word itself: looking for it behind blanks, once for each blank, would take the square of time.
        let mut ahead = *self;
        self.at_word("order") && ahead.take_word("order") && ahead.take_word("by")
    }

    /// Takes everything up to the parenthesis that closes an open one; texts between quotes don't count.
    pub(super) fn enclosed(&mut self) -> Result<&'q str, QueryError> {
        let (start, rest) = (self.at, self.rest());
        let (mut open, mut quote) = (0_usize, None);
        while let Some(c) = self.bump() {
            match (quote, c) {
                (Some(opening), c) if c == opening => quote = None,
                (Some(_), _) => {}
                (None, '"' | '\'') => quote = Some(c),
                (None, '(') => open += 1,
                (None, ')') if open == 0 => return Ok(rest[..self.at - start - 1].trim()),
                (None, ')') => open -= 1,
                _ => {}
            }
        }
        Err(self.expected("`)`"))
    }

    /// The column of the next character, from 1. It counts from the beginning, so it is for errors only.
    pub(super) fn column(&self) -> usize {
        self.text[..self.at].chars().count() + 1
    }

    pub(super) fn is_at_end(&mut self) -> bool {
        self.skip_blanks();
        self.at == self.text.len()
    }

    /// The error that something else stands here.
    pub(super) fn expected(&self, expected: &'static str) -> QueryError {
        let rest = self.rest();
        let found: Text = rest.chars().take_while(|c| !c.is_whitespace()).take(20).collect();
        let found = if rest.is_empty() { "the end of the query".into() } else { format!("`{found}`").into() };
        QueryError::Expected { column: self.column(), expected, found }
    }
}

fn is_name_character(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}
