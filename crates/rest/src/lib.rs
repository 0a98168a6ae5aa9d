//! The 4D REST protocol: a request value in, a response value out.
//!
//! ```text
//! Request → url, options (parse)   no catalog, no session
//!         → access                 may a guest ask this at all?
//!         → plan                   names become dataclasses, attributes, functions
//!         → handlers (run)         through tessera_orda, which checks every permission
//!         → json (write)           the only place that knows __KEY and its like
//! ```
//!
//! This crate opens no socket and knows no cookie: [`prepare`] says whether a request can be answered on the spot or
//! needs a worker, [`Prepared::respond`] answers it. The body of a long answer is made while it is sent ([`Pieces`]). The protocol is described in `docs/REST` of the 4D documentation.

mod access;
mod attempt;
mod body;
mod entity_sets;
mod error;
mod handlers;
mod indent;
mod json;
mod kept;
mod openapi;
mod options;
mod picture;
mod plan;
mod request;
mod respond;
mod typescript;
mod uploads;
mod url;

pub use body::{Body, BrokenOff, Pieces};
pub use json::name;
pub use openapi::openapi;
pub use request::{Method, Request, Response};
pub use respond::{Prepared, prepare, quota_reached};
pub use typescript::typescript;
