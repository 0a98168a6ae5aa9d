//! `4D.ZipArchive`, `4D.ZipFile` and `4D.ZipFolder` (`docs/API/ZipFileClass.md`, `ZipFolderClass.md`).
// UNSPECIFIED: what the root of an archive becomes when it is copied without a new name. Taken: its contents are put
// into the folder, as unpacking means.

use std::any::Any;
use std::rc::Rc;

use tessera_model::ProjectPaths;
use tessera_values::{CollectionRef, Date, ErrorStack, Native, Scope, Text, Time, Value};
use tessera_vm::{Arguments, Process};
use zip::DateTime;

use super::super::bytes;
use super::super::document::{Document, OVERWRITE, PROPERTIES, new_name, split_name};
use super::super::folder::{IGNORE_INVISIBLE, RECURSIVE};
use super::super::place::{EXISTS, NOT_FOUND, Place, failure, system_failure};
use super::archive::{Archive, checked_path};
use crate::commands::files::Kind;
use crate::context::Context;

/// The archive as code sees it.
pub(super) struct ZipArchiveObject(pub(super) Rc<Archive>);

impl Native for ZipArchiveObject {
    fn class_name(&self) -> &'static str {
        "4D.ZipArchive"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn get(self: Rc<Self>, _: &mut dyn Scope, name: &str) -> Result<Value, ErrorStack> {
        Ok(if name == "root" { self.0.object("", Kind::Folder) } else { Value::Undefined })
    }

    fn keys(self: Rc<Self>, _: &mut dyn Scope) -> Vec<Text> {
        vec!["root".into()]
    }
}

/// A file or folder inside an archive. It need not exist.
pub(super) struct Entry {
    pub(super) archive: Rc<Archive>,
    /// Without a slash at either end; the root has the empty path.
    pub(super) path: Text,
    pub(super) kind: Kind,
}

impl Entry {
    fn full_name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    fn exists(&self) -> bool {
        self.archive.at(&self.path).is_some_and(|inside| inside.kind == self.kind)
    }

    fn property(self: &Rc<Self>, name: &str) -> Value {
        let inside = self.archive.at(&self.path);
        match name {
            "fullName" => Value::text(self.full_name()),
            "name" => Value::text(split_name(self.full_name()).0),
            "extension" => Value::text(split_name(self.full_name()).1),
            // Folders end with a separator.
            "path" | "platformPath" if self.kind == Kind::Folder && !self.path.is_empty() => {
                Value::text(format!("{}/", self.path))
            }
            "path" | "platformPath" => Value::Text(self.path.clone()),
            "isFile" => Value::Boolean(self.kind == Kind::File),
            "isFolder" => Value::Boolean(self.kind == Kind::Folder),
            "exists" => Value::Boolean(self.exists()),
            "hidden" => Value::Boolean(self.full_name().starts_with('.')),
            "isAlias" | "isWritable" => Value::Boolean(false),
            "isPackage" if self.kind == Kind::Folder => Value::Boolean(false),
            "original" => Value::Native(Rc::clone(self) as Rc<dyn Native>),
            "parent" if self.path.is_empty() => Value::Null,
            "parent" => {
                let parent = self.path.rsplit_once('/').map_or("", |(parent, _)| parent);
                self.archive.object(parent, Kind::Folder)
            }
            "size" if self.kind == Kind::File => {
                Value::Integer(inside.map_or(0, |inside| inside.size as i64))
            }
            "creationDate" | "modificationDate" => {
                Value::Date(date(inside.and_then(|inside| inside.modified)))
            }
            "creationTime" | "modificationTime" => {
                Value::Time(time(inside.and_then(|inside| inside.modified)))
            }
            _ => Value::Undefined,
        }
    }

    fn run(
        self: &Rc<Self>,
        process: &Process,
        name: &str,
        arguments: &Arguments,
    ) -> Option<Result<Value, ErrorStack>> {
        Some(match (self.kind, name) {
            (_, "getIcon") => Ok(Value::Picture(Rc::default())),
            (_, "copyTo") => self.copy_to(&Context::of(process).application().paths, arguments),
            (Kind::File, "getContent") => {
                self.archive.content(&self.path).map(|content| Value::Blob(content.into()))
            }
            (Kind::File, "getText") => self.get_text(arguments),
            (Kind::Folder, "file") => arguments.text(0).map(|path| self.inside(&path, Kind::File)),
            (Kind::Folder, "folder") => arguments.text(0).map(|path| self.inside(&path, Kind::Folder)),
            (Kind::Folder, "files") => self.list(arguments, Kind::File),
            (Kind::Folder, "folders") => self.list(arguments, Kind::Folder),
            _ => return None,
        })
    }

