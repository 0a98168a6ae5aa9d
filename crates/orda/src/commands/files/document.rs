//! `4D.File` and `4D.Folder` objects: what they have in common (`docs/API/Document.md`, `Directory.md`).

use std::any::Any;
use std::fs::Metadata;
use std::rc::Rc;
use std::time::SystemTime;

use tessera_model::ProjectPaths;
use tessera_values::{Date, ErrorStack, Native, Scope, Text, Time, Value};
use tessera_vm::{Arguments, Process};

use super::place::{EXISTS, NOT_FOUND, Place, failure, system_failure};
use super::{bytes, file, folder};
use crate::context::Context;

/// What an object stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
}

/// A file or folder.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) kind: Kind,
    pub(super) place: Place,
}

/// `fk overwrite`
pub(super) const OVERWRITE: i64 = 4;

/// What a file or folder tells of itself; of a folder no size.
pub(super) const PROPERTIES: [&str; 17] = [
    "creationDate",
    "creationTime",
    "exists",
    "extension",
    "fullName",
    "hidden",
    "isAlias",
    "isFile",
    "isFolder",
    "modificationDate",
    "modificationTime",
    "name",
    "original",
    "parent",
    "path",
    "platformPath",
    "size",
];

/// Name and extension, the latter with its dot.
pub(super) fn split_name(full_name: &str) -> (&str, &str) {
    match full_name.rfind('.') {
        Some(dot) if dot > 0 => full_name.split_at(dot),
        _ => (full_name, ""),
    }
}

/// The name that a copy gets, which may be the second argument, and where the arguments go on.
pub(super) fn new_name(arguments: &Arguments, full_name: &str) -> (Text, usize) {
    match arguments.value(1) {
        Value::Text(name) if !name.is_empty() => (name, 2),
        Value::Text(_) => (full_name.into(), 2),
        _ => (full_name.into(), 1),
    }
}

impl Document {
    /// The object as code sees it.
    pub(super) fn value(kind: Kind, place: Place) -> Value {
        Value::Native(Rc::new(Self { kind, place }))
    }

    /// What the disk says, unless code may not know.
    pub(super) fn metadata(&self, paths: &ProjectPaths) -> Result<Option<Metadata>, ErrorStack> {
        self.place.check(paths)?;
        Ok(std::fs::metadata(self.place.path()).ok().filter(|found| match self.kind {
            Kind::File => found.is_file(),
            Kind::Folder => found.is_dir(),
        }))
    }

    pub(super) fn full_name(&self) -> &str {
        self.place.path().file_name().unwrap_or_default()
    }

    /// Folders end with a separator.
    fn ended(&self, path: &str) -> Text {
        let mut path = Text::from(path);
        if self.kind == Kind::Folder && !path.ends_with('/') {
            path.push('/');
        }
        path
    }

    fn property(&self, process: &Process, name: &str) -> Result<Value, ErrorStack> {
        let context = Context::of(process);
        let paths = &context.application().paths;
        Ok(match name {
            "fullName" => Value::text(self.full_name()),
            "name" => Value::text(split_name(self.full_name()).0),
            "extension" => Value::text(split_name(self.full_name()).1),
            "path" => Value::Text(self.ended(&self.place.shown())),
            "platformPath" => Value::Text(self.ended(self.place.path().as_str())),
            "isFile" => Value::Boolean(self.kind == Kind::File),
            "isFolder" => Value::Boolean(self.kind == Kind::Folder),
            "parent" => self.place.parent().map_or(Value::Null, |place| Self::value(Kind::Folder, place)),
            "hidden" => Value::Boolean(self.full_name().starts_with('.')),
            "isAlias" => {
                self.place.check(paths)?;
                let is_link = self.place.path().symlink_metadata().is_ok_and(|found| found.is_symlink());
                Value::Boolean(is_link && self.kind == Kind::File)
            }
            "isPackage" if self.kind == Kind::Folder => Value::Boolean(false),
            "original" => Self::value(self.kind, self.place.clone()),
            "exists" => Value::Boolean(self.metadata(paths)?.is_some()),
            "isWritable" => {
                Value::Boolean(self.metadata(paths)?.is_some_and(|found| !found.permissions().readonly()))
            }
            "size" if self.kind == Kind::File => {
                Value::Integer(self.metadata(paths)?.map_or(0, |found| found.len() as i64))
            }
            "creationDate" | "creationTime" | "modificationDate" | "modificationTime" => {
                let found = self.metadata(paths)?;
                let moment = found.and_then(|found| {
                    let modified = found.modified().ok();
                    if name.starts_with("creation") { found.created().ok().or(modified) } else { modified }
                });
                moment_as(process, moment, name.ends_with("Date"))
            }
            _ => Value::Undefined,
        })
    }

    /// Where a copy or a moved document goes: a folder argument and perhaps a new name.
    fn target(&self, paths: &ProjectPaths, arguments: &Arguments) -> Result<(Place, usize), ErrorStack> {
        let folder = arguments.value(0);
        let Some(Self { kind: Kind::Folder, place }) = folder.as_native::<Self>() else {
            return Err(ErrorStack::runtime("Argument 1 must be a 4D.Folder."));
        };
        bytes::existing_folder(paths, place)?;
        let (name, next) = new_name(arguments, self.full_name());
        let target = place.child(&name)?;
        target.check(paths)?;
        Ok((target, next))
    }

