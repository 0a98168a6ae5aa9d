//! Blocks: the stack of what is open, and how lines open, divide and close it
//! (docs/Concepts/cf_branching.md, docs/Concepts/cf_looping.md, docs/Concepts/flow-control.md).
//!
//! A stack instead of recursion, because a closing line then tells exactly which openings were forgotten, and
//! nesting can't exhaust the stack of the machine.

use super::Parser;
use crate::ast::{Block, Expression, Statement, StatementKind};
use crate::diagnostic::Diagnostic;
use crate::span::Span;
use crate::token::TokenKind;

/// Blocks may stand inside each other up to this depth (docs/Concepts/methods.md).
const DEPTH_MAX: usize = 512;

/// Where a list of statements ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// At the end of the text.
    End,
    /// Also at the next function, property or alias of a class.
    ClassItem,
}

/// What a block is, with what has been read of it.
pub(super) enum Open {
    If { condition: Expression, then: Option<Block> },
    Case { branches: Vec<(Expression, Block)>, part: CasePart },
    While { condition: Expression },
    Repeat,
    For { counter: Expression, from: Expression, to: Expression, step: Option<Expression> },
    ForEach(Box<ForEach>),
    Use { object: Expression },
    Try { body: Option<Block> },
}

/// The head of a `For each`.
pub(super) struct ForEach {
    pub(super) variable: Expression,
    pub(super) over: Expression,
    pub(super) begin: Option<Expression>,
    pub(super) end: Option<Expression>,
    pub(super) while_condition: Option<Expression>,
    pub(super) until_condition: Option<Expression>,
}

/// Which part of a `Case of` is being read.
pub(super) enum CasePart {
    /// Between `Case of` and the first `:`. Not executed.
    Before,
    /// After `: condition`
    Branch(Expression),
    /// After `Else`
    Otherwise,
}

/// The kinds of block, to find the one a line closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BlockKind {
    If,
    Case,
    While,
    Repeat,
    For,
    ForEach,
    Use,
    Try,
}

impl BlockKind {
    const COUNT: usize = Self::Try as usize + 1;

    pub(super) fn opening(self) -> &'static str {
        match self {
            Self::If => "If",
            Self::Case => "Case of",
            Self::While => "While",
            Self::Repeat => "Repeat",
            Self::For => "For",
            Self::ForEach => "For each",
            Self::Use => "Use",
            Self::Try => "Try",
        }
    }

    pub(super) fn closing(self) -> &'static str {
        match self {
            Self::If => "End if",
            Self::Case => "End case",
            Self::While => "End while",
            Self::Repeat => "Until",
            Self::For => "End for",
            Self::ForEach => "End for each",
            Self::Use => "End use",
            Self::Try => "End try",
        }
    }
}

impl Open {
    fn kind(&self) -> BlockKind {
        match self {
            Self::If { .. } => BlockKind::If,
            Self::Case { .. } => BlockKind::Case,
            Self::While { .. } => BlockKind::While,
            Self::Repeat => BlockKind::Repeat,
            Self::For { .. } => BlockKind::For,
            Self::ForEach(_) => BlockKind::ForEach,
            Self::Use { .. } => BlockKind::Use,
            Self::Try { .. } => BlockKind::Try,
        }
    }
}

struct OpenBlock {
    open: Open,
    /// The line that opened it.
    span: Span,
    /// The statements read since it was opened or divided.
    statements: Block,
}

/// The statements being read, and the blocks open around them.
#[derive(Default)]
pub(super) struct Blocks {
    statements: Block,
    open: Vec<OpenBlock>,
    /// How many of each kind are open. Without it, every stray line would look through all that is open.
    counts: [usize; BlockKind::COUNT],
}

impl Blocks {
    pub(super) fn push(&mut self, kind: StatementKind, span: Span) {
        self.current().push(Statement { kind, span });
    }

