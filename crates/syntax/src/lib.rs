//! 4D source text to syntax trees and diagnostics; knows no values.

pub mod ast;
mod span;

pub use span::{LineIndex, Span};
