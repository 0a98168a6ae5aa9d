//! The call stack: how a call begins, and how it ends.
//!
//! The registers of a call lie behind those of its caller. Behind those of the newest call everything is undefined, so
//! that a call finds its registers clear; whoever ends a call leaves it so.

use std::rc::Rc;

use tessera_values::{ErrorStack, Pointer, Value, Variable};

use super::WINDOW;
use crate::bytecode::Type;
use crate::code::Code;
use crate::frame::{Aside, Beginning};
use crate::kinds::Kinds;
use crate::process::Process;
use crate::{convert, member};

impl Process {
    /// Puts a call on the stack. Its arguments lie in the caller's registers from `from` on, and its result will be put
    /// at `to`; both count from the bottom of the stack.
    #[inline]
    pub(super) fn push_call(
        &mut self,
        code: Rc<Code>,
        from: usize,
        count: usize,
        this: Value,
        to: usize,
    ) -> Result<(), ErrorStack> {
        let base = self.stack_end();
        self.make_room(base, code.registers.max(count));
        let (callers, own) = self.stack.split_at_mut(base);
        for (register, argument) in own.iter_mut().zip(&mut callers[from..from + count]) {
            register.move_from(argument);
        }
        self.enter(code, base, count, this, to)
    }

    /// Puts a call from Rust code on the stack. Its result will be in its first register.
    pub(crate) fn push_call_of(
        &mut self,
        code: &Rc<Code>,
        arguments: &[Value],
        this: Value,
    ) -> Result<(), ErrorStack> {
        let base = self.stack_end();
        self.make_room(base, code.registers.max(arguments.len()));
        self.stack[base..base + arguments.len()].clone_from_slice(arguments);
        self.enter(Rc::clone(code), base, arguments.len(), this, base)
    }

    /// Makes room for so many registers, and for the interpreter's view of them at least.
    pub(super) fn make_room(&mut self, base: usize, count: usize) {
        let end = base + count.max(WINDOW);
        if self.stack.len() < end {
            self.stack.resize_with(end.next_power_of_two().max(2 * WINDOW), Value::default);
        }
    }

    /// Begins a call whose arguments lie where its registers begin.
    #[inline]
    fn enter(
        &mut self,
        code: Rc<Code>,
        base: usize,
        count: usize,
        this: Value,
        to: usize,
    ) -> Result<(), ErrorStack> {
        let routine = &code.routine;
        let declared = routine.parameters.len();
        let aside =
            if count > declared { self.extra_arguments(base + declared, count - declared) } else { None };
        let prepared = if self.frames.is_full() {
            Err(ErrorStack::runtime(format!("More than {} calls inside calls.", self.frames.len())))
        } else {
            self.burn().and_then(|()| self.convert_parameters(&code, base, count))
        };
        if let Err(error) = prepared {
            clear(&mut self.stack[base..base + count]);
            return Err(error);
        }
        for (slot, declared) in &routine.initial {
            put_empty(&mut self.stack[base + usize::from(*slot)], declared);
        }
        for slot in &routine.boxed {
            let value = std::mem::take(&mut self.stack[base + usize::from(*slot)]);
            self.stack[base + usize::from(*slot)] =
                Value::Pointer(Pointer::Variable(Variable::new("", value)));
        }
        let is_special = routine.watched || routine.locks_this;
        let (handlers, uses) = (self.handlers.len(), self.uses.len());
        let frame = self.frames.begin(&code, Beginning { base, to, count, handlers, uses });
        frame.this = this;
        if aside.is_some() {
            frame.aside = aside;
        }
        if is_special { self.enter_specially() } else { Ok(()) }
    }

    #[cold]
    fn extra_arguments(&mut self, from: usize, count: usize) -> Option<Box<Aside>> {
        let extra = self.stack[from..from + count].iter_mut().map(std::mem::take).collect();
        Some(Box::new(Aside { extra, deferred: Vec::new() }))
    }

