//! `ZIP Create archive` (`docs/commands/zip-create-archive.md`).

use std::fs::File;
use std::io::BufWriter;
use std::rc::Rc;

use camino::Utf8PathBuf;
use tessera_model::ProjectPaths;
use tessera_values::{ErrorStack, ObjectRef, Text, Value};
use tessera_vm::{Arguments, Process};
use zip::write::{FileOptions, SimpleFileOptions};
use zip::{AesMode, CompressionMethod, DateTime, ZipWriter};

use super::super::document::Document;
use super::super::folder;
use super::super::place::Place;
use super::archive::checked_path;
use crate::commands::files::Kind;
use crate::context::Context;

/// `ZIP Without enclosing folder` and `ZIP Ignore invisible files`.
const WITHOUT_FOLDER: i64 = 1;
const IGNORE_INVISIBLE: i64 = 1;

/// The compressions.
const STANDARD: i64 = 0;
const NONE: i64 = 1;

/// How many entries are written.
const ENTRIES_MAX: usize = 100_000;
/// Larger files need the long form of an entry.
const LARGE: u64 = u32::MAX as u64;

/// Why an archive could not be made, as the status tells it.
struct Refusal {
    status: i64,
    text: String,
}

impl Refusal {
    fn new(status: i64, text: impl Into<String>) -> Self {
        Self { status, text: text.into() }
    }

    /// The archive's own file failed.
    fn of(error: impl std::fmt::Display) -> Self {
        Self::new(1, format!("Cannot create ZIP archive: {error}"))
    }
}

/// What is put into an archive: from where, and under which path.
struct Source {
    place: Place,
    path: String,
}

/// How an archive is made.
struct Plan {
    sources: Vec<Source>,
    compression: CompressionMethod,
    level: Option<i64>,
    encryption: Option<(AesMode, Text)>,
    callback: Value,
}

/// `ZIP Create archive(file | folder | structure; destination {; options})`: a status; nothing is raised.
pub(in super::super) fn create_archive(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let paths = &context.application().paths;
    let destination = arguments.value(1);
    let Some(destination) =
        destination.as_native::<Document>().filter(|document| document.kind == Kind::File)
    else {
        return Err(ErrorStack::runtime("ZIP Create archive needs a 4D.File to write to."));
    };
    destination.place.check(paths)?;
    let result = match plan(process, paths, arguments, &destination.place)? {
        Ok(plan) => write(process, &plan, &destination.place)?,
        Err(refusal) => Err(refusal),
    };
    let (success, status, text) = match result {
        Ok(()) => (true, 0, String::new()),
        Err(refusal) => (false, refusal.status, refusal.text),
    };
    Ok(Value::Object(ObjectRef::from([
        ("success", Value::Boolean(success)),
        ("status", Value::Integer(status)),
        ("statusText", Value::text(text)),
    ])))
}

type Planned = Result<Plan, Refusal>;