    pub(super) fn open(&mut self, open: Open, span: Span) {
        self.counts[open.kind() as usize] += 1;
        self.open.push(OpenBlock { open, span, statements: Block::new() });
    }

    fn current(&mut self) -> &mut Block {
        self.open.last_mut().map_or(&mut self.statements, |block| &mut block.statements)
    }

    /// How many blocks are open inside the innermost one of these kinds, if there is one.
    fn above(&self, kinds: &[BlockKind]) -> Option<usize> {
        if kinds.iter().all(|kind| self.counts[*kind as usize] == 0) {
            return None;
        }
        self.open.iter().rev().position(|block| kinds.contains(&block.open.kind()))
    }

    /// Closes the innermost block.
    fn close(&mut self, last: Span, until: Option<Expression>) {
        let too_deep = self.open.len() > DEPTH_MAX;
        let Some(OpenBlock { open, span, statements }) = self.open.pop() else { return };
        self.counts[open.kind() as usize] -= 1;
        let kind = if too_deep { StatementKind::Invalid } else { closed(open, statements, until) };
        self.push(kind, span.to(last));
    }
}

fn closed(open: Open, statements: Block, until: Option<Expression>) -> StatementKind {
    match open {
        Open::If { condition, then: None } => {
            StatementKind::If { condition, then: statements, otherwise: Block::new() }
        }
        Open::If { condition, then: Some(then) } => {
            StatementKind::If { condition, then, otherwise: statements }
        }
        Open::Case { mut branches, part } => {
            let mut otherwise = Block::new();
            match part {
                CasePart::Before => {}
                CasePart::Branch(condition) => branches.push((condition, statements)),
                CasePart::Otherwise => otherwise = statements,
            }
            StatementKind::Case { branches, otherwise }
        }
        Open::While { condition } => StatementKind::While { condition, body: statements },
        Open::Repeat => match until {
            Some(until) => StatementKind::Repeat { body: statements, until },
            // Reported at its opening; without its condition it can't run.
            None => StatementKind::Invalid,
        },
        Open::For { counter, from, to, step } => {
            StatementKind::For { counter, from, to, step, body: statements }
        }
        Open::ForEach(head) => {
            let ForEach { variable, over, begin, end, while_condition, until_condition } = *head;
            StatementKind::ForEach {
                variable,
                over,
                begin,
                end,
                while_condition,
                until_condition,
                body: statements,
            }
        }
        Open::Use { object } => StatementKind::Use { object, body: statements },
        Open::Try { body: None } => StatementKind::Try { body: statements, catch: Block::new() },
        Open::Try { body: Some(body) } => StatementKind::Try { body, catch: statements },
    }
}