    /// `getText({charset {; breakMode}})`
    fn get_text(&self, arguments: &Arguments) -> Result<Value, ErrorStack> {
        let charset = bytes::charset(&arguments.value(0))?;
        let mode = arguments.optional_integer(1)?.unwrap_or(1);
        let text = charset.decode(&self.archive.content(&self.path)?);
        Ok(Value::text(bytes::with_line_ends(text, mode)))
    }

    fn joined(&self, path: &str) -> String {
        if self.path.is_empty() { path.to_owned() } else { format!("{}/{path}", self.path) }
    }

    /// A relative path; Null for one that is not valid.
    fn inside(&self, path: &str, kind: Kind) -> Value {
        checked_path(path).map_or(Value::Null, |path| self.archive.object(&self.joined(&path), kind))
    }

    fn list(&self, arguments: &Arguments, kind: Kind) -> Result<Value, ErrorStack> {
        let options = arguments.integer(0)?;
        let mut found = Vec::new();
        self.walk(&self.path, options, kind, &mut found);
        Ok(Value::Collection(CollectionRef::from_vec(found)))
    }

    fn walk(&self, folder: &str, options: i64, kind: Kind, found: &mut Vec<Value>) {
        for (path, inside) in self.archive.children(folder) {
            let name = path.rsplit('/').next().unwrap_or_default();
            if options & IGNORE_INVISIBLE != 0 && name.starts_with('.') {
                continue;
            }
            if inside.kind == kind {
                found.push(self.archive.object(path, kind));
            }
            if inside.kind == Kind::Folder && options & RECURSIVE != 0 {
                self.walk(path, options, kind, found);
            }
        }
    }

    /// `copyTo(folder {; newName} {; fk overwrite})`: unpacks.
    fn copy_to(&self, paths: &ProjectPaths, arguments: &Arguments) -> Result<Value, ErrorStack> {
        let target = arguments.value(0);
        let Some(folder) = target.as_native::<Document>().filter(|target| target.kind == Kind::Folder) else {
            return Err(ErrorStack::runtime("Argument 1 must be a 4D.Folder."));
        };
        if !self.exists() {
            return Err(failure(NOT_FOUND, format!("{} is not in the archive.", self.path)));
        }
        bytes::existing_folder(paths, &folder.place)?;
        let (name, next) = new_name(arguments, self.full_name());
        let overwrites = arguments.integer(next)? == OVERWRITE;
        let place = if name.is_empty() { folder.place.clone() } else { folder.place.child(&name)? };
        self.unpack(paths, &self.path, self.kind, &place, overwrites)?;
        Ok(Document::value(self.kind, place))
    }

    fn unpack(
        &self,
        paths: &ProjectPaths,
        path: &str,
        kind: Kind,
        place: &Place,
        overwrites: bool,
    ) -> Result<(), ErrorStack> {
        place.check(paths)?;
        let is_there = place.path().symlink_metadata().is_ok();
        match kind {
            Kind::File if is_there && !overwrites => {
                Err(failure(EXISTS, format!("{} exists already.", place.shown())))
            }
            Kind::File => bytes::write(paths, place, &self.archive.content(path)?),
            Kind::Folder => {
                if !is_there {
                    std::fs::create_dir(place.path()).map_err(|error| system_failure(place, &error))?;
                }
                for (child, inside) in self.archive.children(path) {
                    let name = child.rsplit('/').next().unwrap_or_default();
                    self.unpack(paths, child, inside.kind, &place.child(name)?, overwrites)?;
                }
                Ok(())
            }
        }
    }
}

/// Archives tell local times.
fn date(moment: Option<DateTime>) -> Date {
    moment.map_or(Date::NULL, |moment| {
        Date::new(i64::from(moment.year()), i64::from(moment.month()), i64::from(moment.day()))
    })
}

fn time(moment: Option<DateTime>) -> Time {
    moment.map_or_else(Time::default, |moment| {
        Time::new(i64::from(moment.hour()), i64::from(moment.minute()), i64::from(moment.second()))
    })
}

impl Native for Entry {
    fn class_name(&self) -> &'static str {
        match self.kind {
            Kind::File => "4D.ZipFile",
            Kind::Folder => "4D.ZipFolder",
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn get(self: Rc<Self>, _: &mut dyn Scope, name: &str) -> Result<Value, ErrorStack> {
        Ok(self.property(name))
    }

    fn call(
        self: Rc<Self>,
        scope: &mut dyn Scope,
        name: &str,
        arguments: &[Value],
    ) -> Option<Result<Value, ErrorStack>> {
        self.run(Process::of(scope), name, &Arguments::new(arguments.iter().cloned(), 0))
    }

    fn keys(self: Rc<Self>, _: &mut dyn Scope) -> Vec<Text> {
        let is_own = |name: &&str| self.kind == Kind::File || *name != "size";
        PROPERTIES.into_iter().filter(is_own).map(Text::from).collect()
    }
}
