//! The interpreter: the loop over instructions.

use std::rc::Rc;
use std::sync::Arc;

use tessera_values::{CollectionRef, ErrorStack, ObjectRef, Pointer, Value, Variable};

use crate::arguments::Arguments;
use crate::bytecode::{Instruction, Register};
use crate::class::{self, BuiltInStore, ClassStore};
use crate::function::FunctionValue;
use crate::iterator::ForEach;
use crate::member::{self, Callee};
use crate::process::{Handler, Process};
use crate::{commands, convert, operators, place};

use loops::{condition_of, new_array, put_integer, within};

mod arguments;
mod errors;
mod frames;
mod loops;

impl Process {
    /// Runs until the call stack is back at `floor` frames.
    pub(crate) fn run(&mut self, floor: usize) -> Result<(), ErrorStack> {
        loop {
            match self.execute(floor) {
                Ok(()) => return Ok(()),
                Err(error) => self.recover(error, floor)?,
            }
        }
    }

    /// Runs instructions until the frame above `floor` returns. An error leaves the frame's position just after the
    /// failed instruction.
    fn execute(&mut self, floor: usize) -> Result<(), ErrorStack> {
        'frames: loop {
            let Some(frame) = self.frames.last() else { return Ok(()) };
            if self.frames.len() <= floor {
                return Ok(());
            }
            let routine = Arc::clone(&frame.routine);
            let base = frame.base;
            let mut position = frame.position;
            macro_rules! at {
                ($register:expr) => {
                    self.stack[base + usize::from($register)]
                };
            }
            macro_rules! attempt {
                ($result:expr) => {
                    match $result {
                        Ok(value) => value,
                        Err(error) => {
                            self.save_position(position);
                            return Err(error);
                        }
                    }
                };
            }
            loop {
                let instruction = routine.code[position];
                position += 1;
                match instruction {
                    Instruction::Move { to, from } => {
                        if let Value::Integer(n) = at!(from) {
                            put_integer(&mut at!(to), n);
                        } else {
                            at!(to) = at!(from).clone();
                        }
                    }
                    Instruction::Constant { to, index } => {
                        at!(to) = routine.constants[usize::from(index)].to_value();
                    }
                    Instruction::Undefined { to } => at!(to) = Value::Undefined,
                    Instruction::Null { to } => at!(to) = Value::Null,
                    Instruction::Boolean { to, value } => at!(to) = Value::Boolean(value),
                    Instruction::Integer { to, value } => put_integer(&mut at!(to), i64::from(value)),
                    Instruction::This { to } => at!(to) = self.this(),

                    Instruction::LoadGlobal { to, global } => {
                        let value = self.global(global).value.borrow().clone();
                        at!(to) = value;
                    }
                    Instruction::StoreGlobal { global, from } => {
                        let value = at!(from).clone();
                        let variable = self.global(global);
                        attempt!(place::store_dereference(&Pointer::Variable(variable), value));
                    }
                    Instruction::LoadInterprocess { to, name } => {
                        at!(to) = self.interprocess(&routine.names[usize::from(name)]);
                    }
                    Instruction::StoreInterprocess { name, from } => {
                        let value = at!(from).clone();
                        attempt!(self.set_interprocess(&routine.names[usize::from(name)], &value));
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
                            attempt!(place::store_dereference(pointer, value));
                        }
                    }
                    Instruction::Coerce { register, type_index } => {
                        let declared = &routine.types[usize::from(type_index)];
                        if !convert::is_of(&at!(register), declared) {
                            let value = std::mem::take(&mut at!(register));
                            let converted = convert::to_type(value, declared);
                            if converted.is_err() {
                                at!(register) = declared.empty();
                            }
                            at!(register) = attempt!(converted);
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
                        let (number, value) =
                            (at!(number).as_integer().unwrap_or_default(), at!(from).clone());
                        attempt!(self.set_parameter(number, value));
                    }

                    Instruction::Add { to, left, right } => {
                        if let (Value::Integer(a), Value::Integer(b)) = (&at!(left), &at!(right))
                            && let Some(sum) = a.checked_add(*b)
                        {
                            put_integer(&mut at!(to), sum);
                        } else if to == left && left != right && matches!(at!(left), Value::Text(_)) {
                            attempt!(self.append(base, to, right));
                        } else {
                            let sum = attempt!(operators::add(&at!(left), &at!(right)));
                            at!(to) = sum;
                        }
                    }
                    Instruction::Append { count, to, first } => {
                        for right in first..first + Register::from(count) {
                            if let (Value::Integer(a), Value::Integer(b)) = (&at!(to), &at!(right))
                                && let Some(sum) = a.checked_add(*b)
                            {
                                put_integer(&mut at!(to), sum);
                            } else {
                                attempt!(self.append(base, to, right));
                            }
                        }
                    }
                    Instruction::Subtract { to, left, right } => {
                        if let (Value::Integer(a), Value::Integer(b)) = (&at!(left), &at!(right))
                            && let Some(difference) = a.checked_sub(*b)
                        {
                            put_integer(&mut at!(to), difference);
                        } else {
                            let difference = attempt!(operators::subtract(&at!(left), &at!(right)));
                            at!(to) = difference;
                        }
                    }
                    Instruction::Equal { to, left, right } => {
                        let same = match (&at!(left), &at!(right)) {
                            (Value::Integer(a), Value::Integer(b)) => a == b,
                            (left, right) => tessera_values::equal(left, right),
                        };
                        at!(to) = Value::Boolean(same);
                    }
                    Instruction::Less { to, left, right } => {
                        let less = if let (Value::Integer(a), Value::Integer(b)) = (&at!(left), &at!(right)) {
                            Value::Boolean(a < b)
                        } else {
                            attempt!(operators::binary(
                                tessera_syntax::ast::BinaryOperator::Less,
                                &at!(left),
                                &at!(right)
                            ))
                        };
                        at!(to) = less;
                    }
                    Instruction::Binary { operator, to, left, right } => {
                        let value = match operators::of_integers(operator, &at!(left), &at!(right)) {
                            Some(value) => value,
                            None => attempt!(operators::binary(operator, &at!(left), &at!(right))),
                        };
                        at!(to) = value;
                    }
                    Instruction::Negate { to, from } => {
                        let value = attempt!(operators::negate(&at!(from)));
                        at!(to) = value;
                    }

                    Instruction::Jump { target } => {
                        if (target as usize) < position {
                            attempt!(self.burn());
                        }
                        position = target as usize;
                    }
                    Instruction::JumpIfFalse { condition, target } => {
                        if !attempt!(condition_of(&at!(condition))) {
                            position = target as usize;
                        }
                    }
                    Instruction::JumpIfTrue { condition, target } => {
                        if attempt!(condition_of(&at!(condition))) {
                            position = target as usize;
                        }
                    }
                    Instruction::JumpIfFalsy { value, target } => {
                        if !at!(value).is_truthy() {
                            position = target as usize;
                        }
                    }
                    Instruction::JumpIfTruthy { value, target } => {
                        if at!(value).is_truthy() {
                            position = target as usize;
                        }
                    }
                    Instruction::ForTest { counter, limits } => {
                        let goes_on = attempt!(within(&at!(counter), &at!(limits), &at!(limits + 1)));
                        position += usize::from(goes_on);
                    }
                    Instruction::Iterate { to, over } => {
                        let (subject, begin, end) =
                            (at!(over).clone(), at!(over + 1).clone(), at!(over + 2).clone());
                        let iterator = attempt!(ForEach::new(self, &subject, &begin, &end));
                        at!(to) = Value::Native(Rc::new(iterator));
                    }
                    Instruction::Next { to, iterator } => {
                        self.save_position(position);
                        let iterator = at!(iterator).clone();
                        let next = match iterator.as_native::<ForEach>() {
                            Some(iterator) => attempt!(iterator.next(self)),
                            None => None,
                        };
                        if let Some(element) = next {
                            at!(to) = element;
                            position += 1;
                        }
                    }

                    Instruction::GetMember { to, object, name } => {
                        let name = &routine.names[usize::from(name)];
                        let value = match &at!(object) {
                            Value::Object(ObjectRef::Local(local)) if local.class.is_none() => {
                                local.properties.borrow().get(name).cloned().unwrap_or_default()
                            }
                            _ => {
                                self.save_position(position);
                                let object = at!(object).clone();
                                attempt!(member::get(self, &object, name))
                            }
                        };
                        at!(to) = value;
                    }
                    Instruction::SetMember { object, name, value } => {
                        self.save_position(position);
                        let (object, value) = (at!(object).clone(), at!(value).clone());
                        attempt!(member::set(self, &object, &routine.names[usize::from(name)], value));
                    }
                    Instruction::SetProperty { object, name, value } => {
                        let value = convert::to_property(at!(value).clone());
                        if let Value::Object(object) = &at!(object) {
                            let name = routine.names[usize::from(name)].clone();
                            attempt!(object.set(self.id(), name, value).map_err(ErrorStack::from));
                        }
                    }
                    Instruction::GetIndex { to, object, index } => {
                        self.save_position(position);
                        let (object, index) = (at!(object).clone(), at!(index).clone());
                        let value = attempt!(member::index(self, &object, &index));
                        at!(to) = value;
                    }
                    Instruction::SetIndex { object, index, value } => {
                        self.save_position(position);
                        let (object, index, value) =
                            (at!(object).clone(), at!(index).clone(), at!(value).clone());
                        attempt!(member::set_index(self, &object, &index, value));
                    }
                    Instruction::GetCharacter { to, text, position: at } => {
                        let found = match (&at!(text), at!(at).as_integer()) {
                            (Value::Text(text), Some(at)) => {
                                Ok(Value::Text(tessera_values::character(text, at)))
                            }
                            (other, _) => {
                                Err(ErrorStack::runtime(format!("{} has no characters.", other.kind())))
                            }
                        };
                        let found = attempt!(found);
                        at!(to) = found;
                    }
                    Instruction::SetCharacter { text, position: at, value } => {
                        let changed = match (&at!(text), at!(at).as_integer(), &at!(value)) {
                            (Value::Text(text), Some(at), Value::Text(with)) => {
                                place::set_character(text, at, with)
                            }
                            _ => Err(ErrorStack::runtime("A character can only be replaced by a text.")),
                        };
                        let changed = attempt!(changed);
                        at!(text) = Value::Text(changed);
                    }
                    Instruction::GetElement { to, array, index } => {
                        let value = attempt!(place::element(&at!(array), &at!(index)));
                        at!(to) = value;
                    }
                    Instruction::SetElement { array, index, value } => {
                        let value = at!(value).clone();
                        attempt!(place::set_element(&at!(array), &at!(index), value));
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
                        let array =
                            attempt!(new_array(&current, kind, rows, two.then_some(columns).flatten()));
                        at!(target) = array;
                    }

                    Instruction::CallCommand { count, command, first, flags } => {
                        self.save_position(position);
                        let from = base + usize::from(first);
                        let values =
                            self.stack[from..from + usize::from(count)].iter_mut().map(std::mem::take);
                        let mut arguments = Arguments::new(values, flags);
                        match commands::run(self, command, &mut arguments) {
                            Ok(value) => at!(first) = value,
                            Err(error) => {
                                self.keep_answer(from);
                                return Err(error);
                            }
                        }
                    }
                    Instruction::CallMethod { count, method, first } => {
                        self.save_position(position);
                        let callee = Arc::clone(&self.program().methods[usize::from(method)].routine);
                        let at = base + usize::from(first);
                        attempt!(self.push_frame(callee, at, Value::Undefined, usize::from(count)));
                        continue 'frames;
                    }
                    Instruction::CallMember { count, name, first } => {
                        self.save_position(position);
                        let receiver = at!(first).clone();
                        let name = routine.names[usize::from(name)].clone();
                        let callee = attempt!(member::callee(self, &receiver, &name));
                        if attempt!(self.dispatch(callee, receiver, &name, base, first, count)) {
                            continue 'frames;
                        }
                    }
                    Instruction::CallIndex { count, first } => {
                        self.save_position(position);
                        let receiver = at!(first).clone();
                        let index = at!(first + 1).clone();
                        self.shift_arguments(base, first + 1, count);
                        let name = index.as_text().cloned().unwrap_or_default();
                        let callee = match &receiver {
                            Value::Object(_) | Value::Native(_) if index.as_text().is_some() => {
                                attempt!(member::callee(self, &receiver, &name))
                            }
                            _ => {
                                let value = attempt!(member::index(self, &receiver, &index));
                                attempt!(member::callee_of_value(&value))
                            }
                        };
                        if attempt!(self.dispatch(callee, receiver, &name, base, first, count)) {
                            continue 'frames;
                        }
                    }
                    Instruction::CallValue { count, first } => {
                        self.save_position(position);
                        let callee = attempt!(member::callee_of_value(&at!(first)));
                        if attempt!(self.dispatch(callee, Value::Undefined, "", base, first, count)) {
                            continue 'frames;
                        }
                    }
                    Instruction::CallSuper { count, first } => {
                        self.save_position(position);
                        let this = self.this();
                        if let Some(constructor) = attempt!(class::super_constructor(self, &routine)) {
                            self.shift_arguments(base, first, count);
                            let at = base + usize::from(first);
                            attempt!(self.push_frame(constructor, at, this, usize::from(count)));
                            continue 'frames;
                        }
                        at!(first) = Value::Undefined;
                    }
                    Instruction::CallSuperMember { count, name, first } => {
                        self.save_position(position);
                        let this = self.this();
                        let name = routine.names[usize::from(name)].clone();
                        let callee = attempt!(class::super_function(self, &routine, &name));
                        if attempt!(self.dispatch(callee, this, &name, base, first, count)) {
                            continue 'frames;
                        }
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
                            _ => Err(ErrorStack::runtime(
                                "Only elements of array variables can be pointed at.",
                            )),
                        };
                        let element = attempt!(element);
                        at!(to) = Value::Pointer(element);
                    }
                    Instruction::Dereference { to, pointer } => {
                        let value = match &at!(pointer) {
                            Value::Pointer(pointer) => place::dereference(pointer),
                            other => Err(ErrorStack::runtime(format!("{} is no pointer.", other.kind()))),
                        };
                        let value = attempt!(value);
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
                        attempt!(stored);
                    }
                    Instruction::Formula { to, routine: number } => {
                        let (formula, captures) = &routine.formulas[usize::from(number)];
                        let captured = captures
                            .iter()
                            .map(|capture| {
                                let value = &at!(capture.outer);
                                let value =
                                    if capture.boxed { crate::process::unbox(value) } else { value.clone() };
                                (capture.inner, value)
                            })
                            .collect();
                        at!(to) =
                            Value::Native(Rc::new(FunctionValue::formula(Arc::clone(formula), captured)));
                    }

                    Instruction::UseEnter { object } => {
                        let object = at!(object).clone();
                        attempt!(self.lock_shared(&object));
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
                        attempt!(Err::<(), _>(ErrorStack::runtime(message)));
                    }
                    Instruction::Return { from } => {
                        let value = convert::selected(at!(from).clone());
                        let value = match &routine.result_type {
                            Some(declared) => attempt!(convert::to_type(value, declared)),
                            None => value,
                        };
                        self.save_position(position);
                        self.finish_frame(value)?;
                        continue 'frames;
                    }
                    Instruction::ReturnResult => {
                        let value = self.default_result();
                        self.save_position(position);
                        self.finish_frame(value)?;
                        continue 'frames;
                    }
                }
            }
        }
    }

    fn save_position(&mut self, position: usize) {
        if let Some(frame) = self.frames.last_mut() {
            frame.position = position;
        }
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

    /// Calls what was found. True when a new frame has to be run.
    fn dispatch(
        &mut self,
        callee: Callee,
        receiver: Value,
        name: &str,
        base: usize,
        first: Register,
        count: u8,
    ) -> Result<bool, ErrorStack> {
        let from = base + usize::from(first);
        match callee {
            Callee::Routine(routine, this) => {
                self.shift_arguments(base, first, count);
                self.push_frame(routine, from, this.unwrap_or(receiver), usize::from(count))?;
                Ok(true)
            }
            Callee::Function(function, this) => {
                let arguments = self.take_arguments(from, count);
                let value = function.call(self, this.unwrap_or(receiver), &arguments)?;
                self.stack[from] = value;
                Ok(false)
            }
            Callee::Native => {
                let arguments = self.take_arguments(from, count);
                match member::call_native(self, &receiver, name, &arguments) {
                    Ok(value) => self.stack[from] = value,
                    Err(error) => {
                        self.keep_answer(from);
                        return Err(error);
                    }
                }
                Ok(false)
            }
        }
    }

    /// Puts the answer of a native function or command that failed where its result belongs.
    fn keep_answer(&mut self, at: usize) {
        if let Some(answer) = self.take_answer() {
            self.stack[at] = answer;
            self.assigns_answer = true;
        }
    }
}
