//! The functions of `4D.Folder` (`docs/API/FolderClass.md`).

use std::rc::Rc;

use camino::Utf8PathBuf;
use tessera_model::ProjectPaths;
use tessera_values::{CollectionRef, ErrorStack, Value};
use tessera_vm::Arguments;

use super::bytes;
use super::document::{Document, Kind};
use super::place::{NO_FOLDER, NOT_EMPTY, Place, SYSTEM, failure, system_failure};

/// `fk` options of listing.
pub(super) const RECURSIVE: i64 = 1;
pub(super) const IGNORE_INVISIBLE: i64 = 8;
/// `Delete with contents`
const WITH_CONTENTS: i64 = 1;

/// How deeply folders are walked through, and how many entries they may have.
const DEPTH_MAX: usize = 100;
const ENTRIES_MAX: usize = 1_000_000;

pub(super) fn call(
    folder: &Rc<Document>,
    paths: &ProjectPaths,
    name: &str,
    arguments: &Arguments,
) -> Option<Result<Value, ErrorStack>> {
    Some(match name {
        "create" => create(folder, paths),
        "delete" => delete(folder, paths, arguments),
        "file" => inside(folder, paths, Kind::File, arguments),
        "folder" => inside(folder, paths, Kind::Folder, arguments),
        "files" => list(folder, paths, Kind::File, arguments),
        "folders" => list(folder, paths, Kind::Folder, arguments),
        _ => return None,
    })
}

/// Makes the folder and those around it; False when there is one already.
fn create(folder: &Document, paths: &ProjectPaths) -> Result<Value, ErrorStack> {
    if folder.metadata(paths)?.is_some() {
        return Ok(Value::Boolean(false));
    }
    std::fs::create_dir_all(folder.place.path()).map_err(|error| system_failure(&folder.place, &error))?;
    Ok(Value::Boolean(true))
}

/// `delete({option})`: only an empty folder, unless `Delete with contents` is given.
fn delete(folder: &Document, paths: &ProjectPaths, arguments: &Arguments) -> Result<Value, ErrorStack> {
    let with_contents = arguments.integer(0)? == WITH_CONTENTS;
    let exists = folder.metadata(paths)?.is_some();
    match (exists, with_contents) {
        (true, true) => folder.remove(paths)?,
        (false, true) => {}
        (true, false) => {
            folder.keep_roots(paths)?;
            std::fs::remove_dir(folder.place.path()).map_err(|error| match error.kind() {
                std::io::ErrorKind::DirectoryNotEmpty => {
                    failure(NOT_EMPTY, format!("The folder {} is not empty.", folder.place.shown()))
                }
                _ => system_failure(&folder.place, &error),
            })?;
        }
        (false, false) => {
            return Err(failure(NO_FOLDER, format!("The folder {} does not exist.", folder.place.shown())));
        }
    }
    Ok(Value::Undefined)
}

/// `file(path)` and `folder(path)`: a relative POSIX path; Null for one that is not valid.
fn inside(
    folder: &Document,
    paths: &ProjectPaths,
    kind: Kind,
    arguments: &Arguments,
) -> Result<Value, ErrorStack> {
    let path = arguments.text(0)?;
    if path.is_empty() || path.starts_with('/') || path.contains('\0') {
        return Ok(Value::Null);
    }
    let place = folder.place.join(&path)?;
    place.check(paths)?;
    Ok(Document::value(kind, place))
}

/// `files({options})` and `folders({options})`, by name. Links are listed and not followed.
fn list(
    folder: &Document,
    paths: &ProjectPaths,
    kind: Kind,
    arguments: &Arguments,
) -> Result<Value, ErrorStack> {
    let options = arguments.integer(0)?;
    folder.place.check(paths)?;
    let mut found = Vec::new();
    walk(&folder.place, options, kind, 0, &mut found)?;
    Ok(Value::Collection(
        found.into_iter().map(|place| Document::value(kind, place)).collect::<CollectionRef>(),
    ))
}

fn walk(
    place: &Place,
    options: i64,
    kind: Kind,
    depth: usize,
    found: &mut Vec<Place>,
) -> Result<(), ErrorStack> {
    if depth > DEPTH_MAX || found.len() > ENTRIES_MAX {
        return Err(failure(SYSTEM, format!("{} holds too much to be listed.", place.shown())));
    }
    for (name, entry) in entries(place)? {
        if options & IGNORE_INVISIBLE != 0 && name.starts_with('.') {
            continue;
        }
        let child = place.child(&name)?;
        let is_kind = match kind {
            Kind::File => !entry.is_dir(),
            Kind::Folder => entry.is_dir(),
        };
        if is_kind {
            found.push(child.clone());
        }
        if entry.is_dir() && options & RECURSIVE != 0 {
            walk(&child, options, kind, depth + 1, found)?;
        }
    }
    Ok(())
}

/// Names and types of what a folder holds, by name; nothing without a folder. Names that are not Unicode are passed
/// over.
pub(super) fn entries(place: &Place) -> Result<Vec<(String, std::fs::FileType)>, ErrorStack> {
    let listed = match std::fs::read_dir(place.path()) {
        Ok(listed) => listed,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(system_failure(place, &error)),
    };
    let mut entries = Vec::new();
    for entry in listed {
        let entry = entry.map_err(|error| system_failure(place, &error))?;
        let Ok(path) = Utf8PathBuf::from_path_buf(entry.path()) else { continue };
        if let (Some(name), Ok(kind)) = (path.file_name(), entry.file_type()) {
            entries.push((name.to_owned(), kind));
        }
    }
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(entries)
}

/// Copies a folder with all it holds, links left out.
pub(super) fn copy_tree(from: &Place, to: &Place) -> Result<(), ErrorStack> {
    if to.path().starts_with(from.path()) {
        return Err(failure(SYSTEM, format!("{} can't be copied into itself.", from.shown())));
    }
    copy_level(from, to, 0)
}

fn copy_level(from: &Place, to: &Place, depth: usize) -> Result<(), ErrorStack> {
    if depth > DEPTH_MAX {
        return Err(failure(SYSTEM, format!("{} is nested too deeply to be copied.", from.shown())));
    }
    std::fs::create_dir(to.path()).map_err(|error| system_failure(to, &error))?;
    for (name, kind) in entries(from)? {
        let (source, target) = (from.child(&name)?, to.child(&name)?);
        if kind.is_dir() {
            copy_level(&source, &target, depth + 1)?;
        } else if kind.is_file() {
            bytes::copy(&source, &target)?;
        }
    }
    Ok(())
}
