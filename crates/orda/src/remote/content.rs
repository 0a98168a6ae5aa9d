//! Pictures and blobs on their way to another server: they are uploaded, and named by the id of their upload
//! (`docs/REST/$upload.md`).

use std::rc::Rc;

use tessera_values::{ErrorStack, ObjectRef, Value};

use super::connection::Connection;
use super::wire;
use crate::context::Context;

/// What is sent for a value. The other server keeps an upload for a while only, so it is made just before it is named.
pub(super) fn uploaded(
    context: &Rc<Context>,
    connection: &Connection,
    value: Value,
) -> Result<Value, ErrorStack> {
    let (option, mime, bytes) = match &value {
        Value::Picture(picture) if picture.bytes.is_empty() => return Ok(Value::Null),
        Value::Picture(picture) => ("$rawPict", picture.mime.clone(), &picture.bytes),
        Value::Blob(blob) => ("$binary", "application/octet-stream".into(), blob),
        _ => return Ok(value),
    };
    let path = format!("$upload?{option}=true");
    let answer = connection.post_bytes(context, &path, mime, bytes.0.to_vec())?;
    match wire::member(&answer, "ID") {
        id @ Value::Text(_) => Ok(Value::Object(ObjectRef::from([("ID", id)]))),
        _ => Err(connection.failed("it took an upload and named no id")),
    }
}

/// The arguments of a function as they are sent.
pub(super) fn arguments(
    context: &Rc<Context>,
    connection: &Connection,
    arguments: &[Value],
) -> Result<String, ErrorStack> {
    let sent = arguments.iter().map(|argument| uploaded(context, connection, argument.clone()));
    wire::arguments(&sent.collect::<Result<Vec<_>, _>>()?)
}
