//! Callbacks that are nothing but an expression over the element, such as `Formula($1.value.age>18)`.
//!
//! Most callbacks are. Such an expression changes nothing and calls nothing, so its value can be found without a call and
//! without the object that a call is given. Whatever is out of the ordinary while it is evaluated (an error, a property
//! that is not there, an object of all processes) is left to the call, which starts anew.

use tessera_syntax::ast::BinaryOperator;
use tessera_values::{ObjectRef, Value};

use crate::bytecode::{Comparison, Instruction, Register};
use crate::code::{Code, Name};
use crate::kinds::Kinds;
use crate::operators;

/// What a callback gives the code: the properties of `$1`.
pub(super) type Given<'g> = [(&'static str, &'g Value)];

/// Longer ones are called: going down a tree takes room on the thread's stack.
const NODES_MAX: usize = 64;

/// The expression of a callback.
#[derive(Debug)]
pub(super) struct Expression {
    root: Node,
    returned: Kinds,
}

#[derive(Debug)]
enum Node {
    /// `$1`, which only its properties are read of.
    Item,
    /// `$1.value` and its like, by their number.
    Given(usize),
    Value(Value),
    Member(Box<Node>, Name),
    Binary(BinaryOperator, Box<Node>, Box<Node>),
    Compare(Comparison, Box<Node>, Box<Node>),
    Negate(Box<Node>),
}

/// What the registers of the code hold while it is read.
struct Registers(Vec<Option<Node>>);

impl Registers {
    /// The node in a register. What was computed is taken out: used twice, it would be computed twice.
    fn take(&mut self, register: Register) -> Option<Node> {
        let node = self.0.get_mut(usize::from(register))?;
        node.as_ref()?.leaf().or_else(|| node.take())
    }

    /// The same for a value. `$1` itself is none: it is an object of the call, which there is none of.
    fn value(&mut self, register: Register) -> Option<Box<Node>> {
        self.take(register).filter(|node| !matches!(node, Node::Item)).map(Box::new)
    }

    /// Puts a node into a register. `None` when something computed would be lost there: it may raise an error.
    fn put(&mut self, register: Register, node: Node) -> Option<()> {
        let old = self.0.get_mut(usize::from(register))?.replace(node);
        old.is_none_or(|old| old.is_leaf()).then_some(())
    }

    fn have_only_leaves(&self) -> bool {
        self.0.iter().flatten().all(Node::is_leaf)
    }
}

impl Expression {
    /// Reads compiled code: a straight line of instructions that only look, all of them for the result. `None` for any
    /// other.
    pub(super) fn of(code: &Code, captured: &[(Register, Value)], given: &Given<'_>) -> Option<Self> {
        let takes_item = match &*code.parameters {
            [] => true,
            [kinds] => kinds.has_objects(),
            _ => return None,
        };
        if !code.is_plain || !takes_item || code.instructions.len() > NODES_MAX {
            return None;
        }
        let mut registers = Registers(Vec::new());
        registers.0.resize_with(code.registers, || None);
        if !code.parameters.is_empty() {
            registers.put(0, Node::Item)?;
        }
        for (register, value) in captured {
            registers.put(*register, Node::Value(value.clone()))?;
        }
        let whole = |value: i64| Box::new(Node::Value(Value::Integer(value)));
        let member = |of: Node, name: u16| {
            let name = &code.names.get(usize::from(name))?.text;
            Some(match of {
                Node::Item => Node::Given(given.iter().position(|(known, _)| known == name)?),
                of => Node::Member(Box::new(of), Name::new(name.clone())),
            })
        };
        for instruction in &code.instructions {
            let (to, node) = match *instruction {
                Instruction::Return { from } => {
                    let root = *registers.value(from)?;
                    return registers.have_only_leaves().then_some(Self { root, returned: code.returned });
                }
                Instruction::Move { to, from } => (to, registers.take(from)?),
                Instruction::Constant { to, index } => {
                    (to, Node::Value(code.routine.constants.get(usize::from(index))?.to_value()))
                }
                Instruction::Null { to } => (to, Node::Value(Value::Null)),
                Instruction::Boolean { to, value } => (to, Node::Value(Value::Boolean(value))),
                Instruction::Integer { to, value } => (to, Node::Value(Value::Integer(i64::from(value)))),
                Instruction::GetMember { to, object, name } => (to, member(registers.take(object)?, name)?),
                // `This` is the same object.
                Instruction::GetThis { to, name } => (to, member(Node::Item, name)?),
                Instruction::Binary { operator, to, left, right } => {
                    (to, Node::Binary(operator, registers.value(left)?, registers.value(right)?))
                }
                Instruction::Add { to, left, right, .. } => {
                    (to, Node::Binary(BinaryOperator::Add, registers.value(left)?, registers.value(right)?))
                }
                Instruction::AddInteger { to, left, value, .. } => {
                    (to, Node::Binary(BinaryOperator::Add, registers.value(left)?, whole(value.into())))
                }
                Instruction::Subtract { to, left, right, .. } => (
                    to,
                    Node::Binary(BinaryOperator::Subtract, registers.value(left)?, registers.value(right)?),
                ),
                Instruction::SubtractInteger { to, left, value, .. } => {
                    (to, Node::Binary(BinaryOperator::Subtract, registers.value(left)?, whole(value.into())))
                }
                Instruction::Compare { comparison, to, left, right } => {
                    (to, Node::Compare(comparison, registers.value(left)?, registers.value(right)?))
                }
                Instruction::Negate { to, from } => (to, Node::Negate(registers.value(from)?)),
                _ => return None,
            };
            registers.put(to, node)?;
        }
        None
    }

