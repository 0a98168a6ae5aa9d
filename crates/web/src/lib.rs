//! Sockets, TLS, cookies, static files and 4D tags.
//!
//! The only async crate. A request that runs no user code is answered on the thread that read it; everything else goes
//! to bounded worker threads ([`Workers`]). What a request means is decided in `tessera_rest`; this crate finds its
//! session and sends the answer.
//!
//! ```text
//! server (accept, TLS, limits) → tolerant (odd characters in the target)
//!     → service (routes; before them origin and rules, after them rules and error_page)
//!     → rest_adaptor | code (handlers, 4DACTION, On Web Connection) | pages (4D tags) | static_files
//! admin (an address of its own: health, metrics, sessions)
//! ```

mod access_log;
mod admin;
mod answer;
mod body;
mod code;
mod compress;
mod connection;
mod entry;
mod error_page;
mod metrics;
mod options;
mod origin;
mod pages;
mod patient;
mod pieces;
mod quotas;
mod rest_adaptor;
mod rules;
mod server;
mod service;
mod session_cookie;
mod session_token;
mod static_files;
mod target;
mod tls;
mod tolerant;
mod workers;

pub use access_log::{AccessLog, LogFormat};
pub use admin::Admin;
pub use options::{Options, Passwords};
pub use server::{Listening, Live, ServeError, Server};
pub use service::{Limits, Site};
pub use tls::{TlsError, TlsFiles};
pub use workers::Workers;
