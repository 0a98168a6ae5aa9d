//! Pointers and the variables they reach.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::{Text, Value};

/// A variable that lives apart from its frame, because a pointer or the whole process can reach it.
#[derive(Debug)]
pub struct Variable {
    /// As written in the code, without `$`.
    pub name: Text,
    /// The current content.
    pub value: RefCell<Value>,
    ended: Cell<bool>,
}

impl Variable {
    /// A variable with a first value.
    pub fn new(name: impl Into<Text>, value: Value) -> Rc<Self> {
        Rc::new(Self { name: name.into(), value: RefCell::new(value), ended: Cell::new(false) })
    }

    /// The routine it belongs to is over: pointers to it lead nowhere from now on.
    pub fn end(&self) {
        self.ended.set(true);
        let content = self.value.take();
        crate::release([content]);
    }

    /// Is the routine it belonged to over?
    pub fn has_ended(&self) -> bool {
        self.ended.get()
    }
}

impl Drop for Variable {
    fn drop(&mut self) {
        crate::release([std::mem::take(self.value.get_mut())]);
    }
}

/// What `->x` yields (`docs/Concepts/dt_pointer.md`).
#[derive(Clone, Debug, Default)]
pub enum Pointer {
    /// Points nowhere.
    #[default]
    Nil,
    /// A local, process or interprocess variable, arrays included.
    Variable(Rc<Variable>),
    /// One element of an array variable; two indexes for a two-dimensional one.
    Element(Rc<(Rc<Variable>, Vec<i64>)>),
    /// A table by number.
    Table(u32),
    /// A field by table and field number.
    Field(u32, u32),
}

impl Pointer {
    /// True when it points nowhere.
    pub fn is_nil(&self) -> bool {
        matches!(self, Self::Nil)
    }
}

impl PartialEq for Pointer {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Nil, Self::Nil) => true,
            (Self::Variable(a), Self::Variable(b)) => Rc::ptr_eq(a, b),
            (Self::Element(a), Self::Element(b)) => Rc::ptr_eq(&a.0, &b.0) && a.1 == b.1,
            (Self::Table(a), Self::Table(b)) => a == b,
            (Self::Field(a, i), Self::Field(b, j)) => a == b && i == j,
            _ => false,
        }
    }
}
