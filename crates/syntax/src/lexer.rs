//! Cuts a text into tokens. It never fails: what it can't read becomes a [`TokenKind::Fault`], which the parser
//! reports when it gets there (so that a skipped block reports nothing).

use crate::span::Span;
use crate::token::{LexicalFault, Token, TokenKind};

/// The tokens of a text, the last one being [`TokenKind::End`].
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut lexer = Lexer { text, bytes: text.as_bytes(), position: 0, tokens: Vec::new() };
    // A byte order mark is allowed (48 of the public files have one).
    if text.starts_with('\u{feff}') {
        lexer.position = '\u{feff}'.len_utf8();
    }
    while lexer.position < lexer.bytes.len() {
        lexer.token();
    }
    lexer.push(TokenKind::End, lexer.position);
    lexer.tokens
}

/// May this character stand inside a name?
pub(crate) fn is_word_character(character: char) -> bool {
    character == '_' || character.is_alphanumeric()
}

struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    position: usize,
    tokens: Vec<Token>,
}

impl Lexer<'_> {
    fn token(&mut self) {
        let start = self.position;
        let Some(character) = self.text[start..].chars().next() else { return };
        match character {
            ' ' | '\t' | '\u{a0}' | '\u{b}' | '\u{c}' | '\u{feff}' => self.position += character.len_utf8(),
            '\r' | '\n' => {
                self.line_end();
                self.push(TokenKind::Newline, start);
            }
            '/' if self.byte(1) == Some(b'/') => self.line_comment(),
            '/' if self.byte(1) == Some(b'*') => self.block_comment(),
            // Very old files: a line comment where a statement or a blank allows it.
            '`' if start == 0 || self.bytes[start - 1].is_ascii_whitespace() => self.line_comment(),
            '\\' if self.continues() => self.continuation(),
            '"' => self.text_literal(),
            '$' => self.dollar(),
            '0'..='9' => self.number(),
            '!' if self.byte(1) != Some(b'=') => self.date(),
            '?' if self.time_end().is_some() => {
                self.position = self.time_end().unwrap_or(start + 1);
                self.push(TokenKind::Time, start);
            }
            '#' if self.starts_line() && self.is_declare() => {
                self.position += "#DECLARE".len();
                self.push(TokenKind::Declare, start);
            }
            '<' if self.byte(1) == Some(b'>') && self.word_starts(start + 2) => {
                self.position += 2;
                self.word(TokenKind::Interprocess, start);
            }
            // The Mac spelling of `<>`.
            '◊' if self.word_starts(start + character.len_utf8()) => {
                self.position += character.len_utf8();
                self.word(TokenKind::Interprocess, start);
            }
            _ if is_word_character(character) => self.word(TokenKind::Word, start),
            _ => self.symbol(character),
        }
    }

    fn symbol(&mut self, character: char) {
        use TokenKind::*;
        let start = self.position;
        let (kind, length) = match (character, self.byte(1)) {
            ('(', _) => (LeftParenthesis, 1),
            (')', _) => (RightParenthesis, 1),
            ('[', _) => (LeftBracket, 1),
            (']', _) => (RightBracket, 1),
            ('{', _) => (LeftBrace, 1),
            ('}', _) => (RightBrace, 1),
            (';', _) => (Semicolon, 1),
            (':', Some(b'=')) => (Assign, 2),
            (':', _) => (Colon, 1),
            ('.', _) => (Dot, 1),
            (',', _) => (Comma, 1),
            ('+', Some(b'=')) => (AddAssign, 2),
            ('+', _) => (Plus, 1),
            ('-', Some(b'>')) => (Arrow, 2),
            ('-', Some(b'=')) => (SubtractAssign, 2),
            ('-', _) => (Minus, 1),
            ('*', Some(b'=')) => (MultiplyAssign, 2),
            ('*', _) => (Star, 1),
            ('/', Some(b'=')) => (DivideAssign, 2),
            ('/', _) => (Slash, 1),
            ('\\', _) => (Backslash, 1),
            ('%', _) => (Percent, 1),
            ('^', Some(b'|')) => (CaretBar, 2),
            ('^', _) => (Caret, 1),
            ('=', _) => (Equal, 1),
            ('!', _) => (BangEqual, 2),
            ('#', _) => (Hash, 1),
            ('<', Some(b'=')) => (LessEqual, 2),
            ('<', Some(b'<')) => (ShiftLeft, 2),
            ('<', _) => (Less, 1),
            ('>', Some(b'=')) => (GreaterEqual, 2),
            ('>', Some(b'>')) => (ShiftRight, 2),
            ('>', _) => (Greater, 1),
            ('&', Some(b'&')) => (AmpersandTwice, 2),
            ('&', _) => (Ampersand, 1),
            ('|', Some(b'|')) => (BarTwice, 2),
            ('|', _) => (Bar, 1),
            ('?', _) => (Question, 1),
            ('“' | '”' | '‘' | '’', _) => (Fault(LexicalFault::CurlyQuote), character.len_utf8()),
            _ => (Fault(LexicalFault::Character), character.len_utf8()),
        };
        self.position += length;
        self.push(kind, start);
    }

    fn word(&mut self, kind: TokenKind, start: usize) {
        self.skip_name();
        self.push(kind, start);
    }

    fn dollar(&mut self) {
        let start = self.position;
        self.position += 1;
        self.skip_name();
        let kind = if self.position > start + 1 { TokenKind::Local } else { TokenKind::Dollar };
        self.push(kind, start);
    }

    /// A number, or a word that begins with digits: `4D`, a method called `00_Start`.
    fn number(&mut self) {
        let start = self.position;
        self.skip_digits();
        if self.position == start + 1
            && self.bytes[start] == b'0'
            && matches!(self.byte(0), Some(b'x' | b'X'))
            && self.byte(1).is_some_and(|byte| byte.is_ascii_hexdigit())
        {
            self.position += 1;
            while self.byte(0).is_some_and(|byte| byte.is_ascii_hexdigit()) {
                self.position += 1;
            }
        } else {
            if self.byte(0) == Some(b'.') && self.byte(1).is_some_and(|byte| byte.is_ascii_digit()) {
                self.position += 1;
                self.skip_digits();
            }
            self.exponent();
        }
        let whole = !self.text[start..self.position].contains(['.', '+', '-']);
        if whole && self.word_starts(self.position) {
            self.word(TokenKind::Word, start);
        } else {
            self.push(TokenKind::Number, start);
        }
    }

    fn exponent(&mut self) {
        if !matches!(self.byte(0), Some(b'e' | b'E')) {
            return;
        }
        let sign = usize::from(matches!(self.byte(1), Some(b'+' | b'-')));
        if self.byte(1 + sign).is_some_and(|byte| byte.is_ascii_digit()) {
            let before = self.position;
            self.position += 1 + sign;
            self.skip_digits();
            if self.word_starts(self.position) {
                self.position = before;
            }
        }
    }

    fn text_literal(&mut self) {
        let start = self.position;
        self.position += 1;
        while let Some(byte) = self.byte(0) {
            match byte {
                b'"' => {
                    self.position += 1;
                    self.push(TokenKind::Text, start);
                    return;
                }
                b'\r' | b'\n' => break,
                b'\\' if !matches!(self.byte(1), None | Some(b'\r' | b'\n')) => self.position += 2,
                _ => self.position += 1,
            }
        }
        // An escape may have stopped inside a character of several bytes.
        while !self.text.is_char_boundary(self.position) {
            self.position += 1;
        }
        self.push(TokenKind::Fault(LexicalFault::OpenText), start);
    }

    fn date(&mut self) {
        let start = self.position;
        let inside = self.bytes[start + 1..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'/' | b'.' | b' '))
            .count();
        let end = start + 1 + inside;
        if inside > 0 && self.bytes.get(end) == Some(&b'!') {
            self.position = end + 1;
            self.push(TokenKind::Date, start);
        } else {
            self.position += 1;
            self.push(TokenKind::Fault(LexicalFault::BadDate), start);
        }
    }

    /// Where `?12:30:00?` ends, if that is what stands here. Everything else after `?` is an operator.
    fn time_end(&self) -> Option<usize> {
        let mut position = self.position + 1;
        for (part, closing) in [b':', b':', b'?'].into_iter().enumerate() {
            let digits = self.bytes[position..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            if digits == 0 || digits > if part == 0 { 9 } else { 2 } {
                return None;
            }
            position += digits;
            if self.bytes.get(position) != Some(&closing) {
                return None;
            }
            position += 1;
        }
        Some(position)
    }

    /// UNSPECIFIED: a `\` at the end of a comment: it goes on in the next line, as code saved by 4D shows.
    fn line_comment(&mut self) {
        loop {
            self.skip_to_line_end();
            let comment = self.text[..self.position].trim_end_matches([' ', '\t']);
            if !comment.ends_with('\\') || self.position == self.bytes.len() {
                return;
            }
            self.line_end();
        }
    }

    fn skip_to_line_end(&mut self) {
        let rest = &self.bytes[self.position..];
        self.position += rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(rest.len());
    }

    /// Comments nest: a counter, not the first `*/` (docs/Concepts/quick-tour.md).
    fn block_comment(&mut self) {
        let start = self.position;
        let mut open = 0_u32;
        while let Some(byte) = self.byte(0) {
            match (byte, self.byte(1)) {
                (b'/', Some(b'*')) => {
                    open += 1;
                    self.position += 2;
                }
                (b'*', Some(b'/')) => {
                    open -= 1;
                    self.position += 2;
                    if open == 0 {
                        return;
                    }
                }
                _ => self.position += 1,
            }
        }
        self.position = self.bytes.len();
        self.tokens
            .push(Token { kind: TokenKind::Fault(LexicalFault::OpenComment), span: span(start, start + 2) });
    }

    /// Is this `\` the last thing on its line? Else it is integer division.
    /// UNSPECIFIED: a comment between `\` and the end of the line: accepted.
    fn continues(&self) -> bool {
        let rest = &self.bytes[self.position + 1..];
        let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        matches!(rest[blanks..], [] | [b'\r' | b'\n', ..] | [b'/', b'/', ..])
    }

    fn continuation(&mut self) {
        self.skip_to_line_end();
        self.line_end();
    }

    fn line_end(&mut self) {
        let crlf = self.byte(0) == Some(b'\r') && self.byte(1) == Some(b'\n');
        self.position = (self.position + if crlf { 2 } else { 1 }).min(self.bytes.len());
    }

    fn starts_line(&self) -> bool {
        self.tokens.last().is_none_or(|token| token.kind == TokenKind::Newline)
    }

    fn is_declare(&self) -> bool {
        let end = self.position + "#DECLARE".len();
        self.bytes.get(self.position..end).is_some_and(|word| word.eq_ignore_ascii_case(b"#DECLARE"))
            && !self.word_starts(end)
    }

    fn word_starts(&self, position: usize) -> bool {
        self.text.get(position..).and_then(|rest| rest.chars().next()).is_some_and(is_word_character)
    }

    fn skip_word(&mut self) {
        let rest = &self.text[self.position..];
        self.position += rest.find(|character| !is_word_character(character)).unwrap_or(rest.len());
    }

    /// The rest of a name.
    // UNSPECIFIED: a comma inside the name of a variable. 4D keeps and even declares such names, as its own
    // `Compiler_Variables` methods in public projects show (`C_VARIANT(i,1,temp)`); so they are names here, and the
    // parser warns of them.
    fn skip_name(&mut self) {
        let is_member = self.tokens.last().is_some_and(|token| token.kind == TokenKind::Dot);
        self.skip_word();
        while !is_member
            && self.byte(0) == Some(b',')
            && (self.word_starts(self.position + 1) || matches!(self.byte(1), Some(b';' | b')')))
        {
            self.position += 1;
            self.skip_word();
        }
    }

    fn skip_digits(&mut self) {
        while self.byte(0).is_some_and(|byte| byte.is_ascii_digit()) {
            self.position += 1;
        }
    }

    fn byte(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.position + ahead).copied()
    }

    fn push(&mut self, kind: TokenKind, start: usize) {
        self.tokens.push(Token { kind, span: span(start, self.position) });
    }
}

