//! The call stack: how a call begins, and how it ends.

use std::sync::Arc;

use tessera_values::{ErrorStack, Pointer, Value, Variable};

use crate::bytecode::Routine;
use crate::process::{Frame, Process};
use crate::{convert, member};

impl Process {
    /// Puts a call on the stack. Its arguments already lie at `base` and after.
    pub(crate) fn push_frame(
        &mut self,
        routine: Arc<Routine>,
        base: usize,
        this: Value,
        count: usize,
    ) -> Result<(), ErrorStack> {
        if self.frames.len() >= self.environment().limits.call_depth_max {
            return Err(ErrorStack::runtime(format!("More than {} calls inside calls.", self.frames.len())));
        }
        self.burn()?;
        let declared = routine.parameters.len();
        let extra = if count > declared {
            self.stack[base + declared..base + count].iter_mut().map(std::mem::take).collect()
        } else {
            Vec::new()
        };
        let end = base + usize::from(routine.registers.max(1));
        if self.stack.len() < end {
            self.stack.resize_with(end, || Value::Undefined);
        }
        for (position, declared) in routine.parameters.iter().enumerate() {
            let register = &mut self.stack[base + position];
            if position >= count {
                *register = declared.empty();
            } else if !convert::is_of(register, declared) {
                let value = convert::to_type(std::mem::take(register), declared).map_err(|mut error| {
                    error.errors[0].message =
                        format!("Argument {} of {}: {}", position + 1, routine.name, error.errors[0].message)
                            .into();
                    error
                })?;
                *register = value;
            }
        }
        // Registers that the caller used for something else must look unused.
        for position in declared..usize::from(routine.registers) {
            clear(&mut self.stack[base + position]);
        }
        for (slot, declared) in &routine.initial {
            self.stack[base + usize::from(*slot)] = declared.empty();
        }
        for slot in &routine.boxed {
            let value = std::mem::take(&mut self.stack[base + usize::from(*slot)]);
            self.stack[base + usize::from(*slot)] =
                Value::Pointer(Pointer::Variable(Variable::new("", value)));
        }
        let watched = routine.watched;
        let locks_this = routine.locks_this && member::is_shared(&this);
        self.frames.push(Frame {
            routine: Arc::clone(&routine),
            position: 0,
            base,
            this,
            count,
            extra,
            handlers_floor: self.handlers.len(),
            uses_floor: self.uses.len(),
            deferred: Vec::new(),
            watched: false,
        });
        let entered = if locks_this {
            let this = self.this();
            self.lock_shared(&this)
        } else {
            Ok(())
        };
        let entered =
            entered.and_then(|()| if watched { self.host().entered(self, &routine) } else { Ok(()) });
        match entered {
            Ok(()) => {
                if let Some(frame) = self.frames.last_mut() {
                    frame.watched |= watched;
                }
                Ok(())
            }
            Err(error) => {
                self.pop_frame();
                Err(error)
            }
        }
    }

    /// Takes the newest call off the stack and undoes what it holds.
    pub(super) fn pop_frame(&mut self) -> Option<Frame> {
        let frame = self.frames.pop()?;
        self.handlers.truncate(frame.handlers_floor);
        self.unlock_to(frame.uses_floor);
        for slot in &frame.routine.boxed {
            if let Some(Value::Pointer(Pointer::Variable(variable))) =
                self.stack.get(frame.base + usize::from(*slot))
            {
                variable.end();
            }
        }
        if frame.watched {
            let host = self.host();
            host.left(self, &frame.routine);
        }
        Some(frame)
    }

    /// After frames went away, the stack ends where the newest one needs it to.
    pub(super) fn trim_stack(&mut self) {
        if let Some(frame) = self.frames.last() {
            let end = frame.base + usize::from(frame.routine.registers.max(1));
            self.stack.resize_with(end, || Value::Undefined);
        }
    }

    /// Ends the newest call with a result, which goes where its arguments were.
    pub(super) fn finish_frame(&mut self, result: Value) -> Result<(), ErrorStack> {
        let Some(frame) = self.pop_frame() else { return Ok(()) };
        let end = frame.base + usize::from(frame.routine.registers.max(1));
        let kept = match self.frames.last() {
            Some(caller) => (caller.base + usize::from(caller.routine.registers.max(1))).max(frame.base + 1),
            None => frame.base + 1,
        };
        for register in &mut self.stack[frame.base + 1..end.min(kept).max(frame.base + 1)] {
            clear(register);
        }
        // The stack may also be too short: after an error it ended with the routine that took it.
        self.stack.resize_with(kept, || Value::Undefined);
        self.stack[frame.base] = result;
        if frame.deferred.is_empty() {
            Ok(())
        } else {
            Err(ErrorStack { errors: frame.deferred, fatal: false })
        }
    }

    /// The result of a routine that ends without `return value`.
    pub(super) fn default_result(&self) -> Value {
        let Some(frame) = self.frames.last() else { return Value::Undefined };
        match (frame.routine.result, &frame.routine.result_type) {
            (Some(slot), _) => {
                let value = &self.stack[frame.base + usize::from(slot)];
                if frame.routine.boxed.contains(&slot) { crate::process::unbox(value) } else { value.clone() }
            }
            (None, Some(declared)) => declared.empty(),
            (None, None) => Value::Undefined,
        }
    }
}

/// Looking is cheaper than writing: most registers are clear already.
#[inline]
fn clear(register: &mut Value) {
    if !matches!(register, Value::Undefined) {
        *register = Value::Undefined;
    }
}
