//! Query plans as SQL text and parameters. No value ever becomes part of the text.

mod adapt;
mod build;
mod compare;
mod dialect;
mod keys;
mod list;
mod order;
mod place;
mod texts;

pub(crate) use build::{Builder, Param, Search, Statement, Test};
pub(crate) use dialect::{Dialect, Postgres, Sqlite};
pub(crate) use keys::{TextParts, object_key};
pub(crate) use list::{json_list, numbers, stored_date};
pub(crate) use texts::{Texts, update_text};
