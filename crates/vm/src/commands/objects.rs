//! Objects: `New object` and the `OB` commands (`docs/commands/theme/Objects_Language.md`).

use std::sync::Arc;

use tessera_values::{
    CollectionRef, ErrorStack, Native, ObjectRef, Properties, SharedCollection, SharedObject, SharedValue,
    Text, Value,
};

use super::Command;
use crate::arguments::Arguments;
use crate::built_in_class::any_built_in_class;
use crate::class::ClassObject;
use crate::convert;
use crate::process::Process;

mod arrays;
pub(super) mod copy;

pub(super) const COMMANDS: &[(u16, Command)] = &[
    (1220, set),
    (1224, get),
    (1225, copy::ob_copy),
    (1226, remove),
    (1227, arrays::set_array),
    (1229, arrays::get_array),
    (1230, get_type),
    (1231, is_defined),
    (1232, arrays::get_property_names),
    (1297, is_empty),
    (1471, new_object),
    (1472, new_collection),
    (1526, new_shared_object),
    (1527, new_shared_collection),
    (1718, values),
    (1719, keys),
    (1720, entries),
    (1730, class),
    (1731, instance_of),
    (1759, is_shared),
];

pub(super) const NAMED: &[(&str, Command)] = &[("OB SET NULL", set_null)];

/// Names and values that alternate from a position on. A name without a value gets none.
fn pairs(arguments: &Arguments, from: usize) -> Result<Vec<(Text, Value)>, ErrorStack> {
    let mut pairs = Vec::new();
    let mut position = from;
    while position < arguments.len() {
        let value = convert::to_property(arguments.value(position + 1));
        if !matches!(value, Value::Undefined) {
            pairs.push((arguments.text(position)?, value));
        }
        position += 2;
    }
    Ok(pairs)
}

fn new_object(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(Value::Object(ObjectRef::from_properties(Properties::from_iter(pairs(arguments, 0)?))))
}

/// Only scalars and shared values go in (`docs/Concepts/shared.md`).
fn new_shared_object(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let object = SharedObject::new(None);
    for (name, value) in pairs(arguments, 0)? {
        object.put(name, SharedValue::from_value(&value)?)?;
    }
    Ok(Value::Object(ObjectRef::Shared(object)))
}

fn new_collection(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let elements = (0..arguments.len()).map(|position| convert::to_element(arguments.value(position)));
    Ok(Value::Collection(elements.collect::<CollectionRef>()))
}

fn new_shared_collection(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let collection = SharedCollection::new();
    for position in 0..arguments.len() {
        collection.put(SharedValue::from_value(&convert::to_element(arguments.value(position)))?)?;
    }
    Ok(Value::Collection(CollectionRef::Shared(collection)))
}

/// `OB SET(object; name; value …)` makes the object when the variable holds none (`docs/commands/ob-set.md`).
fn set(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let object = target(arguments, 0);
    for (name, value) in pairs(arguments, 1)? {
        crate::member::set(process, &object, &name, value)?;
    }
    Ok(Value::Undefined)
}

fn set_null(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let object = target(arguments, 0);
    crate::member::set(process, &object, &arguments.text(1)?, Value::Null)?;
    Ok(Value::Undefined)
}

/// The object in a variable, made when there is none.
fn target(arguments: &Arguments, position: usize) -> Value {
    match arguments.read(position) {
        Value::Undefined | Value::Null => {
            let object = Value::Object(ObjectRef::new());
            arguments.write(position, object.clone());
            object
        }
        object => object,
    }
}

/// `OB Get(object; name {; type})`: one name, dots belong to it (`docs/commands/ob-get.md`).
fn get(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let value = crate::member::get(process, &arguments.value(0), &arguments.text(1)?)?;
    match arguments.optional_integer(2)? {
        Some(kind) if !value.is_nothing() => super::json::to_kind(process, value, kind),
        _ => Ok(value),
    }
}

fn get_type(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let value = crate::member::get(process, &arguments.value(0), &arguments.text(1)?)?;
    Ok(Value::Integer(value.value_type() as i64))
}

/// `OB Is defined(object {; name})`: class functions and computed properties count as well.
fn is_defined(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let object = arguments.value(0);
    if !arguments.is_given(1) {
        return Ok(Value::Boolean(!object.is_nothing()));
    }
    let value = crate::member::get(process, &object, &arguments.text(1)?)?;
    Ok(Value::Boolean(!matches!(value, Value::Undefined)))
}

