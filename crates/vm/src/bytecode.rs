//! What compiled 4D code is made of: instructions, routines and the types of their variables.
//!
//! A register machine. Registers are numbered within the frame of one call; the arguments of a call lie in
//! consecutive registers and become the callee's first registers without being copied.

use std::cmp::Ordering;
use std::sync::Arc;

use tessera_syntax::ast::BinaryOperator;
use tessera_values::{ArrayKind, ClassId, Date, Text, Time, Value};

/// A register, relative to the frame.
pub type Register = u16;

/// One step. Eight bytes, so that code stays in the processor's cache; `bytecode::tests` holds the size.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(missing_docs, reason = "each variant's sentence says what its registers are")]
pub enum Instruction {
    /// to := from
    Move { to: Register, from: Register },
    /// to := constant
    Constant { to: Register, index: u16 },
    /// to := undefined
    Undefined { to: Register },
    /// to := Null
    Null { to: Register },
    /// to := value
    Boolean { to: Register, value: bool },
    /// to := value
    Integer { to: Register, value: i32 },
    /// to := This
    This { to: Register },

    /// to := process variable
    LoadGlobal { to: Register, global: u16 },
    /// process variable := from
    StoreGlobal { global: u16, from: Register },
    /// to := interprocess variable (its name is a constant)
    LoadInterprocess { to: Register, name: u16 },
    /// interprocess variable := from
    StoreInterprocess { name: u16, from: Register },
    /// The local gets a home of its own, because something points at it.
    Box { slot: Register },
    /// to := boxed local
    LoadBox { to: Register, slot: Register },
    /// boxed local := from
    StoreBox { slot: Register, from: Register },
    /// Converts to a declared type or raises.
    Coerce { register: Register, type_index: u16 },
    /// An array becomes the number of its selected element; other values stay.
    Selected { register: Register },
    /// to := the empty value of a type
    Initial { to: Register, type_index: u16 },
    /// Gives a process variable the empty value of its type, unless it has one.
    DeclareGlobal { global: u16, type_index: u16 },
    /// to := parameter whose number is in `number`
    LoadParameter { to: Register, number: Register },
    /// parameter := from
    StoreParameter { number: Register, from: Register },

    /// to := left operator right
    Binary { operator: BinaryOperator, to: Register, left: Register, right: Register },
    /// to := left + right. With `fits`, a whole sum needs no conversion, which is the next instruction.
    Add { fits: bool, to: Register, left: Register, right: Register },
    /// to := left + value
    AddInteger { fits: bool, to: Register, left: Register, value: i16 },
    /// to := to + first + …, for `count` values from `first` on; a text grows in its place
    Append { count: u8, to: Register, first: Register },
    /// to := left - right
    Subtract { fits: bool, to: Register, left: Register, right: Register },
    /// to := left - value
    SubtractInteger { fits: bool, to: Register, left: Register, value: i16 },
    /// to := does left compare to right?
    Compare { comparison: Comparison, to: Register, left: Register, right: Register },
    /// to := -from
    Negate { to: Register, from: Register },

    /// Goes on elsewhere.
    Jump { target: u32 },
    /// A condition of `If`, `While`, `Case of`: must be Boolean.
    JumpIfFalse { condition: Register, target: u32 },
    /// A condition that compares: when it holds, the next instruction (a jump) is skipped.
    Test { comparison: Comparison, left: Register, right: Register },
    /// The same against a number.
    TestInteger { comparison: Comparison, left: Register, value: i32 },
    /// The same for `Until`.
    JumpIfTrue { condition: Register, target: u32 },
    /// `&&` and `? :`
    JumpIfFalsy { value: Register, target: u32 },
    /// `||`
    JumpIfTruthy { value: Register, target: u32 },
    /// Is the counter still within its limit? Then the next instruction (a jump out of the loop) is skipped. The
    /// limit and the step lie in `limits` and `limits + 1`.
    ForTest { counter: Register, limits: Register },
    /// Adds the step to the counter. Is it past its limit? Then the next instruction (a jump back) is skipped.
    ForNext { counter: Register, limits: Register },
    /// to := an iterator over `over`; begin and end lie in the two registers after `over`.
    Iterate { to: Register, over: Register },
    /// to := the next element, skipping the jump that follows; at the end the jump is taken.
    Next { to: Register, iterator: Register },

