//! 4D source text to syntax trees and diagnostics; knows no values.
//!
//! [`parse`] reads a file, [`parse_expression`] and [`parse_statements`] read pieces of code held in texts, and
//! [`print`] writes a tree back. Parsing never fails: it returns a tree and what is wrong with the text. The crate
//! owns the table of 4D's own names ([`command_by_name`], [`constant_by_name`]); what they do is others' business.
//!
//! ```
//! use tessera_syntax::{FileKind, Vocabulary, parse};
//!
//! let vocabulary = Vocabulary::new(["greet somebody"], ["Employee"]);
//! let parsed = parse("If (True)\n  greet somebody(\"Ada\")\nEnd if\n", FileKind::Method, &vocabulary);
//! assert!(parsed.diagnostics.is_empty());
//! ```

pub mod ast;
mod diagnostic;
mod lexer;
mod names;
mod parse;
mod print;
mod signatures;
mod span;
mod token;
pub mod visit;
mod vocabulary;

pub use diagnostic::{Diagnostic, Severity};
pub use names::{
    Family, OWN_NUMBERS, Spelling, command_by_name, command_family, command_name, commands, constant_by_name,
    constant_by_token, constant_token,
};
pub use parse::{FileKind, Parse, parse, parse_expression, parse_statements};
pub use print::{print, print_expression};
pub use signatures::{Signature, signatures};
pub use span::{LineIndex, Span};
pub use vocabulary::Vocabulary;
