//! Who takes an error: `Try`, an installed error method, or the caller.

use std::sync::Arc;

use tessera_values::{ErrorStack, Pointer, Value};

use crate::bytecode::{Instruction, Register};
use crate::process::{Process, line_of};
use crate::{convert, place};

impl Process {
    /// Finds who takes an error: the innermost `Try`, else an installed error method, else the caller.
    pub(super) fn recover(&mut self, mut error: ErrorStack, floor: usize) -> Result<(), ErrorStack> {
        if std::mem::take(&mut self.assigns_answer) && self.frames.len() > floor {
            self.finish_assignment();
        }
        if let Some(frame) = self.frames.last() {
            let at = (frame.code.routine.name.clone(), line_of(frame));
            for entry in error.errors.iter_mut().filter(|entry| entry.place.is_none()) {
                entry.place = Some(at.clone());
            }
        }
        if !error.fatal {
            // A method installed before the innermost Try is not asked; one installed inside is.
            let method =
                self.error_method().filter(|(_, depth)| !self.handling && *depth >= self.handlers.len());
            if let Some((method, _)) = method
                && self.frames.len() > floor
            {
                match self.run_error_method(&method, error) {
                    Ok(()) => return Ok(()),
                    // The error of the method itself goes where the first one would have gone without it.
                    Err(raised) => error = raised,
                }
            }
        }
        let handler = self.handlers.last().copied().filter(|handler| handler.frame >= floor);
        if let (Some(handler), false) = (handler, error.fatal) {
            self.handlers.pop();
            self.forget_inner_error_method();
            while self.frames.len() > handler.frame + 1 {
                self.pop_frame();
            }
            self.unlock_to(handler.uses);
            self.last_errors = error.errors;
            if let Some(frame) = self.frames.last_mut() {
                frame.position = handler.target;
            }
            return Ok(());
        }
        while self.frames.len() > floor {
            self.pop_frame();
        }
        Err(error)
    }

    /// Carries out what is left of `variable:=call` after the call: the moves up to the end of the statement.
    fn finish_assignment(&mut self) {
        let Some(frame) = self.frames.last() else { return };
        let (routine, base, from) = (Arc::clone(&frame.code.routine), frame.base, frame.position);
        let end = routine.statement_end(from.saturating_sub(1)).unwrap_or(from);
        for instruction in routine.code.get(from..end).unwrap_or_default() {
            let register = |register: Register| base + usize::from(register);
            match *instruction {
                Instruction::Move { to, from } => {
                    self.stack[register(to)] = self.stack[register(from)].clone();
                }
                Instruction::Coerce { register: at, type_index } => {
                    let value = std::mem::take(&mut self.stack[register(at)]);
                    let declared = &routine.types[usize::from(type_index)];
                    self.stack[register(at)] =
                        convert::to_type(value, declared).unwrap_or_else(|_| declared.empty());
                }
                Instruction::StoreBox { slot, from } => {
                    let value = self.stack[register(from)].clone();
                    if let Value::Pointer(pointer) = &self.stack[register(slot)]
                        && place::store_dereference(pointer, value).is_err()
                    {
                        return;
                    }
                }
                Instruction::StoreGlobal { global, from } => {
                    let value = self.stack[register(from)].clone();
                    let variable = Pointer::Variable(self.global(global));
                    if place::store_dereference(&variable, value).is_err() {
                        return;
                    }
                }
                _ => return,
            }
        }
    }

    /// `ON ERR CALL`: the method runs, then, unless it calls `ABORT`, the code goes on with the next statement
    /// (`docs/commands-legacy/on-err-call.md`).
    pub(super) fn run_error_method(&mut self, method: &str, error: ErrorStack) -> Result<(), ErrorStack> {
        if let Some(first) = error.errors.first() {
            let (place, line) = first.place.clone().unwrap_or_default();
            self.set_variable("Error", Value::Integer(first.code));
            self.set_variable("Error method", Value::Text(place));
            self.set_variable("Error line", Value::Integer(i64::from(line)));
        }
        self.last_errors.clone_from(&error.errors);
        let routine = self.program().method(method).map(|method| Arc::clone(&method.routine));
        if let Some(routine) = routine {
            self.handling = true;
            let result = self.call(&routine, Value::Undefined, &[]);
            self.handling = false;
            if std::mem::take(&mut self.aborted) {
                return Err(ErrorStack { fatal: true, errors: error.errors });
            }
            result?;
        }
        if let Some(frame) = self.frames.last_mut() {
            let failed = frame.position.saturating_sub(1);
            frame.position = frame.code.routine.statement_end(failed).unwrap_or(frame.position);
            let uses = frame.uses_floor;
            // Locks that the failed statement took inside a call are gone with its frames; those of this frame's
            // own Use blocks stay.
            debug_assert!(self.uses.len() >= uses);
        }
        Ok(())
    }

    /// An error method installed inside tried code ends with it.
    pub(super) fn forget_inner_error_method(&mut self) {
        if self.error_method.as_ref().is_some_and(|(_, depth)| *depth > self.handlers.len()) {
            self.error_method = None;
        }
    }
}
