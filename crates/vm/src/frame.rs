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
    /// Where its registers begin, and end.
    pub(crate) base: usize,
    pub(crate) end: usize,
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

/// What a call begins with. Places are counted from the bottom of the stack.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Beginning {
    /// Where the caller's registers end.
    pub(crate) base: usize,
    /// Where the result goes.
    pub(crate) to: usize,
    /// How many arguments there are.
    pub(crate) count: usize,
    /// How many handlers of errors and locks there are already.
    pub(crate) handlers: usize,
    pub(crate) uses: usize,
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
    fn new(code: &Rc<Code>) -> Self {
        Self {
            code: Rc::clone(code),
            position: 0,
            base: 0,
            end: 0,
            to: 0,
            this: Value::Undefined,
            count: 0,
            handlers_floor: 0,
            uses_floor: 0,
            aside: None,
            watched: false,
        }
    }

    /// Begins a call in the room of one that ended. It has no `This` yet.
    #[inline]
    pub(crate) fn begin(&mut self, code: &Rc<Code>, beginning: Beginning) {
        // What was called at this depth the last time is often what is called now.
        if !Rc::ptr_eq(&self.code, code) {
            self.code = Rc::clone(code);
        }
        self.position = 0;
        self.base = beginning.base;
        self.end = beginning.base + code.registers;
        self.to = beginning.to;
        self.count = beginning.count;
        self.handlers_floor = beginning.handlers;
        self.uses_floor = beginning.uses;
        self.watched = false;
    }

    /// Arguments beyond the declared parameters.
    pub(crate) fn extra(&self) -> &[Value] {
        self.aside.as_ref().map_or(&[], |aside| &aside.extra)
    }
}

/// The calls of a process, the oldest first. The room of calls that ended is used again: a frame is filled in where it
/// stays, because moving what was just written is slow.
#[derive(Debug)]
pub(crate) struct Frames {
    room: Vec<Frame>,
    len: usize,
    len_max: usize,
}

impl Frames {
    /// Room for so many calls inside calls.
    pub(crate) fn new(len_max: usize) -> Self {
        Self { room: Vec::new(), len: 0, len_max }
    }

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

    /// Are there as many as there may be?
    #[inline]
    pub(crate) fn is_full(&self) -> bool {
        self.len >= self.len_max
    }

    /// Begins a call.
    pub(crate) fn begin(&mut self, code: &Rc<Code>, beginning: Beginning) -> &mut Frame {
        let at = self.len;
        self.len += 1;
        if at >= self.room.len() {
            self.room.push(Frame::new(code));
        }
        let frame = &mut self.room[at];
        frame.begin(code, beginning);
        frame
    }

    /// The newest call, and the room of the next one if there was one like it before. It counts once it is added.
    #[inline]
    pub(crate) fn next(&mut self) -> Option<(&mut Frame, &mut Frame)> {
        match self.room.get_mut(..=self.len)? {
            [.., newest, next] => Some((newest, next)),
            _ => None,
        }
    }

    /// Counts the call that was begun in the room of [`Frames::next`].
    #[inline]
    pub(crate) fn add(&mut self) {
        self.len += 1;
    }

    /// Ends the newest call. What is known of it can still be read until the next one begins.
    #[expect(clippy::inline_always, reason = "part of the interpreter's loop")]
    #[inline(always)]
    pub(crate) fn end(&mut self) -> Option<&mut Frame> {
        self.len = self.len.checked_sub(1)?;
        let frame = self.room.get_mut(self.len)?;
        if !matches!(frame.this, Value::Undefined) {
            frame.this = Value::Undefined;
        }
        Some(frame)
    }
}
