//! Commands that read the request being served. Outside a request they find nothing.

use std::rc::Rc;
use std::sync::Arc;

use tessera_values::{Array, ArrayKind, Blob, ErrorStack, Text, Value};
use tessera_vm::{Arguments, Process};

use crate::context::Context;
use crate::web::WebRequest;

fn message(context: &Context) -> Arc<WebRequest> {
    context.request().message.clone().unwrap_or_default()
}

/// Fills two text arrays with names and values.
fn write_pairs(arguments: &Arguments, pairs: Vec<(Text, Text)>) {
    let (names, values): (Vec<Value>, Vec<Value>) =
        pairs.into_iter().map(|(name, value)| (Value::Text(name), Value::Text(value))).unzip();
    for (position, elements) in [(0, names), (1, values)] {
        let array = Array::new(ArrayKind::Text, 0);
        array.elements.borrow_mut().extend(elements);
        arguments.write(position, Value::Array(array));
    }
}

/// `WEB GET VARIABLES(names; values)`
pub(super) fn variables(
    context: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    write_pairs(arguments, message(context).variables());
    Ok(Value::Undefined)
}

/// `WEB GET HTTP HEADER(header)` with a text, or `(names; values)` with arrays, which begin with the request line.
pub(super) fn header(
    context: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let message = message(context);
    if arguments.len() < 2 {
        arguments.write(0, Value::text(message.head()));
        return Ok(Value::Undefined);
    }
    let line = [("X-METHOD", &message.verb), ("X-URL", &message.target), ("X-VERSION", &message.version)];
    let mut pairs: Vec<(Text, Text)> =
        line.into_iter().map(|(name, value)| (name.into(), value.clone())).collect();
    pairs.extend(message.headers.iter().cloned());
    write_pairs(arguments, pairs);
    Ok(Value::Undefined)
}

/// `WEB GET HTTP BODY(body)`: as the type of the variable says, a Blob or a text.
pub(super) fn body(
    context: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let message = message(context);
    let body = match arguments.read(0) {
        Value::Blob(_) => Value::Blob(message.body.clone()),
        _ => Value::Text(message.text()),
    };
    arguments.write(0, body);
    Ok(Value::Undefined)
}

/// `WEB Get body part count`
pub(super) fn part_count(
    context: &Rc<Context>,
    _: &mut Process,
    _: &mut Arguments,
) -> Result<Value, ErrorStack> {
    Ok(Value::Integer(message(context).parts().len() as i64))
}

/// `WEB GET BODY PART(part; contents; name; mimeType; fileName)`. A number without a part writes nothing.
pub(super) fn part(
    context: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let message = message(context);
    let number = usize::try_from(arguments.integer(0)?).unwrap_or_default();
    let parts = message.parts();
    let Some(part) = number.checked_sub(1).and_then(|index| parts.get(index)) else {
        return Ok(Value::Undefined);
    };
    let contents = match arguments.read(1) {
        Value::Text(_) => Value::text(String::from_utf8_lossy(part.bytes)),
        _ => Value::Blob(Blob::from(part.bytes.to_vec())),
    };
    arguments.write(1, contents);
    for (position, text) in [(2, &part.name), (3, &part.content_type), (4, &part.file_name)] {
        arguments.write(position, Value::Text(text.clone()));
    }
    Ok(Value::Undefined)
}

/// `WEB Is secured connection`
pub(super) fn is_secured(
    context: &Rc<Context>,
    _: &mut Process,
    _: &mut Arguments,
) -> Result<Value, ErrorStack> {
    Ok(Value::Boolean(context.request().is_secure))
}
