//! Pieces of documents: `SEND PACKET`, `RECEIVE PACKET`, and variables in documents.

use std::cell::RefCell;
use std::rc::Rc;

use tessera_values::{ErrorStack, Text, Value};
use tessera_vm::{Arguments, Charset, Process, stored};

use super::bytes;
use super::open::{OpenDocument, unit_of};
use super::place::Place;
use crate::context::Context;

/// Where a set of characters is kept: for texts that are written, and for those that are read.
const OUTPUT: usize = 0;
const INPUT: usize = 1;

/// The document of an argument, or the one that `SET CHANNEL` opened.
fn document(context: &Context, reference: Option<&Value>) -> Result<Rc<RefCell<OpenDocument>>, ErrorStack> {
    let number = match reference {
        Some(reference) => reference.as_integer(),
        None => *context.documents.channel.borrow(),
    };
    let number = number.ok_or_else(|| {
        ErrorStack::runtime("No document is open; open one with Open document or SET CHANNEL.")
    })?;
    context.documents.get(number)
}

/// `SEND PACKET({document;} packet)` (`docs/commands/send-packet.md`)
pub(super) fn send_packet(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let with_document = arguments.len() > 1;
    process.set_ok(false);
    let document = document(context, with_document.then(|| arguments.value(0)).as_ref())?;
    let packet = match arguments.value(usize::from(with_document)) {
        Value::Blob(blob) => blob.0.to_vec(),
        _ => context.documents.charsets.borrow()[OUTPUT].encode(&arguments.text(usize::from(with_document))?),
    };
    document.borrow_mut().write(&packet)?;
    process.set_ok(true);
    Ok(Value::Undefined)
}

/// `RECEIVE PACKET({document;} variable; stop | count)`: up to the stop text, or so many letters of a text, or bytes of
/// a Blob. At the end of the document the variable is empty and `OK` is 0 (`docs/commands/receive-packet.md`).
pub(super) fn receive_packet(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let with_document = arguments.len() > 2;
    let target = usize::from(with_document);
    process.set_ok(false);
    let document = document(context, with_document.then(|| arguments.read(0)).as_ref())?;
    let mut document = document.borrow_mut();
    let stop = arguments.read(target + 1);
    let is_blob = matches!(arguments.read(target), Value::Blob(_));
    let set = context.documents.charsets.borrow()[INPUT];
    let charset = if is_blob { set } else { document.charset(set)? };
    let received = match (&stop, is_blob) {
        (Value::Text(stop), true) => document.read_until(stop.as_bytes(), 1)?,
        (Value::Text(stop), false) => document.read_until(&charset.encode(stop), unit_of(charset))?,
        (count, is_blob) => {
            let count = u64::try_from(count.as_integer().unwrap_or(0)).unwrap_or(0);
            if is_blob { document.read(count)? } else { document.read_letters(count, charset)? }
        }
    };
    // An empty line between two stops is something; nothing at the end is not.
    let is_over = received.is_empty() && document.offset() >= document.size()?;
    process.set_ok(!is_over);
    let received =
        if is_blob { Value::Blob(received.into()) } else { Value::text(charset.decode(&received)) };
    arguments.write(target, received);
    Ok(Value::Undefined)
}

/// `USE CHARACTER SET(name | * {; 0 | 1})`: of texts in packets, written 0 or read 1
/// (`docs/commands/use-character-set.md`).
pub(super) fn use_character_set(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    process.set_ok(false);
    let charset =
        if arguments.flag(0).is_some() { Charset::Utf8 } else { bytes::charset(&arguments.value(0))? };
    let which = if arguments.integer(1)? == 1 { INPUT } else { OUTPUT };
    context.documents.charsets.borrow_mut()[which] = charset;
    process.set_ok(true);
    Ok(Value::Undefined)
}

/// What `SEND VARIABLE` and `SAVE VARIABLES` keep; arrays are for Blobs.
fn packed(value: &Value) -> Result<Vec<u8>, ErrorStack> {
    if let Value::Array(_) = value {
        return Err(ErrorStack::runtime("An array can't be sent to a document; use VARIABLE TO BLOB."));
    }
    let stored = stored::write(value)?;
    let mut packed = (stored.len() as u32).to_le_bytes().to_vec();
    packed.extend(stored);
    Ok(packed)
}

/// `SEND VARIABLE(variable)`, to the document that `SET CHANNEL` opened
pub(super) fn send_variable(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    process.set_ok(false);
    let packed = packed(&arguments.value(0))?;
    document(context, None)?.borrow_mut().write(&packed)?;
    process.set_ok(true);
    Ok(Value::Undefined)
}

/// `RECEIVE VARIABLE(variable)`: where none follows, the variable stays and `OK` is 0.
pub(super) fn receive_variable(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let document = document(context, None)?;
    let mut document = document.borrow_mut();
    let length = document.read(4)?;
    let length = <[u8; 4]>::try_from(length).map_or(0, u32::from_le_bytes);
    let found = stored::read(&document.read(u64::from(length))?);
    process.set_ok(found.is_some());
    if let Some((value, _)) = found {
        arguments.write(0, value);
    }
    Ok(Value::Undefined)
}

fn place(context: &Context, path: &Text) -> Result<Place, ErrorStack> {
    Place::of_document(&context.application().paths, path)
}

/// `SAVE VARIABLES(document; variable {; …})` (`docs/commands/save-variables.md`)
pub(super) fn save_variables(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    process.set_ok(false);
    let path = arguments.text(0)?;
    if path.is_empty() {
        return Ok(Value::Undefined);
    }
    let mut content = Vec::new();
    for position in 1..arguments.len() {
        content.extend(packed(&arguments.value(position))?);
    }
    let place = place(context, &path)?;
    bytes::write(&context.application().paths, &place, &content)?;
    process.set_variable("Document", Value::text(place.path().as_str()));
    process.set_ok(true);
    Ok(Value::Undefined)
}

/// `LOAD VARIABLES(document; variable {; …})`
pub(super) fn load_variables(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    process.set_ok(false);
    let path = match arguments.read(0) {
        Value::Text(path) if !path.is_empty() => path,
        _ => return Ok(Value::Undefined),
    };
    let place = place(context, &path)?;
    let content = bytes::read(&context.application().paths, &place)?;
    process.set_variable("Document", Value::text(place.path().as_str()));
    let mut rest = content.as_slice();
    for position in 1..arguments.len() {
        let Some((value, after)) = unpacked(rest) else { return Ok(Value::Undefined) };
        arguments.write(position, value);
        rest = after;
    }
    process.set_ok(true);
    Ok(Value::Undefined)
}

fn unpacked(bytes: &[u8]) -> Option<(Value, &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let (stored, after) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    Some((stored::read(stored)?.0, after))
}
