//! The arguments of a call (language.md 4.5): values, operators standing alone, and empty places.

use super::{Parsed, Parser};
use crate::ast::Argument;
use crate::span::Span;
use crate::token::TokenKind;

impl Parser<'_> {
    /// `"(" [ arg {";" arg} ] ")"`, and the height of the highest argument.
    pub(super) fn arguments(&mut self) -> Parsed<(Vec<Argument>, usize)> {
        self.expect(TokenKind::LeftParenthesis, "`(`")?;
        let mut arguments = Vec::new();
        let mut height = 0;
        if self.eat(TokenKind::RightParenthesis) {
            return Ok((arguments, height));
        }
        loop {
            self.argument(&mut arguments, &mut height)?;
            if self.eat(TokenKind::RightParenthesis) {
                return Ok((arguments, height));
            }
            self.expect(TokenKind::Semicolon, "`;` or `)` after the argument")?;
        }
    }

    /// `arg = expr | "*" | ">" | "<" | "&" | "|" | "#" | (empty)`
    fn argument(&mut self, arguments: &mut Vec<Argument>, height: &mut usize) -> Parsed<()> {
        let token = self.token();
        if self.ends_argument(0) {
            // UNSPECIFIED: an empty place is accepted; old commands use it.
            arguments.push(Argument::Empty(Span::new(token.span.start, token.span.start)));
            return Ok(());
        }
        if let Some(flag) = flag(token.kind) {
            let alone = self.ends_argument(1);
            // `QUERY([T]; & [T]Name="x")`: the link may stand before its condition without `;`.
            if alone || matches!(flag, '&' | '|' | '#') {
                self.bump();
                arguments.push(Argument::Flag(flag, token.span));
                if alone {
                    return Ok(());
                }
            }
        }
        let value = self.tree()?;
        *height = (*height).max(value.height);
        arguments.push(Argument::Value(value.expression));
        Ok(())
    }

    fn ends_argument(&self, ahead: usize) -> bool {
        matches!(self.kind_at(ahead), TokenKind::Semicolon | TokenKind::RightParenthesis)
    }
}

fn flag(kind: TokenKind) -> Option<char> {
    Some(match kind {
        TokenKind::Star => '*',
        TokenKind::Greater => '>',
        TokenKind::Less => '<',
        TokenKind::Ampersand => '&',
        TokenKind::Bar => '|',
        TokenKind::Hash => '#',
        _ => return None,
    })
}
