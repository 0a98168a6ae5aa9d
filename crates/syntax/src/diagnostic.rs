//! What is wrong with a text, and where.
//!
//! A diagnostic is data for whoever shows it (the server's log, `tessera check`, an editor); it carries no file
//! name, because one text is all the parser ever sees.

use crate::span::Span;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The line can't run.
    Error,
    /// It runs, but hardly does what its author meant.
    Warning,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// A stable name of the finding, for instance `syntax/unclosed-block`.
    pub code: &'static str,
    /// What is wrong and what was expected.
    pub message: String,
    /// Where.
    pub span: Span,
    /// How to cure it.
    pub hint: Option<String>,
}

impl Diagnostic {
    /// A line that can't run.
    pub fn error(code: &'static str, message: impl Into<String>, span: Span) -> Self {
        Self { severity: Severity::Error, code, message: message.into(), span, hint: None }
    }

    /// A line that hardly does what its author meant.
    pub fn warning(code: &'static str, message: impl Into<String>, span: Span) -> Self {
        Self { severity: Severity::Warning, code, message: message.into(), span, hint: None }
    }

    /// With a cure.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}
