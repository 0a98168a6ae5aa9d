//! An archive that is read: the tree of its entries, and their contents.
//!
//! An archive comes from elsewhere. Its paths may lead nowhere but inside it, and what it unpacks to has a limit.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::rc::Rc;

use tessera_values::{ErrorStack, Text, Value};
use tessera_vm::{Arguments, Process};
use zip::result::ZipError;
use zip::{DateTime, ZipArchive, ZipReadOptions};

use super::super::bytes::FILE_BYTES_MAX;
use super::super::document::Document;
use super::super::place::{NOT_FOUND, SYSTEM, failure, system_failure};
use super::entry::{Entry, ZipArchiveObject};
use crate::commands::files::Kind;
use crate::context::Context;

/// How many entries an archive may have, and how deeply folders may lie in each other.
const ENTRIES_MAX: usize = 100_000;
const DEPTH_MAX: usize = 100;
/// How much may be unpacked from one archive.
const UNPACKED_MAX: u64 = 1 << 30;

/// A file or folder inside an archive.
#[derive(Clone, Copy, Debug)]
pub(super) struct Inside {
    pub(super) kind: Kind,
    /// Its number in the archive; folders need not have one.
    index: Option<usize>,
    pub(super) size: u64,
    pub(super) modified: Option<DateTime>,
}

/// An open archive.
pub(super) struct Archive {
    name: Text,
    file: RefCell<ZipArchive<File>>,
    password: Option<Text>,
    /// By their paths, without a slash at either end. The root is the empty path.
    entries: BTreeMap<String, Inside>,
    unpacked: Cell<u64>,
}

/// `ZIP Read archive(file {; password})`
pub(in super::super) fn read_archive(
    context: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let value = arguments.value(0);
    let Some(document) = value.as_native::<Document>().filter(|document| document.kind == Kind::File) else {
        return Err(ErrorStack::runtime("ZIP Read archive needs a 4D.File."));
    };
    document.place.check(&context.application().paths)?;
    if !document.place.path().is_file() {
        return Err(failure(NOT_FOUND, format!("{} does not exist.", document.place.shown())));
    }
    let file = File::open(document.place.path()).map_err(|error| system_failure(&document.place, &error))?;
    let password = Some(arguments.text(1)?).filter(|password| !password.is_empty());
    let archive = Archive::read(document.place.shown(), file, password)?;
    Ok(Value::Native(Rc::new(ZipArchiveObject(Rc::new(archive)))))
}

impl Archive {
    fn read(name: Text, file: File, password: Option<Text>) -> Result<Self, ErrorStack> {
        let fails = |why: &str| failure(SYSTEM, format!("{name} can't be read as a ZIP archive: {why}."));
        let archive = ZipArchive::new(file).map_err(|error| fails(&error.to_string()))?;
        if archive.len() > ENTRIES_MAX {
            return Err(fails("it has too many entries"));
        }
        let root = Inside { kind: Kind::Folder, index: None, size: 0, modified: None };
        let mut entries = BTreeMap::from([(String::new(), root)]);
        for index in 0..archive.len() {
            let entry = archive.by_index_data(index).map_err(|error| fails(&error.to_string()))?;
            let written = entry.name().map_err(|error| fails(&error.to_string()))?;
            let path = checked_path(&written)
                .ok_or_else(|| fails(&format!("the path \"{written}\" may lead out of it, or is no path")))?;
            // What lies in a folder makes the folder, if nothing else does.
            for (at, _) in path.match_indices('/') {
                entries.entry(path[..at].to_owned()).or_insert(root);
            }
            if entries.len() > 2 * ENTRIES_MAX {
                return Err(fails("it has too many folders"));
            }
            let kind = if entry.is_dir() { Kind::Folder } else { Kind::File };
            let inside =
                Inside { kind, index: Some(index), size: entry.size(), modified: entry.last_modified() };
            entries.insert(path, inside);
        }
        Ok(Self { name, file: RefCell::new(archive), password, entries, unpacked: Cell::new(0) })
    }

    /// What lies at a path.
    pub(super) fn at(&self, path: &str) -> Option<Inside> {
        self.entries.get(path).copied()
    }

    /// The names of what lies in a folder.
    pub(super) fn children<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (&'a str, Inside)> {
        let begin = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let length = begin.len();
        self.entries
            .range(begin.clone()..)
            .take_while(move |(path, _)| path.starts_with(&begin))
            .filter(move |(path, _)| path.len() > length && !path[length..].contains('/'))
            .map(|(path, inside)| (path.as_str(), *inside))
    }

    /// The content of a file.
    pub(super) fn content(&self, path: &str) -> Result<Vec<u8>, ErrorStack> {
        let fails = |why: &str| failure(SYSTEM, format!("{path} can't be read from {}: {why}.", self.name));
        let index = self
            .at(path)
            .and_then(|inside| inside.index)
            .ok_or_else(|| failure(NOT_FOUND, format!("There is no file {path} in {}.", self.name)))?;
        let mut archive = self.file.borrow_mut();
        let password = self.password.as_ref().map(|password| password.as_bytes());
        let options = ZipReadOptions::new().password(password);
        let entry = archive.by_index_with_options(index, options).map_err(|error| match error {
            ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => fails("it needs a password"),
            error => fails(&error.to_string()),
        })?;
        // What an entry says of its size is not believed.
        let mut content = Vec::new();
        let read = entry.take(FILE_BYTES_MAX + 1).read_to_end(&mut content);
        read.map_err(|error| fails(&error.to_string()))?;
        let unpacked = self.unpacked.get().saturating_add(content.len() as u64);
        self.unpacked.set(unpacked);
        if content.len() as u64 > FILE_BYTES_MAX || unpacked > UNPACKED_MAX {
            return Err(fails("no more than 256 MB are unpacked from a file, and 1 GB from an archive"));
        }
        Ok(content)
    }

    /// An entry as an object of code.
    pub(super) fn object(self: &Rc<Self>, path: &str, kind: Kind) -> Value {
        Value::Native(Rc::new(Entry { archive: Rc::clone(self), path: path.into(), kind }))
    }
}

/// A path inside an archive, without a slash at its ends; `None` for one that could lead out of it.
pub(super) fn checked_path(written: &str) -> Option<String> {
    let path = written.strip_suffix('/').unwrap_or(written);
    let is_inside = !path.is_empty()
        && path.split('/').count() <= DEPTH_MAX
        && path.split('/').all(|part| !matches!(part, "" | "." | "..") && !part.contains(['\\', '\0']));
    // A drive of Windows.
    let has_drive = path.as_bytes().get(1) == Some(&b':');
    (is_inside && !has_drive).then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::checked_path;

    #[test]
    fn paths_stay_inside_the_archive() {
        assert_eq!(checked_path("a/b.txt").as_deref(), Some("a/b.txt"));
        assert_eq!(checked_path("a/").as_deref(), Some("a"));
        for path in ["", "/", "/etc/passwd", "../x", "a/../../x", "a//b", "a\\..\\b", "C:/x", "a\0", "./a"] {
            assert_eq!(checked_path(path), None, "{path}");
        }
        assert_eq!(checked_path(&"a/".repeat(200)), None);
    }
}
