//! The JSON of the protocol: the only place that knows `__KEY` and its like (rest-protocol section 2).

pub(crate) mod arguments;
pub(crate) mod catalog;
pub(crate) mod entity;
pub(crate) mod level;
mod list;
mod long_list;
pub(crate) mod looker;
pub(crate) mod members;
pub(crate) mod page;
pub(crate) mod projection;
mod query_plan;
pub(crate) mod result;
pub(crate) mod selection;
pub(crate) mod value;
mod web_form;

pub mod name;
