//! Sessions as a server meets them, on a clock the test moves.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod fixture;
mod model;
mod permissions;
mod sessions;
mod tokens;
