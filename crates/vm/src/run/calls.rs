//! Calls of methods, functions and values that are functions.

use std::sync::Arc;

use tessera_values::{ErrorStack, ObjectRef, Value};

use super::step::Next;
use crate::arguments::Arguments;
use crate::bytecode::Register;
use crate::class;
use crate::code::{Code, Name};
use crate::commands;
use crate::member::{self, Callee};
use crate::process::Process;

impl Process {
    pub(super) fn call_command(
        &mut self,
        base: usize,
        command: u16,
        first: Register,
        count: u8,
        flags: u16,
    ) -> Result<(), ErrorStack> {
        self.burn_for_command()?;
        let from = base + usize::from(first);
        let values = self.stack[from..from + usize::from(count)].iter_mut().map(std::mem::take);
        let mut arguments = Arguments::new(values, flags);
        match commands::run(self, command, &mut arguments) {
            Ok(value) => self.stack[from] = value,
            Err(error) => {
                self.keep_answer(from);
                return Err(error);
            }
        }
        Ok(())
    }

    pub(super) fn call_method(
        &mut self,
        base: usize,
        method: u16,
        first: Register,
        count: u8,
    ) -> Result<Next, ErrorStack> {
        let callee = Arc::clone(&self.program().methods[usize::from(method)].routine);
        let callee = self.codes.of(&callee);
        self.codes.keep_method(method, &callee);
        let from = base + usize::from(first);
        self.push_call(callee, from, usize::from(count), Value::Undefined, from)?;
        Ok(Next::Frame)
    }

    pub(super) fn call_member(
        &mut self,
        base: usize,
        name: &Name,
        first: Register,
        count: u8,
    ) -> Result<Next, ErrorStack> {
        let to = base + usize::from(first);
        let receiver = self.stack[to].clone();
        let callee = member::callee(self, &receiver, &name.text)?;
        self.remember(name, &receiver, &callee);
        self.dispatch(callee, receiver, &name.text, to, count)
    }

    pub(super) fn call_index(&mut self, base: usize, first: Register, count: u8) -> Result<Next, ErrorStack> {
        let to = base + usize::from(first);
        let (receiver, index) = (self.stack[to].clone(), self.stack[to + 1].clone());
        let name = index.as_text().cloned().unwrap_or_default();
        let callee = match &receiver {
            Value::Object(_) | Value::Native(_) if index.as_text().is_some() => {
                member::callee(self, &receiver, &name)?
            }
            _ => {
                let value = member::index(self, &receiver, &index)?;
                member::callee_of_value(&value)?
            }
        };
        // The arguments lie behind the index.
        self.stack[to + 1..to + 2 + usize::from(count)].rotate_left(1);
        self.dispatch(callee, receiver, &name, to, count)
    }

    pub(super) fn call_value(&mut self, base: usize, first: Register, count: u8) -> Result<Next, ErrorStack> {
        let to = base + usize::from(first);
        let callee = member::callee_of_value(&self.stack[to])?;
        self.dispatch(callee, Value::Undefined, "", to, count)
    }

    pub(super) fn call_super(
        &mut self,
        code: &Code,
        base: usize,
        first: Register,
        count: u8,
    ) -> Result<Next, ErrorStack> {
        let to = base + usize::from(first);
        let this = self.this();
        let Some(constructor) = class::super_constructor(self, &code.routine)? else {
            self.stack[to] = Value::Undefined;
            return Ok(Next::Instruction);
        };
        let callee = self.codes.of(&constructor);
        self.push_call(callee, to + 1, usize::from(count), this, to)?;
        Ok(Next::Frame)
    }

    pub(super) fn call_super_member(
        &mut self,
        code: &Code,
        base: usize,
        name: u16,
        first: Register,
        count: u8,
    ) -> Result<Next, ErrorStack> {
        let this = self.this();
        let name = &code.names[usize::from(name)].text;
        let callee = class::super_function(self, &code.routine, name)?;
        self.dispatch(callee, this, name, base + usize::from(first), count)
    }

    /// Calls what was found. The receiver lies at `to`, where the result goes, and the arguments after it.
    fn dispatch(
        &mut self,
        callee: Callee,
        receiver: Value,
        name: &str,
        to: usize,
        count: u8,
    ) -> Result<Next, ErrorStack> {
        match callee {
            Callee::Routine(routine, this) => {
                let callee = self.codes.of(&routine);
                self.push_call(callee, to + 1, usize::from(count), this.unwrap_or(receiver), to)?;
                Ok(Next::Frame)
            }
            Callee::Function(function, this) => {
                let arguments = self.take_arguments(to + 1, count);
                let value = function.call(self, this.unwrap_or(receiver), &arguments)?;
                self.stack[to] = value;
                Ok(Next::Instruction)
            }
            Callee::Native => {
                let arguments = self.take_arguments(to + 1, count);
                match member::call_native(self, &receiver, name, &arguments) {
                    Ok(value) => self.stack[to] = value,
                    Err(error) => {
                        self.keep_answer(to);
                        return Err(error);
                    }
                }
                Ok(Next::Instruction)
            }
        }
    }

    /// The next call of this function on an object of this class is quicker.
    fn remember(&mut self, name: &Name, receiver: &Value, callee: &Callee) {
        if let (Value::Object(ObjectRef::Local(local)), Callee::Routine(routine, None)) = (receiver, callee)
            && let Some(class) = local.class
            && let Some(number) = self.codes.number(routine)
        {
            name.remember(class, number);
        }
    }

    /// Puts the answer of a native function or command that failed where its result belongs.
    fn keep_answer(&mut self, at: usize) {
        if let Some(answer) = self.take_answer() {
            self.stack[at] = answer;
            self.assigns_answer = true;
        }
    }
}
