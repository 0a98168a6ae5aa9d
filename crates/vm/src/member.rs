//! `object.name`, `object[index]` and `object.name(…)` for every kind of value.

use std::rc::Rc;
use std::sync::Arc;

use tessera_values::{COLLECTION_LENGTH_MAX, CollectionRef, ErrorStack, ObjectRef, Value};

use crate::bytecode::Routine;
use crate::commands;
use crate::function::FunctionValue;
use crate::process::Process;

/// What a call turned out to be.
pub(crate) enum Callee {
    /// Compiled code, with a `This` of its own or the receiver.
    Routine(Arc<Routine>, Option<Value>),
    /// A formula or function value.
    Function(Rc<FunctionValue>, Option<Value>),
    /// A function that Rust code implements.
    Native,
}

/// Reads a property. Undefined and Null have none, and that is no error (`docs/Concepts/dt_null_undefined.md`).
pub fn get(process: &mut Process, object: &Value, name: &str) -> Result<Value, ErrorStack> {
    match object {
        Value::Object(reference) => {
            if let Some(value) = reference.get(name) {
                return Ok(value);
            }
            let Some(class) = reference.class() else { return Ok(Value::Undefined) };
            let program = Arc::clone(process.program());
            if let Some(computed) = program.computed(class, name) {
                return match &computed.get {
                    Some(function) => process.call(&function.routine, object.clone(), &[]),
                    None => Ok(Value::Undefined),
                };
            }
            Ok(program.function(class, name).map_or(Value::Undefined, |function| {
                Value::Native(Rc::new(FunctionValue::routine(Arc::clone(&function.routine))))
            }))
        }
        Value::Collection(collection) if name == "length" => Ok(Value::Integer(collection.len() as i64)),
        Value::Native(native) => Rc::clone(native).get(process, name),
        Value::Blob(blob) if name == "size" => Ok(Value::Integer(blob.0.len() as i64)),
        Value::Pointer(pointer) => {
            let target = crate::place::target(pointer)?;
            get(process, &target, name)
        }
        _ => Ok(Value::Undefined),
    }
}

/// Writes a property.
pub fn set(process: &mut Process, object: &Value, name: &str, value: Value) -> Result<(), ErrorStack> {
    match object {
        Value::Object(reference) => {
            if let Some(class) = reference.class()
                && reference.get(name).is_none()
            {
                let program = Arc::clone(process.program());
                if let Some(computed) = program.computed(class, name) {
                    let Some(function) = &computed.set else {
                        return Err(ErrorStack::runtime(format!(
                            "The computed property \"{name}\" is read-only."
                        )));
                    };
                    return process.call(&function.routine, object.clone(), &[value]).map(|_| ());
                }
            }
            Ok(reference.set(process.id(), name, crate::convert::to_property(value))?)
        }
        Value::Native(native) => Rc::clone(native).set(process, name, value),
        Value::Pointer(pointer) => {
            let target = crate::place::target(pointer)?;
            set(process, &target, name, value)
        }
        other => {
            Err(ErrorStack::runtime(format!("The property \"{name}\" can't be set on {}.", other.kind())))
        }
    }
}

/// Reads `object[index]`.
pub(crate) fn index(process: &mut Process, object: &Value, index: &Value) -> Result<Value, ErrorStack> {
    match (object, index) {
        (Value::Collection(collection), index) => match index.as_integer() {
            Some(at) if at < 0 => Err(ErrorStack::runtime("A collection has no negative index.")),
            Some(at) => Ok(collection.get(at as usize).unwrap_or_default()),
            None => match index {
                Value::Text(name) => get(process, object, name),
                _ => Err(ErrorStack::runtime("The index of a collection must be a number.")),
            },
        },
        (Value::Native(native), index) => Rc::clone(native).index(process, index),
        (Value::Blob(_), index) => crate::place::element(object, index),
        (Value::Object(_), Value::Text(name)) => get(process, object, name),
        (Value::Object(_), index) => {
            Err(ErrorStack::runtime(format!("The name of a property must be a text, not {}.", index.kind())))
        }
        (Value::Undefined | Value::Null, _) => Ok(Value::Undefined),
        (other, _) => Err(ErrorStack::runtime(format!("{} has no elements.", other.kind()))),
    }
}

