//! Pointers and variables (`docs/commands/theme/Language.md`).

use tessera_values::{ErrorStack, Pointer, Value};

use super::Command;
use crate::arguments::Arguments;
use crate::process::Process;

pub(super) const COMMANDS: &[(u16, Command)] = &[
    (89, clear_variable),
    (304, get_pointer),
    (308, |_, _| Ok(Value::Pointer(Pointer::Nil))),
    (394, resolve_pointer),
];

pub(super) const NAMED: &[(&str, Command)] = &[("Is a variable", is_a_variable)];

/// `Is a variable(pointer)`: does it lead to a variable or an element of an array?
fn is_a_variable(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let value = arguments.value(0);
    let leads = matches!(value, Value::Pointer(Pointer::Variable(_) | Pointer::Element(_)));
    Ok(Value::Boolean(leads))
}

/// `CLEAR VARIABLE(variable)`: back to the empty value of its type.
fn clear_variable(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    match arguments.read(0) {
        Value::Array(array) => array.resize(0),
        value => arguments.write(0, value.emptied()),
    }
    Ok(Value::Undefined)
}

/// `Get pointer(name)`: a nil pointer when there is no process variable of the name.
fn get_pointer(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let name = arguments.text(0)?;
    Ok(Value::Pointer(process.variable(&name).map_or(Pointer::Nil, Pointer::Variable)))
}

/// `RESOLVE POINTER(pointer; name; table; field)` (`docs/commands/resolve-pointer.md`)
fn resolve_pointer(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let pointer = match arguments.value(0) {
        Value::Pointer(pointer) => pointer,
        other => return Err(ErrorStack::runtime(format!("A pointer is expected, not {}.", other.kind()))),
    };
    let (name, table, field) = match &pointer {
        Pointer::Nil => ("".into(), 0, 0),
        Pointer::Variable(variable) => (variable.name.clone(), -1, -1),
        Pointer::Element(element) => {
            let index = |at: usize| element.1.get(at).copied().unwrap_or(-1);
            (element.0.name.clone(), index(0), index(1))
        }
        Pointer::Table(table) => ("".into(), i64::from(*table), 0),
        Pointer::Field(table, field) => ("".into(), i64::from(*table), i64::from(*field)),
    };
    arguments.write(1, Value::Text(name));
    arguments.write(2, Value::Integer(table));
    arguments.write(3, Value::Integer(field));
    Ok(Value::Undefined)
}
