//! Runs the cases under `testdata/run`: code and the value it returns.
//!
//! A file holds cases. Each begins with `//# what it shows`, goes on with the code of a method, and ends with
//! `//= the JSON of its result` or `//! a part of the error's message`. Lines before the first case are comments. The
//! time is 2023-11-14T22:13:20Z; the time zone is UTC, or that of Paris when the title names it. Where the title says
//! that the server stops, the process is asked to end from the start and must do so.

#![expect(clippy::unwrap_used, reason = "a case that can't be read fails the test")]

use std::fmt::Write as _;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use tessera_syntax::{FileKind, LineIndex, Vocabulary, parse};
use tessera_values::{Chance, DateForm, ManualClock, Value, write_json};
use tessera_vm::{Environment, NoHost, Process, Source, SourceKind, compile};

struct Counting;

impl Chance for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for (value, byte) in (1_u8..).zip(bytes) {
            *byte = value;
        }
    }
}

fn source(kind: SourceKind, name: &str, text: &str, vocabulary: &Vocabulary) -> Source {
    let file_kind = if kind == SourceKind::Class { FileKind::Class } else { FileKind::Method };
    let parsed = parse(text, file_kind, vocabulary);
    assert!(parsed.diagnostics.is_empty(), "{name}: {:?}\n{text}", parsed.diagnostics);
    Source { kind, name: name.into(), file: parsed.file, lines: LineIndex::new(text) }
}

/// The result of a case as JSON, or its error message.
fn run(code: &str, title: &str, library: &[(SourceKind, String, String)]) -> Result<String, String> {
    let methods =
        library.iter().filter(|(kind, ..)| *kind == SourceKind::Method).map(|(_, name, _)| name.as_str());
    let vocabulary = Vocabulary::new(methods, [""; 0]);
    let mut sources: Vec<Source> =
        library.iter().map(|(kind, name, text)| source(*kind, name, text, &vocabulary)).collect();
    sources.push(source(SourceKind::Method, "the case", code, &vocabulary));
    let program = Arc::new(compile(&sources, None, &|_, _| false));
    let clock = Arc::new(ManualClock::new(1_700_000_000));
    let zone = if title.contains("Paris") { "CET-1CEST,M3.5.0,M10.5.0/3" } else { "UTC0" };
    let environment =
        Arc::new(Environment::new(clock, Arc::new(Counting), jiff::tz::TimeZone::posix(zone).unwrap(), 1));
    let mut process = Process::new(Arc::clone(&program), Rc::new(NoHost), environment);
    process.stop_when(Arc::new(AtomicBool::new(title.contains("the server stops"))));
    let routine = Arc::clone(&program.method("the case").unwrap().routine);
    match process.call(&routine, Value::Undefined, &[]) {
        Ok(value) => {
            let mut out = String::new();
            match value {
                Value::Undefined => out.push_str("undefined"),
                value => write_json(&mut out, &value, DateForm::Day).unwrap(),
            }
            Ok(out)
        }
        Err(error) => Err(error.errors.iter().map(|error| format!("{}\n", error.message)).collect()),
    }
}

fn library() -> Vec<(SourceKind, String, String)> {
    let mut found = Vec::new();
    for (folder, kind) in [("methods", SourceKind::Method), ("classes", SourceKind::Class)] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(folder);
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            found.push((kind, name, std::fs::read_to_string(&path).unwrap()));
        }
    }
    found.sort_by(|a, b| a.1.cmp(&b.1));
    found
}

#[test]
fn every_case_gives_its_result() {
    let library = library();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/run");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let (mut count, mut failures) = (0, String::new());
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        for case in text.split("\n//# ").skip(1) {
            count += 1;
            let (title, rest) = case.split_once('\n').unwrap_or((case, ""));
            let mut expected = None;
            let mut code = String::new();
            for line in rest.lines() {
                match (line.strip_prefix("//= "), line.strip_prefix("//! ")) {
                    (Some(result), _) => expected = Some(Ok(result.to_owned())),
                    (_, Some(error)) => expected = Some(Err(error.to_owned())),
                    _ => writeln!(code, "{line}").unwrap(),
                }
            }
            let name = format!("{}: {title}", path.file_name().unwrap().to_string_lossy());
            let actual = std::panic::catch_unwind(|| run(&code, title, &library))
                .unwrap_or_else(|_| Err("panic".into()));
            let good = match (&expected, &actual) {
                (Some(Ok(expected)), Ok(actual)) => expected == actual,
                (Some(Err(part)), Err(message)) => message.contains(part),
                _ => false,
            };
            if !good {
                writeln!(failures, "{name}\n  expected {expected:?}\n  got      {actual:?}").unwrap();
            }
        }
    }
    assert!(count > 0, "no cases found");
    assert!(failures.is_empty(), "\n{failures}");
    println!("{count} cases");
}
