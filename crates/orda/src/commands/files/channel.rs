//! Opening and closing documents, and moving inside them (`docs/commands/open-document.md` and its neighbours).
//! A document's reference is a Time, as on the pages.
// UNSPECIFIED: the type of a document, which is one of the desktop. Taken: it changes nothing, not even the name.

use std::rc::Rc;

use tessera_values::{ErrorStack, Time, Value};
use tessera_vm::{Arguments, Process};

use super::open::Mode;
use super::place::{NOT_FOUND, Place, failure};
use crate::context::Context;

/// The modes of `Open document`.
const READ_AND_WRITE: i64 = 0;
const WRITE_MODE: i64 = 1;
const READ_MODE: i64 = 2;
const GET_PATHNAME: i64 = 3;

/// The reference of no document.
fn none() -> Value {
    Value::Time(Time::from_seconds(0))
}

/// Opens a document and says so in `OK` and `Document`. Without a name a dialog would open: as if it was cancelled.
fn open(
    context: &Context,
    process: &mut Process,
    written: &str,
    mode: Mode,
) -> Result<Option<i64>, ErrorStack> {
    process.set_ok(false);
    if written.is_empty() {
        return Ok(None);
    }
    let paths = &context.application().paths;
    let place = Place::of_document(paths, written)?;
    let path = Value::text(place.path().as_str());
    let number = context.documents.open(paths, place, mode)?;
    process.set_ok(true);
    process.set_variable("Document", path);
    Ok(Some(number))
}

fn reference(number: Option<i64>) -> Value {
    number.map_or_else(none, |number| Value::Time(Time::from_seconds(number)))
}

/// `Open document(document {; type} {; mode})`
pub(super) fn open_document(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    // The type is a text, the mode a number; each may stand alone.
    let mode = if matches!(arguments.value(1), Value::Text(_) | Value::Undefined) { 2 } else { 1 };
    let mode = match arguments.integer(mode)? {
        READ_AND_WRITE => Mode::ReadAndWrite,
        WRITE_MODE => Mode::Write,
        READ_MODE => Mode::Read,
        GET_PATHNAME => return pathname(context, process, &arguments.text(0)?),
        other => return Err(ErrorStack::runtime(format!("Open document: there is no mode {other}."))),
    };
    open(context, process, &arguments.text(0)?, mode).map(reference)
}

/// `Get pathname`: nothing is opened, `Document` tells where it lies.
fn pathname(context: &Context, process: &mut Process, written: &str) -> Result<Value, ErrorStack> {
    process.set_ok(false);
    if written.is_empty() {
        return Ok(none());
    }
    let place = Place::of_document(&context.application().paths, written)?;
    if !place.path().is_file() {
        return Err(failure(NOT_FOUND, format!("{} does not exist.", place.shown())));
    }
    process.set_ok(true);
    process.set_variable("Document", Value::text(place.path().as_str()));
    Ok(none())
}

/// `Create document(document {; type})`: what was there is overwritten.
pub(super) fn create_document(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    open(context, process, &arguments.text(0)?, Mode::Create).map(reference)
}

/// `Append document(document {; type})`: opens at the end.
pub(super) fn append_document(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let number = open(context, process, &arguments.text(0)?, Mode::ReadAndWrite)?;
    if let Some(number) = number {
        let document = context.documents.get(number)?;
        let size = document.borrow().size()?;
        document.borrow_mut().go_to(size)?;
    }
    Ok(reference(number))
}

fn close(context: &Context, number: i64) -> Result<(), ErrorStack> {
    if let Some(tree) = context.documents.close(number)? {
        context.xml.close(tree);
    }
    Ok(())
}

/// `CLOSE DOCUMENT(document)`
pub(super) fn close_document(
    context: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    close(context, arguments.integer(0)?)?;
    Ok(Value::Undefined)
}

/// The operations of `SET CHANNEL` on documents.
const OPEN: i64 = 10;
const CLOSE: i64 = 11;
const CREATE: i64 = 12;
const OPEN_TEXT: i64 = 13;

/// `SET CHANNEL(operation; document)`: one document at a time (`docs/commands/set-channel.md`).
pub(super) fn set_channel(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let mode = match arguments.integer(0)? {
        OPEN | OPEN_TEXT => Some(Mode::OpenOrCreate),
        CREATE => Some(Mode::Create),
        CLOSE => None,
        _ => return Err(ErrorStack::runtime("SET CHANNEL: a server reads no serial ports.")),
    };
    let before = context.documents.channel.borrow_mut().take();
    if let Some(before) = before {
        close(context, before)?;
    }
    process.set_ok(true);
    if let Some(mode) = mode {
        let number = open(context, process, &arguments.text(1)?, mode)?;
        *context.documents.channel.borrow_mut() = number;
    }
    Ok(Value::Undefined)
}

/// `Get document position(document)`
pub(super) fn get_position(
    context: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let document = context.documents.get(arguments.integer(0)?)?;
    let offset = document.borrow().offset();
    Ok(Value::Integer(offset as i64))
}

/// `SET DOCUMENT POSITION(document; offset {; anchor})`: from the beginning 1, the end 2, or where it is 3.
pub(super) fn set_position(
    context: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let document = context.documents.get(arguments.integer(0)?)?;
    let mut document = document.borrow_mut();
    let from = match arguments.integer(2)? {
        2 => document.size()?,
        3 => document.offset(),
        _ => 0,
    };
    let offset = (from as i64).saturating_add(arguments.integer(1)?);
    let offset = u64::try_from(offset)
        .map_err(|_| ErrorStack::runtime("The position lies before the beginning of the document."))?;
    document.go_to(offset)?;
    Ok(Value::Undefined)
}

/// `SET DOCUMENT SIZE(document; size)`
pub(super) fn set_size(
    context: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let size = u64::try_from(arguments.integer(1)?)
        .map_err(|_| ErrorStack::runtime("The size of a document can't be negative."))?;
    context.documents.get(arguments.integer(0)?)?.borrow_mut().set_size(size)?;
    Ok(Value::Undefined)
}
