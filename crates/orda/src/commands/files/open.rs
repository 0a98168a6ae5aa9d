//! Documents that are open: what `Open document` and its like keep until `CLOSE DOCUMENT`, or the end of the process.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::rc::Rc;

use tessera_model::ProjectPaths;
use tessera_values::ErrorStack;
use tessera_vm::{Charset, Endian};

use super::bytes::FILE_BYTES_MAX;
use super::place::{NOT_FOUND, Place, SYSTEM, failure, system_failure};
use crate::commands::xml::SaxDocument;

/// How many documents a process may have open.
const OPEN_MAX: usize = 100;

/// How a document is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::commands) enum Mode {
    Read,
    Write,
    /// It must exist.
    ReadAndWrite,
    /// An empty one, whatever was there.
    Create,
    /// It is made when it does not exist.
    OpenOrCreate,
}

/// An open document.
pub(in crate::commands) struct OpenDocument {
    place: Place,
    mode: Mode,
    file: BufReader<File>,
    /// Where the next byte is read or written.
    offset: u64,
    /// The character set its byte order mark told.
    marked: Option<Charset>,
    /// What SAX commands know of it.
    pub(in crate::commands) sax: SaxDocument,
}

impl OpenDocument {
    fn open(paths: &ProjectPaths, place: Place, mode: Mode) -> Result<Self, ErrorStack> {
        place.check(paths)?;
        // Opening a pipe or a device might never end.
        if place.path().metadata().is_ok_and(|found| !found.is_file()) {
            return Err(failure(NOT_FOUND, format!("{} is not a file.", place.shown())));
        }
        let mut how = OpenOptions::new();
        match mode {
            Mode::Read => how.read(true),
            Mode::Write | Mode::ReadAndWrite => how.read(true).write(true),
            Mode::Create => how.read(true).write(true).create(true).truncate(true),
            Mode::OpenOrCreate => how.read(true).write(true).create(true).truncate(false),
        };
        let file = how.open(place.path()).map_err(|error| system_failure(&place, &error))?;
        let file = BufReader::new(file);
        Ok(Self { place, mode, file, offset: 0, marked: None, sax: SaxDocument::default() })
    }

    fn fails(&self, error: &std::io::Error) -> ErrorStack {
        system_failure(&self.place, error)
    }

    fn may_write(&self) -> bool {
        self.mode != Mode::Read
    }

    /// Its path on the disk.
    pub(in crate::commands) fn path(&self) -> &str {
        self.place.path().as_str()
    }

    /// How many bytes it has.
    pub(in crate::commands) fn size(&self) -> Result<u64, ErrorStack> {
        self.file.get_ref().metadata().map(|found| found.len()).map_err(|error| self.fails(&error))
    }

    /// Cuts it off, or fills it up with zeros.
    pub(in crate::commands) fn set_size(&mut self, size: u64) -> Result<(), ErrorStack> {
        if size > FILE_BYTES_MAX {
            return Err(failure(SYSTEM, format!("{} can't be made larger than 256 MB.", self.place.shown())));
        }
        self.file.get_ref().set_len(size).map_err(|error| self.fails(&error))?;
        self.go_to(self.offset.min(size))
    }

    /// Where the next byte is read or written.
    pub(in crate::commands) fn offset(&self) -> u64 {
        self.offset
    }

    /// Moves there.
    pub(in crate::commands) fn go_to(&mut self, offset: u64) -> Result<(), ErrorStack> {
        self.file.seek(SeekFrom::Start(offset)).map_err(|error| self.fails(&error))?;
        self.offset = offset;
        Ok(())
    }

    /// Writes bytes over what is there.
    pub(in crate::commands) fn write(&mut self, bytes: &[u8]) -> Result<(), ErrorStack> {
        if !self.may_write() {
            return Err(failure(SYSTEM, format!("{} is open for reading only.", self.place.shown())));
        }
        // What was read ahead is forgotten.
        self.go_to(self.offset)?;
        self.file.get_mut().write_all(bytes).map_err(|error| self.fails(&error))?;
        self.offset += bytes.len() as u64;
        Ok(())
    }

    /// Reads so many bytes, or what is left.
    pub(in crate::commands) fn read(&mut self, count: u64) -> Result<Vec<u8>, ErrorStack> {
        let mut bytes = Vec::new();
        let read = self.file.by_ref().take(count.min(FILE_BYTES_MAX + 1)).read_to_end(&mut bytes);
        read.map_err(|error| self.fails(&error))?;
        self.passed(&bytes)?;
        Ok(bytes)
    }

    /// Reads up to the bytes of `stop`, which are passed over, or to the end.
    pub(in crate::commands) fn read_until(
        &mut self,
        stop: &[u8],
        unit: usize,
    ) -> Result<Vec<u8>, ErrorStack> {
        let Some(last) = stop.last() else { return self.read(u64::MAX) };
        let mut bytes = Vec::new();
        loop {
            let left = (FILE_BYTES_MAX + 1).saturating_sub(bytes.len() as u64);
            let read = self.file.by_ref().take(left).read_until(*last, &mut bytes);
            if read.map_err(|error| self.fails(&error))? == 0 {
                break;
            }
            // A letter of several bytes is found at its beginning only.
            if bytes.ends_with(stop) && (bytes.len() - stop.len()).is_multiple_of(unit) {
                self.passed(&bytes)?;
                bytes.truncate(bytes.len() - stop.len());
                return Ok(bytes);
            }
        }
        self.passed(&bytes)?;
        Ok(bytes)
    }

