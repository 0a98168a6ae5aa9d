//! The parser: 4D text to a tree and what is wrong with it.
//!
//! Recursive descent by hand; the functions carry the names of the grammar. Parsing never fails and takes time in
//! proportion to the text: a line that can't be read becomes one diagnostic and one invalid statement, and the next
//! line starts afresh. Blocks are kept on a stack of their own (`block`), so only expressions recurse, and these are
//! limited in depth. The parser knows no values and no files; projects, formulas and 4D tags call it.

mod argument;
mod block;
mod class;
mod declaration;
mod expression;
mod literal;
mod primary;
mod statement;
mod word;

use ecow::EcoString;

use crate::ast;
use crate::diagnostic::Diagnostic;
use crate::lexer;
use crate::span::Span;
use crate::token::{Token, TokenKind};
use crate::vocabulary::Vocabulary;

/// What a file holds; told by its folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A project method, database method or trigger.
    Method,
    /// A class.
    Class,
}

/// What came of parsing a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Parse {
    /// The tree; lines that can't be read are invalid statements in it.
    pub file: ast::File,
    /// What is wrong, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a file.
pub fn parse(text: &str, kind: FileKind, vocabulary: &Vocabulary) -> Parse {
    let mut parser = Parser::new(text, vocabulary);
    let body = match kind {
        FileKind::Method => ast::Body::Method(parser.method()),
        FileKind::Class => ast::Body::Class(parser.class()),
    };
    Parse { file: ast::File { attributes: attributes(text), body }, diagnostics: parser.finish() }
}

/// Reads a single expression, as `Formula from string` and 4D tags hold it. None when it can't be read.
pub fn parse_expression(text: &str, vocabulary: &Vocabulary) -> (Option<ast::Expression>, Vec<Diagnostic>) {
    let mut parser = Parser::new(text, vocabulary);
    parser.skip_newlines();
    let expression = match parser.whole_expression() {
        Ok(expression) => Some(expression),
        Err(fault) => {
            parser.report_fault(fault);
            None
        }
    };
    (expression, parser.finish())
}

/// Reads statements without a file around them.
pub fn parse_statements(text: &str, vocabulary: &Vocabulary) -> (ast::Block, Vec<Diagnostic>) {
    let mut parser = Parser::new(text, vocabulary);
    let block = parser.statements(block::Until::End);
    (block, parser.finish())
}

/// A `//%attributes = {…}` line is the first of its file (docs/Project/architecture.md).
fn attributes(text: &str) -> Option<EcoString> {
    let line = text.trim_start_matches('\u{feff}').split(['\r', '\n']).next()?;
    let rest = line.trim_start().strip_prefix("//%attributes")?;
    let json = rest.trim_start().strip_prefix('=')?.trim();
    (json.starts_with('{') && json.ends_with('}')).then(|| json.into())
}

/// Reports beyond this are dropped: whoever sees so many will not read them.
const DIAGNOSTICS_MAX: usize = 500;

type Parsed<T> = Result<T, Fault>;

/// Why a line can't be read; ends the reading of it. Boxed, to keep what is returned small.
struct Fault(Box<Diagnostic>);

