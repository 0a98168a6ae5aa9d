//! The query language of `$filter`, `.query()` and `collection.query()`: one grammar, from text to plan.
//!
//! `parse` knows no catalog, `resolve` turns names into ids, `plan` is what the store runs and `evaluate` runs it
//! in memory.

pub mod evaluate;
pub mod plan;

pub use plan::{Compare, Filter, ObjectStep, ObjectTest, Operand, Operator, Order, Path, RelationStep};
