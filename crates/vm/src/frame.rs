//! The calls that a process is in the middle of.

use std::rc::Rc;

use tessera_values::{FourDError, Value};

use crate::code::Code;

/// One call on the stack.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) code: Rc<Code>,
    /// The instruction to go on with.
    pub(crate) position: usize,
    /// Where its registers begin.
    pub(crate) base: usize,
    /// Where its result goes, counted from the bottom of the stack.
    pub(crate) to: usize,
    pub(crate) this: Value,
    /// How many arguments were passed.
    pub(crate) count: usize,
    pub(crate) handlers_floor: usize,
    pub(crate) uses_floor: usize,
    pub(crate) aside: Option<Box<Aside>>,
    pub(crate) watched: bool,
}

/// What few calls have.
#[derive(Debug, Default)]
pub(crate) struct Aside {
    /// Arguments beyond the declared parameters.
    pub(crate) extra: Vec<Value>,
    /// Errors to be raised when the routine returns.
    pub(crate) deferred: Vec<FourDError>,
}

impl Frame {
    /// Where its registers end.
    #[inline]
    pub(crate) fn end(&self) -> usize {
        self.base + usize::from(self.code.routine.registers.max(1))
    }

    /// Arguments beyond the declared parameters.
    pub(crate) fn extra(&self) -> &[Value] {
        self.aside.as_ref().map_or(&[], |aside| &aside.extra)
    }
}

/// The calls of a process, the oldest first. The room of calls that ended is used again: a frame is filled in where it
/// stays, because moving what was just written is slow.
#[derive(Debug, Default)]
pub(crate) struct Frames {
    room: Vec<Frame>,
    len: usize,
}

impl Frames {
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The newest call.
    #[inline]
    pub(crate) fn last(&self) -> Option<&Frame> {
        self.room.get(self.len.wrapping_sub(1))
    }

    /// The newest call, to be changed.
    #[inline]
    pub(crate) fn last_mut(&mut self) -> Option<&mut Frame> {
        self.room.get_mut(self.len.wrapping_sub(1))
    }

    /// All calls, the oldest first.
    pub(crate) fn iter(&self) -> std::slice::Iter<'_, Frame> {
        self.room[..self.len].iter()
    }

    /// Begins a call; the caller fills in the rest. Nothing is known yet of its errors and further arguments.
    #[inline]
    pub(crate) fn begin(&mut self, code: Rc<Code>, this: Value) -> &mut Frame {
        let at = self.len;
        if at == self.room.len() {
            self.room.push(Frame {
                code,
                position: 0,
                base: 0,
                to: 0,
                this,
                count: 0,
                handlers_floor: 0,
                uses_floor: 0,
                aside: None,
                watched: false,
            });
        } else {
            let frame = &mut self.room[at];
            frame.code = code;
            frame.position = 0;
            frame.watched = false;
            // What a call leaves behind is undefined, and so are most of those that come.
            if !matches!(this, Value::Undefined) {
                frame.this = this;
            }
        }
        self.len += 1;
        &mut self.room[at]
    }

    /// Ends the newest call. What is known of it can still be read until the next one begins.
    #[inline]
    pub(crate) fn end(&mut self) -> Option<&mut Frame> {
        self.len = self.len.checked_sub(1)?;
        let frame = self.room.get_mut(self.len)?;
        if !matches!(frame.this, Value::Undefined) {
            frame.this = Value::Undefined;
        }
        Some(frame)
    }
}
