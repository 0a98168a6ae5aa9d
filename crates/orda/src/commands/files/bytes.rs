//! Whole files: reading with a limit, writing, and line ends.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};

use tessera_model::ProjectPaths;
use tessera_values::{ErrorStack, Value};
use tessera_vm::Charset;

use super::place::{NO_FOLDER, NOT_FOUND, Place, SYSTEM, failure, system_failure};

/// The largest file that is read into memory.
pub(super) const FILE_BYTES_MAX: u64 = 256 << 20;

/// The content of a file.
pub(super) fn read(paths: &ProjectPaths, place: &Place) -> Result<Vec<u8>, ErrorStack> {
    place.check(paths)?;
    let kind = std::fs::metadata(place.path()).map_err(|error| system_failure(place, &error))?;
    // Reading a pipe or a device might never end.
    if !kind.is_file() {
        return Err(failure(NOT_FOUND, format!("{} is not a file.", place.shown())));
    }
    let mut content = Vec::new();
    File::open(place.path())
        .and_then(|file| file.take(FILE_BYTES_MAX + 1).read_to_end(&mut content))
        .map_err(|error| system_failure(place, &error))?;
    if content.len() as u64 > FILE_BYTES_MAX {
        return Err(failure(SYSTEM, format!("{} is larger than 256 MB.", place.shown())));
    }
    Ok(content)
}

/// Replaces the content of a file, which is made when there is none; its folder must exist.
pub(super) fn write(paths: &ProjectPaths, place: &Place, content: &[u8]) -> Result<(), ErrorStack> {
    place.check(paths)?;
    if place.path().symlink_metadata().is_ok_and(|kind| !kind.is_file() && !kind.is_symlink()) {
        return Err(failure(NOT_FOUND, format!("{} is not a file.", place.shown())));
    }
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .open(place.path())
        .and_then(|mut file| file.write_all(content))
        .map_err(|error| system_failure(place, &error))
}

/// Makes the folders that lead to a place.
pub(super) fn create_parents(paths: &ProjectPaths, place: &Place) -> Result<(), ErrorStack> {
    let Some(parent) = place.parent() else { return Ok(()) };
    parent.check(paths)?;
    std::fs::create_dir_all(parent.path()).map_err(|error| system_failure(&parent, &error))
}

/// A folder something is put into.
pub(super) fn existing_folder(paths: &ProjectPaths, place: &Place) -> Result<(), ErrorStack> {
    place.check(paths)?;
    if place.path().is_dir() {
        return Ok(());
    }
    Err(failure(NO_FOLDER, format!("The folder {} does not exist.", place.shown())))
}

/// `Document unchanged`, `Document with native format`, `Document with CRLF`, `CR`, `LF`.
pub(super) fn with_line_ends(text: String, mode: i64) -> String {
    let line_end = match mode {
        0 => return text,
        2 => "\r\n",
        3 => "\r",
        // UNSPECIFIED: the native line end on Linux. Taken: LF.
        _ => "\n",
    };
    if !text.contains('\r') && line_end == "\n" {
        return text;
    }
    let plain = text.replace("\r\n", "\n").replace('\r', "\n");
    if line_end == "\n" { plain } else { plain.replace('\n', line_end) }
}

/// The character set an argument names.
pub(super) fn charset(value: &Value) -> Result<Charset, ErrorStack> {
    Charset::of(value).ok_or_else(|| {
        let name = value.as_text().map_or_else(|| "of this number".to_owned(), ToString::to_string);
        failure(SYSTEM, format!("The character set {name} is not known."))
    })
}

/// The bytes of a text; a set that was named gets its mark, unless the name ends in `-no-bom`
/// (`docs/API/FileClass.md`).
pub(super) fn encoded(text: &str, named: &Value) -> Result<Vec<u8>, ErrorStack> {
    let charset = charset(named)?;
    let marked = match named {
        Value::Text(name) => !name.is_empty() && !name.to_lowercase().ends_with("-no-bom"),
        Value::Undefined | Value::Null => false,
        _ => true,
    };
    let mut bytes = if marked { charset.mark() } else { Vec::new() };
    bytes.extend(charset.encode(text));
    Ok(bytes)
}

/// Copies one file over another or to a new one. Both places were checked.
pub(super) fn copy(from: &Place, to: &Place) -> Result<(), ErrorStack> {
    std::fs::copy(from.path(), to.path()).map(|_| ()).map_err(|error| system_failure(to, &error))
}
