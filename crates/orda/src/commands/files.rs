//! Files and folders: `File`, `Folder`, their classes, and the older commands on documents.
//!
//! Code reaches the project's folder, its data folder and the temporary folder, nothing else; [`place`] decides.

use std::rc::Rc;

use tessera_values::{ErrorStack, Text, Value};
use tessera_vm::{Arguments, BuiltInClass, Process};

use super::Command;
use crate::context::Context;

mod bytes;
mod channel;
mod document;
mod documents;
mod file;
mod folder;
mod handle;
mod names;
mod open;
mod packets;
mod place;
mod properties;
mod zip;

use document::{Document, Kind};
pub(super) use open::OpenDocument;
pub(crate) use open::OpenDocuments;
use place::Place;

pub(super) const COMMANDS: &[(u16, Command)] = &[
    (74, packets::load_variables),
    (75, packets::save_variables),
    (77, channel::set_channel),
    (80, packets::send_variable),
    (81, packets::receive_variable),
    (103, packets::send_packet),
    (104, packets::receive_packet),
    (159, documents::delete_document),
    (205, packets::use_character_set),
    (264, channel::open_document),
    (265, channel::append_document),
    (266, channel::create_document),
    (267, channel::close_document),
    (473, documents::folder_list),
    (474, documents::document_list),
    (475, documents::create_folder),
    (476, documents::test_path_name),
    (477, properties::get),
    (478, properties::set),
    (479, documents::get_document_size),
    (480, channel::set_size),
    (481, channel::get_position),
    (482, channel::set_position),
    (485, names::get_4d_folder),
    (486, names::temporary_folder),
    (487, names::system_folder),
    (489, names::structure_file),
    (490, names::data_file),
    (491, names::application_file),
    (525, documents::document_to_blob),
    (526, documents::blob_to_document),
    (541, documents::copy_document),
    (678, documents::read_picture_file),
    (680, documents::write_picture_file),
    (693, documents::delete_folder),
    (1106, names::to_posix),
    (1107, names::to_system),
    (1113, documents::is_picture_file),
    (1236, documents::document_to_text),
    (1237, documents::text_to_document),
    (1418, names::get_4d_file),
    (1547, names::path_to_object),
    (1548, names::object_to_path),
    (1566, file_command),
    (1567, folder_command),
    (1637, zip::read_archive),
    (1640, zip::create_archive),
];

pub(super) const NAMED: &[(&str, Command)] = &[("MOVE DOCUMENT", documents::move_document)];

/// `File(path | constant {; pathType} {; *})`
fn file_command(
    context: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    make(context, Kind::File, &arguments.value(0))
}

/// `Folder(path | constant {; pathType} {; *})`
fn folder_command(
    context: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    make(context, Kind::Folder, &arguments.value(0))
}

/// The content of the file that a path or a `4D.File` names; `None` when nothing is there. Other values name no file.
pub(crate) fn content_named(context: &Context, value: &Value) -> Option<Result<Option<Vec<u8>>, ErrorStack>> {
    let paths = &context.application().paths;
    let place = match value {
        Value::Text(path) => Place::of_text(paths, path),
        other => {
            let file = other.as_native::<Document>().filter(|document| document.kind == Kind::File)?;
            Ok(file.place.clone())
        }
    };
    Some(place.and_then(|place| {
        place.check(paths)?;
        if place.path().is_file() { bytes::read(paths, &place).map(Some) } else { Ok(None) }
    }))
}

/// The content of the document that an older command names, and its path on the disk.
pub(super) fn read_document(context: &Context, path: &str) -> Result<(Vec<u8>, Text), ErrorStack> {
    let paths = &context.application().paths;
    let place = Place::of_document(paths, path)?;
    Ok((bytes::read(paths, &place)?, place.path().as_str().into()))
}

/// Replaces the content of the document that an older command names, or makes it.
pub(super) fn write_document(context: &Context, path: &str, content: &[u8]) -> Result<(), ErrorStack> {
    let paths = &context.application().paths;
    bytes::write(paths, &Place::of_document(paths, path)?, content)
}

/// The object exists even when nothing is on the disk. POSIX and platform paths are the same here.
// UNSPECIFIED: file constants whose files only 4D writes. Taken: Null, as for unknown ones.
fn make(context: &Context, kind: Kind, path: &Value) -> Result<Value, ErrorStack> {
    let paths = &context.application().paths;
    let place = match path {
        Value::Text(path) => Place::of_text(paths, path)?,
        Value::Integer(_) | Value::Real(_) => {
            let number = path.as_integer().unwrap_or(-1);
            let name = match kind {
                Kind::Folder => names::folder_constant(number),
                Kind::File => names::file_constant(number),
            };
            match name {
                Some(name) => Place::of_text(paths, name)?,
                None => return Ok(Value::Null),
            }
        }
        other => return Err(ErrorStack::runtime(format!("A path must be a text, not {}.", other.kind()))),
    };
    place.check(paths)?;
    Ok(Document::value(kind, place))
}

pub(super) const CLASSES: &[BuiltInClass] = &[
    BuiltInClass { name: "File", parent: Some("Document"), new: Some(|p, a| new(p, a, Kind::File)) },
    BuiltInClass { name: "Folder", parent: Some("Directory"), new: Some(|p, a| new(p, a, Kind::Folder)) },
    BuiltInClass { name: "FileHandle", parent: Some("Object"), new: None },
    BuiltInClass { name: "ZipArchive", parent: Some("Object"), new: None },
    BuiltInClass { name: "ZipFile", parent: Some("Document"), new: None },
    BuiltInClass { name: "ZipFolder", parent: Some("Directory"), new: None },
];

fn new(process: &mut Process, arguments: &Arguments, kind: Kind) -> Result<Value, ErrorStack> {
    make(&Context::of(process), kind, &arguments.value(0))
}
