//! Expressions: `expr`, `binary`, `unary`, `postfix` of the grammar (docs/Concepts/operators.md).

use super::{Fault, Parsed, Parser};
use crate::ast::{BinaryOperator, Expression, ExpressionKind};
use crate::diagnostic::Diagnostic;
use crate::span::Span;
use crate::token::TokenKind;

/// How deep expressions may stand inside each other. Deeper ones would exhaust the stack of whoever reads or walks
/// the tree; nobody writes them.
pub(super) const NESTING_MAX: usize = 128;

/// How high the tree of one expression may grow: a chain of operators makes it one higher per operator.
const HEIGHT_MAX: usize = 500;

/// How far a `:` is looked for when `?-` may be a ternary.
const TERNARY_LOOKAHEAD: usize = 256;

/// An expression with the height of its tree.
pub(super) struct Tree {
    pub(super) expression: Expression,
    pub(super) height: usize,
}

impl Tree {
    pub(super) fn leaf(kind: ExpressionKind, span: Span) -> Self {
        Self { expression: Expression { kind, span }, height: 1 }
    }
}

impl Parser<'_> {
    /// `expr`, for those who don't care for its height.
    pub(super) fn expression(&mut self) -> Parsed<Expression> {
        self.tree().map(|tree| tree.expression)
    }

    /// `expr = binary [ "?" expr ":" expr ]`
    pub(super) fn tree(&mut self) -> Parsed<Tree> {
        self.nested(Self::ternary)
    }

    fn ternary(&mut self) -> Parsed<Tree> {
        let condition = self.binary()?;
        if self.kind() != TokenKind::Question {
            return Ok(condition);
        }
        self.bump();
        let yes = self.tree()?;
        if self.kind() != TokenKind::Colon {
            return Err(self.unexpected("`:` and the value of `condition ? value : other value`"));
        }
        self.bump();
        let no = self.tree()?;
        let height = condition.height.max(yes.height).max(no.height);
        let span = condition.expression.span.to(no.expression.span);
        let kind = ExpressionKind::Ternary(
            Box::new(condition.expression),
            Box::new(yes.expression),
            Box::new(no.expression),
        );
        self.grown(kind, span, height)
    }

    /// `binary = unary { bin-op unary }`, strictly left to right: there is no precedence.
    fn binary(&mut self) -> Parsed<Tree> {
        let mut left = self.unary()?;
        while let Some((operator, tokens)) = self.binary_operator() {
            if self.kind() == TokenKind::BangEqual {
                self.warn_bang_equal();
            }
            for _ in 0..tokens {
                self.bump();
            }
            let right = self.unary()?;
            let height = left.height.max(right.height);
            let span = left.expression.span.to(right.expression.span);
            let kind =
                ExpressionKind::Binary(operator, Box::new(left.expression), Box::new(right.expression));
            left = self.grown(kind, span, height)?;
        }
        Ok(left)
    }

    /// UNSPECIFIED: `!=`, which a project in use contains: read as `#`.
    fn warn_bang_equal(&mut self) {
        let message = "4D code has no `!=`; it is read as `#`";
        let span = self.token().span;
        self.report(Diagnostic::warning("syntax/bang-equal", message, span).with_hint("write `#`"));
    }

    fn binary_operator(&self) -> Option<(BinaryOperator, usize)> {
        use BinaryOperator::*;
        let next = if self.is_adjacent(1) { Some(self.kind_at(1)) } else { None };
        Some(match self.kind() {
            TokenKind::Plus => (Add, 1),
            TokenKind::Minus => (Subtract, 1),
            TokenKind::Star if matches!(next, Some(TokenKind::Plus | TokenKind::Bar)) => (Picture, 2),
            TokenKind::Star => (Multiply, 1),
            TokenKind::Slash => (Divide, 1),
            TokenKind::Backslash => (IntegerDivide, 1),
            TokenKind::Percent => (Modulo, 1),
            TokenKind::Caret => (Power, 1),
            TokenKind::CaretBar => (ExclusiveOr, 1),
            TokenKind::Equal => (Equal, 1),
            TokenKind::Hash | TokenKind::BangEqual => (NotEqual, 1),
            TokenKind::Less => (Less, 1),
            TokenKind::LessEqual => (LessOrEqual, 1),
            TokenKind::Greater => (Greater, 1),
            TokenKind::GreaterEqual => (GreaterOrEqual, 1),
            TokenKind::Ampersand => (And, 1),
            TokenKind::Bar => (Or, 1),
            TokenKind::AmpersandTwice => (AndThen, 1),
            TokenKind::BarTwice => (OrElse, 1),
            TokenKind::ShiftLeft => (ShiftLeft, 1),
            TokenKind::ShiftRight => (ShiftRight, 1),
            TokenKind::Question => match next? {
                TokenKind::Question => (BitTest, 2),
                TokenKind::Plus if !self.is_ternary() => (BitSet, 2),
                TokenKind::Minus if !self.is_ternary() => (BitClear, 2),
                _ => return None,
            },
            _ => return None,
        })
    }

    /// `$a ?-1 : 2`: is there a `:` at the same depth? Then it is no `?-`.
    fn is_ternary(&self) -> bool {
        let mut ahead = 2;
        while ahead < TERNARY_LOOKAHEAD {
            match self.kind_at(ahead) {
                TokenKind::Colon if !self.is_suffix_colon(ahead) => return true,
                TokenKind::Newline
                | TokenKind::End
                | TokenKind::Semicolon
                | TokenKind::RightParenthesis
                | TokenKind::RightBracket
                | TokenKind::RightBrace => return false,
                _ => {}
            }
            let place = self.position + ahead;
            let partner = self.partners.get(place).map_or(place, |partner| *partner as usize);
            ahead += partner.saturating_sub(place) + 1;
        }
        false
    }

    /// `unary = ["-" | "+"] postfix | "->" postfix`
    fn unary(&mut self) -> Parsed<Tree> {
        let start = self.token().span;
        match self.kind() {
            TokenKind::Minus => {
                self.bump();
                let operand = self.nested(Self::unary)?;
                let span = start.to(operand.expression.span);
                self.grown(ExpressionKind::Negate(Box::new(operand.expression)), span, operand.height)
            }
            TokenKind::Plus => {
                self.bump();
                self.nested(Self::unary)
            }
            TokenKind::Arrow => {
                self.bump();
                let operand = self.postfix()?;
                let span = start.to(operand.expression.span);
                self.grown(ExpressionKind::PointerTo(Box::new(operand.expression)), span, operand.height)
            }
            _ => self.postfix(),
        }
    }

    /// `postfix = primary { "." name | "(" args ")" | "[" expr "]" | "[[" expr "]]" | "{" expr "}" | "->" }`
    pub(super) fn postfix(&mut self) -> Parsed<Tree> {
        let mut tree = self.primary()?;
        loop {
            let start = tree.expression.span;
            let height = tree.height;
            tree = match self.kind() {
                TokenKind::Dot => {
                    self.bump();
                    let name = self.member_name()?;
                    let kind = ExpressionKind::Member(Box::new(tree.expression), name);
                    let span = self.span_from(start);
                    self.grown(kind, span, height)?
                }
                TokenKind::LeftParenthesis if is_callable(&tree.expression.kind) => {
                    let (arguments, inner) = self.arguments()?;
                    let kind = ExpressionKind::Call(Box::new(tree.expression), arguments);
                    let span = self.span_from(start);
                    self.grown(kind, span, height.max(inner))?
                }
                TokenKind::LeftBracket => self.bracket(tree)?,
                TokenKind::LeftBrace => {
                    self.bump();
                    let index = self.tree()?;
                    self.expect(TokenKind::RightBrace, "`}` after the element number")?;
                    let kind = ExpressionKind::Element(Box::new(tree.expression), Box::new(index.expression));
                    let span = self.span_from(start);
                    self.grown(kind, span, height.max(index.height))?
                }
                TokenKind::Arrow => {
                    self.bump();
                    let span = self.span_from(start);
                    let pointed = ExpressionKind::Dereference(Box::new(tree.expression));
                    let mut pointed = self.grown(pointed, span, height)?;
                    // `pointer->property`
                    if self.kind() == TokenKind::Word && self.is_adjacent(0) {
                        let name = self.member_name()?;
                        let kind = ExpressionKind::Member(Box::new(pointed.expression), name);
                        let span = self.span_from(start);
                        pointed = self.grown(kind, span, pointed.height)?;
                    }
                    pointed
                }
                _ => return Ok(tree),
            };
        }
    }

    /// `value[index]` or `text[[position]]`. `c[[1;2][0]]` is an index: its inner list closes before `]]`.
    fn bracket(&mut self, value: Tree) -> Parsed<Tree> {
        let start = value.expression.span;
        let place = self.position;
        let partner = |place: usize| self.partners[place] as usize;
        let is_character = self.kind_at(1) == TokenKind::LeftBracket
            && self.is_adjacent(1)
            && partner(place + 1) > place + 1
            && partner(place) == partner(place + 1) + 1;
        self.bump();
        if is_character {
            self.bump();
        }
        let index = self.tree()?;
        self.expect(TokenKind::RightBracket, "`]` after the index")?;
        let height = value.height.max(index.height);
        let (value, index) = (Box::new(value.expression), Box::new(index.expression));
        let kind = if is_character {
            self.expect(TokenKind::RightBracket, "`]]` after the position")?;
            ExpressionKind::Character(value, index)
        } else {
            ExpressionKind::Index(value, index)
        };
        let span = self.span_from(start);
        self.grown(kind, span, height)
    }

    /// Reads something that stands inside something else.
    pub(super) fn nested(&mut self, read: fn(&mut Self) -> Parsed<Tree>) -> Parsed<Tree> {
        if self.nesting >= NESTING_MAX {
            return Err(too_deep(self.token().span));
        }
        self.nesting += 1;
        let result = read(self);
        self.nesting -= 1;
        result
    }

    /// A node over children of this height.
    pub(super) fn grown(&self, kind: ExpressionKind, span: Span, children: usize) -> Parsed<Tree> {
        if children >= HEIGHT_MAX {
            return Err(too_deep(span));
        }
        Ok(Tree { expression: Expression { kind, span }, height: children + 1 })
    }
}

fn too_deep(span: Span) -> Fault {
    let message = "the expression is too deep or too long";
    Diagnostic::error("syntax/expression-too-deep", message, span)
        .with_hint("keep parts of it in variables")
        .into()
}

/// What may stand before `(`.
fn is_callable(kind: &ExpressionKind) -> bool {
    !matches!(
        kind,
        ExpressionKind::Text(_)
            | ExpressionKind::Integer(_)
            | ExpressionKind::Real(_)
            | ExpressionKind::Date(..)
            | ExpressionKind::Time(_)
            | ExpressionKind::Object(_)
            | ExpressionKind::Collection(_)
            | ExpressionKind::Constant(_)
            | ExpressionKind::Table(_)
            | ExpressionKind::Field(..)
            | ExpressionKind::Invalid
    )
}