fn plan(
    process: &mut Process,
    paths: &ProjectPaths,
    arguments: &Arguments,
    destination: &Place,
) -> Result<Planned, ErrorStack> {
    let mut plan = Plan {
        sources: Vec::new(),
        compression: CompressionMethod::Deflated,
        level: None,
        encryption: None,
        callback: Value::Undefined,
    };
    let given = arguments.value(0);
    if let Some(document) = given.as_native::<Document>() {
        let without = document.kind == Kind::Folder && arguments.integer(2)? & WITHOUT_FOLDER != 0;
        let path = if without { String::new() } else { document.full_name().to_owned() };
        let added = plan.add(paths, document, &path, 0, destination)?;
        return Ok(added.map(|()| plan));
    }
    if !matches!(given, Value::Object(_)) {
        return Err(ErrorStack::runtime("ZIP Create archive needs a 4D.File, a 4D.Folder or an object."));
    }
    let mut property = |name: &str| tessera_vm::get_member(process, &given, name);
    plan.compression = match property("compression")?.as_integer().unwrap_or(STANDARD) {
        STANDARD => CompressionMethod::Deflated,
        NONE => CompressionMethod::Stored,
        _ => return Ok(Err(Refusal::new(2, "Cannot create ZIP archive: LZMA and XZ are not supported"))),
    };
    // 4D counts to 10, the compressor to 9.
    plan.level = property("level")?.as_integer().map(|level| level.clamp(1, 9));
    plan.callback = property("callback")?;
    let password = property("password")?.as_text().cloned().filter(|password| !password.is_empty());
    let encryption = property("encryption")?.as_integer();
    let mode = match (encryption, &password) {
        (None | Some(0), None) | (Some(0), Some(_)) => None,
        (Some(_), None) => return Ok(Err(Refusal::new(3, "Password is required for encryption"))),
        (Some(1), _) => Some(AesMode::Aes128),
        (Some(2), _) => Some(AesMode::Aes192),
        _ => Some(AesMode::Aes256),
    };
    plan.encryption = mode.zip(password);
    let Value::Collection(files) = property("files")? else {
        return Err(ErrorStack::runtime("ZIP Create archive: \"files\" must be a collection."));
    };
    for element in files.to_vec() {
        let (source, path, option) = if element.as_native::<Document>().is_some() {
            (element.clone(), None, 0)
        } else {
            let mut property = |name: &str| tessera_vm::get_member(process, &element, name);
            let path = property("destination")?.as_text().cloned().filter(|path| !path.is_empty());
            (property("source")?, path, property("option")?.as_integer().unwrap_or(0))
        };
        let Some(document) = source.as_native::<Document>() else {
            return Err(ErrorStack::runtime("ZIP Create archive: \"files\" must hold files and folders."));
        };
        let path = path.map_or_else(|| document.full_name().to_owned(), |path| path.to_string());
        if let Err(refusal) = plan.add(paths, document, &path, option, destination)? {
            return Ok(Err(refusal));
        }
    }
    Ok(Ok(plan))
}

impl Plan {
    /// Adds a file, or a folder with all it holds, under a path of the archive.
    fn add(
        &mut self,
        paths: &ProjectPaths,
        document: &Document,
        path: &str,
        option: i64,
        destination: &Place,
    ) -> Result<Result<(), Refusal>, ErrorStack> {
        if document.metadata(paths)?.is_none() {
            let name = document.place.shown();
            return Ok(Err(Refusal::new(1, format!("Cannot create ZIP archive: {name} does not exist"))));
        }
        if !path.is_empty() && checked_path(path).is_none() {
            return Ok(Err(Refusal::new(
                1,
                format!("Cannot create ZIP archive: \"{path}\" is no path inside it"),
            )));
        }
        self.walk(document.kind, &document.place, path, option, destination)
    }

    fn walk(
        &mut self,
        kind: Kind,
        place: &Place,
        path: &str,
        option: i64,
        destination: &Place,
    ) -> Result<Result<(), Refusal>, ErrorStack> {
        if self.sources.len() >= ENTRIES_MAX {
            return Ok(Err(Refusal::new(1, "Cannot create ZIP archive: it would have too many entries")));
        }
        // The archive does not hold itself.
        if kind == Kind::File && place.path() == destination.path() {
            return Ok(Ok(()));
        }
        if kind == Kind::File || !path.is_empty() {
            let end = if kind == Kind::Folder { "/" } else { "" };
            self.sources
                .push(Source { place: place.clone(), path: format!("{}{end}", path.trim_end_matches('/')) });
        }
        if kind == Kind::File {
            return Ok(Ok(()));
        }
        for (name, found) in folder::entries(place)? {
            let ignored = option & IGNORE_INVISIBLE != 0 && name.starts_with('.');
            // Links could lead out of what code may read.
            if ignored || !(found.is_dir() || found.is_file()) {
                continue;
            }
            let kind = if found.is_dir() { Kind::Folder } else { Kind::File };
            let inside =
                if path.is_empty() { name.clone() } else { format!("{}/{name}", path.trim_end_matches('/')) };
            if checked_path(&inside).is_none() {
                return Ok(Err(Refusal::new(
                    1,
                    format!("Cannot create ZIP archive: \"{inside}\" is no path inside it"),
                )));
            }
            if let Err(refusal) = self.walk(kind, &place.child(&name)?, &inside, option, destination)? {
                return Ok(Err(refusal));
            }
        }
        Ok(Ok(()))
    }

