//! The older commands on documents and folders (`docs/commands/theme/System_Documents.md`). Relative paths begin at
//! the project's folder.

use std::rc::Rc;

use tessera_values::{ErrorStack, Picture, Text, Value};
use tessera_vm::{Arguments, Process};

use super::document::{Document, Kind};
use super::place::{NOT_FOUND, Place, failure, system_failure};
use super::{bytes, folder};
use crate::context::Context;

fn place(context: &Context, arguments: &Arguments, position: usize) -> Result<Place, ErrorStack> {
    Place::of_document(&context.application().paths, &arguments.text(position)?)
}

/// What a command answers that did its work.
fn done(process: &mut Process) -> Value {
    process.set_ok(true);
    Value::Undefined
}

/// `Document to text(path {; charset {; breakMode}})`
pub(super) fn document_to_text(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let charset = bytes::charset(&arguments.value(1))?;
    let content = bytes::read(&context.application().paths, &place(context, arguments, 0)?)?;
    process.set_ok(true);
    let mode = arguments.optional_integer(2)?.unwrap_or(1);
    Ok(Value::text(bytes::with_line_ends(charset.decode(&content), mode)))
}

/// `TEXT TO DOCUMENT(path; text {; charset {; breakMode}})`
pub(super) fn text_to_document(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let mode = arguments.optional_integer(3)?.unwrap_or(1);
    let text = bytes::with_line_ends(arguments.text(1)?.to_string(), mode);
    let content = bytes::encoded(&text, &arguments.value(2))?;
    bytes::write(&context.application().paths, &place(context, arguments, 0)?, &content)?;
    Ok(done(process))
}

/// `DOCUMENT TO BLOB(path; blob)`
pub(super) fn document_to_blob(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let content = bytes::read(&context.application().paths, &place(context, arguments, 0)?)?;
    arguments.write(1, Value::Blob(content.into()));
    Ok(done(process))
}

/// `BLOB TO DOCUMENT(path; blob)`
pub(super) fn blob_to_document(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let Value::Blob(blob) = arguments.value(1) else {
        return Err(ErrorStack::runtime("BLOB TO DOCUMENT needs a Blob."));
    };
    bytes::write(&context.application().paths, &place(context, arguments, 0)?, &blob.0)?;
    Ok(done(process))
}

pub(super) fn delete_document(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let document = Document { kind: Kind::File, place: place(context, arguments, 0)? };
    document.remove(&context.application().paths)?;
    Ok(done(process))
}

/// `COPY DOCUMENT(source; destination {; newName} {; *})`: `*` overwrites.
pub(super) fn copy_document(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let paths = &context.application().paths;
    let (source, mut target) = (place(context, arguments, 0)?, place(context, arguments, 1)?);
    if target.path().is_dir() {
        let name = match arguments.value(2) {
            Value::Text(name) if !name.is_empty() => name,
            _ => Text::from(source.path().file_name().unwrap_or_default()),
        };
        target = target.child(&name)?;
        target.check(paths)?;
    }
    if target.path().symlink_metadata().is_ok() && !arguments.has_star() {
        return Err(failure(super::place::EXISTS, format!("{} exists already.", target.shown())));
    }
    if !source.path().is_file() {
        return Err(failure(NOT_FOUND, format!("{} is not a file.", source.shown())));
    }
    bytes::copy(&source, &target)?;
    Ok(done(process))
}

/// `MOVE DOCUMENT(source; destination)`: to another folder, another name, or both; nothing is overwritten
/// (`docs/commands/move-document.md`).
pub(super) fn move_document(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let (source, mut target) = (place(context, arguments, 0)?, place(context, arguments, 1)?);
    if target.path().is_dir() {
        target = target.child(source.path().file_name().unwrap_or_default())?;
    }
    target.check(&context.application().paths)?;
    if target.path().symlink_metadata().is_ok() {
        return Err(failure(super::place::EXISTS, format!("{} exists already.", target.shown())));
    }
    if !source.path().is_file() {
        return Err(failure(NOT_FOUND, format!("{} is not a file.", source.shown())));
    }
    std::fs::rename(source.path(), target.path()).map_err(|error| system_failure(&target, &error))?;
    Ok(done(process))
}

/// `DELETE FOLDER(path {; option})`
pub(super) fn delete_folder(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let folder = Rc::new(Document { kind: Kind::Folder, place: place(context, arguments, 0)? });
    let option = Arguments::new([arguments.value(1)], 0);
    if let Some(result) = folder::call(&folder, &context.application().paths, "delete", &option) {
        result?;
    }
    Ok(done(process))
}

/// `CREATE FOLDER(path {; *})`: with `*`, the folders around it too.
pub(super) fn create_folder(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let place = place(context, arguments, 0)?;
    let made = if arguments.has_star() {
        std::fs::create_dir_all(place.path())
    } else {
        std::fs::create_dir(place.path())
    };
    made.map_err(|error| system_failure(&place, &error))?;
    Ok(done(process))
}

