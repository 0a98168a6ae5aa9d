//! The whole program: the real binary, a real socket, real files.
//!
//! Numbers such as S043 or R007 are rules of the sessions' and the protocol's description.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod admin;
mod audit;
mod broken_projects;
mod check;
mod client;
mod command_line;
mod contents;
mod data;
mod handlers;
mod http;
mod import;
mod login;
mod long_lists;
mod pages;
mod postgres;
mod quotas;
mod remote;
mod restart;
mod server;
mod tokens;
#[cfg(feature = "otel")]
mod traces;
mod watch;