fn span(start: usize, end: usize) -> Span {
    Span::new(start as u32, end as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use TokenKind::*;

    fn kinds(text: &str) -> Vec<TokenKind> {
        let mut kinds: Vec<_> = tokens(text).into_iter().map(|token| token.kind).collect();
        assert_eq!(kinds.pop(), Some(End));
        kinds
    }

    #[test]
    fn digits_may_begin_a_word() {
        assert_eq!(kinds("4D"), [Word]);
        assert_eq!(kinds("00_Start"), [Word]);
        assert_eq!(kinds("12 1.5 0xFF 1e5 2E-3"), [Number; 5]);
        assert_eq!(kinds("1e5x"), [Word]);
        assert_eq!(kinds("1e5.x"), [Number, Dot, Word]);
    }

    #[test]
    fn a_comma_inside_a_variable_belongs_to_its_name() {
        assert_eq!(kinds("i,1,temp $a,; $b,)"), [Word, Local, Semicolon, Local, RightParenthesis]);
        assert_eq!(kinds("1,5 $a,$b a, b"), [Number, Comma, Number, Local, Comma, Local, Word, Comma, Word]);
        assert_eq!(kinds("$a.b,c"), [Local, Dot, Word, Comma, Word]);
    }

    #[test]
    fn a_question_mark_begins_a_time_only_when_it_is_one() {
        assert_eq!(kinds("?10:20:30?"), [Time]);
        assert_eq!(kinds("?1:2"), [Question, Number, Colon, Number]);
        assert_eq!(kinds("??3"), [Question, Question, Number]);
    }

    #[test]
    fn a_backslash_joins_lines_only_at_the_end_of_one() {
        assert_eq!(kinds("a\\ \r\nb"), [Word, Word]);
        assert_eq!(kinds("a\\b\rc"), [Word, Backslash, Word, Newline, Word]);
        assert_eq!(kinds("a\\ // why\nb"), [Word, Word]);
        assert_eq!(kinds("a\\"), [Word]);
    }

    #[test]
    fn comments_nest_and_backticks_need_a_blank() {
        assert_eq!(kinds("a /* b /* c */ d */ e"), [Word, Word]);
        assert_eq!(kinds("`old\na `old"), [Newline, Word]);
        assert_eq!(kinds("// a \\\nb\nc"), [Newline, Word]);
        assert_eq!(kinds("a /* b"), [Word, Fault(LexicalFault::OpenComment)]);
    }

    #[test]
    fn texts_end_with_their_line() {
        assert_eq!(kinds(r#""a\"b\\" c"#), [Text, Word]);
        assert_eq!(kinds("\"abc\nd"), [Fault(LexicalFault::OpenText), Newline, Word]);
        assert_eq!(kinds("\"abc\\\u{e9}"), [Fault(LexicalFault::OpenText)]);
    }

    #[test]
    fn prefixes_and_marks() {
        assert_eq!(
            kinds("\u{feff}$a <>b ${1}"),
            [Local, Interprocess, Dollar, LeftBrace, Number, RightBrace]
        );
        assert_eq!(
            kinds("#declare(a)\na#b"),
            [Declare, LeftParenthesis, Word, RightParenthesis, Newline, Word, Hash, Word]
        );
        assert_eq!(kinds("!2024-01-31! a!=b"), [Date, Word, BangEqual, Word]);
    }
}