    #[inline]
    fn convert_parameters(&mut self, code: &Code, base: usize, count: usize) -> Result<(), ErrorStack> {
        for (position, declared) in code.routine.parameters.iter().enumerate() {
            let register = &mut self.stack[base + position];
            if position >= count {
                *register = declared.empty();
            } else if !Kinds::of(declared).has(register) {
                let value = convert::to_type(std::mem::take(register), declared).map_err(|mut error| {
                    let name = &code.routine.name;
                    error.errors[0].message =
                        format!("Argument {} of {name}: {}", position + 1, error.errors[0].message).into();
                    error
                })?;
                *register = value;
            }
        }
        Ok(())
    }

    /// The call that was just pushed locks its `This`, or the host wants to know of it.
    #[cold]
    fn enter_specially(&mut self) -> Result<(), ErrorStack> {
        let Some(frame) = self.frames.last() else { return Ok(()) };
        let (routine, this) = (std::sync::Arc::clone(&frame.code.routine), frame.this.clone());
        let locked =
            if routine.locks_this && member::is_shared(&this) { self.lock_shared(&this) } else { Ok(()) };
        let entered =
            locked.and_then(|()| if routine.watched { self.host().entered(self, &routine) } else { Ok(()) });
        match entered {
            Ok(()) => {
                if let Some(frame) = self.frames.last_mut() {
                    frame.watched |= routine.watched;
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
    #[inline]
    pub(super) fn pop_frame(&mut self) {
        let Some(frame) = self.frames.end() else { return };
        let (base, end) = (frame.base, frame.end);
        let (handlers_floor, uses_floor) = (frame.handlers_floor, frame.uses_floor);
        frame.aside = None;
        let special = (frame.watched || !frame.code.routine.boxed.is_empty())
            .then(|| (Rc::clone(&frame.code), frame.watched));
        if self.handlers.len() > handlers_floor {
            self.handlers.truncate(handlers_floor);
        }
        if self.uses.len() > uses_floor {
            self.unlock_to(uses_floor);
        }
        if let Some((code, watched)) = special {
            self.leave_specially(&code, base, watched);
        }
        clear(&mut self.stack[base..end]);
    }

    /// The call that just ended has variables that something may point at, or the host wants to know of its end.
    #[cold]
    fn leave_specially(&mut self, code: &Code, base: usize, watched: bool) {
        for slot in &code.routine.boxed {
            if let Some(Value::Pointer(Pointer::Variable(variable))) =
                self.stack.get(base + usize::from(*slot))
            {
                variable.end();
            }
        }
        if watched {
            let host = self.host();
            host.left(self, &code.routine);
        }
    }

    /// Ends the newest call with a result, which goes where the call wants it.
    #[inline]
    pub(super) fn finish_frame(&mut self, result: Value) -> Result<(), ErrorStack> {
        let Some(frame) = self.frames.last_mut() else { return Ok(()) };
        let (to, aside) = (frame.to, frame.aside.take());
        self.pop_frame();
        self.stack[to].put(result);
        match aside {
            Some(aside) if !aside.deferred.is_empty() => {
                Err(ErrorStack { errors: aside.deferred, fatal: false })
            }
            _ => Ok(()),
        }
    }

    /// The result of a routine that ends without `return value`.
    pub(super) fn default_result(&self) -> Value {
        let Some(frame) = self.frames.last() else { return Value::Undefined };
        let routine = &frame.code.routine;
        match (routine.result, &routine.result_type) {
            (Some(slot), _) => {
                let value = &self.stack[frame.base + usize::from(slot)];
                if routine.boxed.contains(&slot) { crate::process::unbox(value) } else { value.clone() }
            }
            (None, Some(declared)) => declared.empty(),
            (None, None) => Value::Undefined,
        }
    }
}

/// Makes registers undefined.
#[expect(clippy::inline_always, reason = "part of the interpreter's loop")]
#[inline(always)]
pub(super) fn clear(registers: &mut [Value]) {
    for register in registers {
        register.put(Value::Undefined);
    }
}

/// The value of a variable nobody assigned, written by its parts as well.
#[expect(clippy::inline_always, reason = "part of the interpreter's loop")]
#[inline(always)]
pub(super) fn put_empty(register: &mut Value, declared: &Type) {
    match declared {
        Type::Integer => register.put(Value::Integer(0)),
        Type::Object | Type::Collection | Type::Class(_) => register.put(Value::Null),
        declared => register.put(declared.empty()),
    }
}
