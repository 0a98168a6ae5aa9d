//! `statement` of the grammar: one line (docs/Concepts/quick-tour.md, docs/Concepts/flow-control.md).

use super::block::{BlockKind, Blocks, CasePart, Divide, ForEach, Open};
use super::primary::UNKNOWN_NAME;
use super::{Parsed, Parser};
use crate::ast::{Expression, ExpressionKind, Function, FunctionKind, Modifiers, StatementKind};
use crate::diagnostic::Diagnostic;
use crate::span::Span;
use crate::token::TokenKind;

impl Parser<'_> {
    /// The whole text of a method.
    pub(super) fn method(&mut self) -> Function {
        let mut function = function(FunctionKind::Method, Span::new(0, self.text.len() as u32));
        self.skip_newlines();
        let mut blocks = Blocks::default();
        if self.kind() == TokenKind::Declare {
            let start = self.token().span;
            let result = self.declare(&mut function).and_then(|()| self.line_ends());
            self.settle(&mut blocks, start, result.map(|()| None));
        }
        self.statement_lines(&mut blocks, super::block::Until::End);
        function.body = self.close_all(blocks);
        function
    }

    /// One line, whatever it holds.
    pub(super) fn statement_line(&mut self, blocks: &mut Blocks) {
        let start = self.token().span;
        match self.kind() {
            TokenKind::Colon => self.case_branch(blocks),
            TokenKind::Word => {
                if !self.block_line(blocks) {
                    let result = self.worded_statement();
                    self.settle(blocks, start, result);
                }
            }
            TokenKind::Declare => {
                let message = "`#DECLARE` must be the first statement of a method";
                let fault = Diagnostic::error("syntax/late-declare", message, start)
                    .with_hint("functions of a class declare their parameters behind their name");
                self.settle(blocks, start, Err(fault.into()));
            }
            _ => {
                let result = self.simple_statement();
                self.settle(blocks, start, result);
            }
        }
    }

    /// Adds a statement, or reports why the line is none. Either way the next line is next.
    fn settle(&mut self, blocks: &mut Blocks, start: Span, result: Parsed<Option<StatementKind>>) {
        match result.and_then(|kind| self.line_ends().map(|()| kind)) {
            Ok(Some(kind)) => blocks.push(kind, self.span_from(start)),
            Ok(None) => {}
            Err(fault) => {
                self.report_fault(fault);
                self.skip_line();
                blocks.push(StatementKind::Invalid, self.span_from(start));
            }
        }
    }

    /// UNSPECIFIED: a `;` at the end of a statement: public code has it, so it is let go.
    fn line_ends(&mut self) -> Parsed<()> {
        if self.kind() == TokenKind::Semicolon && self.ends_at(1) {
            self.only_words();
        }
        if self.at_line_end() {
            Ok(())
        } else {
            Err(self.unexpected("an operator or the end of the statement"))
        }
    }

    /// The lines that open, divide and close blocks. False when this is none of them.
    fn block_line(&mut self, blocks: &mut Blocks) -> bool {
        let start = self.token().span;
        let word = self.slice(start);
        if word.len() > "continue".len() {
            return false;
        }
        let second = |second: &str| self.is_word(1, second);
        match word.to_ascii_lowercase().as_str() {
            "if" => {
                let condition = self.keyword_condition();
                let span = self.span_from(start);
                self.open(blocks, Open::If { condition, then: None }, span);
            }
            "else" => {
                self.else_line(blocks);
            }
            "case" if second("of") => {
                self.take(2);
                let span = self.span_from(start);
                self.only_words();
                self.open(blocks, Open::Case { branches: Vec::new(), part: CasePart::Before }, span);
            }
            "while" => {
                let condition = self.keyword_condition();
                let span = self.span_from(start);
                self.open(blocks, Open::While { condition }, span);
            }
            "repeat" if self.stands_alone() => {
                self.alone();
                self.open(blocks, Open::Repeat, start);
            }
            "until" => {
                let until = self.keyword_condition();
                let span = self.span_from(start);
                self.close(blocks, BlockKind::Repeat, span, Some(until));
            }
            "for" if second("each") => self.for_each(blocks),
            "for" => self.for_line(blocks),
            // `USE SET` and its like are commands.
            "use" if !self.assigns_at(1) && self.kind_at(1) != TokenKind::Word => {
                let object = self.keyword_condition();
                let span = self.span_from(start);
                self.open(blocks, Open::Use { object }, span);
            }
            "try" if self.stands_alone() => {
                self.alone();
                self.open(blocks, Open::Try { body: None }, start);
            }
            "catch" if self.stands_alone() => {
                self.alone();
                self.divide(blocks, &[BlockKind::Try], start, Divide::Catch);
            }
            "begin" if second("sql") => self.sql(blocks),
            "end" => return self.end_line(blocks),
            _ => return false,
        }
        true
    }

    fn else_line(&mut self, blocks: &mut Blocks) {
        let start = self.bump().span;
        if self.is_word(0, "if") {
            self.skip_line();
            let span = self.span_from(start);
            self.report(
                Diagnostic::error("syntax/else-if", "4D has no `Else if`", span)
                    .with_hint("write a `Case of`, or a new `If` in the line after `Else`"),
            );
            blocks.push(StatementKind::Invalid, span);
            return;
        }
        self.only_words();
        self.divide(blocks, &[BlockKind::If, BlockKind::Case], start, Divide::Else);
    }

    fn end_line(&mut self, blocks: &mut Blocks) -> bool {
        let start = self.token().span;
        let (kind, words) = if self.is_word(1, "for") && self.is_word(2, "each") {
            (BlockKind::ForEach, 3)
        } else {
            let kind = match self.slice(self.token_at(1).span).to_ascii_lowercase().as_str() {
                "if" => BlockKind::If,
                "case" => BlockKind::Case,
                "while" => BlockKind::While,
                "for" => BlockKind::For,
                "use" => BlockKind::Use,
                "try" => BlockKind::Try,
                _ => return false,
            };
            (kind, 2)
        };
        self.take(words);
        let span = self.span_from(start);
        self.only_words();
        self.close(blocks, kind, span, None);
        true
    }

    /// `: condition`, with or without parentheses.
    fn case_branch(&mut self, blocks: &mut Blocks) {
        let start = self.token().span;
        let condition = self.keyword_condition();
        let span = self.span_from(start);
        self.divide(blocks, &[BlockKind::Case], span, Divide::Branch(condition));
    }

    /// `For ($i; from; to {; step})`
    fn for_line(&mut self, blocks: &mut Blocks) {
        let start = self.token().span;
        self.take(1);
        let mut parts = self.loop_head(BlockKind::For).into_iter();
        let span = self.span_from(start);
        let mut part = || parts.next().unwrap_or_else(|| invalid(span));
        let (counter, from, to) = (part(), part(), part());
        self.open(blocks, Open::For { counter, from, to, step: parts.next() }, span);
    }

    /// `For each ($x; expr {; begin {; end}}) {While (c) | Until (c)}`
    fn for_each(&mut self, blocks: &mut Blocks) {
        let start = self.token().span;
        self.take(2);
        let mut parts = self.loop_head(BlockKind::ForEach).into_iter();
        let span = self.span_from(start);
        let mut part = || parts.next().unwrap_or_else(|| invalid(span));
        let (variable, over) = (part(), part());
        let (begin, end) = (parts.next(), parts.next());
        let (mut while_condition, mut until_condition) = (None, None);
        if self.is_word(0, "while") {
            while_condition = Some(self.keyword_condition());
        } else if self.is_word(0, "until") {
            until_condition = Some(self.keyword_condition());
        }
        self.only_words();
        let span = self.span_from(start);
        let head = ForEach { variable, over, begin, end, while_condition, until_condition };
        self.open(blocks, Open::ForEach(Box::new(head)), span);
    }

    /// `( expr ; expr … )` of a loop. Reports what is wrong and leaves the line; the loop stays open without it.
    fn loop_head(&mut self, kind: BlockKind) -> Vec<Expression> {
        let mut parts = Vec::new();
        let read = self.loop_parts(kind, &mut parts);
        if let Err(fault) = read {
            self.report_fault(fault);
            self.skip_line();
            parts.clear();
        }
        parts
    }

    fn loop_parts(&mut self, kind: BlockKind, parts: &mut Vec<Expression>) -> Parsed<()> {
        let start = self.expect(TokenKind::LeftParenthesis, "`(`")?.span;
        loop {
            parts.push(self.expression()?);
            if self.eat(TokenKind::RightParenthesis) {
                break;
            }
            self.expect(TokenKind::Semicolon, "`;` or `)`")?;
        }
        let (wanted, message) = if kind == BlockKind::For {
            (3..=4, "`For` takes a counter, the first value, the last value and at most a step")
        } else {
            (2..=4, "`For each` takes a variable, what it walks through, and at most two positions")
        };
        if !wanted.contains(&parts.len()) {
            return Err(Diagnostic::error("syntax/loop-head", message, self.span_from(start)).into());
        }
        // Nothing but `While` or `Until` stands behind the parentheses, and only in `For each`.
        let goes_on = kind == BlockKind::ForEach && (self.is_word(0, "while") || self.is_word(0, "until"));
        if goes_on || self.at_line_end() { Ok(()) } else { Err(self.unexpected("the end of the line")) }
    }

    /// A keyword of one word and its condition.
    fn keyword_condition(&mut self) -> Expression {
        self.bump();
        self.condition()
    }

    /// The condition after a keyword. Its outer parentheses are dropped: they belong to the keyword. What can't be
    /// read is reported, and the block stays.
    fn condition(&mut self) -> Expression {
        let start = self.token().span;
        let read = self.expression().and_then(|condition| {
            if self.at_line_end() {
                Ok(condition)
            } else {
                Err(self.unexpected("an operator or the end of the condition"))
            }
        });
        match read {
            Ok(Expression { kind: ExpressionKind::Parenthesis(inside), .. }) => *inside,
            Ok(condition) => condition,
            Err(fault) => {
                self.report_fault(fault);
                self.skip_line();
                invalid(self.span_from(start))
            }
        }
    }

    /// Does a line start here?
    fn starts_line(&self) -> bool {
        self.position == 0 || self.tokens[self.position - 1].kind == TokenKind::Newline
    }

    /// What follows the words of a block line has no meaning.
    fn only_words(&mut self) {
        if self.at_line_end() {
            return;
        }
        let start = self.token().span;
        self.skip_line();
        let message = "text after the end of the statement is ignored";
        let span = self.span_from(start);
        self.report(Diagnostic::warning("syntax/ignored-text", message, span));
    }

    /// SQL blocks are skipped: their text is no 4D.
    fn sql(&mut self, blocks: &mut Blocks) {
        let start = self.token().span;
        self.take(2);
        let span = self.span_from(start);
        let mut closed = false;
        while self.kind() != TokenKind::End && !closed {
            closed = self.starts_line() && self.is_word(0, "end") && self.is_word(1, "sql");
            self.take(if closed { 2 } else { 1 });
        }
        self.report(if closed {
            Diagnostic::warning(
                "syntax/sql",
                "SQL blocks are not supported and raise an error when they run",
                span,
            )
        } else {
            Diagnostic::error("syntax/unclosed-block", "`Begin SQL` is never closed", span)
                .with_hint("add `End SQL`")
        });
        let span = self.span_from(start);
        self.only_words();
        blocks.push(StatementKind::Sql, span);
    }

    /// Statements that begin with a word of their own, else a simple one.
    fn worded_statement(&mut self) -> Parsed<Option<StatementKind>> {
        if self.is_word(0, "var") && self.declares_at(1) {
            return self.var_declaration().map(Some);
        }
        if self.is_word(0, "return") && !self.assigns_at(1) {
            self.bump();
            let value = if self.at_line_end() { None } else { Some(self.expression()?) };
            return Ok(Some(StatementKind::Return(value)));
        }
        if self.is_word(0, "break") && self.stands_alone() {
            self.bump();
            return Ok(Some(StatementKind::Break));
        }
        if self.is_word(0, "continue") && self.stands_alone() {
            self.bump();
            return Ok(Some(StatementKind::Continue));
        }
        if self.at_class_item() {
            let message = "functions and properties belong in a class file";
            return Err(Diagnostic::error("syntax/misplaced-function", message, self.token().span).into());
        }
        match self.command_declaration()? {
            Some(declaration) => Ok(Some(declaration)),
            None => self.simple_statement(),
        }
    }

    /// `expr [assign-op expr]`
    fn simple_statement(&mut self) -> Parsed<Option<StatementKind>> {
        let mut target = self.expression()?;
        if matches!(self.kind(), TokenKind::Assign) || self.compounds() {
            self.as_variable(&mut target);
            let place = self.token().span;
            let Some(operator) = self.eat_assign_operator() else { return Err(self.unexpected("`:=`")) };
            if !is_assignable(&target.kind) {
                let message = format!("`{}` can't be given a value", self.slice(target.span));
                return Err(Diagnostic::error("syntax/not-assignable", message, target.span.to(place))
                    .with_hint("`:=` needs a variable, a property, an element or a field on its left")
                    .into());
            }
            let value = self.expression()?;
            return Ok(Some(StatementKind::Assign { target, operator, value }));
        }
        if self.at_line_end() {
            self.warn_without_effect(&target);
        }
        Ok(Some(StatementKind::Expression(target)))
    }

    fn warn_without_effect(&mut self, expression: &Expression) {
        let hint = match &expression.kind {
            ExpressionKind::Binary(crate::ast::BinaryOperator::Equal, ..) => {
                Some("`:=` gives a value, `=` compares")
            }
            ExpressionKind::Call(..)
            | ExpressionKind::Command(_)
            | ExpressionKind::UnknownCommand(_)
            | ExpressionKind::Name(_)
            | ExpressionKind::Member(..)
            | ExpressionKind::Try(_)
            | ExpressionKind::Ternary(..)
            | ExpressionKind::Binary(
                crate::ast::BinaryOperator::AndThen | crate::ast::BinaryOperator::OrElse,
                ..,
            ) => return,
            _ => None,
        };
        let warning =
            Diagnostic::warning("syntax/no-effect", "this computes a value and drops it", expression.span);
        self.report(match hint {
            Some(hint) => warning.with_hint(hint),
            None => warning,
        });
    }

    /// Several words we don't know: where only a variable can stand, they are one whose name holds blanks.
    pub(super) fn as_variable(&mut self, target: &mut Expression) {
        if let ExpressionKind::UnknownCommand(name) = &mut target.kind {
            target.kind = ExpressionKind::Name(std::mem::take(name));
            let span = target.span;
            self.diagnostics.pop_if(|last| last.code == UNKNOWN_NAME && last.span == span);
        }
    }

    fn compounds(&self) -> bool {
        matches!(
            self.kind(),
            TokenKind::AddAssign
                | TokenKind::SubtractAssign
                | TokenKind::MultiplyAssign
                | TokenKind::DivideAssign
        )
    }

    fn take(&mut self, tokens: usize) {
        for _ in 0..tokens {
            self.bump();
        }
    }

    /// Is this word all there is to the statement?
    fn stands_alone(&self) -> bool {
        self.ends_at(1) || (self.kind_at(1) == TokenKind::Semicolon && self.ends_at(2))
    }

    fn alone(&mut self) {
        self.bump();
        self.only_words();
    }

    fn ends_at(&self, ahead: usize) -> bool {
        matches!(self.kind_at(ahead), TokenKind::Newline | TokenKind::End)
    }

    fn assigns_at(&self, ahead: usize) -> bool {
        matches!(self.kind_at(ahead), TokenKind::Assign | TokenKind::Dot)
    }

    fn declares_at(&self, ahead: usize) -> bool {
        matches!(
            self.kind_at(ahead),
            TokenKind::Word
                | TokenKind::Local
                | TokenKind::Interprocess
                | TokenKind::Dollar
                | TokenKind::Number
        )
    }
}

/// A routine that holds nothing yet.
pub(super) fn function(kind: FunctionKind, span: Span) -> Function {
    Function {
        kind,
        name: Default::default(),
        modifiers: Modifiers::default(),
        parameters: Vec::new(),
        variadic: false,
        result: None,
        body: Vec::new(),
        span,
    }
}

fn invalid(span: Span) -> Expression {
    Expression { kind: ExpressionKind::Invalid, span }
}

/// Variables, and whatever leads to a place in a value.
fn is_assignable(kind: &ExpressionKind) -> bool {
    matches!(
        kind,
        ExpressionKind::Local(_)
            | ExpressionKind::Positional(_)
            | ExpressionKind::Parameter(_)
            | ExpressionKind::Name(_)
            | ExpressionKind::Interprocess(_)
            | ExpressionKind::Field(..)
            | ExpressionKind::Member(..)
            | ExpressionKind::Index(..)
            | ExpressionKind::Character(..)
            | ExpressionKind::Element(..)
            | ExpressionKind::Dereference(_)
    )
}
