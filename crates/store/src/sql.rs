//! Query plans as SQL text and parameters. No value ever becomes part of the text.

mod build;
mod dialect;
mod list;

pub(crate) use build::{Builder, Param, Statement, Test, row_columns};
pub(crate) use dialect::Sqlite;
pub(crate) use list::{json_list, numbers, stored_date};