    /// to := object.name
    GetMember { to: Register, object: Register, name: u16 },
    /// object.name := value
    SetMember { object: Register, name: u16, value: Register },
    /// to := This.name
    GetThis { to: Register, name: u16 },
    /// This.name := value
    SetThis { name: u16, value: Register },
    /// A property of an object literal; undefined creates none.
    SetProperty { object: Register, name: u16, value: Register },
    /// to := object[index]
    GetIndex { to: Register, object: Register, index: Register },
    /// object[index] := value
    SetIndex { object: Register, index: Register, value: Register },
    /// to := text[[position]]
    GetCharacter { to: Register, text: Register, position: Register },
    /// The text in `text` with its character at `position` replaced by `value`.
    SetCharacter { text: Register, position: Register, value: Register },
    /// to := array{index}
    GetElement { to: Register, array: Register, index: Register },
    /// array{index} := value, where `array` may be a pointer to the variable
    SetElement { array: Register, index: Register, value: Register },
    /// array{row}{index} := value; `indexes` is the row, the register after it the index
    SetInnerElement { array: Register, indexes: Register, value: Register },
    /// to := a new object
    NewObject { to: Register },
    /// to := a collection of the values in `first` and after
    NewCollection { to: Register, first: Register, count: u16 },
    /// The array in `target` gets the kind and the size of `size` and, when `two` is set, of the register after it.
    NewArray { target: Register, size: Register, kind: ArrayKind, two: bool },

    /// Calls a command; the result goes to `first`. Bit n of `flags` says that argument n is a flag such as `*`.
    CallCommand { count: u8, command: u16, first: Register, flags: u16 },
    /// Calls a project method; the result goes to `first`.
    CallMethod { count: u8, method: u16, first: Register },
    /// Calls a function of the object in `first` with the arguments after it; the result goes to `first`.
    CallMember { count: u8, name: u16, first: Register },
    /// Calls `first[first + 1](…)`; the arguments lie after both; the result goes to `first`.
    CallIndex { count: u8, first: Register },
    /// Calls the function in `first` with the arguments after it; the result goes to `first`.
    CallValue { count: u8, first: Register },
    /// `Super(arguments)`; the result goes to `first`.
    CallSuper { count: u8, first: Register },
    /// `Super.name(arguments)`; the result goes to `first`.
    CallSuperMember { count: u8, name: u16, first: Register },
    /// to := the class store `cs`
    ClassStore { to: Register },
    /// to := the class store `4D`
    BuiltInStore { to: Register },

    /// to := ->boxed local
    PointerToBox { to: Register, slot: Register },
    /// to := ->process variable
    PointerToGlobal { to: Register, global: u16 },
    /// to := a pointer to an element of the array that `pointer` points at
    PointerToElement { to: Register, pointer: Register, index: Register },
    /// to := pointer->
    Dereference { to: Register, pointer: Register },
    /// to := pointer->, or undefined when that leads nowhere
    Peek { to: Register, pointer: Register },
    /// pointer-> := value
    StoreDereference { pointer: Register, value: Register },
    /// to := a formula of routine `routine` with the values it captures
    Formula { to: Register, routine: u16 },

    /// Locks the object until `UseExit`.
    UseEnter { object: Register },
    /// Unlocks what the last `UseEnter` locked.
    UseExit,
    /// From here to `TryExit`, an error goes on at `target`.
    TryEnter { target: u32 },
    /// The end of what `TryEnter` guards.
    TryExit,
    /// Raises the error whose message is a constant.
    Raise { message: u16 },
    /// Leaves the routine with a value.
    Return { from: Register },
    /// Leaves the routine with its result variable, or the empty value of its result type.
    ReturnResult,
}

/// How two values compare: the orders that a comparison allows, a bit for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Comparison {
    /// `<`
    Less = 0b001,
    /// `=`
    Equal = 0b010,
    /// `<=`
    LessOrEqual = 0b011,
    /// `>`
    Greater = 0b100,
    /// `#`
    NotEqual = 0b101,
    /// `>=`
    GreaterOrEqual = 0b110,
}

impl Comparison {
    /// The comparison that an operator stands for.
    pub(crate) fn of(operator: BinaryOperator) -> Option<Self> {
        Some(match operator {
            BinaryOperator::Equal => Self::Equal,
            BinaryOperator::NotEqual => Self::NotEqual,
            BinaryOperator::Less => Self::Less,
            BinaryOperator::LessOrEqual => Self::LessOrEqual,
            BinaryOperator::Greater => Self::Greater,
            BinaryOperator::GreaterOrEqual => Self::GreaterOrEqual,
            _ => return None,
        })
    }

