//! [`Finding`]: one thing `tessera check` has to say, for people or for machines.

use std::cmp::Ordering;

use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;
use tessera_orda::FileFinding;
use tessera_syntax::{Diagnostic, LineIndex, Severity};

use crate::report::Excerpts;

/// A place from 1; the end is the place after the last character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Place {
    line: u32,
    column: u32,
}

const START: Place = Place { line: 1, column: 1 };

/// One finding.
pub(super) struct Finding<'f> {
    file: Utf8PathBuf,
    from: Place,
    to: Place,
    pub(super) is_error: bool,
    code: &'static str,
    message: String,
    hint: Option<String>,
    /// The source it is in, when people are to see an excerpt of it.
    code_of: Option<(&'f FileFinding, &'f Diagnostic)>,
}

impl<'f> Finding<'f> {
    pub(super) fn error(file: &Utf8Path, code: &'static str, message: String) -> Self {
        Self {
            file: file.to_owned(),
            from: START,
            to: START,
            is_error: true,
            code,
            message,
            hint: None,
            code_of: None,
        }
    }

    pub(super) fn warning(file: &Utf8Path, code: &'static str, message: String) -> Self {
        Self { is_error: false, ..Self::error(file, code, message) }
    }

    /// Where it is.
    pub(super) fn at(mut self, line: usize, column: usize) -> Self {
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).max(1);
        self.from = Place { line: number(line), column: number(column) };
        self.to = self.from;
        self
    }

    /// Those in a file of 4D code.
    pub(super) fn in_code(file: &'f FileFinding) -> impl Iterator<Item = Self> {
        let lines = LineIndex::new(&file.text);
        file.diagnostics.iter().map(move |diagnostic| Self::of_diagnostic(file, &lines, diagnostic))
    }

    fn of_diagnostic(file: &'f FileFinding, lines: &LineIndex, diagnostic: &'f Diagnostic) -> Self {
        let place = |offset| Place { line: lines.line(offset), column: lines.column(offset) };
        Self {
            file: file.path.clone(),
            from: place(diagnostic.span.start),
            to: place(diagnostic.span.end),
            is_error: diagnostic.severity == Severity::Error,
            code: diagnostic.code,
            message: diagnostic.message.clone(),
            hint: diagnostic.hint.clone(),
            code_of: Some((file, diagnostic)),
        }
    }

    pub(super) fn by_place(&self, other: &Self) -> Ordering {
        (&self.file, self.from).cmp(&(&other.file, other.from))
    }

    pub(super) fn is_in_file_of(&self, other: &Self) -> bool {
        self.file == other.file
    }

    fn severity(&self) -> &'static str {
        if self.is_error { "error" } else { "warning" }
    }

    /// With an excerpt, or on one line.
    pub(super) fn for_people(&self, excerpts: &mut Excerpts<'f>) -> String {
        if let Some((file, diagnostic)) = self.code_of {
            return excerpts.show(file, diagnostic);
        }
        let Place { line, column } = self.from;
        let place = if self.from == START { String::new() } else { format!(":{line}:{column}") };
        format!("{}{place}: {}: {}\n", self.file, self.severity(), self.message)
    }

    /// One JSON object.
    pub(super) fn for_machines(&self) -> impl Serialize {
        Json {
            file: self.file.as_str(),
            line: self.from.line,
            column: self.from.column,
            end: self.to,
            severity: self.severity(),
            code: self.code,
            message: &self.message,
            hint: self.hint.as_deref(),
        }
    }
}

/// A finding as machines read it; `hint` is there when the cure is known.
#[derive(Serialize)]
struct Json<'f> {
    file: &'f str,
    line: u32,
    column: u32,
    end: Place,
    severity: &'f str,
    code: &'f str,
    message: &'f str,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'f str>,
}
