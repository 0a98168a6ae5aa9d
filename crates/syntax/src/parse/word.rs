//! Which name do these words spell? (docs/Concepts/identifiers.md, docs/Concepts/quick-tour.md)
//!
//! Words separated by exactly one blank may together be a command, a constant or a project method. A token behind
//! them (`:C10`, `:K8:3`) decides alone; else all words that follow each other are the name, for nothing but an
//! operator may follow an operand: commands before constants before methods.

use ecow::EcoString;

use super::Parser;
use crate::ast::{Constant, Expression, ExpressionKind};
use crate::names;
use crate::span::Span;
use crate::token::TokenKind;

/// Words looked at when a token may follow: names of newer versions may be longer than those we know.
const TOKENED_WORDS_MAX: usize = 12;

/// The system variables of two words (docs/Concepts/error-handling.md); `OK` and the others are single words and
/// so need no list.
const SYSTEM_VARIABLES: [&str; 3] = ["error method", "error line", "error formula"];

/// A token that follows a name.
#[derive(Clone, Copy)]
enum Suffix {
    Command(u32),
    Constant(u32, u32),
    PlugIn,
}

impl Parser<'_> {
    /// `wordseq [token]`: the name that begins here. Takes its words and its token.
    pub(super) fn word_sequence(&mut self) -> Expression {
        let start = self.token().span;
        let limit = self.words_max.max(TOKENED_WORDS_MAX);
        let mut buffer = std::mem::take(&mut self.words);
        buffer.clear();
        // Where each word ends in the buffer.
        let mut ends: Vec<usize> = Vec::new();
        let mut kind = None;
        while ends.len() < limit {
            let ahead = ends.len();
            let word = self.slice(self.token_at(ahead).span);
            if ahead > 0 {
                buffer.push(' ');
            }
            buffer.extend(word.chars().flat_map(char::to_lowercase));
            ends.push(buffer.len());
            if let Some((suffix, length)) = self.suffix(ahead + 1) {
                let name = self.slice(start.to(self.token_at(ahead).span));
                kind = Some(tokened(suffix, name, &buffer));
                self.position += ahead + 1 + length;
                break;
            }
            if !self.is_next_word(ahead + 1) {
                break;
            }
        }
        let kind = kind.unwrap_or_else(|| self.longest_name(start, &buffer, &ends));
        self.words = buffer;
        Expression { kind, span: self.span_from(start) }
    }

    fn longest_name(&mut self, start: Span, buffer: &str, ends: &[usize]) -> ExpressionKind {
        self.position += ends.len();
        let words = self.slice(start.to(self.tokens[self.position - 1].span));
        let Some(known) = self.known_name(words, buffer) else {
            // One word may be a variable, or a method of a component. Several, even if they begin with a name we
            // know, can only be a command or constant of a plug-in or component, or a slip: no operand follows
            // another. They must not spoil the lines around them.
            return if ends.len() == 1 {
                ExpressionKind::Name(words.into())
            } else {
                ExpressionKind::UnknownCommand(words.into())
            };
        };
        known
    }

    fn known_name(&self, words: &str, folded: &str) -> Option<ExpressionKind> {
        names::command_by_folded(folded)
            .map(command)
            .or_else(|| names::constant_by_folded(folded).map(ExpressionKind::Constant))
            .or_else(|| {
                let is_name = self.vocabulary.has_folded_method(folded) || SYSTEM_VARIABLES.contains(&folded);
                is_name.then(|| ExpressionKind::Name(words.into()))
            })
    }

    /// Digits may stand inside a name: `Is integer 64 bits`.
    fn is_next_word(&self, ahead: usize) -> bool {
        let (before, token) = (self.token_at(ahead - 1), self.token_at(ahead));
        let fits = match token.kind {
            TokenKind::Word => true,
            TokenKind::Number => self.slice(token.span).bytes().all(|byte| byte.is_ascii_digit()),
            _ => false,
        };
        fits && self.text.get(before.span.end as usize..token.span.start as usize) == Some(" ")
    }

    /// The token at `ahead`: a colon, then `C10`, `K8:3` or `P14000:1`, all without blanks. Also how many lexical
    /// tokens it takes.
    fn suffix(&self, ahead: usize) -> Option<(Suffix, usize)> {
        if self.kind_at(ahead) != TokenKind::Colon || !self.is_adjacent(ahead) || !self.is_adjacent(ahead + 1)
        {
            return None;
        }
        let word = self.token_at(ahead + 1);
        if word.kind != TokenKind::Word {
            return None;
        }
        let (letter, digits) = self.slice(word.span).split_at_checked(1)?;
        let number = digits.parse::<u32>().ok()?;
        match letter {
            "C" => Some((Suffix::Command(number), 2)),
            "K" => self.number_suffix(ahead + 2).map(|item| (Suffix::Constant(number, item), 4)),
            "P" => Some((Suffix::PlugIn, if self.number_suffix(ahead + 2).is_some() { 4 } else { 2 })),
            _ => None,
        }
    }

    /// `:C1776`: a command whose name 4D does not show is stored as its token alone (public code). The token's last
    /// word is left to be taken.
    pub(super) fn nameless_command(&mut self) -> Option<ExpressionKind> {
        let word = self.token_at(1);
        if word.kind != TokenKind::Word || !self.is_adjacent(1) {
            return None;
        }
        let number = self.slice(word.span).strip_prefix('C')?.parse().ok()?;
        let name = self.slice(self.token().span.to(word.span));
        self.position += 1;
        Some(tokened(Suffix::Command(number), name, name))
    }

    /// `:12` without blanks, as it follows tables, fields and the theme of a constant.
    pub(super) fn number_suffix(&self, ahead: usize) -> Option<u32> {
        let joined = self.kind_at(ahead) == TokenKind::Colon
            && self.kind_at(ahead + 1) == TokenKind::Number
            && self.is_adjacent(ahead)
            && self.is_adjacent(ahead + 1);
        if joined { self.slice(self.token_at(ahead + 1).span).parse().ok() } else { None }
    }

    /// Is the colon at `ahead` part of a name's token?
    pub(super) fn is_suffix_colon(&self, ahead: usize) -> bool {
        self.suffix(ahead).is_some()
            || (ahead >= 2 && self.suffix(ahead - 2).is_some_and(|(_, length)| length == 4))
    }
}

/// The number decides; the text is only a fallback, for numbers we don't know.
fn tokened(suffix: Suffix, name: &str, folded: &str) -> ExpressionKind {
    match suffix {
        Suffix::Command(number) => u16::try_from(number)
            .ok()
            .filter(|number| *number < names::OWN_NUMBERS && names::command_name(*number).is_some())
            .or_else(|| names::command_by_folded(folded))
            .map_or_else(|| ExpressionKind::UnknownCommand(name.into()), command),
        // Constants go by name first: theirs are better known than their numbers.
        Suffix::Constant(theme, number) => ExpressionKind::Constant(
            names::constant_by_folded(folded)
                .or_else(|| names::constant_by_token(theme, number))
                .unwrap_or_else(|| Constant::Named(EcoString::from(name))),
        ),
        Suffix::PlugIn => ExpressionKind::UnknownCommand(name.into()),
    }
}

/// The commands that are nodes of their own.
fn command(number: u16) -> ExpressionKind {
    match number {
        1470 => ExpressionKind::This,
        // `Super` as a constructor call and as a receiver.
        1705 | 1706 => ExpressionKind::Super,
        1709 => ExpressionKind::BuiltInStore,
        1710 => ExpressionKind::ClassStore,
        other => ExpressionKind::Command(other),
    }
}