/// Writes `object[index]`.
pub(crate) fn set_index(
    process: &mut Process,
    object: &Value,
    index: &Value,
    value: Value,
) -> Result<(), ErrorStack> {
    match (object, index) {
        (Value::Collection(collection), index) => {
            let at = index.as_integer().and_then(|at| usize::try_from(at).ok());
            match at {
                Some(at) if at < COLLECTION_LENGTH_MAX => {
                    Ok(collection.set(process.id(), at, crate::convert::to_element(value))?)
                }
                _ => Err(ErrorStack::runtime("The index of a collection must be a number from 0.")),
            }
        }
        (Value::Native(native), index) => Rc::clone(native).set_index(process, index, value),
        (Value::Object(_), Value::Text(name)) => set(process, object, name, value),
        (other, _) => Err(ErrorStack::runtime(format!("An element of {} can't be set.", other.kind()))),
    }
}

/// Finds what `receiver.name(…)` calls.
pub(crate) fn callee(process: &mut Process, receiver: &Value, name: &str) -> Result<Callee, ErrorStack> {
    match receiver {
        Value::Object(object) => {
            if let Some(value) = object.get(name) {
                return callee_of_value(&value);
            }
            if let Some(class) = object.class() {
                let program = Arc::clone(process.program());
                if let Some(function) = program.function(class, name) {
                    return Ok(Callee::Routine(Arc::clone(&function.routine), None));
                }
                if program.computed(class, name).is_some() {
                    return callee_of_value(&get(process, receiver, name)?);
                }
            }
            Err(unknown_function(name, "this object"))
        }
        Value::Collection(_) | Value::Native(_) | Value::Blob(_) => Ok(Callee::Native),
        Value::Undefined | Value::Null => Err(ErrorStack::runtime(format!(
            "The function \"{name}\" can't be called on {}.",
            receiver.kind()
        ))),
        other => Err(unknown_function(name, other.kind())),
    }
}

/// Finds what calling a value calls.
pub(crate) fn callee_of_value(value: &Value) -> Result<Callee, ErrorStack> {
    match value {
        Value::Native(native) => match native.as_any().downcast_ref::<FunctionValue>() {
            Some(function) => Ok(Callee::Function(Rc::new(function.clone()), None)),
            None => Err(ErrorStack::runtime(format!("{} is no function.", native.class_name()))),
        },
        other => Err(ErrorStack::runtime(format!("{} is no function.", other.kind()))),
    }
}

/// Calls a function that Rust code implements.
pub(crate) fn call_native(
    process: &mut Process,
    receiver: &Value,
    name: &str,
    arguments: &[Value],
) -> Result<Value, ErrorStack> {
    match receiver {
        Value::Collection(collection) => commands::collection_function(process, collection, name, arguments),
        Value::Blob(blob) => commands::blob_function(blob, name, arguments),
        Value::Native(native) => {
            process.burn_for_command()?;
            if let Some(result) = Rc::clone(native).call(process, name, arguments) {
                return result;
            }
            let property = Rc::clone(native).get(process, name)?;
            match property.as_native::<FunctionValue>() {
                Some(function) => function.call(process, receiver.clone(), arguments),
                None => Err(unknown_function(name, native.class_name())),
            }
        }
        other => Err(unknown_function(name, other.kind())),
    }
}

/// Calls `receiver.name(arguments)` from Rust code.
pub fn call(
    process: &mut Process,
    receiver: &Value,
    name: &str,
    arguments: &[Value],
) -> Result<Value, ErrorStack> {
    match callee(process, receiver, name)? {
        Callee::Routine(routine, this) => {
            process.call(&routine, this.unwrap_or_else(|| receiver.clone()), arguments)
        }
        Callee::Function(function, this) => {
            function.call(process, this.unwrap_or_else(|| receiver.clone()), arguments)
        }
        Callee::Native => call_native(process, receiver, name, arguments),
    }
}

/// 4D's number for a function that does not exist (`docs/ORDA/ordaClasses.md`).
const UNKNOWN_FUNCTION: i64 = -10729;

pub(crate) fn unknown_function(name: &str, owner: &str) -> ErrorStack {
    ErrorStack::single(tessera_values::FourDError::new(
        "4DRT",
        UNKNOWN_FUNCTION,
        format!("The function \"{name}\" does not exist in {owner}."),
    ))
}

/// Does this value live in a lock group?
pub(crate) fn is_shared(value: &Value) -> bool {
    matches!(value, Value::Object(ObjectRef::Shared(_)) | Value::Collection(CollectionRef::Shared(_)))
}