    /// Does it hold between values of this order?
    #[inline]
    pub(crate) fn holds(self, order: Ordering) -> bool {
        let bit = match order {
            Ordering::Less => Self::Less,
            Ordering::Equal => Self::Equal,
            Ordering::Greater => Self::Greater,
        };
        self as u8 & bit as u8 != 0
    }
}

/// A declared type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// Anything.
    Variant,
    /// Text
    Text,
    /// Integer
    Integer,
    /// Real
    Real,
    /// Boolean
    Boolean,
    /// Date
    Date,
    /// Time
    Time,
    /// Object of any class
    Object,
    /// Collection
    Collection,
    /// Pointer
    Pointer,
    /// Picture
    Picture,
    /// Blob
    Blob,
    /// `cs.Name` or `4D.Name`, as written
    Class(Text),
}

impl Type {
    /// The value of a variable nobody assigned.
    pub fn empty(&self) -> Value {
        match self {
            Self::Variant => Value::Undefined,
            Self::Text => Value::Text(Text::new()),
            Self::Integer => Value::Integer(0),
            Self::Real => Value::Real(0.0),
            Self::Boolean => Value::Boolean(false),
            Self::Date => Value::Date(Date::NULL),
            Self::Time => Value::Time(Time::from_seconds(0)),
            Self::Object | Self::Collection | Self::Class(_) => Value::Null,
            Self::Pointer => Value::Pointer(tessera_values::Pointer::Nil),
            Self::Picture => Value::Picture(std::rc::Rc::default()),
            Self::Blob => Value::Blob(tessera_values::Blob::default()),
        }
    }
}

/// A constant of a routine. Constants are shared between threads, so they hold no references.
pub type Constant = tessera_values::Scalar;

/// Where a formula takes a captured value from and where it puts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capture {
    /// The register in the creator's frame.
    pub outer: Register,
    /// Is that register boxed?
    pub boxed: bool,
    /// The register in the formula's frame.
    pub inner: Register,
}

/// A compiled method, function, constructor or formula.
#[derive(Debug, Default)]
pub struct Routine {
    /// What `Current method name` answers: `method`, `Class.function`.
    pub name: Text,
    /// The class it belongs to, for `Super`.
    pub class: Option<ClassId>,
    /// The steps.
    pub code: Vec<Instruction>,
    /// The constants.
    pub constants: Vec<Constant>,
    /// Names of properties and functions.
    pub names: Vec<Text>,
    /// Types that `Coerce` and `Initial` refer to.
    pub types: Vec<Type>,
    /// Formulas made inside, with what they capture.
    pub formulas: Vec<(Arc<Routine>, Vec<Capture>)>,
    /// The types of the parameters, which lie in the first registers.
    pub parameters: Vec<Type>,
    /// Where the result variable lies.
    pub result: Option<Register>,
    /// The declared type of the result.
    pub result_type: Option<Type>,
    /// How many registers a frame has.
    pub registers: u16,
    /// Typed locals and their types, given their empty value on entry.
    pub initial: Vec<(Register, Type)>,
    /// Registers that are boxed on entry.
    pub boxed: Vec<Register>,
    /// The first instruction of each stretch of code that belongs to another line, with that line.
    pub lines: Vec<(u32, u32)>,
    /// First instruction and the one after the last, of each statement.
    pub statements: Vec<(u32, u32)>,
    /// `shared Function`: the body runs inside `Use (This)`.
    pub locks_this: bool,
    /// The layer above wants to know when it is entered and left (promoted privileges).
    pub watched: bool,
    /// The text of a formula.
    pub source: Text,
    /// The method that gets the arguments of a formula which is no more than a method's name.
    pub delegate: Option<u16>,
}

impl Routine {
    /// The line of an instruction, from 1; 0 when unknown.
    pub fn line(&self, position: usize) -> u32 {
        let after = self.lines.partition_point(|(start, _)| *start as usize <= position);
        after.checked_sub(1).map_or(0, |at| self.lines[at].1)
    }

    /// The instruction after the innermost statement that holds `position`.
    pub fn statement_end(&self, position: usize) -> Option<usize> {
        self.statements
            .iter()
            .filter(|(start, end)| (*start as usize) <= position && position < *end as usize)
            .min_by_key(|(start, end)| end - start)
            .map(|(_, end)| *end as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instruction_is_eight_bytes() {
        assert_eq!(size_of::<Instruction>(), 8);
        assert!(size_of::<Value>() <= 24, "{}", size_of::<Value>());
    }
}
