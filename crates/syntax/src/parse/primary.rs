//! `primary` of the grammar: what expressions are made of, and what is wrong where none begins.

use ecow::EcoString;

use super::expression::Tree;
use super::{Fault, Parsed, Parser, literal};
use crate::ast::{AssignOperator, ExpressionKind, FieldName, FormulaBody, TableName};
use crate::diagnostic::Diagnostic;
use crate::span::Span;
use crate::token::{LexicalFault, TokenKind};

/// The finding on words that are no name.
pub(super) const UNKNOWN_NAME: &str = "syntax/unknown-name";

/// Table names have 31 characters (docs/Concepts/identifiers.md); with a token and room to spare.
const TABLE_NAME_BYTES_MAX: usize = 200;

/// The number of the command `Formula`.
const FORMULA: u16 = 1597;

impl Parser<'_> {
    /// `primary = literal | $name | "$" "{" expr "}" | "<>" name | wordseq [token] | "[" table "]" [field] | …`
    pub(super) fn primary(&mut self) -> Parsed<Tree> {
        let token = self.token();
        let text = self.slice(token.span);
        let kind = match token.kind {
            TokenKind::Word => return self.named(),
            TokenKind::Number => match self.numbered_name() {
                Some(kind) => return Ok(Tree::leaf(kind, self.span_from(token.span))),
                None => literal::number(text),
            },
            TokenKind::Text => ExpressionKind::Text(literal::text(text)),
            TokenKind::Date => literal::date(text).ok_or_else(|| bad_date(token.span))?,
            TokenKind::Time => literal::time(text),
            TokenKind::Local => {
                self.warn_of_comma(token.span);
                local(text)
            }
            TokenKind::Colon => self.nameless_command().ok_or_else(|| self.unexpected("a value"))?,
            TokenKind::Interprocess => return Ok(self.interprocess()),
            TokenKind::Dollar => return self.parameter(),
            TokenKind::LeftParenthesis => {
                self.bump();
                let inside = self.tree()?;
                self.expect(TokenKind::RightParenthesis, "`)`")?;
                let span = self.span_from(token.span);
                return self.grown(
                    ExpressionKind::Parenthesis(Box::new(inside.expression)),
                    span,
                    inside.height,
                );
            }
            TokenKind::LeftBracket => return self.table_or_collection(),
            TokenKind::LeftBrace => return self.object(),
            _ => return Err(self.unexpected("a value")),
        };
        self.bump();
        Ok(Tree::leaf(kind, self.span_from(token.span)))
    }

    /// 4D takes `a,b` for one name; who wrote it hardly did.
    fn warn_of_comma(&mut self, span: Span) {
        if self.slice(span).contains(',') {
            let message = format!("the `,` is part of the name `{}`", self.slice(span));
            self.report(
                Diagnostic::warning("syntax/comma-in-name", message, span)
                    .with_hint("arguments and declarations are separated by `;`"),
            );
        }
    }

    /// A command, constant, method or variable; `Try( )` and `Formula( )` are forms of their own.
    fn named(&mut self) -> Parsed<Tree> {
        let start = self.token().span;
        if self.is_word(0, "Try") && self.kind_at(1) == TokenKind::LeftParenthesis {
            self.bump();
            self.bump();
            let tried = self.tree()?;
            self.expect(TokenKind::RightParenthesis, "`)` after the tried expression")?;
            let span = self.span_from(start);
            return self.grown(ExpressionKind::Try(Box::new(tried.expression)), span, tried.height);
        }
        let first = self.position;
        let name = self.word_sequence();
        if matches!(name.kind, ExpressionKind::Name(_)) {
            self.warn_of_comma(name.span);
        }
        match &name.kind {
            ExpressionKind::Command(FORMULA) if self.kind() == TokenKind::LeftParenthesis => {
                return self.formula(start);
            }
            // Without a token: with one, it is a command of a version we don't know.
            ExpressionKind::UnknownCommand(words) if self.position == first + words.split(' ').count() => {
                let message = format!("`{words}` is no command, constant or method of this project");
                self.report(
                    Diagnostic::warning(UNKNOWN_NAME, message, name.span)
                        .with_hint("check the spelling; it raises an error when it runs"),
                );
            }
            _ => {}
        }
        Ok(Tree { expression: name, height: 1 })
    }

    /// `Formula(expr)`, `Formula(return expr)`, `Formula(target:=expr)` (docs/commands/formula.md).
    fn formula(&mut self, start: Span) -> Parsed<Tree> {
        self.bump();
        self.eat_word("return");
        let first = self.tree()?;
        let mut height = first.height;
        let body = if let Some(operator) = self.eat_assign_operator() {
            let value = self.tree()?;
            height = height.max(value.height);
            FormulaBody::Assign(first.expression, operator, value.expression)
        } else {
            FormulaBody::Expression(first.expression)
        };
        self.expect(TokenKind::RightParenthesis, "`)` after the formula")?;
        let span = self.span_from(start);
        self.grown(ExpressionKind::Formula(Box::new(body)), span, height)
    }

    pub(super) fn eat_assign_operator(&mut self) -> Option<AssignOperator> {
        let operator = match self.kind() {
            TokenKind::Assign => AssignOperator::Set,
            TokenKind::AddAssign => AssignOperator::Add,
            TokenKind::SubtractAssign => AssignOperator::Subtract,
            TokenKind::MultiplyAssign => AssignOperator::Multiply,
            TokenKind::DivideAssign => AssignOperator::Divide,
            _ => return None,
        };
        self.bump();
        Some(operator)
    }

    /// `<>name`; these names may hold blanks.
    fn interprocess(&mut self) -> Tree {
        let start = self.bump().span;
        while self.follows_with_blank() {
            self.bump();
        }
        let span = self.span_from(start);
        let name = self.slice(span).trim_start_matches(['<', '>', '◊']);
        Tree::leaf(ExpressionKind::Interprocess(name.into()), span)
    }

    /// Does a word or number follow the last token after exactly one blank?
    pub(super) fn follows_with_blank(&self) -> bool {
        let gap = self.tokens[self.position - 1].span.end as usize..self.token().span.start as usize;
        matches!(self.kind(), TokenKind::Word | TokenKind::Number) && self.text.get(gap) == Some(" ")
    }

    /// A name that begins with a number and a blank: `64 bit version`, a method called `2 clicks`.
    fn numbered_name(&mut self) -> Option<ExpressionKind> {
        let before = self.position;
        self.position += 1;
        let goes_on = self.kind() == TokenKind::Word && self.follows_with_blank();
        self.position = before;
        if !goes_on {
            return None;
        }
        let name = self.word_sequence();
        if matches!(name.kind, ExpressionKind::UnknownCommand(_)) {
            self.position = before;
            return None;
        }
        Some(name.kind)
    }

    /// `"$" "{" expr "}"`
    fn parameter(&mut self) -> Parsed<Tree> {
        let start = self.bump().span;
        self.expect(TokenKind::LeftBrace, "a name or `{` after `$`")?;
        let number = self.tree()?;
        self.expect(TokenKind::RightBrace, "`}` after the number of the parameter")?;
        let span = self.span_from(start);
        self.grown(ExpressionKind::Parameter(Box::new(number.expression)), span, number.height)
    }

    /// `{key: value; …}`. Keys are never commands; quoted keys are accepted (UNSPECIFIED).
    fn object(&mut self) -> Parsed<Tree> {
        let start = self.bump().span;
        let mut pairs = Vec::new();
        let mut height = 0;
        if !self.eat(TokenKind::RightBrace) {
            loop {
                let key = self.key()?;
                self.expect(TokenKind::Colon, "`:` after the property name")?;
                let value = self.tree()?;
                height = height.max(value.height);
                pairs.push((key, value.expression));
                if self.eat(TokenKind::RightBrace) {
                    break;
                }
                self.expect(TokenKind::Semicolon, "`;` or `}` after the value")?;
            }
        }
        let span = self.span_from(start);
        self.grown(ExpressionKind::Object(pairs), span, height)
    }

    fn key(&mut self) -> Parsed<EcoString> {
        let token = self.token();
        let key = match token.kind {
            TokenKind::Word | TokenKind::Local => self.slice(token.span).into(),
            TokenKind::Text => literal::text(self.slice(token.span)),
            _ => return Err(self.unexpected("the name of a property")),
        };
        self.bump();
        Ok(key)
    }

    /// The name after a dot; never a command.
    pub(super) fn member_name(&mut self) -> Parsed<EcoString> {
        self.plain_name("the name of a property or function after `.`")
    }

    /// A single word that is a name, whatever it means elsewhere.
    pub(super) fn plain_name(&mut self, what: &str) -> Parsed<EcoString> {
        if matches!(self.kind(), TokenKind::Word | TokenKind::Local) {
            let span = self.bump().span;
            Ok(self.slice(span).into())
        } else {
            Err(self.unexpected(what))
        }
    }

    /// `[Table]`, `[Table]Field`, or `[a; b]`.
    fn table_or_collection(&mut self) -> Parsed<Tree> {
        let start = self.token().span;
        if let Some(table) = self.table() {
            let kind = match self.field() {
                Some(field) => ExpressionKind::Field(table, field),
                None => ExpressionKind::Table(table),
            };
            return Ok(Tree::leaf(kind, self.span_from(start)));
        }
        self.bump();
        let mut elements = Vec::new();
        let mut height = 0;
        if !self.eat(TokenKind::RightBracket) {
            loop {
                let element = self.tree()?;
                height = height.max(element.height);
                elements.push(element.expression);
                if self.eat(TokenKind::RightBracket) {
                    break;
                }
                self.expect(TokenKind::Semicolon, "`;` or `]` after the element")?;
            }
        }
        let span = self.span_from(start);
        self.grown(ExpressionKind::Collection(elements), span, height)
    }

    /// `[Name]` is a table when the project has it, when a token follows the name, or when a field name follows the
    /// bracket, which no collection allows.
    fn table(&mut self) -> Option<TableName> {
        let close = *self.partners.get(self.position)? as usize;
        if close <= self.position + 1 {
            return None;
        }
        let inside = self.slice(Span::new(self.token().span.end, self.tokens[close].span.start));
        if inside.len() > TABLE_NAME_BYTES_MAX {
            return None;
        }
        let (name, number) = match inside.rsplit_once(':') {
            Some((name, digits)) => (name, Some(digits.trim_end().parse().ok()?)),
            None => (inside, None),
        };
        let name = name.trim();
        if name.is_empty() || name.contains(['$', '"', '(', ')', '[', ']', '{', '}', ';', '?', ':', '<', '>'])
        {
            return None;
        }
        let is_word = self.tokens[self.position + 1..close]
            .iter()
            .all(|token| matches!(token.kind, TokenKind::Word | TokenKind::Number | TokenKind::Colon));
        let before_field = close + 1 < self.tokens.len()
            && self.tokens[close + 1].kind == TokenKind::Word
            && self.tokens[close].span.end == self.tokens[close + 1].span.start;
        let first_is_word = self.kind_at(1) == TokenKind::Word;
        if number.is_some() || self.vocabulary.has_table(name) || (is_word && first_is_word && before_field) {
            self.position = close + 1;
            return Some(TableName { name: name.into(), number });
        }
        None
    }

    /// The field after `]`: words up to its token, or all words that follow.
    fn field(&mut self) -> Option<FieldName> {
        if self.kind() != TokenKind::Word || !self.is_adjacent(0) {
            return None;
        }
        let start = self.bump().span;
        loop {
            if let Some(number) = self.number_suffix(0) {
                let name = self.slice(self.span_from(start)).into();
                self.bump();
                self.bump();
                return Some(FieldName { name, number: Some(number) });
            }
            if !self.follows_with_blank() {
                return Some(FieldName { name: self.slice(self.span_from(start)).into(), number: None });
            }
            self.bump();
        }
    }

    /// What to say about the token that stands where `expected` should.
    pub(super) fn unexpected(&self, expected: &str) -> Fault {
        let token = self.token();
        let text = self.slice(token.span);
        let error = |code, message: String| Diagnostic::error(code, message, token.span);
        let diagnostic = match token.kind {
            TokenKind::Fault(LexicalFault::OpenText) => {
                error("syntax/open-text", "the text has no closing `\"` on its line".into())
                    .with_hint("write `\\\"` for a quotation mark inside a text, `\\n` for a line break")
            }
            TokenKind::Fault(LexicalFault::OpenComment) => {
                error("syntax/open-comment", "the comment has no closing `*/`".into())
                    .with_hint("comments nest: each `/*` needs its own `*/`")
            }
            TokenKind::Fault(LexicalFault::BadDate) => return bad_date(token.span),
            TokenKind::Fault(LexicalFault::CurlyQuote) => {
                error("syntax/curly-quote", format!("`{text}` is no quotation mark of 4D"))
                    .with_hint("write `\"`")
            }
            TokenKind::Fault(LexicalFault::Character) => {
                error("syntax/bad-character", format!("`{text}` has no meaning here"))
            }
            TokenKind::Assign => error("syntax/unexpected", format!("expected {expected}, found `:=`"))
                .with_hint("`=` compares; `:=` stands only at the start of a statement, after its target"),
            TokenKind::Equal => error("syntax/unexpected", format!("expected {expected}, found `=`"))
                .with_hint("4D compares with a single `=`"),
            TokenKind::Newline | TokenKind::End => {
                error("syntax/unexpected-end", format!("expected {expected}, but the line ends here"))
                    .with_hint("a statement goes on in the next line only after a `\\`")
            }
            TokenKind::Comma => error("syntax/unexpected", format!("expected {expected}, found `,`"))
                .with_hint("4D separates with `;` and writes decimals with `.`"),
            _ => error("syntax/unexpected", format!("expected {expected}, found `{text}`")),
        };
        diagnostic.into()
    }
}

/// `$1` is a parameter by position, `$name` a variable.
fn local(text: &str) -> ExpressionKind {
    let name = text.trim_start_matches('$');
    if name.bytes().all(|byte| byte.is_ascii_digit())
        && let Ok(number) = name.parse()
    {
        return ExpressionKind::Positional(number);
    }
    ExpressionKind::Local(name.into())
}

fn bad_date(span: Span) -> Fault {
    Diagnostic::error("syntax/bad-date", "`!` begins a date, and this is none", span)
        .with_hint("write dates as `!2024-12-31!`")
        .into()
}
