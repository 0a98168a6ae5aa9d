//! `testdata/parse`: a piece of 4D, and the tree and the findings it must give.
//!
//! Each `.4dm` names its source in its first line. A name that begins with `class_` makes it a class file, one that
//! begins with `fault_` says that findings are the point. When the outcome differs from `.expected`, it is written
//! to `.actual` beside it: read it, and rename it when it is right.

#[path = "support/dump.rs"]
mod dump;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use tessera_syntax::{Diagnostic, FileKind, LineIndex, Severity, Vocabulary, parse, print};

fn vocabulary() -> Vocabulary {
    Vocabulary::new(["my method", "00_Start", "DoIt", "2 clicks"], ["Employee", "Order lines"])
}

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/parse");
    let entries = fs::read_dir(folder).expect("the test data is part of the crate");
    let mut cases: Vec<_> = entries
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "4dm"))
        .collect();
    cases.sort();
    cases
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn kind(path: &Path) -> FileKind {
    if stem(path).contains("class_") { FileKind::Class } else { FileKind::Method }
}

/// Each finding, with its place.
fn findings(source: &str, found: &[Diagnostic]) -> String {
    let lines = LineIndex::new(source);
    let mut text = String::new();
    for found in found {
        let (line, column) = (lines.line(found.span.start), lines.column(found.span.start));
        let _ = write!(text, "{line}:{column} {:?} {}: {}", found.severity, found.code, found.message);
        if let Some(hint) = &found.hint {
            let _ = write!(text, " ({hint})");
        }
        text.push('\n');
    }
    text
}

#[test]
fn every_case_gives_its_tree_and_its_findings() {
    let cases = cases();
    assert!(cases.len() >= 60, "only {} cases", cases.len());
    let mut wrong = Vec::new();
    for path in &cases {
        let source = fs::read_to_string(path).expect("test data is text");
        let parsed = parse(&source, kind(path), &vocabulary());
        let findings = findings(&source, &parsed.diagnostics);
        let actual = format!("{}---\n{findings}", dump::file(&parsed.file));
        let expected = fs::read_to_string(path.with_extension("expected")).unwrap_or_default();
        if actual != expected {
            fs::write(path.with_extension("actual"), &actual).expect("a writable folder");
            wrong.push(format!("{}\n{actual}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{} cases differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_case_names_its_source() {
    for path in cases() {
        let source = fs::read_to_string(&path).expect("test data is text");
        let first = source.trim_start_matches('\u{feff}').lines().find(|line| line.contains("//"));
        let first = first.unwrap_or_default();
        let names_source = ["docs/", "language.md", "language-library.md", "public code", "style"]
            .iter()
            .any(|source| first.contains(source));
        assert!(names_source || first.contains("%attributes"), "{} names no source", path.display());
    }
}

#[test]
fn only_fault_cases_have_errors() {
    for path in cases() {
        let source = fs::read_to_string(&path).expect("test data is text");
        let parsed = parse(&source, kind(&path), &vocabulary());
        let has_errors = parsed.diagnostics.iter().any(|found| found.severity == Severity::Error);
        assert_eq!(has_errors, stem(&path).starts_with("fault_"), "{}", path.display());
    }
}

#[test]
fn a_printed_tree_parses_to_the_same_tree() {
    for path in cases() {
        let source = fs::read_to_string(&path).expect("test data is text");
        let parsed = parse(&source, kind(&path), &vocabulary());
        if parsed.diagnostics.iter().any(|found| found.severity == Severity::Error) {
            continue;
        }
        let printed = print(&parsed.file);
        let again = parse(&printed, kind(&path), &vocabulary());
        assert_eq!(dump::file(&again.file), dump::file(&parsed.file), "{}\n{printed}", path.display());
    }
}

#[test]
fn a_first_line_that_is_no_json_is_no_list_of_attributes() {
    // Kept, its backslash would swallow the line that follows when the tree is printed.
    let parsed = parse("//%attributes = \\\n\nreturn\nreturn", FileKind::Method, &vocabulary());
    assert_eq!(parsed.file.attributes, None);
    let printed = print(&parsed.file);
    assert_eq!(print(&parse(&printed, FileKind::Method, &vocabulary()).file), printed);
}