    fn must_exist(&self, paths: &ProjectPaths) -> Result<(), ErrorStack> {
        if self.metadata(paths)?.is_none() {
            return Err(failure(NOT_FOUND, format!("{} does not exist.", self.place.shown())));
        }
        Ok(())
    }

    /// `copyTo(folder {; newName} {; fk overwrite})`
    fn copy_to(&self, paths: &ProjectPaths, arguments: &Arguments) -> Result<Value, ErrorStack> {
        self.must_exist(paths)?;
        let (target, next) = self.target(paths, arguments)?;
        let overwrites = arguments.integer(next)? == OVERWRITE;
        if target.path().symlink_metadata().is_ok() {
            if !overwrites || target.path() == self.place.path() {
                return Err(failure(EXISTS, format!("{} exists already.", target.shown())));
            }
            Self { kind: self.kind, place: target.clone() }.remove(paths)?;
        }
        match self.kind {
            Kind::File => {
                std::fs::copy(self.place.path(), target.path())
                    .map_err(|error| system_failure(&target, &error))?;
            }
            Kind::Folder => folder::copy_tree(&self.place, &target)?,
        }
        Ok(Self::value(self.kind, target))
    }

    /// `moveTo(folder {; newName})`
    fn move_to(&self, paths: &ProjectPaths, arguments: &Arguments) -> Result<Value, ErrorStack> {
        self.must_exist(paths)?;
        let (target, _) = self.target(paths, arguments)?;
        self.renamed(paths, target)
    }

    /// `rename(newName)`: the extension is part of the name.
    fn rename(&self, paths: &ProjectPaths, arguments: &Arguments) -> Result<Value, ErrorStack> {
        self.must_exist(paths)?;
        let parent = self.place.parent().ok_or_else(|| failure(NOT_FOUND, "A root can't be renamed."))?;
        let target = parent.child(&arguments.text(0)?)?;
        target.check(paths)?;
        self.renamed(paths, target)
    }

    fn renamed(&self, paths: &ProjectPaths, target: Place) -> Result<Value, ErrorStack> {
        self.keep_roots(paths)?;
        if target.path().symlink_metadata().is_ok() {
            return Err(failure(EXISTS, format!("{} exists already.", target.shown())));
        }
        std::fs::rename(self.place.path(), target.path()).map_err(|error| system_failure(&target, &error))?;
        Ok(Self::value(self.kind, target))
    }

    /// Removes a file, or a folder with all it holds.
    pub(super) fn remove(&self, paths: &ProjectPaths) -> Result<(), ErrorStack> {
        self.place.check(paths)?;
        self.keep_roots(paths)?;
        let removed = match self.kind {
            Kind::File => std::fs::remove_file(self.place.path()),
            Kind::Folder => std::fs::remove_dir_all(self.place.path()),
        };
        removed.map_err(|error| system_failure(&self.place, &error))
    }

    /// The project's own folders can't be deleted or moved by its code.
    pub(super) fn keep_roots(&self, paths: &ProjectPaths) -> Result<(), ErrorStack> {
        let path = self.place.path();
        let is_root = [&paths.root, &paths.data, &paths.sources, &super::place::temporary_folder()]
            .into_iter()
            .any(|root| root.starts_with(path));
        if is_root && self.kind == Kind::Folder {
            return Err(failure(
                super::place::FORBIDDEN,
                format!("{} is needed by the server and stays where it is.", self.place.shown()),
            ));
        }
        Ok(())
    }

    fn run(
        self: &Rc<Self>,
        process: &mut Process,
        name: &str,
        arguments: &Arguments,
    ) -> Option<Result<Value, ErrorStack>> {
        let context = Context::of(process);
        let paths = &context.application().paths;
        Some(match name {
            "copyTo" => self.copy_to(paths, arguments),
            "moveTo" => self.move_to(paths, arguments),
            "rename" => self.rename(paths, arguments),
            "getIcon" => Ok(Value::Picture(Rc::default())),
            "createAlias" => Err(failure(
                super::place::FORBIDDEN,
                "createAlias is not available: links could lead out of the project.",
            )),
            _ => {
                return match self.kind {
                    Kind::File => file::call(self, process, paths, name, arguments),
                    Kind::Folder => folder::call(self, paths, name, arguments),
                };
            }
        })
    }
}

impl Native for Document {
    fn class_name(&self) -> &'static str {
        match self.kind {
            Kind::File => "4D.File",
            Kind::Folder => "4D.Folder",
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn get(self: Rc<Self>, scope: &mut dyn Scope, name: &str) -> Result<Value, ErrorStack> {
        self.property(Process::of(scope), name)
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
        PROPERTIES
            .into_iter()
            .filter(|name| self.kind == Kind::File || *name != "size")
            .map(Text::from)
            .collect()
    }
}

/// The date or the time of a moment, in the server's time zone.
pub(super) fn moment_as(process: &Process, moment: Option<SystemTime>, as_date: bool) -> Value {
    let moment = moment.and_then(|moment| jiff::Timestamp::try_from(moment).ok());
    let moment = moment.map(|moment| moment.to_zoned_datetime(process.environment().time_zone.clone()));
    match (moment, as_date) {
        (Some(moment), true) => Value::Date(Date::from_civil(moment.date())),
        (Some(moment), false) => Value::Time(Time::new(
            i64::from(moment.hour()),
            i64::from(moment.minute()),
            i64::from(moment.second()),
        )),
        (None, true) => Value::Date(Date::NULL),
        (None, false) => Value::Time(Time::default()),
    }
}
