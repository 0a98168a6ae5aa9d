//! The quick way into a call and out of it, for routines that need nothing but their arguments: no variable that
//! something points at, no lock, nobody who wants to know. [`frames`](super::frames) has the whole way.

use std::rc::Rc;

use tessera_values::{Local, ObjectRef, Value};

use super::WINDOW;
use super::frames::{clear, put_empty};
use crate::bytecode::Register;
use crate::code::Code;
use crate::frame::{Beginning, Frames};
use crate::kinds::Kinds;
use crate::process::Process;

impl Frames {
    /// Puts a call on the stack, whose arguments lie at `from` and whose caller goes on at `position`. False, and
    /// nothing has happened, when it has to go the whole way.
    #[expect(clippy::inline_always, reason = "part of the interpreter's loop")]
    #[inline(always)]
    pub(super) fn call_quickly(
        &mut self,
        stack: &mut [Value],
        code: &Rc<Code>,
        position: usize,
        from: usize,
        call: Beginning,
    ) -> bool {
        if !code.is_plain || call.count != code.parameters.len() {
            return false;
        }
        let Some((caller, frame)) = self.next() else { return false };
        let Some((callers, own)) = stack.split_at_mut_checked(call.base) else { return false };
        let Some(own) = own.first_chunk_mut::<WINDOW>() else { return false };
        let arguments = &mut callers[from..from + call.count];
        let fit = |(argument, kinds): (&Value, &Kinds)| kinds.has(argument);
        if !arguments.iter().zip(&code.parameters).all(fit) {
            return false;
        }
        for (argument, register) in arguments.iter_mut().zip(own.iter_mut()) {
            register.move_from(argument);
        }
        for (slot, declared) in &code.routine.initial {
            put_empty(&mut own[usize::from(*slot as u8)], declared);
        }
        caller.position = position;
        frame.begin(code, call);
        self.add();
        true
    }

    /// Gives the newest call its `This`.
    #[inline]
    pub(super) fn set_this(&mut self, this: Rc<Local>) {
        if let Some(frame) = self.last_mut() {
            frame.this.put(Value::Object(ObjectRef::Local(this)));
        }
    }
}

impl Process {
    /// Puts a call from Rust on the stack, with an object that is its only argument and its `This`.
    #[inline]
    pub(crate) fn call_on_quickly(&mut self, code: &Rc<Code>, object: &Rc<Local>) -> bool {
        let as_value = || Value::Object(ObjectRef::Local(Rc::clone(object)));
        let base = self.stack_end();
        let is_shown = match &*code.parameters {
            [] => false,
            [kinds] if kinds.has_objects() => true,
            _ => return false,
        };
        if !code.is_plain || self.fuel <= 1 || !is_shown && code.sees_further_arguments {
            return false;
        }
        let Some((_, frame)) = self.frames.next() else { return false };
        let Some(own) = self.stack.get_mut(base..).and_then(|stack| stack.first_chunk_mut::<WINDOW>()) else {
            return false;
        };
        if is_shown {
            own[0].put(as_value());
        }
        for (slot, declared) in &code.routine.initial {
            put_empty(&mut own[usize::from(*slot as u8)], declared);
        }
        let (handlers, uses) = (self.handlers.len(), self.uses.len());
        frame.begin(code, Beginning { base, to: base, count: 1, handlers, uses });
        frame.this.put(as_value());
        self.frames.add();
        self.fuel -= 1;
        true
    }

    /// Ends the newest call, which runs `code`, with what is in one of its registers. False, and nothing has happened,
    /// when it has to go the whole way.
    #[expect(clippy::inline_always, reason = "part of the interpreter's loop")]
    #[inline(always)]
    pub(super) fn return_quickly(&mut self, code: &Code, from: Register) -> bool {
        let Some(frame) = self.frames.last() else { return false };
        if !code.is_plain
            || frame.aside.is_some()
            || self.handlers.len() > frame.handlers_floor
            || self.uses.len() > frame.uses_floor
        {
            return false;
        }
        let (base, to) = (frame.base, frame.to);
        let Some((callers, own)) = self.stack.split_at_mut_checked(base) else { return false };
        let Some(own) = own.get_mut(..code.registers) else { return false };
        match callers.get_mut(to) {
            Some(to) => {
                to.move_from(&mut own[usize::from(from)]);
                clear(own);
            }
            // A call from Rust finds the result where the registers began.
            None => {
                let Some((first, others)) = own.split_first_mut() else { return false };
                if let Some(result) = usize::from(from).checked_sub(1).and_then(|at| others.get_mut(at)) {
                    first.move_from(result);
                }
                clear(others);
            }
        }
        self.frames.end();
        true
    }
}
