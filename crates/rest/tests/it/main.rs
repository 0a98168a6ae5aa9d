//! The protocol, request by request, as function calls: no socket, a clock the test moves, a fresh database each.
//!
//! Numbers such as S021 or R095 are rules of the protocol's and the sessions' description.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod access;
mod catalog;
mod compute;
mod content;
mod default_mode;
mod entity_sets;
mod events;
mod finer;
mod functions;
mod hardening;
mod locks;
mod login;
mod long_lists;
mod older_clients;
mod on_postgres;
mod openapi;
mod pages;
mod project;
mod query_plan;
mod read;
mod rules;
mod server;
mod session_class;
mod storage;
mod vectors;
mod wire;
mod write;
