//! `4D.FileHandle`: reading and writing a file piece by piece (`docs/API/FileHandleClass.md`).

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::rc::Rc;

use tessera_model::ProjectPaths;
use tessera_values::{ErrorStack, Native, Scope, Text, Value};
use tessera_vm::{Arguments, Charset, Process};

use super::bytes::{self, FILE_BYTES_MAX};
use super::document::Document;
use super::place::{NOT_FOUND, SYSTEM, failure, system_failure};

/// An open file. It closes when nobody refers to it any more.
pub(super) struct FileHandle {
    document: Rc<Document>,
    mode: Text,
    charset_name: Text,
    charset: Charset,
    break_read: Value,
    break_write: Value,
    file: RefCell<File>,
    offset: Cell<u64>,
}

impl FileHandle {
    /// `open({mode | options})`: `read`, `write` or `append`, in lower case.
    pub(super) fn open(
        document: &Rc<Document>,
        process: &mut Process,
        paths: &ProjectPaths,
        arguments: &Arguments,
    ) -> Result<Value, ErrorStack> {
        let options = arguments.value(0);
        let mut option = |name: &str| match &options {
            Value::Text(mode) if name == "mode" => Ok(Value::Text(mode.clone())),
            Value::Object(_) => tessera_vm::get_member(process, &options, name),
            _ => Ok(Value::Undefined),
        };
        let text_or = |value: Value, default: &str| match value {
            Value::Text(text) if !text.is_empty() => text,
            _ => Text::from(default),
        };
        let mode = text_or(option("mode")?, "read");
        let charset_name = text_or(option("charset")?, "UTF-8");
        let charset = bytes::charset(&Value::Text(charset_name.clone()))?;
        let native = |value: Value| if value.is_nothing() { Value::text("native") } else { value };
        let (break_read, break_write) = (native(option("breakModeRead")?), native(option("breakModeWrite")?));
        let mut how = OpenOptions::new();
        match mode.as_str() {
            "read" => how.read(true),
            "write" | "append" => how.read(true).write(true).create(true).truncate(false),
            other => return Err(failure(SYSTEM, format!("There is no mode \"{other}\" to open files."))),
        };
        document.place.check(paths)?;
        if document.place.path().metadata().is_ok_and(|found| !found.is_file()) {
            return Err(failure(NOT_FOUND, format!("{} is not a file.", document.place.shown())));
        }
        let file =
            how.open(document.place.path()).map_err(|error| system_failure(&document.place, &error))?;
        let handle = Self {
            document: Rc::clone(document),
            mode,
            charset_name,
            charset,
            break_read,
            break_write,
            file: RefCell::new(file),
            offset: Cell::new(0),
        };
        if handle.mode == "append" {
            handle.offset.set(handle.size()?);
        }
        Ok(Value::Native(Rc::new(handle)))
    }

    fn fails(&self, error: &std::io::Error) -> ErrorStack {
        system_failure(&self.document.place, error)
    }

    fn size(&self) -> Result<u64, ErrorStack> {
        self.file.borrow().metadata().map(|found| found.len()).map_err(|error| self.fails(&error))
    }

    /// Bytes from the offset on, which does not move.
    fn peek(&self, count: u64) -> Result<Vec<u8>, ErrorStack> {
        if count > FILE_BYTES_MAX && self.size()?.saturating_sub(self.offset.get()) > FILE_BYTES_MAX {
            return Err(failure(
                SYSTEM,
                format!("{}: more than 256 MB are left.", self.document.place.shown()),
            ));
        }
        let mut content = Vec::new();
        let mut file = self.file.borrow_mut();
        file.seek(SeekFrom::Start(self.offset.get()))
            .and_then(|_| (&mut *file).take(count.min(FILE_BYTES_MAX)).read_to_end(&mut content))
            .map_err(|error| self.fails(&error))?;
        Ok(content)
    }

    fn advance(&self, count: usize) {
        self.offset.set(self.offset.get() + count as u64);
    }

    fn write(&self, content: &[u8]) -> Result<Value, ErrorStack> {
        if self.mode == "read" {
            return Err(failure(SYSTEM, format!("{} is open for reading.", self.document.place.shown())));
        }
        let mut file = self.file.borrow_mut();
        file.seek(SeekFrom::Start(self.offset.get()))
            .and_then(|_| file.write_all(content))
            .map_err(|error| self.fails(&error))?;
        drop(file);
        self.advance(content.len());
        Ok(Value::Undefined)
    }