    /// The value for what is given now. `None` when the code has to be called.
    #[inline]
    pub(super) fn value(&self, given: &Given<'_>) -> Option<Value> {
        let value = self.root.value(given)?;
        (!matches!(value, Value::Undefined) && self.returned.has(&value)).then_some(value)
    }
}

impl Node {
    /// What is there without being computed, and can be had twice.
    fn leaf(&self) -> Option<Self> {
        match self {
            Self::Item => Some(Self::Item),
            Self::Given(number) => Some(Self::Given(*number)),
            Self::Value(value) => Some(Self::Value(value.clone())),
            _ => None,
        }
    }

    fn is_leaf(&self) -> bool {
        matches!(self, Self::Item | Self::Given(_) | Self::Value(_))
    }

    /// The value, a copy if need be.
    fn value(&self, given: &Given<'_>) -> Option<Value> {
        match self {
            Self::Compare(comparison, left, right) => {
                let mut holds = None;
                both(left, right, given, &mut |left, right| {
                    holds = match (left, right) {
                        (Value::Integer(left), Value::Integer(right)) => {
                            Some(comparison.holds(left.cmp(right)))
                        }
                        _ => operators::compare(*comparison, left, right).ok(),
                    };
                })?;
                holds.map(Value::Boolean)
            }
            Self::Binary(operator, left, right) => {
                let mut result = None;
                both(left, right, given, &mut |left, right| {
                    result = operators::binary(*operator, left, right).ok();
                })?;
                result
            }
            Self::Negate(of) => {
                let mut result = None;
                of.see(given, &mut |value| result = operators::negate(value).ok())?;
                result
            }
            _ => {
                let mut copy = None;
                self.see(given, &mut |value| copy = Some(value.clone()))?;
                copy
            }
        }
    }

    /// Lets somebody look at the value where it is. `None` when there is none to be seen.
    fn see(&self, given: &Given<'_>, look: &mut dyn FnMut(&Value)) -> Option<()> {
        match self {
            Self::Item => return None,
            Self::Given(number) => look(given.get(*number)?.1),
            Self::Value(value) => look(value),
            Self::Member(of, name) => {
                let mut seen = None;
                of.see(given, &mut |object| {
                    if let Value::Object(ObjectRef::Local(local)) = object {
                        let properties = local.properties.borrow();
                        seen = name.place(&properties).and_then(|place| properties.at(place)).map(&mut *look);
                    }
                })?;
                return seen;
            }
            made => look(&made.value(given)?),
        }
        Some(())
    }
}

/// Lets somebody look at two values at once.
fn both(left: &Node, right: &Node, given: &Given<'_>, look: &mut dyn FnMut(&Value, &Value)) -> Option<()> {
    // The two that occur most need no going down.
    if let (Node::Given(left), Node::Given(right)) = (left, right) {
        look(given.get(*left)?.1, given.get(*right)?.1);
        return Some(());
    }
    let mut seen = None;
    left.see(given, &mut |left| seen = right.see(given, &mut |right| look(left, right)))?;
    seen
}
