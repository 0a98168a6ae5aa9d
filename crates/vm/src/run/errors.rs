//! Who takes an error: `Try`, an installed error method, or the caller.

use std::sync::Arc;

use tessera_values::{ErrorStack, Value};

use crate::process::{Process, line_of};

impl Process {
    /// Finds who takes an error: the innermost `Try`, else an installed error method, else the caller.
    pub(super) fn recover(&mut self, mut error: ErrorStack, floor: usize) -> Result<(), ErrorStack> {
        if let Some(frame) = self.frames.last() {
            let at = (frame.routine.name.clone(), line_of(frame));
            for entry in error.errors.iter_mut().filter(|entry| entry.place.is_none()) {
                entry.place = Some(at.clone());
            }
        }
        if !error.fatal {
            // A method installed before the innermost Try is not asked; one installed inside is.
            let method = self
                .error_method
                .clone()
                .filter(|(_, depth)| !self.handling && *depth >= self.handlers.len());
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
            self.trim_stack();
            self.frames[handler.frame].position = handler.target;
            return Ok(());
        }
        while self.frames.len() > floor {
            self.pop_frame();
        }
        self.trim_stack();
        Err(error)
    }

    /// `ON ERR CALL`: the method runs, then the code goes on with the next statement
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
            result?;
        }
        if let Some(frame) = self.frames.last_mut() {
            let failed = frame.position.saturating_sub(1);
            frame.position = frame.routine.statement_end(failed).unwrap_or(frame.position);
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
