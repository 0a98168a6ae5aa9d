//! Where folders are, and paths taken apart (`docs/commands/get-4d-folder.md`, `path-to-object.md`).

use std::rc::Rc;

use camino::Utf8Path;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use tessera_values::{ErrorStack, ObjectRef, Text, Value};
use tessera_vm::{Arguments, Process};

use crate::context::Context;

/// The pathname of a `fk … folder` constant; `None` for folders of the desktop.
pub(super) fn folder_constant(number: i64) -> Option<&'static str> {
    Some(match number {
        4 => "/PACKAGE/",
        6 => "/RESOURCES/",
        7 => "/LOGS/",
        8 => "/PACKAGE/WebFolder/",
        9 => "/DATA/",
        _ => return None,
    })
}

/// The pathname of a file constant; `None` for what this server does not write.
pub(super) fn file_constant(number: i64) -> Option<&'static str> {
    /// `HTTP log file`
    const HTTP_LOG: i64 = 8;
    (number == HTTP_LOG).then_some("/LOGS/logweb.txt")
}

/// `Get 4D file(file {; *})`: the empty text for what does not exist (`docs/commands/get-4d-file.md`).
pub(super) fn get_4d_file(
    context: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let Some(name) = file_constant(arguments.integer(0)?) else { return Ok(Value::text("")) };
    let place = super::Place::of_text(&context.application().paths, name)?;
    Ok(Value::text(if place.path().is_file() { place.path().as_str() } else { "" }))
}

fn folder(path: &Utf8Path) -> Value {
    Value::text(format!("{path}/"))
}

/// `Get 4D folder({folder} {; *})`: ends with a separator; OK is 0 for folders a server does not have.
pub(super) fn get_4d_folder(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let paths = &context.application().paths;
    let found = match arguments.integer(0)? {
        4 | 5 => Some(&paths.root),
        6 => Some(&paths.resources),
        7 => Some(&paths.logs),
        8 => Some(&paths.web_folder),
        9 => Some(&paths.data),
        _ => None,
    };
    process.set_ok(found.is_some());
    Ok(found.map_or_else(|| Value::text(""), |path| folder(path)))
}

pub(super) fn temporary_folder(
    _: &Rc<Context>,
    _: &mut Process,
    _: &mut Arguments,
) -> Result<Value, ErrorStack> {
    Ok(folder(&super::place::temporary_folder()))
}

// UNSPECIFIED: folders of the system on a server. Taken: none, since code may not use them.
pub(super) fn system_folder(
    _: &Rc<Context>,
    process: &mut Process,
    _: &mut Arguments,
) -> Result<Value, ErrorStack> {
    process.set_ok(false);
    Ok(Value::text(""))
}

pub(super) fn structure_file(
    context: &Rc<Context>,
    _: &mut Process,
    _: &mut Arguments,
) -> Result<Value, ErrorStack> {
    Ok(Value::text(context.application().paths.project_file.as_str()))
}

// UNSPECIFIED: the data file when the data is in a database server. Taken: the one a new project gets.
pub(super) fn data_file(
    context: &Rc<Context>,
    _: &mut Process,
    _: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let application = context.application();
    Ok(Value::text(application.paths.data.join(format!("{}.sqlite", application.name)).as_str()))
}

// UNSPECIFIED: the program's own path. Taken: its name; code has no business with it.
pub(super) fn application_file(
    _: &Rc<Context>,
    _: &mut Process,
    _: &mut Arguments,
) -> Result<Value, ErrorStack> {
    Ok(Value::text("tessera"))
}

/// `Convert path system to POSIX(path {; *})`: the same paths here; with `*`, as in an address.
pub(super) fn to_posix(
    _: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    /// What an address keeps as it is in a path (RFC 3986).
    const KEPT: &AsciiSet =
        &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    let path = arguments.text(0)?;
    let encoded = arguments.has_star().then(|| utf8_percent_encode(&path, KEPT).to_string());
    Ok(encoded.map_or(Value::Text(path), Value::text))
}

/// `Convert path POSIX to system(path {; *})`: with `*`, the path is encoded as in an address.
pub(super) fn to_system(
    _: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let path = arguments.text(0)?;
    let decoded = arguments.has_star().then(|| percent_decode_str(&path).decode_utf8_lossy().into_owned());
    Ok(decoded.map_or(Value::Text(path), Value::text))
}

/// `Path to object(path {; pathType})`: parent folder, name, extension, and whether it is a folder or a file.
pub(super) fn path_to_object(
    _: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let path = arguments.text(0)?;
    let is_folder = path.ends_with('/');
    let bare = path.strip_suffix('/').unwrap_or(&path);
    let (parent, full) = bare.rfind('/').map_or(("", bare), |at| bare.split_at(at + 1));
    let (name, extension) = match full.rfind('.') {
        Some(dot) if dot > 0 => full.split_at(dot),
        _ => (full, ""),
    };
    let parts = [
        ("parentFolder", Value::text(parent)),
        ("name", Value::text(name)),
        ("extension", Value::text(extension)),
        ("isFolder", Value::Boolean(is_folder)),
    ];
    Ok(Value::Object(parts.into_iter().map(|(name, value)| (Text::from(name), value)).collect::<ObjectRef>()))
}

/// `Object to path(object)`
pub(super) fn object_to_path(
    _: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let object = arguments.value(0);
    let mut part = |name: &str| {
        tessera_vm::get_member(process, &object, name)
            .map(|value| value.as_text().cloned().unwrap_or_default())
    };
    let (parent, name, extension) = (part("parentFolder")?, part("name")?, part("extension")?);
    let is_folder = tessera_vm::get_member(process, &object, "isFolder")?.as_boolean() == Some(true);
    let dot = if extension.is_empty() || extension.starts_with('.') { "" } else { "." };
    let slash = if parent.is_empty() || parent.ends_with('/') { "" } else { "/" };
    let end = if is_folder { "/" } else { "" };
    Ok(Value::text(format!("{parent}{slash}{name}{dot}{extension}{end}")))
}
