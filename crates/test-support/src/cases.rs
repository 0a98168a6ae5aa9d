//! Cases of the language: pieces of 4D code in files, each with the result it must have.
//!
//! A file holds cases. Each begins with `//# what it shows`, goes on with the code of a method, and ends with
//! `//= the JSON of its result` or `//! a part of the error's message`. Lines before the first case are comments.

use std::fmt::Write as _;
use std::path::Path;

/// A piece of code and what it must do.
#[derive(Clone, Debug)]
pub struct Case {
    /// The file's name.
    pub file: String,
    /// What it shows.
    pub title: String,
    /// The code of a method.
    pub code: String,
    /// The JSON of its result, or a part of its error's message.
    pub expected: Result<String, String>,
}

/// All cases in the files of a folder.
pub fn cases(folder: &Path) -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, text) in code_files(folder) {
        for case in text.split("\n//# ").skip(1) {
            let (title, rest) = case.split_once('\n').unwrap_or((case, ""));
            let mut expected = None;
            let mut code = String::new();
            for line in rest.lines() {
                match (line.strip_prefix("//= "), line.strip_prefix("//! ")) {
                    (Some(result), _) => expected = Some(Ok(result.to_owned())),
                    (_, Some(error)) => expected = Some(Err(error.to_owned())),
                    _ => code = code + line + "\n",
                }
            }
            let expected = expected.unwrap_or_else(|| panic!("{name}: {title}: no result is expected"));
            cases.push(Case { file: name.clone(), title: title.to_owned(), code, expected });
        }
    }
    assert!(!cases.is_empty(), "{} holds no cases", folder.display());
    cases
}

/// The names (without their extension) and texts of the files of code in a folder, in order; none without the folder.
pub fn code_files(folder: &Path) -> Vec<(String, String)> {
    if !folder.exists() {
        return Vec::new();
    }
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> = entries
        .map(|entry| {
            let path = entry.expect("a folder's entry can be read").path();
            let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            (path.file_stem().unwrap_or_default().to_string_lossy().into_owned(), text)
        })
        .collect();
    files.sort();
    files
}

/// Runs all cases of a folder, reports those that come out differently, and answers how many there are.
pub fn check_cases(folder: &Path, mut run: impl FnMut(&Case) -> Result<String, String>) -> usize {
    let cases = cases(folder);
    let mut failures = String::new();
    for case in &cases {
        let actual = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run(case)))
            .unwrap_or_else(|_| Err("panic".into()));
        let good = match (&case.expected, &actual) {
            (Ok(expected), Ok(actual)) => expected == actual,
            (Err(part), Err(message)) => message.contains(part),
            _ => false,
        };
        if !good {
            let _ = writeln!(
                failures,
                "{}: {}\n  expected {:?}\n  got      {actual:?}",
                case.file, case.title, case.expected
            );
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
    cases.len()
}