/// `Test path name(path)`: 1 for a document, 0 for a folder, an error number otherwise.
pub(super) fn test_path_name(
    context: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let place = place(context, arguments, 0)?;
    Ok(Value::Integer(match std::fs::metadata(place.path()) {
        Ok(found) if found.is_dir() => 0,
        Ok(_) => 1,
        Err(_) => NOT_FOUND,
    }))
}

/// `Get document size(document {; *})`: of an open document, or of the one of a name.
pub(super) fn get_document_size(
    context: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    if let Some(reference) = arguments.value(0).as_integer() {
        let size = context.documents.get(reference)?.borrow().size()?;
        return Ok(Value::Integer(size as i64));
    }
    let place = place(context, arguments, 0)?;
    let found = std::fs::metadata(place.path()).map_err(|error| system_failure(&place, &error))?;
    Ok(Value::Integer(found.len() as i64))
}

/// `FOLDER LIST(path; names)`
pub(super) fn folder_list(
    context: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let entries = folder::entries(&place(context, arguments, 0)?)?;
    let names: Vec<String> =
        entries.into_iter().filter(|(_, kind)| kind.is_dir()).map(|(name, _)| name).collect();
    super::super::write_texts(arguments, 1, names.iter().map(String::as_str));
    Ok(Value::Undefined)
}

/// Options of `DOCUMENT LIST` (`docs/commands/document-list.md`).
const RECURSIVE_PARSING: i64 = 1;
const ABSOLUTE_PATH: i64 = 2;
const IGNORE_INVISIBLE: i64 = 8;
/// How deeply `DOCUMENT LIST` looks.
const DEPTH_MAX: usize = 100;

/// `DOCUMENT LIST(path; names {; options})`: paths inside the folder when it goes into folders.
pub(super) fn document_list(
    context: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let place = place(context, arguments, 0)?;
    let options = arguments.integer(2)?;
    let mut names = Vec::new();
    list_documents(&place, "", options, 0, &mut names)?;
    if options & ABSOLUTE_PATH != 0 {
        names = names.into_iter().map(|name| place.path().join(name).into_string()).collect();
    }
    super::super::write_texts(arguments, 1, names.iter().map(String::as_str));
    Ok(Value::Undefined)
}

fn list_documents(
    place: &Place,
    before: &str,
    options: i64,
    depth: usize,
    names: &mut Vec<String>,
) -> Result<(), ErrorStack> {
    for (name, kind) in folder::entries(place)? {
        if options & IGNORE_INVISIBLE != 0 && name.starts_with('.') {
            continue;
        }
        if !kind.is_dir() {
            names.push(format!("{before}{name}"));
        } else if options & RECURSIVE_PARSING != 0 && depth < DEPTH_MAX {
            list_documents(&place.child(&name)?, &format!("{before}{name}/"), options, depth + 1, names)?;
        }
    }
    Ok(())
}

/// `READ PICTURE FILE(path; picture {; *})`: with `*`, any file; what is no picture is kept under its extension, for
/// `PICTURE TO BLOB` to give back (`docs/commands/read-picture-file.md`).
pub(super) fn read_picture_file(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let place = place(context, arguments, 0)?;
    let content = bytes::read(&context.application().paths, &place)?;
    let extension = || Some(format!(".{}", place.path().extension()?));
    let mime = match Picture::sniff(&content) {
        Some(mime) => Some(Text::from(mime)),
        None if arguments.has_star() => extension().map(Text::from),
        None => None,
    };
    let picture = mime.clone().map_or_else(Picture::default, |mime| Picture { mime, bytes: content.into() });
    arguments.write(1, Value::Picture(Rc::new(picture)));
    Ok(told(process, &place, mime.is_some()))
}

/// `WRITE PICTURE FILE(path; picture {; codec})`: in the format of the codec, or of the extension
/// (`docs/commands/write-picture-file.md`).
pub(super) fn write_picture_file(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let place = place(context, arguments, 0)?;
    let Value::Picture(picture) = arguments.value(1) else {
        return Err(ErrorStack::runtime("WRITE PICTURE FILE needs a picture."));
    };
    let codec = match arguments.text(2)? {
        codec if codec.is_empty() => format!(".{}", place.path().extension().unwrap_or_default()).into(),
        codec => codec,
    };
    let converted = super::super::pictures::converted(&picture, &codec);
    if let Some(converted) = &converted {
        bytes::write(&context.application().paths, &place, &converted.bytes.0)?;
    }
    Ok(told(process, &place, converted.is_some()))
}

/// Sets `OK`, and `Document` when all went well.
fn told(process: &mut Process, place: &Place, succeeded: bool) -> Value {
    process.set_ok(succeeded);
    if succeeded {
        process.set_variable("Document", Value::text(place.path().as_str()));
    }
    Value::Undefined
}

pub(super) fn is_picture_file(
    context: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let place = place(context, arguments, 0)?;
    if !place.path().is_file() {
        return Ok(Value::Boolean(false));
    }
    let content = bytes::read(&context.application().paths, &place)?;
    Ok(Value::Boolean(Picture::sniff(&content).is_some()))
}
