//! Callbacks that are nothing but an expression over the element, such as `Formula($1.value.age>18)`.
//!
//! Most callbacks are. Such an expression changes nothing and calls nothing, so its value can be found without a call and
//! without the object that a call is given. Whatever is out of the ordinary while it is evaluated (an error, a property
//! that is not there, an object of all processes) is left to the call, which starts anew.

use std::rc::Rc;

use tessera_syntax::ast::BinaryOperator;
use tessera_values::{ObjectRef, Value};

use crate::bytecode::{Comparison, Instruction, Register};
use crate::code::{Code, Name};
use crate::kinds::Kinds;
use crate::operators;

/// What a callback gives the code: the properties of `$1`.
pub(super) type Given<'g> = [(&'static str, &'g Value)];

/// The expression of a callback.
#[derive(Debug)]
pub(super) struct Expression {
    root: Rc<Node>,
    returned: Kinds,
}

#[derive(Debug)]
enum Node {
    /// `$1`, which only its properties are read of.
    Item,
    /// `$1.value` and its like, by their number.
    Given(usize),
    Value(Value),
    Member(Rc<Node>, Name),
    Binary(BinaryOperator, Rc<Node>, Rc<Node>),
    Compare(Comparison, Rc<Node>, Rc<Node>),
    Negate(Rc<Node>),
}

impl Expression {
    /// Reads compiled code: a straight line of instructions that only look. `None` for any other.
    pub(super) fn of(code: &Code, captured: &[(Register, Value)], given: &Given<'_>) -> Option<Self> {
        let takes_item = match &*code.parameters {
            [] => true,
            [kinds] => kinds.has_objects(),
            _ => return None,
        };
        if !code.is_plain || !takes_item {
            return None;
        }
        let mut registers: Vec<Option<Rc<Node>>> = vec![None; code.registers];
        if !code.parameters.is_empty() {
            registers[0] = Some(Rc::new(Node::Item));
        }
        for (register, value) in captured {
            *registers.get_mut(usize::from(*register))? = Some(Rc::new(Node::Value(value.clone())));
        }
        for instruction in &code.instructions {
            let at = |register: Register| registers.get(usize::from(register)).cloned().flatten();
            // `$1` itself is an object of the call, which there is none of.
            let value_at = |register: Register| at(register).filter(|node| !matches!(**node, Node::Item));
            let whole = |value: i64| Rc::new(Node::Value(Value::Integer(value)));
            let member = |of: Rc<Node>, name: u16| {
                let name = &code.names.get(usize::from(name))?.text;
                Some(match *of {
                    Node::Item => Node::Given(given.iter().position(|(known, _)| known == name)?),
                    _ => Node::Member(of, Name::new(name.clone())),
                })
            };
            let (to, node) = match *instruction {
                Instruction::Return { from } => {
                    return Some(Self { root: value_at(from)?, returned: code.returned });
                }
                Instruction::Move { to, from } => {
                    let node = at(from)?;
                    *registers.get_mut(usize::from(to))? = Some(node);
                    continue;
                }
                Instruction::Constant { to, index } => {
                    (to, Node::Value(code.routine.constants.get(usize::from(index))?.to_value()))
                }
                Instruction::Null { to } => (to, Node::Value(Value::Null)),
                Instruction::Boolean { to, value } => (to, Node::Value(Value::Boolean(value))),
                Instruction::Integer { to, value } => (to, Node::Value(Value::Integer(i64::from(value)))),
                Instruction::GetMember { to, object, name } => (to, member(at(object)?, name)?),
                // `This` is the same object.
                Instruction::GetThis { to, name } => (to, member(Rc::new(Node::Item), name)?),
                Instruction::Binary { operator, to, left, right } => {
                    (to, Node::Binary(operator, value_at(left)?, value_at(right)?))
                }
                Instruction::Add { to, left, right, .. } => {
                    (to, Node::Binary(BinaryOperator::Add, value_at(left)?, value_at(right)?))
                }
                Instruction::AddInteger { to, left, value, .. } => {
                    (to, Node::Binary(BinaryOperator::Add, value_at(left)?, whole(value.into())))
                }
                Instruction::Subtract { to, left, right, .. } => {
                    (to, Node::Binary(BinaryOperator::Subtract, value_at(left)?, value_at(right)?))
                }
                Instruction::SubtractInteger { to, left, value, .. } => {
                    (to, Node::Binary(BinaryOperator::Subtract, value_at(left)?, whole(value.into())))
                }
                Instruction::Compare { comparison, to, left, right } => {
                    (to, Node::Compare(comparison, value_at(left)?, value_at(right)?))
                }
                Instruction::Negate { to, from } => (to, Node::Negate(value_at(from)?)),
                _ => return None,
            };
            *registers.get_mut(usize::from(to))? = Some(Rc::new(node));
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
