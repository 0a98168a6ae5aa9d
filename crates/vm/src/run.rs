//! The interpreter: the loop over instructions, with the quick way of those that loops and calls are full of.
//!
//! Every instruction is written out whole in [`step`]. What is here is only a shortcut to the same result for the
//! values that occur most: whole numbers, properties of objects of this process, project methods that were called before.

use std::rc::Rc;

use tessera_values::{CollectionRef, ErrorStack, ObjectRef, Value};

use crate::bytecode::Instruction;
use crate::code::Code;
use crate::frame::Beginning;
use crate::operators;
use crate::process::Process;

use step::Next;

mod arguments;
mod calls;
mod errors;
mod frames;
mod loops;
mod quick;
mod step;

/// How many registers the loop sees of a call. Routines that have more run without shortcuts.
pub(crate) const WINDOW: usize = 256;

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
        let Some(frame) = self.frames.last() else { return Ok(()) };
        let mut code = Rc::clone(&frame.code);
        'frames: loop {
            let Some(frame) = self.frames.last() else { return Ok(()) };
            if self.frames.len() <= floor {
                return Ok(());
            }
            if !Rc::ptr_eq(&code, &frame.code) {
                code = Rc::clone(&frame.code);
            }
            let (mut base, mut end, mut position) = (frame.base, frame.end, frame.position);
            if code.is_wide {
                self.step_once(&code, base, position)?;
                continue 'frames;
            }
            let Some(mut registers) = window(&mut self.stack, base) else {
                self.make_room(base, WINDOW);
                continue 'frames;
            };
            macro_rules! at {
                ($register:expr) => {
                    registers[usize::from($register as u8)]
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
            macro_rules! call {
                ($count:expr, $to:expr) => {
                    Beginning {
                        base: end,
                        to: $to,
                        count: usize::from($count),
                        handlers: self.handlers.len(),
                        uses: self.uses.len(),
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
                            at!($to).put(Value::Integer(n));
                        }
                        value => {
                            let value = value.cloned().unwrap_or_default();
                            drop($borrowed);
                            at!($to).put(value);
                        }
                    }
                };
            }
            // What was called quickly runs on in this loop.
            macro_rules! enter {
                ($callee:expr) => {
                    self.fuel -= 1;
                    base = end;
                    end = base + $callee.registers;
                    position = 0;
                    if !Rc::ptr_eq(&code, $callee) {
                        code = Rc::clone($callee);
                    }
                    let Some(view) = window(&mut self.stack, base) else { continue 'frames };
                    registers = view;
                    continue;
                };
            }
            loop {
                let instruction = code.instructions[position];
                position += 1;
                match instruction {
                    Instruction::Move { to, from } => {
                        if let Value::Integer(n) = at!(from) {
                            at!(to).put(Value::Integer(n));
                        } else {
                            let value = at!(from).clone();
                            at!(to).put(value);
                        }
                        continue;
                    }
                    Instruction::Constant { to, index } => {
                        at!(to).put(code.routine.constants[usize::from(index)].to_value());
                        continue;
                    }
                    Instruction::Integer { to, value } => {
                        at!(to).put(Value::Integer(i64::from(value)));
                        continue;
                    }
                    Instruction::Boolean { to, value } => {
                        at!(to).put(Value::Boolean(value));
                        continue;
                    }
                    Instruction::This { to } => {
                        if let Some(frame) = self.frames.last() {
                            at!(to).put(frame.this.clone());
                            continue;
                        }
                    }
                    Instruction::Coerce { register, type_index }
                        if code.types[usize::from(type_index)].has(&at!(register)) =>
                    {
                        continue;
                    }
                    Instruction::Add { fits, to, left, right } => {
                        if let Some((a, b)) = integers!(left, right)
                            && let Some(sum) = a.checked_add(b)
                        {
                            at!(to).put(Value::Integer(sum));
                            position += usize::from(fits);
                            continue;
                        }
                    }
                    Instruction::Subtract { fits, to, left, right } => {
                        if let Some((a, b)) = integers!(left, right)
                            && let Some(difference) = a.checked_sub(b)
                        {
                            at!(to).put(Value::Integer(difference));
                            position += usize::from(fits);
                            continue;
                        }
                    }
                    Instruction::AddInteger { fits, to, left, value } => {
                        if let Value::Integer(a) = at!(left)
                            && let Some(sum) = a.checked_add(i64::from(value))
                        {
                            at!(to).put(Value::Integer(sum));
                            position += usize::from(fits);
                            continue;
                        }
                    }
                    Instruction::SubtractInteger { fits, to, left, value } => {
                        if let Value::Integer(a) = at!(left)
                            && let Some(difference) = a.checked_sub(i64::from(value))
                        {
                            at!(to).put(Value::Integer(difference));
                            position += usize::from(fits);
                            continue;
                        }
                    }
                    Instruction::Binary { operator, to, left, right } => {
                        if let Some((a, b)) = integers!(left, right)
                            && let Some(result) = operators::of_integers(operator, a, b)
                        {
                            at!(to).put(Value::Integer(result));
                            continue;
                        }
                    }
                    Instruction::Compare { comparison, to, left, right } => {
                        if let Some((a, b)) = integers!(left, right) {
                            at!(to).put(Value::Boolean(comparison.holds(a.cmp(&b))));
                            continue;
                        }
                    }
                    Instruction::Test { comparison, left, right } => {
                        if let Some((a, b)) = integers!(left, right) {
                            if comparison.holds(a.cmp(&b)) {
                                position += 1;
                                continue;
                            }
                            position = after_jump(&code.instructions, position);
                            continue;
                        }
                    }
                    Instruction::TestInteger { comparison, left, value } => {
                        if let Value::Integer(a) = at!(left) {
                            if comparison.holds(a.cmp(&i64::from(value))) {
                                position += 1;
                                continue;
                            }
                            position = after_jump(&code.instructions, position);
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
                            at!(counter).put(Value::Integer(next));
                            if !goes_on {
                                position += 1;
                            } else if let Instruction::Jump { target } = code.instructions[position]
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
                        let from = base + usize::from(first);
                        if let Some(callee) = self.codes.method(method)
                            && self.fuel > 1
                            && self.frames.call_quickly(
                                &mut self.stack,
                                callee,
                                position,
                                from,
                                call!(count, from),
                            )
                        {
                            enter!(callee);
                        }
                    }
                    Instruction::CallMember { count, name, first } => {
                        let to = base + usize::from(first);
                        if let Value::Object(ObjectRef::Local(local)) = &at!(first)
                            && let Some(number) = code.names[usize::from(name)].function(local)
                            && let Some(callee) = self.codes.get(number)
                            && self.fuel > 1
                        {
                            let this = Rc::clone(local);
                            if self.frames.call_quickly(
                                &mut self.stack,
                                callee,
                                position,
                                to + 1,
                                call!(count, to),
                            ) {
                                self.frames.set_this(this);
                                enter!(callee);
                            }
                        }
                    }
                    Instruction::Return { from }
                        if code.returned.has(&at!(from)) && self.return_quickly(&code, from) =>
                    {
                        continue 'frames;
                    }
                    Instruction::ReturnResult
                        if code.routine.result.is_none() && code.routine.result_type.is_none() =>
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
                let Some(view) = window(&mut self.stack, base) else {
                    self.save_position(position);
                    continue 'frames;
                };
                registers = view;
            }
        }
    }

    /// Carries out one instruction of a routine that has more registers than the quick view of them shows.
    #[cold]
    fn step_once(&mut self, code: &Code, base: usize, position: usize) -> Result<(), ErrorStack> {
        self.save_position(position + 1);
        match self.step(code, base, code.instructions[position])? {
            Next::Instruction | Next::Frame => {}
            Next::Skip => self.save_position(position + 2),
            Next::Jump(target) => self.save_position(target as usize),
        }
        Ok(())
    }

    #[inline]
    fn save_position(&mut self, position: usize) {
        if let Some(frame) = self.frames.last_mut() {
            frame.position = position;
        }
    }
}

/// The registers of a call as the loop sees them: so many that a number of eight bits is always among them.
#[inline]
fn window(stack: &mut [Value], base: usize) -> Option<&mut [Value; WINDOW]> {
    stack.get_mut(base..)?.first_chunk_mut()
}

/// Where a jump forward leads to that comes next, so that it needs no turn of the loop of its own.
#[inline]
fn after_jump(instructions: &[Instruction], position: usize) -> usize {
    match instructions[position] {
        Instruction::Jump { target } if target as usize > position => target as usize,
        _ => position,
    }
}
