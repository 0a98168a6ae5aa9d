//! A routine as one process runs it, with what its instructions found out so far.
//!
//! Routines belong to the program and are shared by all threads; what is learned while they run (where a property
//! lies, which function a name is) belongs to the process and needs no lock.

use std::cell::{Cell, OnceCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use tessera_values::{ClassId, Local, Properties, Text, Value};

use crate::bytecode::{Instruction, Routine};
use crate::kinds::Kinds;
use crate::run::WINDOW;

/// A routine in a process.
#[derive(Debug)]
pub(crate) struct Code {
    pub(crate) routine: Arc<Routine>,
    /// The routine's steps, where they are reached the shortest way.
    pub(crate) instructions: Box<[Instruction]>,
    /// One for each of the routine's names.
    pub(crate) names: Box<[Name]>,
    formulas: Box<[OnceCell<Rc<Code>>]>,
    /// What the parameters, the declared variables and the result take as it is.
    pub(crate) parameters: Box<[Kinds]>,
    pub(crate) types: Box<[Kinds]>,
    pub(crate) returned: Kinds,
    /// How many registers a call has, at least one.
    pub(crate) registers: usize,
    /// May it ask for arguments beyond its parameters?
    pub(crate) sees_further_arguments: bool,
    /// Has it more registers than the interpreter's quick view of them shows?
    pub(crate) is_wide: bool,
    /// Do its calls need nothing but their arguments (`run/quick.rs`)?
    pub(crate) is_plain: bool,
}

impl Code {
    pub(crate) fn new(routine: Arc<Routine>) -> Rc<Self> {
        let names = routine.names.iter().map(|text| Name::new(text.clone())).collect();
        let formulas = routine.formulas.iter().map(|_| OnceCell::new()).collect();
        let parameters = routine.parameters.iter().map(Kinds::of).collect();
        let types = routine.types.iter().map(Kinds::of).collect();
        let returned = Kinds::returned(routine.result_type.as_ref());
        let registers = usize::from(routine.registers.max(1));
        // Commands may ask for all of them.
        let sees_further_arguments = routine.code.iter().any(|instruction| {
            matches!(
                instruction,
                Instruction::LoadParameter { .. }
                    | Instruction::StoreParameter { .. }
                    | Instruction::CallCommand { .. }
            )
        });
        let is_wide = registers > WINDOW;
        let is_plain = !is_wide && routine.boxed.is_empty() && !routine.watched && !routine.locks_this;
        let instructions = routine.code.as_slice().into();
        Rc::new(Self {
            routine,
            instructions,
            names,
            formulas,
            parameters,
            types,
            returned,
            registers,
            sees_further_arguments,
            is_wide,
            is_plain,
        })
    }

    /// The code of a formula that is made inside this routine.
    pub(crate) fn formula(&self, number: u16) -> Rc<Self> {
        let number = usize::from(number);
        Rc::clone(
            self.formulas[number].get_or_init(|| Self::new(Arc::clone(&self.routine.formulas[number].0))),
        )
    }
}

/// The name of a property or function as a routine uses it.
#[derive(Debug)]
pub(crate) struct Name {
    pub(crate) text: Text,
    /// Where the property lay the last time.
    place: Cell<u32>,
    /// The function that objects of a class have under this name, by its number in [`Codes`].
    function: OnceCell<(ClassId, usize)>,
}

impl Name {
    pub(crate) fn new(text: Text) -> Self {
        Self { text, place: Cell::new(0), function: OnceCell::new() }
    }

    /// Where an object has a property of this name.
    #[inline]
    pub(crate) fn place(&self, properties: &Properties) -> Option<usize> {
        let place = properties.place(&self.text, self.place.get() as usize)?;
        self.place.set(place as u32);
        Some(place)
    }

    /// Writes over a property that the object has. False when it has none of this name, or when the value is of a kind
    /// that changes on its way into a property.
    #[inline]
    pub(crate) fn replace(&self, object: &Local, value: &Value) -> bool {
        let mut properties = object.properties.borrow_mut();
        let Some(slot) = self.place(&properties).and_then(|place| properties.at_mut(place)) else {
            return false;
        };
        if let (Value::Integer(old), Value::Integer(new)) = (&mut *slot, value) {
            *old = *new;
            return true;
        }
        if matches!(value, Value::Undefined | Value::Time(_) | Value::Array(_)) {
            return false;
        }
        let old = std::mem::replace(slot, value.clone());
        // What the old value held may be this very object.
        drop(properties);
        drop(old);
        true
    }

    /// The function that a call on an object runs, when that was found out before: the object's class has it, and no
    /// property of its own hides it.
    #[inline]
    pub(crate) fn function(&self, object: &Local) -> Option<usize> {
        let (class, number) = self.function.get()?;
        (object.class == Some(*class) && !object.properties.borrow().contains(&self.text)).then_some(*number)
    }

    /// Remembers what [`Name::function`] answers.
    pub(crate) fn remember(&self, class: ClassId, number: usize) {
        // The first class that comes keeps the place; others take the long way.
        let _ = self.function.set((class, number));
    }
}

/// The code of a program's routines in one process, made when they are first called.
#[derive(Debug, Default)]
pub(crate) struct Codes {
    all: Vec<Rc<Code>>,
    numbers: HashMap<*const Routine, usize>,
    methods: Vec<Option<Rc<Code>>>,
}

impl Codes {
    /// More routines than a program has are made by code at run time; they are not kept.
    const KEPT_MAX: usize = 65_536;

    /// The code of a routine.
    pub(crate) fn of(&mut self, routine: &Arc<Routine>) -> Rc<Code> {
        match self.number(routine) {
            Some(number) => Rc::clone(&self.all[number]),
            None => Code::new(Arc::clone(routine)),
        }
    }

    /// The number of a routine's code here.
    pub(crate) fn number(&mut self, routine: &Arc<Routine>) -> Option<usize> {
        // The list keeps every routine in it alive, so no address is used twice.
        let address = Arc::as_ptr(routine);
        if let Some(number) = self.numbers.get(&address) {
            return Some(*number);
        }
        let number = self.all.len();
        if number >= Self::KEPT_MAX {
            return None;
        }
        self.all.push(Code::new(Arc::clone(routine)));
        self.numbers.insert(address, number);
        Some(number)
    }

    /// The code of a number that [`Codes::number`] gave.
    #[inline]
    pub(crate) fn get(&self, number: usize) -> Option<&Rc<Code>> {
        self.all.get(number)
    }

    /// The code of a project method that was called before.
    #[inline]
    pub(crate) fn method(&self, number: u16) -> Option<&Rc<Code>> {
        self.methods.get(usize::from(number))?.as_ref()
    }

    /// Remembers what [`Codes::method`] answers.
    pub(crate) fn keep_method(&mut self, number: u16, code: &Rc<Code>) {
        let number = usize::from(number);
        if self.methods.len() <= number {
            self.methods.resize(number + 1, None);
        }
        self.methods[number] = Some(Rc::clone(code));
    }
}
