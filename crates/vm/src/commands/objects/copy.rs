//! `OB Copy` and `collection.copy`: deep copies, shared or not (`docs/commands/ob-copy.md`).

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use tessera_values::{
    CollectionRef, ErrorStack, Local, Native, ObjectRef, Pointer, ShareError, SharedCollection, SharedObject,
    SharedValue, Value,
};

use crate::arguments::Arguments;
use crate::process::Process;

/// `ck` options that may be added up.
const RESOLVE_POINTERS: i64 = 1;
const SHARED: i64 = 32;

/// The deepest nesting that is copied.
const DEPTH_MAX: usize = 256;

/// What a copy is to be like.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::commands) struct CopyOptions {
    shared: bool,
    resolve_pointers: bool,
}

impl CopyOptions {
    /// From `True`, or from a sum of `ck` constants.
    pub(in crate::commands) fn of(option: &Value) -> Self {
        match option {
            Value::Boolean(resolve_pointers) => Self { shared: false, resolve_pointers: *resolve_pointers },
            option => {
                let bits = option.as_integer().unwrap_or(0);
                Self { shared: bits & SHARED != 0, resolve_pointers: bits & RESOLVE_POINTERS != 0 }
            }
        }
    }
}

// UNSPECIFIED: the third argument, a shared value whose lock group the copy joins. Taken: the copy has a group of its
// own.
pub(super) fn ob_copy(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    copy(process, &arguments.value(0), CopyOptions::of(&arguments.value(1)))
}

/// A deep copy. Datastores, dataclasses and entities give Null.
pub(in crate::commands) fn copy(
    process: &mut Process,
    value: &Value,
    options: CopyOptions,
) -> Result<Value, ErrorStack> {
    let mut copier = Copier { process, options, done: HashMap::new() };
    if !options.shared {
        return copier.local(value, 0);
    }
    let copied = RefCell::new(Value::Null);
    copier.shared(value, 0, &|value| {
        *copied.borrow_mut() = value.into_value();
        Ok(())
    })?;
    Ok(copied.into_inner())
}

struct Copier<'p> {
    process: &'p mut Process,
    options: CopyOptions,
    /// Objects and collections already copied, so that what is one stays one. The originals are kept alive by whoever
    /// asked for the copy.
    done: HashMap<usize, Value>,
}

impl Copier<'_> {
    fn too_deep() -> ErrorStack {
        ErrorStack::runtime("The value is nested too deeply to be copied.")
    }

    fn local(&mut self, value: &Value, depth: usize) -> Result<Value, ErrorStack> {
        if depth > DEPTH_MAX {
            return Err(Self::too_deep());
        }
        let address = address(value);
        if let Some(copied) = address.and_then(|address| self.done.get(&address)) {
            return Ok(copied.clone());
        }
        match value {
            Value::Object(object) => {
                let copied = Local::new(object.class());
                let reference = Value::Object(ObjectRef::Local(Rc::clone(&copied)));
                self.remember(address, &reference);
                for name in object.keys() {
                    let property = self.local(&object.get(&name).unwrap_or_default(), depth + 1)?;
                    copied.properties.borrow_mut().insert(name, property);
                }
                Ok(reference)
            }
            Value::Collection(collection) => {
                let copied = CollectionRef::new();
                let reference = Value::Collection(copied.clone());
                self.remember(address, &reference);
                for element in collection.to_vec() {
                    let element = self.local(&element, depth + 1)?;
                    if let CollectionRef::Local(elements) = &copied {
                        elements.borrow_mut().push(element);
                    }
                }
                Ok(reference)
            }
            Value::Native(native) => self.native(native),
            Value::Pointer(pointer) if self.options.resolve_pointers => {
                self.local(&target(pointer)?, depth + 1)
            }
            other => Ok(other.clone()),
        }
    }

    /// Copies a value and hands the copy to `put` before anything is inside.
    fn shared(
        &mut self,
        value: &Value,
        depth: usize,
        put: &dyn Fn(SharedValue) -> Result<(), ShareError>,
    ) -> Result<(), ErrorStack> {
        if depth > DEPTH_MAX {
            return Err(Self::too_deep());
        }
        let address = address(value);
        if let Some(copied) = address.and_then(|address| self.done.get(&address)) {
            return Ok(put(SharedValue::from_value(copied)?)?);
        }
        // An empty copy joins its owner's lock group first and is filled then: a filled one could not join any more.
        match value {
            Value::Object(object) => {
                let copied = SharedObject::new(object.class());
                self.remember(address, &Value::Object(ObjectRef::Shared(Arc::clone(&copied))));
                put(SharedValue::Object(Arc::clone(&copied)))?;
                for name in object.keys() {
                    let property = object.get(&name).unwrap_or_default();
                    self.shared(&property, depth + 1, &|value| copied.put(name.clone(), value))?;
                }
                Ok(())
            }
            Value::Collection(collection) => {
                let copied = SharedCollection::new();
                self.remember(address, &Value::Collection(CollectionRef::Shared(Arc::clone(&copied))));
                put(SharedValue::Collection(Arc::clone(&copied)))?;
                for element in collection.to_vec() {
                    self.shared(&element, depth + 1, &|value| copied.put(value))?;
                }
                Ok(())
            }
            Value::Native(native) => {
                let copied = SharedValue::from_value(&self.native(native)?).unwrap_or(SharedValue::Null);
                Ok(put(copied)?)
            }
            Value::Pointer(pointer) if self.options.resolve_pointers => {
                self.shared(&target(pointer)?, depth + 1, put)
            }
            other => Ok(put(SharedValue::from_value(other)?)?),
        }
    }

    fn native(&mut self, native: &Rc<dyn Native>) -> Result<Value, ErrorStack> {
        let shared = self.options.shared;
        Rc::clone(native).copied(self.process, shared).unwrap_or_else(|| Ok(copy_native(native)))
    }

    fn remember(&mut self, address: Option<usize>, copied: &Value) {
        if let Some(address) = address {
            self.done.insert(address, copied.clone());
        }
    }
}

/// Functions and shareable natives are kept; anything else, entities for one, is not copied.
fn copy_native(native: &Rc<dyn Native>) -> Value {
    let keeps = native.as_any().is::<crate::function::FunctionValue>()
        || native.to_shared().is_some()
        || native.class_name().starts_with("4D.");
    let holds_data = matches!(native.class_name(), "4D.DataStore" | "4D.DataClass" | "4D.Entity")
        || native.class_name() == "ds";
    if keeps && !holds_data { Value::Native(Rc::clone(native)) } else { Value::Null }
}

fn target(pointer: &Pointer) -> Result<Value, ErrorStack> {
    if pointer.is_nil() { Ok(Value::Null) } else { crate::place::dereference(pointer) }
}

/// Tells two references apart.
fn address(value: &Value) -> Option<usize> {
    Some(match value {
        Value::Object(ObjectRef::Local(object)) => Rc::as_ptr(object).addr(),
        Value::Object(ObjectRef::Shared(object)) => Arc::as_ptr(object).addr(),
        Value::Collection(CollectionRef::Local(collection)) => Rc::as_ptr(collection).addr(),
        Value::Collection(CollectionRef::Shared(collection)) => Arc::as_ptr(collection).addr(),
        _ => return None,
    })
}
