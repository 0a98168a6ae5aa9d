//! Places: what can be assigned and pointed at.

use tessera_syntax::ast::{AssignOperator, BinaryOperator, Expression, ExpressionKind};
use tessera_syntax::visit;

use super::routine::{Local, RoutineCompiler};
use crate::bytecode::{Instruction, Register, Type};

impl RoutineCompiler<'_> {
    pub(super) fn load_local(&mut self, local: &Local, to: Register) {
        if local.boxed {
            self.emit(Instruction::LoadBox { to, slot: local.slot });
        } else if local.slot != to {
            self.emit(Instruction::Move { to, from: local.slot });
        }
    }

    /// Stores a value that already is in a register into a variable of a declared type.
    fn store_local(&mut self, local: &Local, from: Register) {
        if local.boxed {
            let from = self.coerced(from, &local.declared);
            self.emit(Instruction::StoreBox { slot: local.slot, from });
            return;
        }
        if local.slot != from {
            self.emit(Instruction::Move { to: local.slot, from });
        }
        self.coerce(local.slot, &local.declared);
    }

    fn coerce(&mut self, register: Register, declared: &Type) {
        if *declared == Type::Variant {
            return;
        }
        if matches!(declared, Type::Integer | Type::Real) {
            self.skip_conversion(register);
        }
        let type_index = self.type_index(declared);
        self.emit(Instruction::Coerce { register, type_index });
    }

    /// The conversion that comes next is for a number variable: a whole sum has no need of it.
    fn skip_conversion(&mut self, register: Register) {
        match self.routine.code.last_mut() {
            Some(
                Instruction::Add { fits, to, .. }
                | Instruction::AddInteger { fits, to, .. }
                | Instruction::Subtract { fits, to, .. }
                | Instruction::SubtractInteger { fits, to, .. },
            ) if *to == register => *fits = true,
            _ => {}
        }
    }

    /// The value in a register of its own, converted. The register given may be somebody else's variable.
    fn coerced(&mut self, from: Register, declared: &Type) -> Register {
        if *declared == Type::Variant {
            return from;
        }
        let to = self.register();
        self.emit(Instruction::Move { to, from });
        self.coerce(to, declared);
        to
    }

    /// `target operator value`
    pub(super) fn assign(&mut self, target: &Expression, operator: AssignOperator, value: &Expression) {
        let mark = self.mark();
        let compound = binary(operator);
        match &target.kind {
            ExpressionKind::Parenthesis(inner) => self.assign(inner, operator, value),
            ExpressionKind::Local(name) => {
                let local = self.local(name);
                self.assign_local(&local, compound, value);
            }
            ExpressionKind::Positional(number) => {
                let local = self.local(&number.to_string());
                self.assign_local(&local, compound, value);
            }
            ExpressionKind::Name(name) if self.names.methods.contains_key(&crate::program::lower(name)) => {
                self.raise(format!("The method {name} can't be assigned."));
            }
            ExpressionKind::Name(name) => {
                let global = self.names.global(name);
                let from = self.register();
                self.combine(compound, value, from, |compiler, to| {
                    compiler.emit(Instruction::LoadGlobal { to, global });
                });
                let declared = self.names.global_type(global);
                self.coerce(from, &declared);
                self.emit(Instruction::StoreGlobal { global, from });
            }
            ExpressionKind::Interprocess(name) => {
                let name = self.name(name);
                let from = self.register();
                self.combine(compound, value, from, |compiler, to| {
                    compiler.emit(Instruction::LoadInterprocess { to, name });
                });
                self.emit(Instruction::StoreInterprocess { name, from });
            }
            ExpressionKind::Parameter(number) => {
                let number = self.expression(number);
                let from = self.register();
                self.combine(compound, value, from, |compiler, to| {
                    compiler.emit(Instruction::LoadParameter { to, number });
                });
                self.emit(Instruction::StoreParameter { number, from });
            }
            ExpressionKind::Member(object, name) if matches!(object.kind, ExpressionKind::This) => {
                let name = self.name(name);
                let from = self.register();
                self.combine(compound, value, from, |compiler, to| {
                    compiler.emit(Instruction::GetThis { to, name });
                });
                self.emit(Instruction::SetThis { name, value: from });
            }
            ExpressionKind::Member(object, name) => {
                let object = self.expression(object);
                let name = self.name(name);
                let from = self.register();
                self.combine(compound, value, from, |compiler, to| {
                    compiler.emit(Instruction::GetMember { to, object, name });
                });
                self.emit(Instruction::SetMember { object, name, value: from });
            }
            ExpressionKind::Index(object, index) => {
                let (object, index) = (self.expression(object), self.expression(index));
                let from = self.register();
                self.combine(compound, value, from, |compiler, to| {
                    compiler.emit(Instruction::GetIndex { to, object, index });
                });
                self.emit(Instruction::SetIndex { object, index, value: from });
            }
            ExpressionKind::Element(array, index) => {
                let element = self.element(array, index);
                let from = self.register();
                self.combine(compound, value, from, |compiler, to| compiler.load_element(element, to));
                self.store_element(element, from);
            }
            ExpressionKind::Character(text, position) => {
                let whole = self.register();
                self.expression_to(text, whole);
                let position = self.expression(position);
                let from = self.expression(value);
                self.emit(Instruction::SetCharacter { text: whole, position, value: from });
                self.store(text, whole);
            }
            ExpressionKind::Dereference(pointer) => {
                let pointer = self.expression(pointer);
                let from = self.register();
                self.combine(compound, value, from, |compiler, to| {
                    compiler.emit(Instruction::Dereference { to, pointer });
                });
                self.emit(Instruction::StoreDereference { pointer, value: from });
            }
            ExpressionKind::Field(table, field) => self.raise(format!(
                "[{}]{} can't be assigned: the record language is not supported; use ORDA.",
                table.name, field.name
            )),
            _ => self.raise("This expression can't be assigned."),
        }
        self.release(mark);
    }

    /// `$x:=$x+a+b` as `$x` with everything appended: a text that is built grows in its place. What is appended is
    /// computed first, and may not read the variable.
    fn append_to_local(&mut self, local: &Local, value: &Expression) -> bool {
        let mut appended = Vec::new();
        let mut first = value;
        while let ExpressionKind::Binary(BinaryOperator::Add, left, right) = &first.kind {
            appended.push(right.as_ref());
            first = left;
        }
        let is_itself = matches!(&first.kind, ExpressionKind::Local(name)
            if self.known_local(name).is_some_and(|known| known.slot == local.slot));
        let Ok(count) = u8::try_from(appended.len()) else { return false };
        let is_number = matches!(local.declared, Type::Integer | Type::Real);
        if !is_itself
            || count == 0
            || is_number
            || local.boxed
            || appended.iter().any(|value| self.may_be_array(value))
        {
            return false;
        }
        let mut reads_it = false;
        for value in &appended {
            visit::deep(value, &mut |inner| {
                reads_it |= match &inner.kind {
                    ExpressionKind::Local(name) => {
                        self.known_local(name).is_some_and(|known| known.slot == local.slot)
                    }
                    ExpressionKind::Positional(_) | ExpressionKind::Parameter(_) => true,
                    _ => false,
                };
            });
        }
        if reads_it {
            return false;
        }
        let mark = self.mark();
        for value in appended.iter().rev() {
            let register = self.register();
            self.expression_to(value, register);
        }
        self.emit(Instruction::Append { count, to: local.slot, first: mark });
        self.coerce(local.slot, &local.declared);
        self.release(mark);
        true
    }

    fn assign_local(&mut self, local: &Local, compound: Option<BinaryOperator>, value: &Expression) {
        match compound {
            None if self.append_to_local(local, value) => {}
            None if !local.boxed && !mentions_this_local(value) => {
                self.assigned_to(value, local.slot);
                if !is_of_type(value, &local.declared) {
                    self.coerce(local.slot, &local.declared);
                }
            }
            None => {
                let from = if self.may_be_array(value) {
                    let from = self.register();
                    self.assigned_to(value, from);
                    from
                } else {
                    self.expression(value)
                };
                self.store_local(local, from);
            }
            Some(operator) if !local.boxed => {
                self.operate(operator, local.slot, local.slot, value);
                self.coerce(local.slot, &local.declared);
            }
            Some(operator) => {
                let left = self.register();
                self.load_local(local, left);
                self.operate(operator, left, left, value);
                self.store_local(local, left);
            }
        }
    }

    /// Compiles a value that is to be assigned; no variable takes the array of another.
    fn assigned_to(&mut self, value: &Expression, to: Register) {
        self.expression_to(value, to);
        if self.may_be_array(value) {
            self.emit(Instruction::Selected { register: to });
        }
    }

    /// Can this be the bare name of an array? The locals that are arrays are boxed.
    fn may_be_array(&self, value: &Expression) -> bool {
        let is_boxed = |name: &str| self.known_local(name).is_some_and(|local| local.boxed);
        match &value.kind {
            ExpressionKind::Local(name) => is_boxed(name),
            ExpressionKind::Positional(number) => is_boxed(&number.to_string()),
            ExpressionKind::Name(name) => !self.names.methods.contains_key(&crate::program::lower(name)),
            ExpressionKind::Dereference(_) | ExpressionKind::Element(..) => true,
            ExpressionKind::Parenthesis(inner) => self.may_be_array(inner),
            ExpressionKind::Ternary(_, a, b)
            | ExpressionKind::Binary(BinaryOperator::AndThen | BinaryOperator::OrElse, a, b) => {
                self.may_be_array(a) || self.may_be_array(b)
            }
            _ => false,
        }
    }

    /// The value to store: `value` itself, or what is there combined with it.
    fn combine(
        &mut self,
        compound: Option<BinaryOperator>,
        value: &Expression,
        to: Register,
        load: impl FnOnce(&mut Self, Register),
    ) {
        match compound {
            None => self.assigned_to(value, to),
            Some(operator) => {
                load(self, to);
                self.operate(operator, to, to, value);
            }
        }
    }

    /// Stores a register into a place.
    pub(super) fn store(&mut self, target: &Expression, from: Register) {
        match &target.kind {
            ExpressionKind::Local(name) => {
                let local = self.local(name);
                self.store_local(&local, from);
            }
            ExpressionKind::Positional(number) => {
                let local = self.local(&number.to_string());
                self.store_local(&local, from);
            }
            ExpressionKind::Name(name) => {
                let global = self.names.global(name);
                let declared = self.names.global_type(global);
                let from = self.coerced(from, &declared);
                self.emit(Instruction::StoreGlobal { global, from });
            }
            ExpressionKind::Interprocess(name) => {
                let name = self.name(name);
                self.emit(Instruction::StoreInterprocess { name, from });
            }
            ExpressionKind::Member(object, name) => {
                let object = self.expression(object);
                let name = self.name(name);
                self.emit(Instruction::SetMember { object, name, value: from });
            }
            ExpressionKind::Index(object, index) => {
                let (object, index) = (self.expression(object), self.expression(index));
                self.emit(Instruction::SetIndex { object, index, value: from });
            }
            ExpressionKind::Element(array, index) => {
                let element = self.element(array, index);
                self.store_element(element, from);
            }
            ExpressionKind::Dereference(pointer) => {
                let pointer = self.expression(pointer);
                self.emit(Instruction::StoreDereference { pointer, value: from });
            }
            ExpressionKind::Parenthesis(inner) => self.store(inner, from),
            _ => self.raise("This expression can't be assigned."),
        }
    }

    /// Where an element that is written to is.
    fn element(&mut self, array: &Expression, index: &Expression) -> Element {
        match &array.kind {
            ExpressionKind::Parenthesis(inner) => self.element(inner, index),
            ExpressionKind::Element(array, row) => {
                let array = self.element_holder(array);
                let indexes = self.register();
                self.expression_to(row, indexes);
                let inner = self.register();
                self.expression_to(index, inner);
                Element::Inner { array, indexes }
            }
            _ => {
                let array = self.element_holder(array);
                Element::Outer { array, index: self.expression(index) }
            }
        }
    }

    /// What has the elements. A variable that may hold a Blob is pointed at, so that its bytes change in their place;
    /// of anything else the value is enough.
    fn element_holder(&mut self, array: &Expression) -> Register {
        let local = match &array.kind {
            ExpressionKind::Parenthesis(inner) => return self.element_holder(inner),
            ExpressionKind::Local(name) => self.local(name),
            ExpressionKind::Positional(number) => self.local(&number.to_string()),
            ExpressionKind::Name(name) if !self.names.methods.contains_key(&crate::program::lower(name)) => {
                let global = self.names.global(name);
                if !may_hold_blob(&self.names.global_type(global)) {
                    return self.expression(array);
                }
                let to = self.register();
                self.emit(Instruction::PointerToGlobal { to, global });
                return to;
            }
            ExpressionKind::Dereference(pointer) => return self.expression(pointer),
            _ => return self.expression(array),
        };
        if local.boxed && may_hold_blob(&local.declared) { local.slot } else { self.expression(array) }
    }

    fn load_element(&mut self, element: Element, to: Register) {
        match element {
            Element::Outer { array, index } => {
                self.emit(Instruction::GetElement { to, array, index });
            }
            Element::Inner { array, indexes } => {
                self.emit(Instruction::GetElement { to, array, index: indexes });
                self.emit(Instruction::GetElement { to, array: to, index: indexes + 1 });
            }
        }
    }

    fn store_element(&mut self, element: Element, value: Register) {
        self.emit(match element {
            Element::Outer { array, index } => Instruction::SetElement { array, index, value },
            Element::Inner { array, indexes } => Instruction::SetInnerElement { array, indexes, value },
        });
    }

    /// `->target`
    pub(super) fn pointer_to(&mut self, target: &Expression, to: Register) {
        match &target.kind {
            ExpressionKind::Local(name) => {
                let local = self.local(name);
                self.pointer_to_local(&local, to);
            }
            ExpressionKind::Positional(number) => {
                let local = self.local(&number.to_string());
                self.pointer_to_local(&local, to);
            }
            ExpressionKind::Name(name) => {
                let global = self.names.global(name);
                self.emit(Instruction::PointerToGlobal { to, global });
            }
            ExpressionKind::Element(array, index) => {
                let mark = self.mark();
                self.pointer_to(array, to);
                let index = self.expression(index);
                self.emit(Instruction::PointerToElement { to, pointer: to, index });
                self.release(mark);
            }
            ExpressionKind::Dereference(pointer) => self.expression_to(pointer, to),
            ExpressionKind::Parenthesis(inner) => self.pointer_to(inner, to),
            ExpressionKind::Field(table, field) => self.raise(format!(
                "The field [{}]{} can't be written: the record language is not supported; use ORDA.",
                table.name, field.name
            )),
            ExpressionKind::Table(table) => self.table_to(table, to),
            // A command that writes its argument also accepts an expression, for instance a property of an
            // object; it then gets the value and nothing comes back.
            _ => self.expression_to(target, to),
        }
    }

    fn pointer_to_local(&mut self, local: &Local, to: Register) {
        if local.boxed {
            self.emit(Instruction::PointerToBox { to, slot: local.slot });
        } else {
            self.raise("A captured variable of a formula can't be pointed at.");
        }
    }
}

