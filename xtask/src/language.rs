//! The language outside a server: compiles pieces of 4D and runs them, for the bench of the virtual machine and for
//! fuzzing.

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::Context as _;
use tessera_syntax::{FileKind, LineIndex, Parse, Vocabulary, parse};
use tessera_values::{Chance, ErrorStack, ManualClock, Value};
use tessera_vm::{Environment, NoHost, Process, Program, Source, SourceKind, compile};

/// A source file by its name and text.
#[derive(Clone, Debug)]
pub(crate) struct Code {
    pub(crate) kind: SourceKind,
    pub(crate) name: String,
    pub(crate) text: String,
}

impl Code {
    pub(crate) fn method(name: &str, text: &str) -> Self {
        Self { kind: SourceKind::Method, name: name.to_owned(), text: text.to_owned() }
    }

    fn file_kind(&self) -> FileKind {
        if self.kind == SourceKind::Class { FileKind::Class } else { FileKind::Method }
    }
}

/// Every `.4dm` file below a folder.
pub(crate) fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).with_context(|| folder.display().to_string())?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "4dm") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The methods and classes below a folder's `methods` and `classes`.
pub(crate) fn library(folder: &Path) -> anyhow::Result<Vec<Code>> {
    let mut library = Vec::new();
    for (name, kind) in [("methods", SourceKind::Method), ("classes", SourceKind::Class)] {
        for path in files(&folder.join(name))? {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            library.push(Code { kind, name, text: std::fs::read_to_string(&path)? });
        }
    }
    Ok(library)
}

/// The names that texts are cut into words with.
pub(crate) fn vocabulary(code: &[Code]) -> Vocabulary {
    let methods = code.iter().filter(|code| code.kind == SourceKind::Method);
    Vocabulary::new(methods.map(|code| code.name.as_str()), ["Employee"; 1])
}

/// Parses one file.
pub(crate) fn parsed(code: &Code, vocabulary: &Vocabulary) -> Parse {
    parse(&code.text, code.file_kind(), vocabulary)
}

/// Compiles files, whatever is wrong with them.
pub(crate) fn program(code: &[Code]) -> Program {
    let vocabulary = vocabulary(code);
    let sources: Vec<Source> = code
        .iter()
        .map(|code| Source {
            kind: code.kind,
            name: code.name.as_str().into(),
            file: parsed(code, &vocabulary).file,
            lines: LineIndex::new(&code.text),
        })
        .collect();
    compile(&sources, None, &|_, _| false)
}

struct Zeros;

impl Chance for Zeros {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
}

/// Runs a method of a program in a process of its own.
pub(crate) fn run(
    program: &Arc<Program>,
    method: &str,
    stop: &Arc<AtomicBool>,
) -> Option<Result<Value, ErrorStack>> {
    let routine = Arc::clone(&program.method(method)?.routine);
    let clock = Arc::new(ManualClock::new(1_700_000_000));
    let environment = Environment::new(clock, Arc::new(Zeros), jiff::tz::TimeZone::UTC, 1);
    let mut process = Process::new(Arc::clone(program), Rc::new(NoHost), Arc::new(environment));
    process.stop_when(Arc::clone(stop));
    Some(process.call(&routine, Value::Undefined, &[]))
}

/// Runs `work` with room for deep recursion, as `tessera run` does.
pub(crate) fn with_deep_stack<R: Send>(work: impl FnOnce() -> R + Send) -> anyhow::Result<R> {
    const STACK_BYTES: usize = 64 << 20;
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, work)?;
        thread.join().map_err(|_| anyhow::anyhow!("the work panicked"))
    })
}
