//! Sockets, TLS, cookies, static files and 4D tags.
//!
//! The only async crate. A request that runs no user code is answered on the thread that read it; everything else goes
//! to bounded worker threads ([`Workers`]). What a request means is decided in `tessera_rest`; this crate finds its
//! session and sends the answer.
//!
//! ```text
//! server (accept, TLS, limits) → tolerant (odd characters in the target) → service (routes)
//!     → rest_adaptor | pages (4D tags) | static_files
//! admin (an address of its own: health, metrics, sessions)
//! ```

mod admin;
mod body;
mod metrics;
mod pages;
mod quotas;
mod rest_adaptor;
mod server;
mod service;
mod session_cookie;
mod session_token;
mod static_files;
mod tls;
mod tolerant;
mod workers;

pub use admin::Admin;
pub use server::{Listening, ServeError, Server};
pub use service::{Limits, Site};
pub use tls::{TlsError, TlsFiles};
pub use workers::Workers;
