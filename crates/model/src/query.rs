//! The query language of `$filter`, `.query()` and `collection.query()`: one grammar, from text to plan.
//!
//! `parse` knows no catalog, `resolve` turns names into ids, `plan` is what the store runs and `evaluate` runs it
//! in memory.

pub mod ast;
mod collection;
mod error;
pub mod evaluate;
mod lexer;
mod merge;
mod operands;
mod parameters;
mod parse;
pub mod plan;
mod positional;
mod resolve;
mod similarity;

pub use ast::{Comparator, OrderTerm, Query};
pub use collection::{ElementQuery, resolve_elements};
pub use error::QueryError;
pub use parameters::{ComputedAttributes, Formula, NoCode, Parameters};
pub use parse::{parse, parse_order};
pub use plan::{Compare, Filter, ObjectStep, ObjectTest, Operand, Operator, Order, Path, RelationStep};
pub use positional::by_position;
pub use resolve::{Exposure, Resolved, Scope, resolve, resolve_order};
pub use similarity::Similarity;
