//! Every instruction in full.

use std::rc::Rc;

use tessera_values::{CollectionRef, ErrorStack, ObjectRef, Pointer, Value, Variable};

use super::loops::{condition_of, new_array, within};
use crate::bytecode::{Instruction, Register};
use crate::class::{BuiltInStore, ClassStore};
use crate::code::Code;
use crate::function::FunctionValue;
use crate::iterator::ForEach;
use crate::kinds::Kinds;
use crate::process::{Handler, Process};
use crate::{convert, member, operators, place};

/// How it goes on after an instruction.
pub(super) enum Next {
    /// With the next instruction.
    Instruction,
    /// With the one after the next.
    Skip,
    /// Elsewhere in the routine.
    Jump(u32),
    /// In another call: one began or ended.
    Frame,
}

impl Next {
    fn skip_if(holds: bool) -> Result<Self, ErrorStack> {
        Ok(if holds { Self::Skip } else { Self::Instruction })
    }

    fn jump_if(holds: bool, target: u32) -> Result<Self, ErrorStack> {
        Ok(if holds { Self::Jump(target) } else { Self::Instruction })
    }
}

impl Process {
    /// Carries out one instruction of the newest call, whose registers begin at `base`.
    pub(super) fn step(
        &mut self,
        code: &Code,
        base: usize,
        instruction: Instruction,
    ) -> Result<Next, ErrorStack> {
        let routine = &*code.routine;
        macro_rules! at {
            ($register:expr) => {
                self.stack[base + usize::from($register)]
            };
        }
        match instruction {
            Instruction::Move { to, from } => {
                at!(to) = at!(from).clone();
            }
            Instruction::Constant { to, index } => {
                at!(to) = routine.constants[usize::from(index)].to_value();
            }
            Instruction::Undefined { to } => at!(to) = Value::Undefined,
            Instruction::Null { to } => at!(to) = Value::Null,
            Instruction::Boolean { to, value } => at!(to) = Value::Boolean(value),
            Instruction::Integer { to, value } => at!(to) = Value::Integer(i64::from(value)),
            Instruction::This { to } => at!(to) = self.this(),

            Instruction::LoadGlobal { to, global } => {
                let value = self.global(global).value.borrow().clone();
                at!(to) = value;
            }
            Instruction::StoreGlobal { global, from } => {
                let value = at!(from).clone();
                let variable = self.global(global);
                place::store_dereference(&Pointer::Variable(variable), value)?;
            }
            Instruction::LoadInterprocess { to, name } => {
                at!(to) = self.interprocess(&routine.names[usize::from(name)]);
            }
            Instruction::StoreInterprocess { name, from } => {
                let value = at!(from).clone();
                self.set_interprocess(&routine.names[usize::from(name)], &value)?;
            }
            Instruction::Box { slot } => {
                let value = std::mem::take(&mut at!(slot));
                at!(slot) = Value::Pointer(Pointer::Variable(Variable::new("", value)));
            }
            Instruction::LoadBox { to, slot } => {
                let value = crate::process::unbox(&at!(slot));
                at!(to) = value;
            }
            Instruction::StoreBox { slot, from } => {
                let value = at!(from).clone();
                if let Value::Pointer(pointer) = &at!(slot) {
                    place::store_dereference(pointer, value)?;
                }
            }
            Instruction::Coerce { register, type_index } => {
                let declared = &routine.types[usize::from(type_index)];
                if !Kinds::of(declared).has(&at!(register)) {
                    let value = std::mem::take(&mut at!(register));
                    let converted = convert::to_type(value, declared);
                    if converted.is_err() {
                        at!(register) = declared.empty();
                    }
                    at!(register) = converted?;
                }
            }
            Instruction::Selected { register } => {
                let value = std::mem::take(&mut at!(register));
                at!(register) = convert::selected(value);
            }
            Instruction::Initial { to, type_index } => {
                at!(to) = routine.types[usize::from(type_index)].empty();
            }
            Instruction::DeclareGlobal { global, type_index } => {
                let variable = self.global(global);
                let mut value = variable.value.borrow_mut();
                if matches!(*value, Value::Undefined) {
                    *value = routine.types[usize::from(type_index)].empty();
                }
            }
            Instruction::LoadParameter { to, number } => {
                let number = at!(number).as_integer().unwrap_or_default();
                let value = self.parameter(number);
                at!(to) = value;
            }
            Instruction::StoreParameter { number, from } => {
                let (number, value) = (at!(number).as_integer().unwrap_or_default(), at!(from).clone());
                self.set_parameter(number, value)?;
            }

            Instruction::Add { to, left, right, .. } => {
                if to == left && left != right && matches!(at!(left), Value::Text(_)) {
                    self.append(base, to, right)?;
                } else {
                    let sum = operators::add(&at!(left), &at!(right))?;
                    at!(to) = sum;
                }
            }
            Instruction::Subtract { to, left, right, .. } => {
                let difference = operators::subtract(&at!(left), &at!(right))?;
                at!(to) = difference;
            }
            Instruction::AddInteger { to, left, value, .. } => {
                let sum = operators::add(&at!(left), &Value::Integer(i64::from(value)))?;
                at!(to) = sum;
            }
            Instruction::SubtractInteger { to, left, value, .. } => {
                let difference = operators::subtract(&at!(left), &Value::Integer(i64::from(value)))?;
                at!(to) = difference;
            }
            Instruction::Append { count, to, first } => {
                for right in first..first + Register::from(count) {
                    self.append(base, to, right)?;
                }
            }
            Instruction::Compare { comparison, to, left, right } => {
                let holds = operators::compare(comparison, &at!(left), &at!(right))?;
                at!(to) = Value::Boolean(holds);
            }
            Instruction::Test { comparison, left, right } => {
                return Next::skip_if(operators::compare(comparison, &at!(left), &at!(right))?);
            }
            Instruction::TestInteger { comparison, left, value } => {
                let value = Value::Integer(i64::from(value));
                return Next::skip_if(operators::compare(comparison, &at!(left), &value)?);
            }
            Instruction::Binary { operator, to, left, right } => {
                let value = operators::binary(operator, &at!(left), &at!(right))?;
                at!(to) = value;
            }
            Instruction::Negate { to, from } => {
                let value = operators::negate(&at!(from))?;
                at!(to) = value;
            }

            Instruction::Jump { target } => {
                self.burn()?;
                return Ok(Next::Jump(target));
            }
            Instruction::JumpIfFalse { condition, target } => {
                return Next::jump_if(!condition_of(&at!(condition))?, target);
            }
            Instruction::JumpIfTrue { condition, target } => {
                return Next::jump_if(condition_of(&at!(condition))?, target);
            }
            Instruction::JumpIfFalsy { value, target } => {
                return Next::jump_if(!at!(value).is_truthy(), target);
            }
            Instruction::JumpIfTruthy { value, target } => {
                return Next::jump_if(at!(value).is_truthy(), target);
            }
            Instruction::ForTest { counter, limits } => {
                return Next::skip_if(within(&at!(counter), &at!(limits), &at!(limits + 1))?);
            }
            Instruction::ForNext { counter, limits } => {
                let next = operators::add(&at!(counter), &at!(limits + 1))?;
                at!(counter) = next;
                return Next::skip_if(!within(&at!(counter), &at!(limits), &at!(limits + 1))?);
            }
            Instruction::Iterate { to, over } => {
                let (subject, begin, end) = (at!(over).clone(), at!(over + 1).clone(), at!(over + 2).clone());
                let iterator = ForEach::new(self, &subject, &begin, &end)?;
                at!(to) = Value::Native(Rc::new(iterator));
            }
            Instruction::Next { to, iterator } => {
                let iterator = at!(iterator).clone();
                let next = match iterator.as_native::<ForEach>() {
                    Some(iterator) => iterator.next(self)?,
                    None => None,
                };
                if let Some(element) = next {
                    at!(to) = element;
                    return Ok(Next::Skip);
                }
            }

            Instruction::GetMember { to, object, name } => {
                let object = at!(object).clone();
                let value = member::get(self, &object, &routine.names[usize::from(name)])?;
                at!(to) = value;
            }
            Instruction::GetThis { to, name } => {
                let this = self.this();
                let value = member::get(self, &this, &routine.names[usize::from(name)])?;
                at!(to) = value;
            }
            Instruction::SetThis { name, value } => {
                let (this, value) = (self.this(), at!(value).clone());
                member::set(self, &this, &routine.names[usize::from(name)], value)?;
            }
            Instruction::SetMember { object, name, value } => {
                let (object, value) = (at!(object).clone(), at!(value).clone());
                member::set(self, &object, &routine.names[usize::from(name)], value)?;
            }
            Instruction::SetProperty { object, name, value } => {
                let value = convert::to_property(at!(value).clone());
                if let Value::Object(object) = &at!(object) {
                    let name = routine.names[usize::from(name)].clone();
                    object.set(self.id(), name, value).map_err(ErrorStack::from)?;
                }
            }
            Instruction::GetIndex { to, object, index } => {
                let (object, index) = (at!(object).clone(), at!(index).clone());
                let value = member::index(self, &object, &index)?;
                at!(to) = value;
            }
            Instruction::SetIndex { object, index, value } => {
                let (object, index, value) = (at!(object).clone(), at!(index).clone(), at!(value).clone());
                member::set_index(self, &object, &index, value)?;
            }
            Instruction::GetCharacter { to, text, position: at } => {
                let found = match (&at!(text), at!(at).as_integer()) {
                    (Value::Text(text), Some(at)) => Ok(Value::Text(tessera_values::character(text, at))),
                    (other, _) => Err(ErrorStack::runtime(format!("{} has no characters.", other.kind()))),
                };
                let found = found?;
                at!(to) = found;
            }
            Instruction::SetCharacter { text, position: at, value } => {
                let changed = match (&at!(text), at!(at).as_integer(), &at!(value)) {
                    (Value::Text(text), Some(at), Value::Text(with)) => place::set_character(text, at, with),
                    _ => Err(ErrorStack::runtime("A character can only be replaced by a text.")),
                };
                let changed = changed?;
                at!(text) = Value::Text(changed);
            }
            Instruction::GetElement { to, array, index } => {
                let value = place::element(&at!(array), &at!(index))?;
                at!(to) = value;
            }
            Instruction::SetElement { array, index, value } => {
                let value = at!(value).clone();
                place::set_element(&at!(array), &at!(index), value)?;
            }
            Instruction::SetInnerElement { array, indexes, value } => {
                let value = at!(value).clone();
                place::set_inner_element(&at!(array), &at!(indexes), &at!(indexes + 1), value)?;
            }
            Instruction::NewObject { to } => at!(to) = Value::Object(ObjectRef::new()),
            Instruction::NewCollection { to, first, count } => {
                let from = base + usize::from(first);
                let elements = self.stack[from..from + usize::from(count)]
                    .iter_mut()
                    .map(|value| convert::to_element(std::mem::take(value)))
                    .collect();
                at!(to) = Value::Collection(CollectionRef::from_vec(elements));
            }
            Instruction::NewArray { target, size, kind, two } => {
                let (rows, columns) = (at!(size).as_integer(), at!(size + 1).as_integer());
                let current = at!(target).clone();
                let array = new_array(&current, kind, rows, two.then_some(columns).flatten())?;
                at!(target) = array;
            }

            Instruction::CallCommand { count, command, first, flags } => {
                self.call_command(base, command, first, count, flags)?;
            }
            Instruction::CallMethod { count, method, first } => {
                return self.call_method(base, method, first, count);
            }
            Instruction::CallMember { count, name, first } => {
                return self.call_member(base, &code.names[usize::from(name)], first, count);
            }
            Instruction::CallIndex { count, first } => return self.call_index(base, first, count),
            Instruction::CallValue { count, first } => return self.call_value(base, first, count),
            Instruction::CallSuper { count, first } => return self.call_super(code, base, first, count),
            Instruction::CallSuperMember { count, name, first } => {
                return self.call_super_member(code, base, name, first, count);
            }
            Instruction::ClassStore { to } => at!(to) = Value::Native(Rc::new(ClassStore)),
            Instruction::BuiltInStore { to } => at!(to) = Value::Native(Rc::new(BuiltInStore)),

            Instruction::PointerToBox { to, slot } => at!(to) = at!(slot).clone(),
            Instruction::PointerToGlobal { to, global } => {
                at!(to) = Value::Pointer(Pointer::Variable(self.global(global)));
            }
            Instruction::PointerToElement { to, pointer, index } => {
                let index = at!(index).as_integer().unwrap_or_default();
                let element = match &at!(pointer) {
                    Value::Pointer(Pointer::Variable(variable)) => {
                        Ok(Pointer::Element(Rc::new((Rc::clone(variable), vec![index]))))
                    }
                    Value::Pointer(Pointer::Element(element)) => {
                        let mut path = element.1.clone();
                        path.push(index);
                        Ok(Pointer::Element(Rc::new((Rc::clone(&element.0), path))))
                    }
                    _ => Err(ErrorStack::runtime("Only elements of array variables can be pointed at.")),
                };
                let element = element?;
                at!(to) = Value::Pointer(element);
            }
            Instruction::Dereference { to, pointer } => {
                let value = match &at!(pointer) {
                    Value::Pointer(pointer) => place::dereference(pointer),
                    other => Err(ErrorStack::runtime(format!("{} is no pointer.", other.kind()))),
                };
                let value = value?;
                at!(to) = value;
            }
            Instruction::Peek { to, pointer } => {
                let value = place::peek(&at!(pointer));
                at!(to) = value;
            }
            Instruction::StoreDereference { pointer, value } => {
                let value = at!(value).clone();
                let stored = match &at!(pointer) {
                    Value::Pointer(pointer) => place::store_dereference(pointer, value),
                    other => Err(ErrorStack::runtime(format!("{} is no pointer.", other.kind()))),
                };
                stored?;
            }
            Instruction::Formula { to, routine: number } => {
                let (_, captures) = &routine.formulas[usize::from(number)];
                let captured = captures
                    .iter()
                    .map(|capture| {
                        let value = &at!(capture.outer);
                        let value = if capture.boxed { crate::process::unbox(value) } else { value.clone() };
                        (capture.inner, value)
                    })
                    .collect();
                at!(to) = Value::Native(Rc::new(FunctionValue::formula(code.formula(number), captured)));
            }

            Instruction::UseEnter { object } => {
                let object = at!(object).clone();
                self.lock_shared(&object)?;
            }
            Instruction::UseExit => self.unlock_last(),
            Instruction::TryEnter { target } => {
                self.last_errors.clear();
                self.handlers.push(Handler {
                    frame: self.frames.len() - 1,
                    target: target as usize,
                    uses: self.uses.len(),
                });
            }
            Instruction::TryExit => {
                self.handlers.pop();
                self.forget_inner_error_method();
            }
            Instruction::Raise { message } => {
                let message = routine.constants[usize::from(message)].as_text().unwrap_or_default();
                Err::<(), _>(ErrorStack::runtime(message))?;
            }
            Instruction::Return { from } => {
                let value = convert::selected(at!(from).clone());
                let value = match &routine.result_type {
                    Some(declared) => convert::to_type(value, declared)?,
                    None => value,
                };
                self.finish_frame(value)?;
                return Ok(Next::Frame);
            }
            Instruction::ReturnResult => {
                let value = self.default_result();
                self.finish_frame(value)?;
                return Ok(Next::Frame);
            }
        }
        Ok(Next::Instruction)
    }

    /// Adds to a register: a text grows without being copied when nobody else holds it.
    fn append(&mut self, base: usize, to: Register, right: Register) -> Result<(), ErrorStack> {
        let mut left = std::mem::take(&mut self.stack[base + usize::from(to)]);
        let result = match (&mut left, &self.stack[base + usize::from(right)]) {
            (Value::Text(text), Value::Text(more)) => operators::append(text, more),
            (left, right) => operators::add(left, right).map(|sum| *left = sum),
        };
        self.stack[base + usize::from(to)] = left;
        result
    }
}
