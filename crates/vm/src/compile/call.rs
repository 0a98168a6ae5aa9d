//! Calls: commands, methods, functions of objects, values that are functions, `Super`.

use tessera_syntax::ast::{Argument, Expression, ExpressionKind, FieldName, TableName};

use super::routine::RoutineCompiler;
use crate::bytecode::{Instruction, Register};
use crate::commands;
use crate::program::lower;

/// The most arguments one call takes.
const ARGUMENTS_MAX: usize = 255;

/// `Undefined`, `Type`, `Value type`: they look at what a pointer leads to without an error when it leads nowhere
/// (`docs/commands/type.md`).
const TYPE_COMMANDS: [u16; 3] = [82, 295, 1509];

/// The commands that turn a table or a field into a pointer: only the server around the language knows numbers.
const TABLE: u16 = 252;
const FIELD: u16 = 253;

impl RoutineCompiler<'_> {
    /// Compiles a call and puts its result into `to`.
    pub(super) fn call_to(&mut self, callee: &Expression, arguments: &[Argument], to: Register) {
        if arguments.len() > ARGUMENTS_MAX {
            self.raise("A call can't have more than 255 arguments.");
            return;
        }
        let count = arguments.len() as u8;
        let mark = self.mark();
        if to.checked_add(1) == Some(mark) && self.is_temporary(to) {
            // The call begins where its result goes.
            self.release(to);
        }
        let first = match &callee.kind {
            ExpressionKind::Command(command) => {
                let first = self.mark();
                let flags = self.command_arguments(*command, arguments);
                if arguments.is_empty() {
                    self.register();
                }
                self.emit(Instruction::CallCommand { count, command: *command, first, flags });
                first
            }
            ExpressionKind::Name(name) => match self.names.methods.get(&lower(name)).copied() {
                Some(method) => {
                    let first = self.mark();
                    self.arguments(arguments);
                    if arguments.is_empty() {
                        self.register();
                    }
                    self.emit(Instruction::CallMethod { count, method, first });
                    first
                }
                // A process variable may hold a formula.
                None => {
                    let first = self.register();
                    self.name_to(name, first);
                    self.arguments(arguments);
                    self.emit(Instruction::CallValue { count, first });
                    first
                }
            },
            ExpressionKind::UnknownCommand(name) => {
                self.raise(format!("Unknown command: {name}."));
                to
            }
            ExpressionKind::Super => {
                let first = self.register();
                self.arguments(arguments);
                self.emit(Instruction::CallSuper { count, first });
                first
            }
            ExpressionKind::Member(object, name) if matches!(object.kind, ExpressionKind::Super) => {
                let first = self.register();
                self.arguments(arguments);
                let name = self.name(name);
                self.emit(Instruction::CallSuperMember { count, name, first });
                first
            }
            ExpressionKind::Member(object, name) => {
                let first = self.register();
                self.expression_to(object, first);
                self.arguments(arguments);
                let name = self.name(name);
                self.emit(Instruction::CallMember { count, name, first });
                first
            }
            ExpressionKind::Index(object, index) => {
                let first = self.register();
                self.expression_to(object, first);
                let name = self.register();
                self.expression_to(index, name);
                self.arguments(arguments);
                self.emit(Instruction::CallIndex { count, first });
                first
            }
            _ => {
                let first = self.register();
                self.expression_to(callee, first);
                self.arguments(arguments);
                self.emit(Instruction::CallValue { count, first });
                first
            }
        };
        if first != to {
            self.emit(Instruction::Move { to, from: first });
        }
        self.release(mark);
    }

    fn arguments(&mut self, arguments: &[Argument]) {
        for argument in arguments {
            let register = self.register();
            match argument {
                Argument::Value(value) => self.expression_to(value, register),
                Argument::Flag(..) | Argument::Empty(_) => {
                    self.emit(Instruction::Undefined { to: register });
                }
            }
        }
    }

    /// The arguments of a command; those it writes to are passed as pointers. Returns which ones are flags.
    fn command_arguments(&mut self, command: u16, arguments: &[Argument]) -> u16 {
        let mut flags = 0;
        for (position, argument) in arguments.iter().enumerate() {
            let register = self.register();
            match argument {
                Argument::Value(value) if commands::writes_argument(command, position) => {
                    self.pointer_to(value, register);
                }
                Argument::Value(value) => match &value.kind {
                    ExpressionKind::Dereference(pointer) if TYPE_COMMANDS.contains(&command) => {
                        self.expression_to(pointer, register);
                        self.emit(Instruction::Peek { to: register, pointer: register });
                    }
                    _ => self.expression_to(value, register),
                },
                Argument::Flag(flag, _) => {
                    let index = self.constant(tessera_values::Scalar::Text(flag.to_string().into()));
                    self.emit(Instruction::Constant { to: register, index });
                    if position < 16 {
                        flags |= 1 << position;
                    }
                }
                Argument::Empty(_) => {
                    self.emit(Instruction::Undefined { to: register });
                }
            }
        }
        flags
    }

    /// A bare name: the call of a method without arguments, or a process variable.
    pub(super) fn name_to(&mut self, name: &str, to: Register) {
        if let Some(method) = self.names.methods.get(&lower(name)).copied() {
            let mark = self.mark();
            let first = if self.is_temporary(to) { to } else { self.register() };
            self.emit(Instruction::CallMethod { count: 0, method, first });
            if first != to {
                self.emit(Instruction::Move { to, from: first });
            }
            self.release(mark);
        } else {
            let global = self.names.global(name);
            self.emit(Instruction::LoadGlobal { to, global });
        }
    }

    /// A table as an argument: its number when the text has one, its name otherwise.
    pub(super) fn table_to(&mut self, table: &TableName, to: Register) {
        match table.number {
            Some(number) => self.integer_to(to, i64::from(number)),
            None => {
                let index = self.constant(tessera_values::Scalar::Text(table.name.clone()));
                self.emit(Instruction::Constant { to, index });
            }
        }
    }

    /// `->[Table]` and `->[Table]Field`, which are `Table` and `Field` of their names.
    pub(super) fn table_pointer_to(&mut self, table: &TableName, field: Option<&FieldName>, to: Register) {
        let mark = self.mark();
        let first = self.register();
        self.table_to(table, first);
        let (command, count) = match field {
            None => (TABLE, 1),
            Some(field) => {
                let register = self.register();
                let index = self.constant(tessera_values::Scalar::Text(field.name.clone()));
                self.emit(Instruction::Constant { to: register, index });
                (FIELD, 2)
            }
        };
        self.emit(Instruction::CallCommand { count, command, first, flags: 0 });
        self.emit(Instruction::Move { to, from: first });
        self.release(mark);
    }
}
