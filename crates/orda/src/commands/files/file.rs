//! The functions of `4D.File` (`docs/API/FileClass.md`).

use std::fs::OpenOptions;
use std::rc::Rc;

use tessera_model::ProjectPaths;
use tessera_values::{ErrorStack, ObjectRef, Value};
use tessera_vm::{Arguments, Process};

use super::bytes;
use super::document::Document;
use super::handle::FileHandle;
use super::place::system_failure;

pub(super) fn call(
    file: &Rc<Document>,
    process: &mut Process,
    paths: &ProjectPaths,
    name: &str,
    arguments: &Arguments,
) -> Option<Result<Value, ErrorStack>> {
    Some(match name {
        "create" => create(file, paths),
        "delete" => delete(file, paths),
        "getContent" => bytes::read(paths, &file.place).map(|content| Value::Blob(content.into())),
        "setContent" => set_content(file, paths, arguments),
        "getText" => get_text(file, paths, arguments),
        "setText" => set_text(file, paths, arguments),
        "open" => FileHandle::open(file, process, paths, arguments),
        // They read what Windows and macOS keep inside programs.
        "getAppInfo" => Ok(Value::Object(ObjectRef::new())),
        "setAppInfo" => Ok(Value::Undefined),
        _ => return None,
    })
}

/// Makes an empty file and the folders around it; False when there is one already.
fn create(file: &Document, paths: &ProjectPaths) -> Result<Value, ErrorStack> {
    file.place.check(paths)?;
    bytes::create_parents(paths, &file.place)?;
    match OpenOptions::new().write(true).create_new(true).open(file.place.path()) {
        Ok(_) => Ok(Value::Boolean(true)),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(Value::Boolean(false)),
        Err(error) => Err(system_failure(&file.place, &error)),
    }
}

fn delete(file: &Document, paths: &ProjectPaths) -> Result<Value, ErrorStack> {
    if file.metadata(paths)?.is_some() {
        file.remove(paths)?;
    }
    Ok(Value::Undefined)
}

fn set_content(file: &Document, paths: &ProjectPaths, arguments: &Arguments) -> Result<Value, ErrorStack> {
    let content = match arguments.value(0) {
        Value::Blob(blob) => blob,
        Value::Picture(picture) => picture.bytes.clone(),
        other => return Err(ErrorStack::runtime(format!("setContent needs a Blob, not {}.", other.kind()))),
    };
    bytes::create_parents(paths, &file.place)?;
    bytes::write(paths, &file.place, &content.0)?;
    Ok(Value::Undefined)
}

/// `getText({charset {; breakMode}})`
fn get_text(file: &Document, paths: &ProjectPaths, arguments: &Arguments) -> Result<Value, ErrorStack> {
    let charset = bytes::charset(&arguments.value(0))?;
    let mode = arguments.optional_integer(1)?.unwrap_or(1);
    let text = charset.decode(&bytes::read(paths, &file.place)?);
    Ok(Value::text(bytes::with_line_ends(text, mode)))
}

/// `setText(text {; charset {; breakMode}})`
fn set_text(file: &Document, paths: &ProjectPaths, arguments: &Arguments) -> Result<Value, ErrorStack> {
    let mode = arguments.optional_integer(2)?.unwrap_or(1);
    let text = bytes::with_line_ends(arguments.text(0)?.to_string(), mode);
    bytes::create_parents(paths, &file.place)?;
    bytes::write(paths, &file.place, &bytes::encoded(&text, &arguments.value(1))?)?;
    Ok(Value::Undefined)
}