/// An element that is written to, in registers.
#[derive(Clone, Copy)]
enum Element {
    /// `array{index}`
    Outer { array: Register, index: Register },
    /// `array{row}{index}`: the index is in the register after the row.
    Inner { array: Register, indexes: Register },
}

/// May a variable of this type hold a Blob that can be changed?
fn may_hold_blob(declared: &Type) -> bool {
    matches!(declared, Type::Blob | Type::Variant)
}

fn binary(operator: AssignOperator) -> Option<BinaryOperator> {
    Some(match operator {
        AssignOperator::Set => return None,
        AssignOperator::Add => BinaryOperator::Add,
        AssignOperator::Subtract => BinaryOperator::Subtract,
        AssignOperator::Multiply => BinaryOperator::Multiply,
        AssignOperator::Divide => BinaryOperator::Divide,
    })
}

/// May the value be computed straight into the variable? Not when a part of the value is written before another
/// part reads the variable, which only literals and branches do.
fn mentions_this_local(value: &Expression) -> bool {
    matches!(
        value.kind,
        ExpressionKind::Object(_)
            | ExpressionKind::Collection(_)
            | ExpressionKind::Ternary(..)
            | ExpressionKind::Binary(BinaryOperator::AndThen | BinaryOperator::OrElse, ..)
            | ExpressionKind::Try(_)
            | ExpressionKind::Parenthesis(_)
    )
}

/// Is the value of the declared type as it is written?
fn is_of_type(value: &Expression, declared: &Type) -> bool {
    match (&value.kind, declared) {
        (_, Type::Variant) => true,
        (ExpressionKind::Integer(_), Type::Integer | Type::Real)
        | (ExpressionKind::Real(_), Type::Real)
        | (ExpressionKind::Text(_), Type::Text) => true,
        (ExpressionKind::Parenthesis(inner), declared) => is_of_type(inner, declared),
        _ => false,
    }
}
