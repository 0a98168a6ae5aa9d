//! The pieces a text is cut into. What they mean together is the parser's question.

use crate::span::Span;

/// A piece of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) span: Span,
}

/// What a piece of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A single word; commands, constants and methods may be made of several.
    Word,
    /// `$name`, `$1`
    Local,
    /// `$` before `{`
    Dollar,
    /// `<>name`
    Interprocess,
    /// `12`, `1.5`, `0xFF`, `1e5`
    Number,
    /// `"…"`
    Text,
    /// `!…!`
    Date,
    /// `?…?`
    Time,
    /// `#DECLARE` at the start of a line
    Declare,
    LeftParenthesis,
    RightParenthesis,
    LeftBracket,
    RightBracket,
    LeftBrace,
    RightBrace,
    Semicolon,
    Colon,
    Assign,
    AddAssign,
    SubtractAssign,
    MultiplyAssign,
    DivideAssign,
    Dot,
    Comma,
    Plus,
    Minus,
    Star,
    Slash,
    Backslash,
    Percent,
    Caret,
    CaretBar,
    Equal,
    BangEqual,
    Hash,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Ampersand,
    AmpersandTwice,
    Bar,
    BarTwice,
    ShiftLeft,
    ShiftRight,
    Question,
    Arrow,
    /// The end of a statement.
    Newline,
    /// The end of the text.
    End,
    /// Something that is no piece of 4D.
    Fault(LexicalFault),
}

/// Why something is no piece of 4D.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LexicalFault {
    /// A text without its closing quote.
    OpenText,
    /// `/*` without `*/`
    OpenComment,
    /// `!` that begins no date.
    BadDate,
    /// A curly quotation mark, as word processors write them.
    CurlyQuote,
    /// Any other character.
    Character,
}
