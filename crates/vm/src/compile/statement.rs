//! Statements to code.

use tessera_syntax::ast::{DeclaredVariable, Expression, ExpressionKind, Statement, StatementKind};
use tessera_values::ArrayKind;

use super::declared_type;
use super::expression::literal;
use super::routine::{Guard, Loop, RoutineCompiler};
use crate::bytecode::{Comparison, Instruction, Register};

impl RoutineCompiler<'_> {
    pub(super) fn statements(&mut self, block: &[Statement]) {
        for statement in block {
            self.at(statement.span);
            let (mark, start) = (self.mark(), self.here());
            self.statement(statement);
            self.release(mark);
            let end = self.here();
            self.routine.statements.push((start, end));
        }
    }

    fn statement(&mut self, statement: &Statement) {
        match &statement.kind {
            StatementKind::Declare(variables) => {
                for variable in variables {
                    self.declaration(variable);
                }
            }
            StatementKind::DeclareArray { kind, target, size, columns } => {
                self.array(kind, target, size, columns.as_ref());
            }
            StatementKind::Assign { target, operator, value } => self.assign(target, *operator, value),
            StatementKind::Expression(expression) => {
                self.expression(expression);
            }
            StatementKind::If { condition, then, otherwise } => {
                let skip = self.condition(condition);
                self.statements(then);
                if otherwise.is_empty() {
                    self.patch(skip);
                } else {
                    let end = self.emit(Instruction::Jump { target: 0 });
                    self.patch(skip);
                    self.statements(otherwise);
                    self.patch(end);
                }
            }
            StatementKind::Case { branches, otherwise } => {
                let mut ends = Vec::new();
                for (condition, block) in branches {
                    self.at(condition.span);
                    let skip = self.condition(condition);
                    self.statements(block);
                    ends.push(self.emit(Instruction::Jump { target: 0 }));
                    self.patch(skip);
                }
                self.statements(otherwise);
                for end in ends {
                    self.patch(end);
                }
            }
            StatementKind::While { condition, body } => {
                let top = self.here();
                let exit = self.condition(condition);
                self.loop_body(body, |compiler| {
                    compiler.emit(Instruction::Jump { target: top });
                });
                self.patch(exit);
                self.end_loop();
            }
            StatementKind::Repeat { body, until } => {
                let top = self.here();
                self.loop_body(body, |compiler| compiler.until(until, top));
                self.end_loop();
            }
            StatementKind::For { counter, from, to, step, body } => {
                self.counting_loop(counter, from, to, step.as_ref(), body);
            }
            StatementKind::ForEach { variable, over, begin, end, while_condition, until_condition, body } => {
                let iterator = self.register();
                self.expression_to(over, iterator);
                for bound in [begin, end] {
                    let register = self.register();
                    match bound {
                        Some(bound) => self.expression_to(bound, register),
                        None => {
                            self.emit(Instruction::Undefined { to: register });
                        }
                    }
                }
                self.emit(Instruction::Iterate { to: iterator, over: iterator });
                let element = self.register();
                let top = self.here();
                self.emit(Instruction::Next { to: element, iterator });
                let exit = self.emit(Instruction::Jump { target: 0 });
                self.store(variable, element);
                let stop = while_condition.as_ref().map(|condition| self.condition(condition));
                self.loop_body(body, |compiler| match until_condition {
                    Some(condition) => compiler.until(condition, top),
                    None => {
                        compiler.emit(Instruction::Jump { target: top });
                    }
                });
                self.patch(exit);
                if let Some(stop) = stop {
                    self.patch(stop);
                }
                self.end_loop();
            }
            StatementKind::Use { object, body } => {
                let object = self.expression(object);
                self.emit(Instruction::UseEnter { object });
                self.guards.push(Guard::Use);
                self.statements(body);
                self.guards.pop();
                self.emit(Instruction::UseExit);
            }
            StatementKind::Try { body, catch } => {
                let guard = self.emit(Instruction::TryEnter { target: 0 });
                self.guards.push(Guard::Try);
                self.statements(body);
                self.guards.pop();
                self.emit(Instruction::TryExit);
                let end = self.emit(Instruction::Jump { target: 0 });
                self.patch(guard);
                self.statements(catch);
                self.patch(end);
            }
            StatementKind::Return(value) => match value {
                Some(value) => {
                    let from = self.expression(value);
                    self.emit(Instruction::Return { from });
                }
                None => {
                    self.emit(Instruction::ReturnResult);
                }
            },
            StatementKind::Break => self.leave_loop(|found, jump| found.breaks.push(jump)),
            StatementKind::Continue => self.leave_loop(|found, jump| found.continues.push(jump)),
            StatementKind::Sql => self.raise("SQL blocks are not supported."),
            StatementKind::Invalid => self.raise("A line with a syntax error can't run."),
        }
    }

    /// A condition and the jump that leaves when it is False.
    fn condition(&mut self, condition: &Expression) -> usize {
        let mark = self.mark();
        let jump = if self.comparison(condition) {
            self.emit(Instruction::Jump { target: 0 })
        } else {
            let condition = self.expression(condition);
            self.emit(Instruction::JumpIfFalse { condition, target: 0 })
        };
        self.release(mark);
        jump
    }

    /// The other end of a loop: goes back to `top` until the condition is True.
    fn until(&mut self, condition: &Expression, top: u32) {
        if self.comparison(condition) {
            self.emit(Instruction::Jump { target: top });
        } else {
            let condition = self.expression(condition);
            let out = self.emit(Instruction::JumpIfTrue { condition, target: 0 });
            self.emit(Instruction::Jump { target: top });
            self.patch(out);
        }
    }

    /// A condition that compares, as an instruction which skips the jump after it. False when it is another one.
    fn comparison(&mut self, condition: &Expression) -> bool {
        let (operator, left, right) = match &condition.kind {
            ExpressionKind::Parenthesis(inner) => return self.comparison(inner),
            ExpressionKind::Binary(operator, left, right) => (*operator, left, right),
            _ => return false,
        };
        let Some(comparison) = Comparison::of(operator) else { return false };
        let left = self.expression(left);
        if let Some(value) = literal(right).and_then(|value| value.try_into().ok()) {
            self.emit(Instruction::TestInteger { comparison, left, value });
        } else {
            let right = self.expression(right);
            self.emit(Instruction::Test { comparison, left, right });
        }
        true
    }

    /// The statements of a loop, then `turn`, which is where `continue` goes.
    fn loop_body(&mut self, body: &[Statement], turn: impl FnOnce(&mut Self)) {
        self.loops.push(Loop { guards: self.guards.len(), ..Loop::default() });
        self.statements(body);
        let continues = self.loops.last_mut().map(|found| std::mem::take(&mut found.continues));
        continues.into_iter().flatten().for_each(|jump| self.patch(jump));
        turn(self);
    }

    /// The place after a loop, where `break` goes.
    fn end_loop(&mut self) {
        let breaks = self.loops.pop().map(|found| found.breaks);
        breaks.into_iter().flatten().for_each(|jump| self.patch(jump));
    }

    fn leave_loop(&mut self, note: impl FnOnce(&mut Loop, usize)) {
        let Some(guards) = self.loops.last().map(|found| found.guards) else {
            self.raise("break and continue only make sense inside a loop.");
            return;
        };
        for at in (guards..self.guards.len()).rev() {
            let exit = match self.guards[at] {
                Guard::Use => Instruction::UseExit,
                Guard::Try => Instruction::TryExit,
            };
            self.emit(exit);
        }
        let jump = self.emit(Instruction::Jump { target: 0 });
        if let Some(found) = self.loops.last_mut() {
            note(found, jump);
        }
    }

    /// `For`: bounds and step are computed once; the counter may be changed inside (`docs/Concepts/cf_looping.md`).
    fn counting_loop(
        &mut self,
        counter: &Expression,
        from: &Expression,
        to: &Expression,
        step: Option<&Expression>,
        body: &[Statement],
    ) {
        let start = self.register();
        self.expression_to(from, start);
        self.store(counter, start);
        let limits = self.register();
        self.expression_to(to, limits);
        let step_register = self.register();
        match step {
            Some(step) => self.expression_to(step, step_register),
            None => self.integer_to(step_register, 1),
        }
        let own = match &counter.kind {
            ExpressionKind::Local(name) => Some(self.local(name)).filter(|local| !local.boxed),
            _ => None,
        };
        let value = own.as_ref().map_or(start, |local| local.slot);
        let top = self.here();
        if own.is_none() {
            self.expression_to(counter, value);
        }
        self.emit(Instruction::ForTest { counter: value, limits });
        let exit = self.emit(Instruction::Jump { target: 0 });
        let body_starts = self.here();
        self.loop_body(body, |compiler| {
            if own.is_some() {
                compiler.emit(Instruction::ForNext { counter: value, limits });
                compiler.emit(Instruction::Jump { target: body_starts });
            } else {
                compiler.expression_to(counter, value);
                compiler.emit(Instruction::Add { fits: false, to: value, left: value, right: step_register });
                compiler.store(counter, value);
                compiler.emit(Instruction::Jump { target: top });
            }
        });
        self.patch(exit);
        self.end_loop();
    }

    fn declaration(&mut self, variable: &DeclaredVariable) {
        let declared = declared_type(variable.type_name.as_ref());
        if let ExpressionKind::Name(name) = &variable.target.kind {
            let global = self.names.global(name);
            let type_index = self.type_index(&declared);
            self.emit(Instruction::DeclareGlobal { global, type_index });
        }
        if let Some(value) = &variable.value {
            let mark = self.mark();
            let from = self.expression(value);
            self.store(&variable.target, from);
            self.release(mark);
        }
    }

    fn array(&mut self, kind: &str, target: &Expression, size: &Expression, columns: Option<&Expression>) {
        let Some(kind) = array_kind(kind) else {
            self.raise(format!("ARRAY {kind} is not known."));
            return;
        };
        let array: Register = self.register();
        self.expression_to(target, array);
        let size_register = self.register();
        self.expression_to(size, size_register);
        let second = self.register();
        match columns {
            Some(columns) => self.expression_to(columns, second),
            None => self.integer_to(second, 0),
        }
        self.emit(Instruction::NewArray { target: array, size: size_register, kind, two: columns.is_some() });
        self.store(target, array);
    }
}

fn array_kind(word: &str) -> Option<ArrayKind> {
    Some(match word.to_ascii_uppercase().as_str() {
        "TEXT" => ArrayKind::Text,
        "LONGINT" | "INTEGER" => ArrayKind::Integer,
        "REAL" => ArrayKind::Real,
        "BOOLEAN" => ArrayKind::Boolean,
        "DATE" => ArrayKind::Date,
        "TIME" => ArrayKind::Time,
        "OBJECT" => ArrayKind::Object,
        "POINTER" => ArrayKind::Pointer,
        "BLOB" => ArrayKind::Blob,
        "PICTURE" => ArrayKind::Picture,
        _ => return None,
    })
}
