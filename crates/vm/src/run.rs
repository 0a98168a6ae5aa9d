//! The interpreter: the loop over instructions, with the quick way of those that loops and calls are full of.
//!
//! Every instruction is written out whole in [`step`]. What is here is only a shortcut to the same result for the
//! values that occur most: whole numbers, properties of objects of this process, project methods that were called before.

use std::rc::Rc;

use tessera_values::{CollectionRef, ErrorStack, ObjectRef, Value};

use crate::bytecode::{Instruction, Routine};
use crate::process::Process;
use crate::{convert, operators};

use frames::put;
use step::Next;

mod arguments;
mod calls;
mod errors;
mod frames;
mod loops;
mod step;

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
            let code = Rc::clone(&frame.code);
            let routine = &*code.routine;
            let (base, end) = (frame.base, frame.end());
            let mut position = frame.position;
            let mut registers = &mut self.stack[base..end];
            macro_rules! at {
                ($register:expr) => {
                    registers[usize::from($register)]
                };
            }
            macro_rules! integers {
                ($left:expr, $right:expr) => {
                    match (&at!($left), &at!($right)) {
                        (Value::Integer(a), Value::Integer(b)) => Some((*a, *b)),
                        _ => None,
                    }
                };
            }
            // Whole numbers are read and written by their parts: a value that was just put together is slow to be read
            // as one. What the value is borrowed from has to go before a register can be written.
            macro_rules! put_copy {
                ($to:expr, $value:expr, $borrowed:expr) => {
                    match $value {
                        Some(Value::Integer(n)) => {
                            let n = *n;
                            drop($borrowed);
                            put(&mut at!($to), Value::Integer(n));
                        }
                        value => {
                            let value = value.cloned().unwrap_or_default();
                            drop($borrowed);
                            put(&mut at!($to), value);
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
                            put(&mut at!(to), Value::Integer(n));
                        } else {
                            let value = at!(from).clone();
                            put(&mut at!(to), value);
                        }
                        continue;
                    }
                    Instruction::Constant { to, index } => {
                        put(&mut at!(to), routine.constants[usize::from(index)].to_value());
                        continue;
                    }
                    Instruction::Integer { to, value } => {
                        put(&mut at!(to), Value::Integer(i64::from(value)));
                        continue;
                    }
                    Instruction::Boolean { to, value } => {
                        put(&mut at!(to), Value::Boolean(value));
                        continue;
                    }
                    Instruction::This { to } => {
                        if let Some(frame) = self.frames.last() {
                            put(&mut at!(to), frame.this.clone());
                            continue;
                        }
                    }
                    Instruction::Coerce { register, type_index }
                        if convert::is_of(&at!(register), &routine.types[usize::from(type_index)]) =>
                    {
                        continue;
                    }
                    Instruction::Add { fits, to, left, right } => {
                        if let Some((a, b)) = integers!(left, right)
                            && let Some(sum) = a.checked_add(b)
                        {
                            put(&mut at!(to), Value::Integer(sum));
                            position += usize::from(fits);
                            continue;
                        }
                    }
                    Instruction::Subtract { fits, to, left, right } => {
                        if let Some((a, b)) = integers!(left, right)
                            && let Some(difference) = a.checked_sub(b)
                        {
                            put(&mut at!(to), Value::Integer(difference));
                            position += usize::from(fits);
                            continue;
                        }
                    }
                    Instruction::AddInteger { fits, to, left, value } => {
                        if let Value::Integer(a) = at!(left)
                            && let Some(sum) = a.checked_add(i64::from(value))
                        {
                            put(&mut at!(to), Value::Integer(sum));
                            position += usize::from(fits);
                            continue;
                        }
                    }
                    Instruction::SubtractInteger { fits, to, left, value } => {
                        if let Value::Integer(a) = at!(left)
                            && let Some(difference) = a.checked_sub(i64::from(value))
                        {
                            put(&mut at!(to), Value::Integer(difference));
                            position += usize::from(fits);
                            continue;
                        }
                    }
                    Instruction::Binary { operator, to, left, right } => {
                        if let Some((a, b)) = integers!(left, right)
                            && let Some(result) = operators::of_integers(operator, a, b)
                        {
                            put(&mut at!(to), Value::Integer(result));
                            continue;
                        }
                    }
                    Instruction::Compare { comparison, to, left, right } => {
                        if let Some((a, b)) = integers!(left, right) {
                            put(&mut at!(to), Value::Boolean(comparison.holds(a.cmp(&b))));
                            continue;
                        }
                    }
                    Instruction::Test { comparison, left, right } => {
                        if let Some((a, b)) = integers!(left, right) {
                            if comparison.holds(a.cmp(&b)) {
                                position += 1;
                                continue;
                            }
                            position = after_jump(routine, position);
                            continue;
                        }
                    }
                    Instruction::TestInteger { comparison, left, value } => {
                        if let Value::Integer(a) = at!(left) {
                            if comparison.holds(a.cmp(&i64::from(value))) {
                                position += 1;
                                continue;
                            }
                            position = after_jump(routine, position);
                            continue;
                        }
                    }
                    Instruction::Jump { target } => {
                        let target = target as usize;
                        if target >= position {
                            position = target;
                            continue;
                        }
                        if self.fuel > 1 {
                            self.fuel -= 1;
                            position = target;
                            continue;
                        }
                    }
                    Instruction::JumpIfFalse { condition, target } => {
                        if let Value::Boolean(holds) = at!(condition) {
                            position = if holds { position } else { target as usize };
                            continue;
                        }
                    }
                    Instruction::ForNext { counter, limits } => {
                        if let (Value::Integer(n), Value::Integer(limit), Value::Integer(step)) =
                            (&at!(counter), &at!(limits), &at!(limits + 1))
                            && let Some(next) = n.checked_add(*step)
                        {
                            let goes_on = if *step >= 0 { next <= *limit } else { next >= *limit };
                            put(&mut at!(counter), Value::Integer(next));
                            if !goes_on {
                                position += 1;
                            } else if let Instruction::Jump { target } = routine.code[position]
                                && self.fuel > 1
                            {
                                self.fuel -= 1;
                                position = target as usize;
                            }
                            continue;
                        }
                    }
                    Instruction::GetMember { to, object, name } => {
                        if let Value::Object(ObjectRef::Local(local)) = &at!(object) {
                            let properties = local.properties.borrow();
                            if let Some(place) = code.names[usize::from(name)].place(&properties) {
                                put_copy!(to, properties.at(place), properties);
                                continue;
                            }
                        }
                    }
                    Instruction::SetMember { object, name, value } => {
                        if let Value::Object(ObjectRef::Local(local)) = &at!(object)
                            && code.names[usize::from(name)].replace(local, &at!(value))
                        {
                            continue;
                        }
                    }
                    Instruction::GetThis { to, name } => {
                        if let Some(frame) = self.frames.last()
                            && let Value::Object(ObjectRef::Local(local)) = &frame.this
                        {
                            let properties = local.properties.borrow();
                            if let Some(place) = code.names[usize::from(name)].place(&properties) {
                                put_copy!(to, properties.at(place), properties);
                                continue;
                            }
                        }
                    }
                    Instruction::SetThis { name, value } => {
                        if let Some(frame) = self.frames.last()
                            && let Value::Object(ObjectRef::Local(local)) = &frame.this
                            && code.names[usize::from(name)].replace(local, &at!(value))
                        {
                            continue;
                        }
                    }
                    Instruction::GetIndex { to, object, index } => {
                        if let (Value::Collection(CollectionRef::Local(elements)), Value::Integer(index)) =
                            (&at!(object), &at!(index))
                            && let Ok(index) = usize::try_from(*index)
                        {
                            let elements = elements.borrow();
                            put_copy!(to, elements.get(index), elements);
                            continue;
                        }
                    }
                    Instruction::CallMethod { count, method, first } => {
                        if let Some(callee) = self.codes.method(method) {
                            let callee = Rc::clone(callee);
                            let from = base + usize::from(first);
                            self.save_position(position);
                            self.push_call(callee, from, usize::from(count), Value::Undefined, from)?;
                            continue 'frames;
                        }
                    }
                    Instruction::CallMember { count, name, first } => {
                        if let Value::Object(ObjectRef::Local(local)) = &at!(first)
                            && let Some(number) = code.names[usize::from(name)].function(local)
                            && let Some(callee) = self.codes.get(number)
                        {
                            let callee = Rc::clone(callee);
                            let this = std::mem::take(&mut at!(first));
                            let to = base + usize::from(first);
                            self.save_position(position);
                            self.push_call(callee, to + 1, usize::from(count), this, to)?;
                            continue 'frames;
                        }
                    }
                    Instruction::Return { from } => {
                        let fits = match &routine.result_type {
                            Some(declared) => convert::is_of(&at!(from), declared),
                            None => !matches!(at!(from), Value::Array(_)),
                        };
                        if fits {
                            self.save_position(position);
                            self.finish_frame_with(base + usize::from(from))?;
                            continue 'frames;
                        }
                    }
                    Instruction::ReturnResult
                        if routine.result.is_none() && routine.result_type.is_none() =>
                    {
                        self.save_position(position);
                        self.finish_frame(Value::Undefined)?;
                        continue 'frames;
                    }
                    _ => {}
                }
                self.save_position(position);
                match self.step(&code, base, instruction)? {
                    Next::Instruction => {}
                    Next::Skip => position += 1,
                    Next::Jump(target) => position = target as usize,
                    Next::Frame => continue 'frames,
                }
                registers = &mut self.stack[base..end];
            }
        }
    }

    #[inline]
    fn save_position(&mut self, position: usize) {
        if let Some(frame) = self.frames.last_mut() {
            frame.position = position;
        }
    }
}

/// Where a jump forward leads to that comes next, so that it needs no turn of the loop of its own.
#[inline]
fn after_jump(routine: &Routine, position: usize) -> usize {
    match routine.code[position] {
        Instruction::Jump { target } if target as usize > position => target as usize,
        _ => position,
    }
}
