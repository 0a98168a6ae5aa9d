//! Why a query can't be understood or run.
//!
//! The layer above gives each variant its error number; the sentences name the column and the cure.

use tessera_values::{ErrorStack, Text};

/// A query that can't be answered.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum QueryError {
    /// Nothing but blanks.
    #[error("The query is empty; write for instance `name = 'A@'`.")]
    Empty,
    /// Longer than 64 KB.
    #[error("The query is longer than {bytes_max} bytes; pass long lists as a placeholder.")]
    TooLong {
        /// The limit.
        bytes_max: usize,
    },
    /// Nested too deeply.
    #[error("The query is nested more than {depth_max} levels deep; remove needless parentheses.")]
    TooDeep {
        /// The limit.
        depth_max: usize,
    },
    /// Something else was expected.
    #[error("Column {column}: {expected} expected, but found {found}.")]
    Expected {
        /// From 1, in characters.
        column: usize,
        /// What could stand here.
        expected: &'static str,
        /// What stands here.
        found: Text,
    },
    /// A quote inside a quoted constant, or none at its end.
    #[error(
        "Column {column}: the quoted constant does not end where a constant may; pass text that holds quotes as a placeholder."
    )]
    Quote {
        /// From 1, in characters.
        column: usize,
    },
    /// A value is missing or Null (1279).
    #[error(
        "The value of the query placeholder {placeholder} is missing or Null; write `= null` to find Null."
    )]
    PlaceholderMissing {
        /// For instance `:1`.
        placeholder: Text,
    },
    /// A value of the wrong type (1280).
    #[error("The value of the query placeholder {placeholder} has the wrong type: {expected} is expected.")]
    PlaceholderType {
        /// For instance `:1`.
        placeholder: Text,
        /// What it should be.
        expected: &'static str,
    },
    /// No such attribute, or one that is not exposed (1500).
    #[error("The \"{attribute}\" attribute cannot be found in The \"{dataclass}\" dataclass")]
    UnknownAttribute {
        /// The dataclass.
        dataclass: Text,
        /// The attribute as written.
        attribute: Text,
    },
    /// A constant that the attribute's type can't hold.
    #[error("{value} can't be compared with the attribute {attribute}: {expected} is expected.")]
    WrongValue {
        /// The attribute.
        attribute: Text,
        /// The constant as written.
        value: Text,
        /// What it should be.
        expected: &'static str,
    },
    /// A comparator the attribute does not have (1112).
    #[error("The comparator {comparator} can't be used with the attribute {attribute}.")]
    WrongComparator {
        /// As written in 4D.
        comparator: &'static str,
        /// The attribute.
        attribute: Text,
    },
    /// A formula where none may be (1278).
    #[error("A formula is not allowed in this query.")]
    FormulaNotAllowed,
    /// An attribute nothing can be sorted by.
    #[error("The attribute {attribute} can't be sorted by.")]
    NotSortable {
        /// The attribute.
        attribute: Text,
    },
    /// An alias that leads to itself.
    #[error("The alias {attribute} leads to itself.")]
    AliasLoop {
        /// The attribute.
        attribute: Text,
    },
    /// A calculated attribute without a way to query it.
    #[error("The calculated attribute {attribute} has no Function query.")]
    NotQueryable {
        /// The attribute.
        attribute: Text,
    },
    /// An object that is no vector to compare with, or an attribute that holds no vectors.
    #[error(
        "The attribute {attribute} can only be compared with a vector: {{vector; metric; threshold}}, with the metric \
         \"cosine\", \"dot\" or \"euclidean\", where it holds vectors."
    )]
    WrongVector {
        /// The attribute.
        attribute: Text,
    },
    /// Project code that a calculated attribute or formula called raised an error.
    #[error("{0}")]
    Code(ErrorStack),
}
