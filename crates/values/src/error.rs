//! 4D errors, as `Last errors` and a REST answer show them.

use std::fmt;

use crate::{Scalar, Text};

/// One entry of an error stack (`docs/Concepts/error-handling.md`).
#[derive(Clone, Debug, PartialEq)]
pub struct FourDError {
    /// The number; 0 is never used.
    pub code: i64,
    /// Four letters: `dbmg` data, `host` project code, `4DRT` the language.
    pub component: Text,
    /// For people.
    pub message: Text,
    /// Where it was raised: method or `Class.function`, and line from 1. Never sent to a client.
    pub place: Option<(Text, u32)>,
    /// Further properties of an object given to `throw`.
    pub details: Vec<(Text, Scalar)>,
}

impl FourDError {
    /// An error of a component.
    pub fn new(component: &str, code: i64, message: impl Into<Text>) -> Self {
        Self { code, component: component.into(), message: message.into(), place: None, details: Vec::new() }
    }
}

impl fmt::Display for FourDError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} {})", self.message, self.component, self.code)
    }
}

/// The errors of one failure, the cause first and the outermost last.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{}", self.errors.first().map(ToString::to_string).unwrap_or_default())]
pub struct ErrorStack {
    /// Never empty.
    pub errors: Vec<FourDError>,
    /// No `Try` and no error handler may catch it: the process has to end.
    pub fatal: bool,
}

/// The language's own errors carry this code, unless 4D's number for the case is known.
pub const RUNTIME_ERROR: i64 = 54;

impl ErrorStack {
    /// A stack of one error.
    pub fn single(error: FourDError) -> Self {
        Self { errors: vec![error], fatal: false }
    }

    /// An error of the running code that has no number of its own.
    pub fn runtime(message: impl Into<Text>) -> Self {
        Self::single(FourDError::new("4DRT", RUNTIME_ERROR, message))
    }

    /// An error of the data engine or the REST layer.
    pub fn data(code: i64, message: impl Into<Text>) -> Self {
        Self::single(FourDError::new("dbmg", code, message))
    }

    /// Ends the process; code can't catch it.
    pub fn fatal(message: impl Into<Text>) -> Self {
        Self { fatal: true, ..Self::runtime(message) }
    }

    /// The same failure, with an error around it.
    #[must_use]
    pub fn within(mut self, error: FourDError) -> Self {
        self.errors.push(error);
        self
    }
}

impl From<crate::ShareError> for ErrorStack {
    fn from(error: crate::ShareError) -> Self {
        let code = match error {
            crate::ShareError::NotShareable => -10721,
            crate::ShareError::NotInUse => -10722,
            crate::ShareError::OtherGroup => -10723,
            crate::ShareError::Interrupted => return Self::fatal(error.to_string()),
        };
        Self::single(FourDError::new("4DRT", code, error.to_string()))
    }
}
