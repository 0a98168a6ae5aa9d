//! Expressions to code. Every expression ends in a register.

use tessera_syntax::ast::{BinaryOperator, Constant, Expression, ExpressionKind, FormulaBody};
use tessera_syntax::visit;
use tessera_values::{Date, Scalar, Time};

use super::routine::RoutineCompiler;
use crate::bytecode::{Comparison, Instruction, Register};

/// Command numbers that the compiler turns into instructions (`docs/commands`).
const TRUE: u16 = 214;
const FALSE: u16 = 215;
const NULL: u16 = 1517;

impl RoutineCompiler<'_> {
    /// Compiles an expression and says where its value is: a local's own register when it is one, a temporary
    /// otherwise. Nobody may write to that register.
    pub(super) fn expression(&mut self, expression: &Expression) -> Register {
        match &expression.kind {
            ExpressionKind::Local(name) => {
                let local = self.local(name);
                if !local.boxed {
                    return local.slot;
                }
            }
            ExpressionKind::Positional(number) => {
                if let Some(local) = self.known_local(&number.to_string()).filter(|local| !local.boxed) {
                    return local.slot;
                }
            }
            ExpressionKind::Parenthesis(inner) => return self.expression(inner),
            _ => {}
        }
        let to = self.register();
        self.expression_to(expression, to);
        to
    }

    /// Compiles an expression into a given register, which is the newest one or a local.
    pub(super) fn expression_to(&mut self, expression: &Expression, to: Register) {
        let mark = self.mark();
        match &expression.kind {
            ExpressionKind::Text(text) => self.constant_to(to, Scalar::Text(text.clone())),
            ExpressionKind::Integer(n) => self.integer_to(to, *n),
            ExpressionKind::Real(n) => self.constant_to(to, Scalar::Real(*n)),
            ExpressionKind::Date(year, month, day) => {
                self.constant_to(to, Scalar::Date(Date::new(*year, *month, *day)));
            }
            ExpressionKind::Time(seconds) => self.constant_to(to, Scalar::Time(Time::from_seconds(*seconds))),
            ExpressionKind::Constant(constant) => match constant {
                Constant::Integer(n) => self.integer_to(to, *n),
                Constant::Real(n) => self.constant_to(to, Scalar::Real(*n)),
                Constant::Text(text) => self.constant_to(to, Scalar::Text(text.clone())),
                // Constants of forms and menus have no value here; the commands that take them refuse anyway.
                Constant::Named(_) => self.integer_to(to, 0),
            },
            ExpressionKind::Object(entries) => {
                self.emit(Instruction::NewObject { to });
                for (key, value) in entries {
                    let inner = self.mark();
                    let value = self.expression(value);
                    let name = self.name(key);
                    self.emit(Instruction::SetProperty { object: to, name, value });
                    self.release(inner);
                }
            }
            ExpressionKind::Collection(elements) => {
                let first = self.mark();
                for element in elements {
                    let register = self.register();
                    self.expression_to(element, register);
                }
                self.emit(Instruction::NewCollection { to, first, count: elements.len() as u16 });
            }
            ExpressionKind::Local(name) => {
                let local = self.local(name);
                self.load_local(&local, to);
            }
            ExpressionKind::Positional(number) => match self.known_local(&number.to_string()).cloned() {
                Some(local) => self.load_local(&local, to),
                None => {
                    self.emit(Instruction::Undefined { to });
                }
            },
            ExpressionKind::Parameter(number) => {
                let number = self.expression(number);
                self.emit(Instruction::LoadParameter { to, number });
            }
            ExpressionKind::Name(name) => self.name_to(name, to),
            ExpressionKind::Interprocess(name) => {
                let name = self.name(name);
                self.emit(Instruction::LoadInterprocess { to, name });
            }
            ExpressionKind::Command(number) => match *number {
                TRUE => self.boolean_to(to, true),
                FALSE => self.boolean_to(to, false),
                NULL => {
                    self.emit(Instruction::Null { to });
                }
                _ => self.call_to(expression, &[], to),
            },
            ExpressionKind::Call(callee, arguments) => match callee.kind {
                ExpressionKind::Command(TRUE) => self.boolean_to(to, true),
                ExpressionKind::Command(FALSE) => self.boolean_to(to, false),
                ExpressionKind::Command(NULL) => {
                    self.emit(Instruction::Null { to });
                }
                _ => self.call_to(callee, arguments, to),
            },
            ExpressionKind::UnknownCommand(name) => self.raise(format!("Unknown command: {name}.")),
            ExpressionKind::This => {
                self.emit(Instruction::This { to });
            }
            ExpressionKind::Super => self.raise("Super can only be called, or followed by a function."),
            ExpressionKind::ClassStore => {
                self.emit(Instruction::ClassStore { to });
            }
            ExpressionKind::BuiltInStore => {
                self.emit(Instruction::BuiltInStore { to });
            }
            ExpressionKind::Table(table) => {
                self.table_to(table, to);
            }
            ExpressionKind::Field(table, _) => self.raise(format!(
                "The field of table [{}] can't be read: the record language is not supported; use ORDA.",
                table.name
            )),
            ExpressionKind::Member(object, name) if matches!(object.kind, ExpressionKind::This) => {
                let name = self.name(name);
                self.emit(Instruction::GetThis { to, name });
            }
            ExpressionKind::Member(object, name) => {
                let object = self.expression(object);
                let name = self.name(name);
                self.emit(Instruction::GetMember { to, object, name });
            }
            ExpressionKind::Index(object, index) => {
                let (object, index) = (self.expression(object), self.expression(index));
                self.emit(Instruction::GetIndex { to, object, index });
            }
            ExpressionKind::Character(text, position) => {
                let (text, position) = (self.expression(text), self.expression(position));
                self.emit(Instruction::GetCharacter { to, text, position });
            }
            ExpressionKind::Element(array, index) => {
                let (array, index) = (self.expression(array), self.expression(index));
                self.emit(Instruction::GetElement { to, array, index });
            }
            ExpressionKind::Dereference(pointer) => {
                let pointer = self.expression(pointer);
                self.emit(Instruction::Dereference { to, pointer });
            }
            ExpressionKind::PointerTo(target) => match &target.kind {
                ExpressionKind::Table(table) => self.table_pointer_to(table, None, to),
                ExpressionKind::Field(table, field) => self.table_pointer_to(table, Some(field), to),
                _ => self.pointer_to(target, to),
            },
            ExpressionKind::Negate(value) => {
                let from = self.expression(value);
                self.emit(Instruction::Negate { to, from });
            }
            ExpressionKind::Binary(operator, left, right) => self.binary_to(*operator, left, right, to),
            ExpressionKind::Ternary(condition, then, otherwise) => {
                let value = self.expression(condition);
                let skip = self.emit(Instruction::JumpIfFalsy { value, target: 0 });
                self.release(mark);
                self.expression_to(then, to);
                let end = self.emit(Instruction::Jump { target: 0 });
                self.patch(skip);
                self.expression_to(otherwise, to);
                self.patch(end);
            }
            ExpressionKind::Try(inner) => {
                let guard = self.emit(Instruction::TryEnter { target: 0 });
                self.expression_to(inner, to);
                self.emit(Instruction::TryExit);
                let end = self.emit(Instruction::Jump { target: 0 });
                self.patch(guard);
                self.emit(Instruction::Undefined { to });
                self.patch(end);
            }
            ExpressionKind::Formula(body) => self.formula_to(body, to),
            ExpressionKind::Parenthesis(inner) => self.expression_to(inner, to),
            ExpressionKind::Invalid => self.raise("A line with a syntax error can't run."),
        }
        self.release(mark);
    }

    pub(super) fn integer_to(&mut self, to: Register, n: i64) {
        match i32::try_from(n) {
            Ok(value) => {
                self.emit(Instruction::Integer { to, value });
            }
            Err(_) => self.constant_to(to, Scalar::Integer(n)),
        }
    }

    fn constant_to(&mut self, to: Register, value: Scalar) {
        let index = self.constant(value);
        self.emit(Instruction::Constant { to, index });
    }

    fn boolean_to(&mut self, to: Register, value: bool) {
        self.emit(Instruction::Boolean { to, value });
    }

    fn binary_to(&mut self, operator: BinaryOperator, left: &Expression, right: &Expression, to: Register) {
        match operator {
            BinaryOperator::AndThen | BinaryOperator::OrElse => {
                self.expression_to(left, to);
                let jump = if operator == BinaryOperator::AndThen {
                    self.emit(Instruction::JumpIfFalsy { value: to, target: 0 })
                } else {
                    self.emit(Instruction::JumpIfTruthy { value: to, target: 0 })
                };
                self.expression_to(right, to);
                self.patch(jump);
                return;
            }
            _ => {}
        }
        let left = self.expression(left);
        self.operate(operator, to, left, right);
    }

    /// to := left operator right
    pub(super) fn operate(
        &mut self,
        operator: BinaryOperator,
        to: Register,
        left: Register,
        right: &Expression,
    ) {
        let fits = false;
        let small = literal(right).and_then(|value| i16::try_from(value).ok());
        let instruction = match (operator, small) {
            (BinaryOperator::Add, Some(value)) => Instruction::AddInteger { fits, to, left, value },
            (BinaryOperator::Subtract, Some(value)) => Instruction::SubtractInteger { fits, to, left, value },
            _ => {
                let right = self.expression(right);
                match (operator, Comparison::of(operator)) {
                    (BinaryOperator::Add, _) => Instruction::Add { fits, to, left, right },
                    (BinaryOperator::Subtract, _) => Instruction::Subtract { fits, to, left, right },
                    (_, Some(comparison)) => Instruction::Compare { comparison, to, left, right },
                    _ => Instruction::Binary { operator, to, left, right },
                }
            }
        };
        self.emit(instruction);
    }

    /// Locals of the creator are captured by value when the formula is made (`docs/API/FunctionClass.md`).
    fn formula_to(&mut self, body: &FormulaBody, to: Register) {
        let mut used = Vec::new();
        let mut see = |expression: &Expression| {
            if let ExpressionKind::Local(name) = &expression.kind
                && !used.contains(name)
            {
                used.push(name.clone());
            }
        };
        visit::formula(body, &mut see);
        let class = self.routine.class;
        let mut inner = RoutineCompiler::new(self.names, self.lines, "Formula".into(), class);
        inner.describe(body);
        inner.reserve_parameters(body);
        for name in used {
            let outer = self.local(&name);
            inner.capture(&crate::program::lower(&name), &outer);
        }
        inner.formula_body(body);
        let captures = std::mem::take(&mut inner.captures);
        let routine = self.formula(inner.finish(), captures);
        self.emit(Instruction::Formula { to, routine });
    }
}

/// The whole number that an expression is written as.
pub(super) fn literal(expression: &Expression) -> Option<i64> {
    match &expression.kind {
        ExpressionKind::Integer(n) | ExpressionKind::Constant(Constant::Integer(n)) => Some(*n),
        ExpressionKind::Parenthesis(inner) => literal(inner),
        _ => None,
    }
}