    /// Reads so many letters, or what is left.
    pub(in crate::commands) fn read_letters(
        &mut self,
        count: u64,
        charset: Charset,
    ) -> Result<Vec<u8>, ErrorStack> {
        if charset != Charset::Utf8 {
            return self.read(count.saturating_mul(unit_of(charset) as u64));
        }
        let (mut bytes, mut letters) = (Vec::new(), 0);
        loop {
            let buffer = match self.file.fill_buf() {
                Ok(buffer) => buffer,
                Err(error) => return Err(system_failure(&self.place, &error)),
            };
            let mut taken = 0;
            for byte in buffer {
                // A byte that does not go on with a letter begins one.
                letters += u64::from(byte & 0xC0 != 0x80);
                if letters > count {
                    break;
                }
                taken += 1;
            }
            bytes.extend_from_slice(&buffer[..taken]);
            let is_over = letters > count || buffer.is_empty() || bytes.len() as u64 > FILE_BYTES_MAX;
            self.file.consume(taken);
            if is_over {
                break;
            }
        }
        self.passed(&bytes)?;
        Ok(bytes)
    }

    fn passed(&mut self, bytes: &[u8]) -> Result<(), ErrorStack> {
        if bytes.len() as u64 > FILE_BYTES_MAX {
            return Err(failure(
                SYSTEM,
                format!("{}: more than 256 MB can't be read at once.", self.place.shown()),
            ));
        }
        self.offset += bytes.len() as u64;
        Ok(())
    }

    /// The character set of its texts: what its mark says, else the one that is set. The mark is passed over.
    pub(in crate::commands) fn charset(&mut self, set: Charset) -> Result<Charset, ErrorStack> {
        if self.offset == 0 && matches!(set, Charset::Utf8 | Charset::Utf16(_) | Charset::Utf32(_)) {
            let begin = self.file.fill_buf().map_err(|error| system_failure(&self.place, &error))?;
            let mark = MARKED.into_iter().find(|charset| begin.starts_with(&charset.mark()));
            if let Some(charset) = mark {
                self.marked = Some(charset);
                self.go_to(charset.mark().len() as u64)?;
            }
        }
        Ok(self.marked.unwrap_or(set))
    }
}

/// The sets that a mark tells, the longer marks first.
const MARKED: [Charset; 5] = [
    Charset::Utf32(Endian::Little),
    Charset::Utf32(Endian::Big),
    Charset::Utf8,
    Charset::Utf16(Endian::Little),
    Charset::Utf16(Endian::Big),
];

/// How many bytes the smallest letter has.
pub(in crate::commands) fn unit_of(charset: Charset) -> usize {
    match charset {
        Charset::Utf16(_) => 2,
        Charset::Utf32(_) => 4,
        _ => 1,
    }
}

/// The documents a process has open, and the character sets of its packets.
pub(crate) struct OpenDocuments {
    open: RefCell<BTreeMap<i64, Rc<RefCell<OpenDocument>>>>,
    next: RefCell<i64>,
    /// The one `SET CHANNEL` opened.
    pub(in crate::commands) channel: RefCell<Option<i64>>,
    /// Of texts that are written, and of texts that are read.
    pub(in crate::commands) charsets: RefCell<[Charset; 2]>,
}

impl Default for OpenDocuments {
    fn default() -> Self {
        Self {
            open: RefCell::default(),
            next: RefCell::new(1),
            channel: RefCell::default(),
            charsets: RefCell::new([Charset::Utf8; 2]),
        }
    }
}

impl OpenDocuments {
    /// Opens one and gives its number.
    pub(super) fn open(&self, paths: &ProjectPaths, place: Place, mode: Mode) -> Result<i64, ErrorStack> {
        let mut open = self.open.borrow_mut();
        if open.len() >= OPEN_MAX {
            return Err(failure(
                SYSTEM,
                format!("No more than {OPEN_MAX} documents can be open; close some."),
            ));
        }
        let is_written = open.values().any(|other| {
            let other = other.borrow();
            other.may_write() && other.path() == place.path().as_str()
        });
        if is_written && mode != Mode::Read {
            return Err(failure(NOT_FOUND, format!("{} is open for writing already.", place.shown())));
        }
        let document = OpenDocument::open(paths, place, mode)?;
        let mut next = self.next.borrow_mut();
        let number = *next;
        *next += 1;
        open.insert(number, Rc::new(RefCell::new(document)));
        Ok(number)
    }

    /// The one of a number.
    pub(in crate::commands) fn get(&self, number: i64) -> Result<Rc<RefCell<OpenDocument>>, ErrorStack> {
        self.open
            .borrow()
            .get(&number)
            .cloned()
            .ok_or_else(|| failure(NOT_FOUND, "There is no open document of this reference number."))
    }

    /// Closes the one of a number; gives the XML tree that was read of it.
    pub(in crate::commands) fn close(&self, number: i64) -> Result<Option<u32>, ErrorStack> {
        let document = self.get(number)?;
        self.open.borrow_mut().remove(&number);
        let finished = document.borrow_mut().sax.finish();
        if !finished.is_empty() {
            document.borrow_mut().write(&finished)?;
        }
        Ok(document.borrow().sax.tree())
    }
}

impl Drop for OpenDocuments {
    /// What SAX commands left open is closed with the process.
    fn drop(&mut self) {
        let numbers: Vec<i64> = self.open.borrow().keys().copied().collect();
        for number in numbers {
            let _ = self.close(number);
        }
    }
}
