//! Blobs: commands that change a Blob variable, and the functions of a `4D.Blob` (`docs/Concepts/dt_blob.md`).

use tessera_values::{Blob, ErrorStack, Value};

use super::Command;
use super::charset::Charset;
use crate::arguments::Arguments;
use crate::limits;
use crate::process::Process;

mod compress;
mod numbers;
mod stored;
mod texts;

pub(super) const COMMANDS: &[(u16, Command)] = &[
    (532, stored::variable_to_blob),
    (533, stored::blob_to_variable),
    (534, compress::compress),
    (535, compress::expand),
    (536, compress::blob_properties),
    (548, numbers::integer_to_blob),
    (549, numbers::blob_to_integer),
    (550, numbers::longint_to_blob),
    (551, numbers::blob_to_longint),
    (554, texts::text_to_blob),
    (555, texts::blob_to_text),
    (558, copy_blob),
    (605, size),
    (606, set_size),
    (1011, convert_from_text),
    (1012, convert_to_text),
];

pub(super) const NAMED: &[(&str, Command)] = &[
    ("DELETE FROM BLOB", delete_from_blob),
    ("INSERT IN BLOB", insert_in_blob),
    ("REAL TO BLOB", numbers::real_to_blob),
    ("BLOB to real", numbers::blob_to_real),
];

/// The bytes of the Blob in an argument.
pub(super) fn bytes(arguments: &Arguments, position: usize) -> Result<Blob, ErrorStack> {
    match arguments.read(position) {
        Value::Blob(blob) => Ok(blob),
        Value::Picture(picture) => Ok(picture.bytes.clone()),
        Value::Undefined | Value::Null => Ok(Blob::default()),
        other => Err(ErrorStack::runtime(format!("A Blob is expected, not {}.", other.kind()))),
    }
}

/// Overwrites bytes of the Blob in an argument from an offset on; the Blob grows as needed.
pub(super) fn put(
    arguments: &Arguments,
    position: usize,
    offset: usize,
    new: &[u8],
) -> Result<(), ErrorStack> {
    let mut all = bytes(arguments, position)?.0.to_vec();
    let end = offset.saturating_add(new.len());
    limits::check_blob(end)?;
    if all.len() < end {
        all.resize(end, 0);
    }
    all[offset..end].copy_from_slice(new);
    arguments.write(position, Value::Blob(all.into()));
    Ok(())
}

/// Puts bytes where the offset argument says: after the last byte for `*`, at the variable's offset, which moves on,
/// or in place of everything.
pub(super) fn put_at(
    arguments: &Arguments,
    blob: usize,
    offset: usize,
    new: &[u8],
) -> Result<(), ErrorStack> {
    let end = bytes(arguments, blob)?.0.len();
    if arguments.flag(offset).is_some() {
        return put(arguments, blob, end, new);
    }
    match arguments.read(offset) {
        Value::Undefined => {
            arguments.write(blob, Value::Blob(new.to_vec().into()));
            Ok(())
        }
        at => {
            let at = at.as_integer().and_then(|at| usize::try_from(at).ok()).unwrap_or(end);
            put(arguments, blob, at, new)?;
            arguments.write(offset, Value::Integer((at + new.len()) as i64));
            Ok(())
        }
    }
}

fn size(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(Value::Integer(bytes(arguments, 0)?.0.len() as i64))
}

/// `SET BLOB SIZE(blob; size {; filler})`
fn set_size(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let size = usize::try_from(arguments.integer(1)?)
        .map_err(|_| ErrorStack::runtime("The size of a Blob can't be negative."))?;
    limits::check_blob(size)?;
    let mut all = bytes(arguments, 0)?.0.to_vec();
    all.resize(size, arguments.integer(2)? as u8);
    arguments.write(0, Value::Blob(all.into()));
    Ok(Value::Undefined)
}

/// `DELETE FROM BLOB(blob; offset; length)`
fn delete_from_blob(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let mut all = bytes(arguments, 0)?.0.to_vec();
    let from = (arguments.integer(1)?.max(0) as usize).min(all.len());
    let end = from.saturating_add(arguments.integer(2)?.max(0) as usize).min(all.len());
    all.drain(from..end);
    arguments.write(0, Value::Blob(all.into()));
    Ok(Value::Undefined)
}

/// `INSERT IN BLOB(blob; offset; length {; filler})`
fn insert_in_blob(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let mut all = bytes(arguments, 0)?.0.to_vec();
    let at = (arguments.integer(1)?.max(0) as usize).min(all.len());
    let count = arguments.integer(2)?.max(0) as usize;
    limits::check_blob(all.len().saturating_add(count))?;
    let filler = arguments.integer(3)? as u8;
    all.splice(at..at, std::iter::repeat_n(filler, count));
    arguments.write(0, Value::Blob(all.into()));
    Ok(Value::Undefined)
}

/// `COPY BLOB(source; destination; sourceOffset; destinationOffset; length)`: the offsets move on.
fn copy_blob(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let source = bytes(arguments, 0)?;
    let offset = |position: usize| arguments.read(position).as_integer().unwrap_or(0).max(0) as usize;
    let (from, to) = (offset(2).min(source.0.len()), offset(3));
    let end = from.saturating_add(arguments.integer(4)?.max(0) as usize).min(source.0.len());
    put(arguments, 1, to, &source.0[from..end])?;
    arguments.write(2, Value::Integer(end as i64));
    arguments.write(3, Value::Integer((to + end - from) as i64));
    Ok(Value::Undefined)
}

/// `Convert to text(blob; character set)`
fn convert_to_text(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let charset = Charset::of(&arguments.value(1));
    process.set_ok(charset.is_some());
    let Some(charset) = charset else { return Ok(Value::text("")) };
    Ok(Value::text(charset.decode(&bytes(arguments, 0)?.0)))
}

/// `CONVERT FROM TEXT(text; character set; blob)`
fn convert_from_text(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let charset = Charset::of(&arguments.value(1));
    process.set_ok(charset.is_some());
    if let Some(charset) = charset {
        arguments.write(2, Value::Blob(charset.encode(&arguments.text(0)?).into()));
    }
    Ok(Value::Undefined)
}

/// A function of a 4D.Blob (`docs/API/BlobClass.md`).
pub(crate) fn blob_function(blob: &Blob, name: &str, arguments: &[Value]) -> Result<Value, ErrorStack> {
    if name != "slice" {
        return Err(crate::member::unknown_function(name, "4D.Blob"));
    }
    let arguments = Arguments::new(arguments.iter().cloned(), 0);
    let length = blob.0.len();
    let position = |index: i64| super::collection::normalised(index, length);
    let start = position(arguments.integer(0)?);
    let end = arguments.optional_integer(1)?.map_or(length, position);
    Ok(Value::Blob(Blob(blob.0.get(start..end).unwrap_or_default().into())))
}

/// `4D.Blob.new({blob})`
pub(crate) fn new_blob(_: &mut Process, arguments: &Arguments) -> Result<Value, ErrorStack> {
    Ok(Value::Blob(bytes(arguments, 0)?))
}