fn is_empty(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(Value::Boolean(match arguments.value(0) {
        Value::Object(object) => object.is_empty(),
        Value::Native(native) => native.keys(process).is_empty(),
        value => value.is_nothing(),
    }))
}

/// The names of the properties of any object.
pub(super) fn names_of(process: &mut Process, object: &Value) -> Result<Vec<Text>, ErrorStack> {
    match object {
        Value::Object(object) => Ok(object.keys()),
        Value::Native(native) => Ok(std::rc::Rc::clone(native).keys(process)),
        Value::Undefined | Value::Null => Ok(Vec::new()),
        other => Err(ErrorStack::runtime(format!("An object is expected, not {}.", other.kind()))),
    }
}

fn keys(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let names = names_of(process, &arguments.value(0))?;
    Ok(Value::Collection(names.into_iter().map(Value::Text).collect()))
}

fn values(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let object = arguments.value(0);
    let mut values = Vec::new();
    for name in names_of(process, &object)? {
        values.push(crate::member::get(process, &object, &name)?);
    }
    Ok(Value::Collection(CollectionRef::from_vec(values)))
}

fn entries(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let object = arguments.value(0);
    let mut entries = Vec::new();
    for name in names_of(process, &object)? {
        let value = crate::member::get(process, &object, &name)?;
        entries.push(Value::Object(ObjectRef::from([("key", Value::Text(name)), ("value", value)])));
    }
    Ok(Value::Collection(CollectionRef::from_vec(entries)))
}

fn remove(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    if let Value::Object(object) = arguments.value(0) {
        object.remove(process.id(), &arguments.text(1)?)?;
    }
    Ok(Value::Undefined)
}

/// The class of an instance, `4D.Object` for a plain object, Null for what is no object.
fn class(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    match arguments.value(0) {
        Value::Object(object) => Ok(match object.class() {
            Some(class) => {
                let program = Arc::clone(process.program());
                Value::Native(std::rc::Rc::new(ClassObject::of(program.class_by_id(class))))
            }
            None => crate::built_in_class("Object").unwrap_or(Value::Null),
        }),
        Value::Native(native) => class_of_native(process, native.as_ref()),
        Value::Blob(_) => Ok(crate::built_in_class("Blob").unwrap_or(Value::Null)),
        _ => Ok(Value::Null),
    }
}

/// A native names its class as code does: `4D.File`, `cs.EmployeeEntity`.
fn class_of_native(process: &mut Process, native: &dyn Native) -> Result<Value, ErrorStack> {
    let name = native.class_name().to_owned();
    Ok(match name.split_once('.') {
        Some(("4D", name)) => any_built_in_class(process, name).unwrap_or(Value::Null),
        Some(("cs", name)) => {
            let program = Arc::clone(process.program());
            match program.class(name) {
                Some(class) => Value::Native(std::rc::Rc::new(ClassObject::of(class))),
                None => process.host().implicit_class(name).unwrap_or(Value::Null),
            }
        }
        _ => Value::Null,
    })
}

/// `OB Instance of(object; class)`: parent classes count.
fn instance_of(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let object = arguments.value(0);
    let class = arguments.value(1);
    if let (Value::Object(object), Some(wanted)) = (&object, class.as_native::<ClassObject>()) {
        let program = Arc::clone(process.program());
        let holds =
            object.class().is_some_and(|class| program.lineage(class).any(|class| class.id == wanted.0));
        return Ok(Value::Boolean(holds));
    }
    let mut at = self::class(process, &mut Arguments::new([object], 0))?;
    let wanted = class_name(process, &class)?;
    // The deepest chain of built-in classes has four members.
    for _ in 0..16 {
        match class_name(process, &at)? {
            None => break,
            name if name == wanted => return Ok(Value::Boolean(true)),
            _ => at = crate::member::get(process, &at, "superclass")?,
        }
    }
    Ok(Value::Boolean(false))
}

fn class_name(process: &mut Process, class: &Value) -> Result<Option<Text>, ErrorStack> {
    match crate::member::get(process, class, "name")? {
        Value::Text(name) => Ok(Some(name)),
        _ => Ok(None),
    }
}

fn is_shared(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(Value::Boolean(match arguments.value(0) {
        Value::Native(native) => native.to_shared().is_some(),
        value => crate::member::is_shared(&value),
    }))
}