impl Parser<'_> {
    /// Statements, one a line, up to the end.
    pub(super) fn statements(&mut self, until: Until) -> Block {
        let mut blocks = Blocks::default();
        self.statement_lines(&mut blocks, until);
        self.close_all(blocks)
    }

    pub(super) fn statement_lines(&mut self, blocks: &mut Blocks, until: Until) {
        loop {
            self.skip_newlines();
            if self.kind() == TokenKind::End || (until == Until::ClassItem && self.at_class_item()) {
                return;
            }
            self.statement_line(blocks);
        }
    }

    /// Ends a routine: what is still open is reported at its opening.
    pub(super) fn close_all(&mut self, mut blocks: Blocks) -> Block {
        let last = self.position.checked_sub(1).map(|place| self.tokens[place].span).unwrap_or_default();
        while self.close_unclosed(&mut blocks, last.start) {}
        blocks.statements
    }

    /// `Else`, `Catch` or `: condition` inside the block it divides.
    pub(super) fn divide(&mut self, blocks: &mut Blocks, kinds: &[BlockKind], span: Span, divide: Divide) {
        if !self.close_above(blocks, kinds) {
            self.stray(blocks, kinds, span);
            return;
        }
        let Some(block) = blocks.open.last_mut() else { return };
        let statements = std::mem::take(&mut block.statements);
        match (&mut block.open, divide) {
            (Open::If { then: then @ None, .. }, Divide::Else) => *then = Some(statements),
            (Open::Try { body: body @ None }, Divide::Catch) => *body = Some(statements),
            (Open::Case { branches, part }, divide) if !matches!(part, CasePart::Otherwise) => {
                let next = match divide {
                    Divide::Branch(condition) => CasePart::Branch(condition),
                    Divide::Else | Divide::Catch => CasePart::Otherwise,
                };
                match std::mem::replace(part, next) {
                    CasePart::Branch(condition) => branches.push((condition, statements)),
                    CasePart::Before | CasePart::Otherwise => self.warn_unreached(&statements),
                }
            }
            _ => {
                block.statements = statements;
                blocks.push(StatementKind::Invalid, span);
                let message = "nothing but the end of the block may follow its last part";
                self.report(Diagnostic::error("syntax/second-else", message, span));
            }
        }
    }

    /// A closing line.
    pub(super) fn close(
        &mut self,
        blocks: &mut Blocks,
        kind: BlockKind,
        span: Span,
        until: Option<Expression>,
    ) {
        if !self.close_above(blocks, &[kind]) {
            self.stray(blocks, &[kind], span);
            return;
        }
        if let Some(block) = blocks.open.last()
            && let Open::Case { part: CasePart::Before, .. } = &block.open
        {
            self.warn_unreached(&block.statements);
        }
        blocks.close(span, until);
    }

    /// Opens a block.
    pub(super) fn open(&mut self, blocks: &mut Blocks, open: Open, span: Span) {
        if blocks.open.len() == DEPTH_MAX {
            let message = format!("blocks may stand inside each other {DEPTH_MAX} deep, not deeper");
            self.report(
                Diagnostic::error("syntax/too-many-blocks", message, span)
                    .with_hint("move the inner blocks to a method of their own"),
            );
        }
        blocks.open(open, span);
    }

    /// Closes what is open inside the innermost block of these kinds. False when there is none such.
    fn close_above(&mut self, blocks: &mut Blocks, kinds: &[BlockKind]) -> bool {
        let Some(above) = blocks.above(kinds) else { return false };
        let here = self.token().span.start;
        for _ in 0..above {
            self.close_unclosed(blocks, here);
        }
        true
    }

    /// Closes the innermost block, whose closing line is missing. Running it raises that fault.
    fn close_unclosed(&mut self, blocks: &mut Blocks, here: u32) -> bool {
        let Some(block) = blocks.open.last() else { return false };
        let (kind, opening) = (block.open.kind(), block.span);
        blocks.close(Span::new(here, here), None);
        let surrounding = blocks.current();
        let place = surrounding.len().saturating_sub(1);
        surrounding.insert(place, Statement { kind: StatementKind::Invalid, span: opening });
        let message = format!("`{}` is never closed", kind.opening());
        self.report(
            Diagnostic::error("syntax/unclosed-block", message, opening)
                .with_hint(format!("add `{}`", kind.closing())),
        );
        true
    }

    fn stray(&mut self, blocks: &mut Blocks, kinds: &[BlockKind], span: Span) {
        let words: Vec<_> = kinds.iter().map(|kind| format!("`{}`", kind.opening())).collect();
        let message = format!("`{}` without an open {}", self.slice(span), words.join(" or "));
        self.report(Diagnostic::error("syntax/stray-block-line", message, span));
        blocks.push(StatementKind::Invalid, span);
    }

    fn warn_unreached(&mut self, statements: &Block) {
        if let [first, ..] = statements.as_slice() {
            let message = "statements between `Case of` and its first `:` are never executed";
            let span = first.span;
            self.report(Diagnostic::warning("syntax/unreached", message, span));
        }
    }
}

/// A line that begins the next part of a block.
pub(super) enum Divide {
    Else,
    Catch,
    Branch(Expression),
}