impl From<Diagnostic> for Fault {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(Box::new(diagnostic))
    }
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    /// For each bracket its partner on the same line, else its own place.
    partners: Vec<u32>,
    /// The token to be read next.
    position: usize,
    vocabulary: &'a Vocabulary,
    /// How many expressions are being read inside each other.
    nesting: usize,
    diagnostics: Vec<Diagnostic>,
    dropped: usize,
    /// The most words a known name has.
    words_max: usize,
    /// The word sequence being looked up, in lower case; kept to save allocations.
    words: String,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, vocabulary: &'a Vocabulary) -> Self {
        // A method holds at most 2 GB (docs/Concepts/methods.md); spans count to 4.
        let text = if text.len() < u32::MAX as usize { text } else { "" };
        let tokens = lexer::tokens(text);
        let partners = partners(&tokens);
        Self {
            text,
            tokens,
            partners,
            position: 0,
            vocabulary,
            nesting: 0,
            diagnostics: Vec::new(),
            dropped: 0,
            words_max: crate::names::words_max().max(vocabulary.words_max()),
            words: String::new(),
        }
    }

    fn finish(mut self) -> Vec<Diagnostic> {
        self.diagnostics.sort_by_key(|diagnostic| diagnostic.span.start);
        if self.dropped > 0 {
            let message = format!("{} more faults are not shown", self.dropped);
            let end = Span::new(self.text.len() as u32, self.text.len() as u32);
            self.diagnostics.push(Diagnostic::error("syntax/too-many-faults", message, end));
        }
        self.diagnostics
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() < DIAGNOSTICS_MAX {
            self.diagnostics.push(diagnostic);
        } else {
            self.dropped += 1;
        }
    }

    fn report_fault(&mut self, fault: Fault) {
        self.report(*fault.0);
    }

    fn token(&self) -> Token {
        self.token_at(0)
    }

    fn token_at(&self, ahead: usize) -> Token {
        // The last token is `End`; looking beyond it finds it again.
        self.tokens[(self.position + ahead).min(self.tokens.len() - 1)]
    }

    fn kind(&self) -> TokenKind {
        self.token().kind
    }

    fn kind_at(&self, ahead: usize) -> TokenKind {
        self.token_at(ahead).kind
    }

    /// Takes the token. `End` stays, so reading on is harmless.
    fn bump(&mut self) -> Token {
        let token = self.token();
        if token.kind != TokenKind::End {
            self.position += 1;
        }
        token
    }

    fn eat(&mut self, kind: TokenKind) -> bool {
        let found = self.kind() == kind;
        if found {
            self.bump();
        }
        found
    }

    fn expect(&mut self, kind: TokenKind, what: &str) -> Parsed<Token> {
        if self.kind() == kind { Ok(self.bump()) } else { Err(self.unexpected(what)) }
    }

    /// Does the token at `ahead` follow the one before it without a blank?
    fn is_adjacent(&self, ahead: usize) -> bool {
        let place = self.position + ahead;
        place > 0
            && place < self.tokens.len()
            && self.tokens[place - 1].span.end == self.tokens[place].span.start
    }

    fn slice(&self, span: Span) -> &'a str {
        &self.text[span.start as usize..span.end as usize]
    }

    /// From `start` to the last token taken.
    fn span_from(&self, start: Span) -> Span {
        let last = self.position.checked_sub(1).map_or(start, |place| self.tokens[place].span);
        if last.end >= start.start { start.to(last) } else { start }
    }

    /// Is the token at `ahead` this word, in any letter case?
    fn is_word(&self, ahead: usize, word: &str) -> bool {
        let token = self.token_at(ahead);
        token.kind == TokenKind::Word && self.slice(token.span).eq_ignore_ascii_case(word)
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let found = self.is_word(0, word);
        if found {
            self.bump();
        }
        found
    }

    fn at_line_end(&self) -> bool {
        matches!(self.kind(), TokenKind::Newline | TokenKind::End)
    }

    fn skip_newlines(&mut self) {
        while self.kind() == TokenKind::Newline {
            self.bump();
        }
    }

    fn skip_line(&mut self) {
        while !self.at_line_end() {
            self.bump();
        }
    }

    fn whole_expression(&mut self) -> Parsed<ast::Expression> {
        let expression = self.expression()?;
        self.skip_newlines();
        if self.kind() == TokenKind::End {
            Ok(expression)
        } else {
            Err(self.unexpected("the end of the expression"))
        }
    }
}

/// Pairs the brackets of each line. Those without a partner are paired with themselves.
fn partners(tokens: &[Token]) -> Vec<u32> {
    let mut partners: Vec<u32> = (0..tokens.len() as u32).collect();
    let mut open: Vec<(usize, TokenKind)> = Vec::new();
    for (place, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::LeftParenthesis => open.push((place, TokenKind::RightParenthesis)),
            TokenKind::LeftBracket => open.push((place, TokenKind::RightBracket)),
            TokenKind::LeftBrace => open.push((place, TokenKind::RightBrace)),
            TokenKind::Newline => open.clear(),
            kind => {
                if let Some(&(partner, closing)) = open.last()
                    && closing == kind
                {
                    partners[place] = partner as u32;
                    partners[partner] = place as u32;
                    open.pop();
                }
            }
        }
    }
    partners
}