    fn break_mode(mode: &Value) -> i64 {
        match mode {
            Value::Text(name) => match name.as_str() {
                "crlf" => 2,
                "cr" => 3,
                "lf" => 4,
                _ => 1,
            },
            mode => mode.as_integer().unwrap_or(1),
        }
    }

    /// Everything up to a line end, which is passed over.
    fn read_line(&self) -> Result<Value, ErrorStack> {
        let content = self.peek(u64::MAX)?;
        let end = content.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        let (line, passed) = match end {
            None => (content.as_slice(), content.len()),
            Some(end) => {
                let pair = content[end] == b'\r' && content.get(end + 1) == Some(&b'\n');
                (&content[..end], end + if pair { 2 } else { 1 })
            }
        };
        let line = self.charset.decode(line);
        self.advance(passed);
        Ok(Value::text(line))
    }

    /// `readText({stop})`: up to the stop text, or nothing when it does not follow; all that is left without one.
    fn read_text(&self, arguments: &Arguments) -> Result<Value, ErrorStack> {
        let stop = arguments.text(0)?;
        let content = self.peek(u64::MAX)?;
        let text = if stop.is_empty() {
            self.advance(content.len());
            self.charset.decode(&content)
        } else {
            let stop = self.charset.encode(&stop);
            let Some(end) = content.windows(stop.len()).position(|window| window == stop) else {
                return Ok(Value::text(""));
            };
            self.advance(end + stop.len());
            self.charset.decode(&content[..end])
        };
        Ok(Value::text(bytes::with_line_ends(text, Self::break_mode(&self.break_read))))
    }

    fn run(&self, name: &str, arguments: &Arguments) -> Option<Result<Value, ErrorStack>> {
        let encoded = |text: &str| {
            let text = bytes::with_line_ends(text.to_owned(), Self::break_mode(&self.break_write));
            self.charset.encode(&text)
        };
        Some(match name {
            "getSize" => self.size().map(|size| Value::Integer(size as i64)),
            "setSize" => arguments.integer(0).and_then(|size| {
                let size = u64::try_from(size).unwrap_or(0).min(FILE_BYTES_MAX);
                self.file.borrow().set_len(size).map_err(|error| self.fails(&error))?;
                self.offset.set(self.offset.get().min(size));
                Ok(Value::Undefined)
            }),
            "readBlob" => arguments.integer(0).and_then(|count| {
                let content = self.peek(u64::try_from(count).unwrap_or(0))?;
                self.advance(content.len());
                Ok(Value::Blob(content.into()))
            }),
            "readLine" => self.read_line(),
            "readText" => self.read_text(arguments),
            "writeBlob" => match arguments.value(0) {
                Value::Blob(blob) => self.write(&blob.0),
                other => Err(ErrorStack::runtime(format!("writeBlob needs a Blob, not {}.", other.kind()))),
            },
            "writeLine" => arguments.text(0).and_then(|text| self.write(&encoded(&format!("{text}\n")))),
            "writeText" => arguments.text(0).and_then(|text| self.write(&encoded(&text))),
            _ => return None,
        })
    }
}

impl Native for FileHandle {
    fn class_name(&self) -> &'static str {
        "4D.FileHandle"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn get(self: Rc<Self>, _: &mut dyn Scope, name: &str) -> Result<Value, ErrorStack> {
        Ok(match name {
            "mode" => Value::Text(self.mode.clone()),
            "charset" => Value::Text(self.charset_name.clone()),
            "breakModeRead" => self.break_read.clone(),
            "breakModeWrite" => self.break_write.clone(),
            "file" => Document::value(self.document.kind, self.document.place.clone()),
            "offset" => Value::Integer(self.offset.get() as i64),
            "eof" => Value::Boolean(self.offset.get() >= self.size()?),
            _ => Value::Undefined,
        })
    }

    fn set(self: Rc<Self>, _: &mut dyn Scope, name: &str, value: Value) -> Result<(), ErrorStack> {
        if name != "offset" {
            return Err(ErrorStack::runtime(format!(
                "The property \"{name}\" of 4D.FileHandle is read-only."
            )));
        }
        let offset = value.as_integer().and_then(|offset| u64::try_from(offset).ok()).unwrap_or(0);
        self.offset.set(offset.min(self.size()?));
        Ok(())
    }

    fn call(
        self: Rc<Self>,
        _: &mut dyn Scope,
        name: &str,
        arguments: &[Value],
    ) -> Option<Result<Value, ErrorStack>> {
        self.run(name, &Arguments::new(arguments.iter().cloned(), 0))
    }
}
