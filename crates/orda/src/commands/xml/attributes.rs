//! Attributes of elements.

use std::rc::Rc;

use tessera_values::{ErrorStack, Text, Value};
use tessera_vm::{Arguments, Process};

use super::tree::{checked_name, fault};
use super::{on_node, text, values, write_value};
use crate::context::Context;

/// `DOM Count XML attributes(element)`
pub(super) fn count(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    on_node(context, process, arguments, |tree, reference| {
        Ok(Value::Integer(tree.attributes(reference.node).len() as i64))
    })
}

/// `DOM GET XML ATTRIBUTE BY NAME(element; name; value)`
pub(super) fn by_name(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let name = text(arguments, 1)?;
    let value = on_node(context, process, arguments, |tree, reference| {
        let found = tree.attribute(reference.node, &name).cloned();
        found.ok_or_else(|| fault(format!("The XML element has no attribute \"{name}\".")))
    })?;
    write_value(process, arguments, 2, &value);
    Ok(Value::Undefined)
}

/// `DOM GET XML ATTRIBUTE BY INDEX(element; index; name; value)`: in the order of the names
/// (`docs/commands/dom-count-xml-attributes.md`).
pub(super) fn by_index(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let index = arguments.read(1).as_integer().unwrap_or(0);
    let (name, value) = on_node(context, process, arguments, |tree, reference| {
        let mut attributes = tree.attributes(reference.node).to_vec();
        attributes.sort();
        let found = usize::try_from(index - 1).ok().and_then(|nth| attributes.get(nth).cloned());
        found.ok_or_else(|| fault(format!("The XML element has no attribute {index}.")))
    })?;
    write_value(process, arguments, 2, &name);
    write_value(process, arguments, 3, &value);
    Ok(Value::Undefined)
}

/// `DOM SET XML ATTRIBUTE(element; name; value {; …})`
pub(super) fn set(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let zone = process.environment().time_zone.clone();
    let mut given = Vec::new();
    for position in (1..arguments.len()).step_by(2) {
        given.push((checked_name(&arguments.text(position)?)?, arguments.value(position + 1)));
    }
    on_node(context, process, arguments, |tree, reference| {
        for (name, value) in &given {
            let value = values::to_text(value, tree.options, &zone)?;
            tree.set_attribute(reference.node, name, value)?;
        }
        Ok(Value::Undefined)
    })
}

/// `DOM REMOVE XML ATTRIBUTE(element; name)`
pub(super) fn remove(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let name: Text = arguments.text(1)?;
    on_node(context, process, arguments, |tree, reference| {
        if tree.remove_attribute(reference.node, &name) {
            Ok(Value::Undefined)
        } else {
            Err(fault(format!("The XML element has no attribute \"{name}\".")))
        }
    })
}