    fn options(&self, modified: Option<DateTime>, size: u64) -> FileOptions<'_, 'static, ()> {
        let options = SimpleFileOptions::default()
            .compression_method(self.compression)
            .compression_level(self.level.filter(|_| self.compression == CompressionMethod::Deflated))
            .last_modified_time(modified.unwrap_or_default())
            .large_file(size > LARGE);
        match &self.encryption {
            Some((mode, password)) => options.with_aes_encryption(*mode, password),
            None => options,
        }
    }
}

/// Writes beside the archive's place and moves it there when it is whole.
fn write(process: &mut Process, plan: &Plan, destination: &Place) -> Result<Result<(), Refusal>, ErrorStack> {
    let unfinished = Utf8PathBuf::from(format!("{}.unfinished", destination.path()));
    // What is left of an earlier try is removed, and a link never followed.
    let _ = std::fs::remove_file(&unfinished);
    let mut result = match File::create_new(&unfinished) {
        Ok(file) => entries(process, plan, file)?,
        Err(error) => return Ok(Err(Refusal::of(error))),
    };
    if result.is_ok() {
        result = std::fs::rename(&unfinished, destination.path()).map_err(Refusal::of);
    }
    if result.is_err() {
        let _ = std::fs::remove_file(&unfinished);
    }
    Ok(result)
}

fn entries(process: &mut Process, plan: &Plan, file: File) -> Result<Result<(), Refusal>, ErrorStack> {
    let zone = process.environment().time_zone.clone();
    let mut writer = ZipWriter::new(BufWriter::new(file));
    for (at, source) in plan.sources.iter().enumerate() {
        let found = std::fs::metadata(source.place.path());
        let moment =
            found.as_ref().ok().and_then(|found| jiff::Timestamp::try_from(found.modified().ok()?).ok());
        let modified = moment.and_then(|moment| stamp(zone.to_datetime(moment)));
        let options = plan.options(modified, found.as_ref().map_or(0, std::fs::Metadata::len));
        let written = if source.path.ends_with('/') {
            writer.add_directory(source.path.as_str(), options).map_err(Refusal::of)
        } else {
            writer.start_file(source.path.as_str(), options).map_err(Refusal::of).and_then(|()| {
                let mut file = File::open(source.place.path()).map_err(Refusal::of)?;
                std::io::copy(&mut file, &mut writer).map(|_| ()).map_err(Refusal::of)
            })
        };
        if let Err(refusal) = written {
            return Ok(Err(refusal));
        }
        if !plan.callback.is_nothing() {
            let percent = Value::Integer(((at + 1) * 100 / plan.sources.len()) as i64);
            tessera_vm::call_member(process, &plan.callback, "call", &[Value::Null, percent])?;
        }
    }
    let finished = writer.finish().map_err(Refusal::of);
    Ok(finished
        .and_then(|writer| writer.into_inner().map(|_| ()).map_err(|error| Refusal::of(error.error()))))
}

/// The time as archives know it: from 1980 on.
fn stamp(moment: jiff::civil::DateTime) -> Option<DateTime> {
    let small = |number: i8| u8::try_from(number).ok();
    DateTime::from_date_and_time(
        u16::try_from(moment.year()).ok()?,
        small(moment.month())?,
        small(moment.day())?,
        small(moment.hour())?,
        small(moment.minute())?,
        small(moment.second())?,
    )
    .ok()
}
