//! Texts in Blobs (`docs/commands/text-to-blob.md`, `blob-to-text.md`).

use tessera_values::{ErrorStack, Value};

use crate::arguments::Arguments;
use crate::commands::charset::Charset;
use crate::process::Process;

/// The forms of a text in a Blob: with a zero at the end, with its length before it, or bare.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    ZeroEnded,
    Length1,
    Length2,
    Length4,
    Bare,
}

/// The constants from `Mac C string` 0 to `UTF8 text without length` 6.
fn form_of(format: i64) -> Result<(Charset, Form), ErrorStack> {
    Ok(match format {
        0 => (Charset::MacRoman, Form::ZeroEnded),
        1 => (Charset::MacRoman, Form::Length1),
        2 => (Charset::MacRoman, Form::Length2),
        3 => (Charset::MacRoman, Form::Bare),
        4 => (Charset::Utf8, Form::ZeroEnded),
        5 => (Charset::Utf8, Form::Length4),
        6 => (Charset::Utf8, Form::Bare),
        other => return Err(ErrorStack::runtime(format!("There is no text format {other} for Blobs."))),
    })
}

/// `TEXT TO BLOB(text; blob {; format {; offset | *}})`
// UNSPECIFIED: no format. Taken: UTF8 text without length, as code expects.
pub(super) fn text_to_blob(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let (charset, form) = form_of(arguments.optional_integer(2)?.unwrap_or(6))?;
    let text = charset.encode(&arguments.text(0)?);
    let length = text.len();
    let mut bytes = match form {
        Form::ZeroEnded | Form::Bare => Vec::new(),
        Form::Length1 => vec![length.min(255) as u8],
        Form::Length2 => (length.min(65_535) as u16).to_be_bytes().to_vec(),
        Form::Length4 => (length as u32).to_be_bytes().to_vec(),
    };
    bytes.extend(text);
    if form == Form::ZeroEnded {
        bytes.push(0);
    }
    // A star may stand in the place of the format too.
    let offset = if arguments.flag(2).is_some() { 2 } else { 3 };
    super::put_at(arguments, 1, offset, &bytes)?;
    Ok(Value::Undefined)
}

/// `BLOB to text(blob; format {; offset {; length}})`
// UNSPECIFIED: texts without length, and no offset or length. Taken: all bytes.
pub(super) fn blob_to_text(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let (charset, form) = form_of(arguments.integer(1)?)?;
    let blob = super::bytes(arguments, 0)?;
    let offset = arguments.read(2).as_integer().unwrap_or(0).max(0) as usize;
    let rest = blob.0.get(offset..).unwrap_or_default();
    let number = |bytes: &[u8]| bytes.iter().fold(0, |n, byte| n * 256 + usize::from(*byte));
    let (from, length) = match form {
        Form::ZeroEnded => (0, rest.iter().position(|byte| *byte == 0).unwrap_or(rest.len())),
        Form::Length1 => (1, number(rest.get(..1).unwrap_or_default())),
        Form::Length2 => (2, number(rest.get(..2).unwrap_or_default())),
        Form::Length4 => (4, number(rest.get(..4).unwrap_or_default())),
        Form::Bare => (0, arguments.optional_integer(3)?.map_or(rest.len(), |n| n.max(0) as usize)),
    };
    let from = from.min(rest.len());
    let end = from.saturating_add(length).min(rest.len());
    let read = end + usize::from(form == Form::ZeroEnded && end < rest.len());
    arguments.write(2, Value::Integer((offset + read) as i64));
    Ok(Value::text(charset.decode(&rest[from..end])))
}
