//! The 4D errors that data access raises (`docs/REST/…`, rest-protocol section 4.3).

use tessera_store::StoreError;
use tessera_values::{ErrorStack, FourDError};

/// A dataclass that does not exist or is hidden.
pub const DATACLASS_NOT_FOUND: i64 = 1800;
/// An attribute or function that does not exist or is hidden.
pub const ATTRIBUTE_NOT_FOUND: i64 = 1500;
/// All licences are taken.
pub const LICENSE_REFUSED: i64 = 1823;
/// UNSPECIFIED: the numbers of most permission errors are not published; this is the engine's old one.
pub const PERMISSION_DENIED: i64 = -9991;
/// No permission to update.
pub const PERMISSION_UPDATE: i64 = 1558;
/// No permission to execute.
pub const PERMISSION_EXECUTE: i64 = 1561;
/// Too many password hashes are waiting to be computed. A number of our own.
pub const SERVER_BUSY: i64 = -20_503;

/// A store's failure as a 4D error. The cause goes to the log; a client hears only that the data failed.
pub(crate) fn store_error(error: StoreError) -> ErrorStack {
    match error {
        StoreError::Busy { .. } => {
            ErrorStack::data(SERVER_BUSY, "Another transaction is writing. Try again in a moment.")
        }
        StoreError::Exhausted { .. } => {
            ErrorStack::data(SERVER_BUSY, "The data is asked by too many at once. Try again in a moment.")
        }
        error => {
            tracing::error!(error = %error, "the store failed");
            ErrorStack::data(1046, "The data can't be read or written at the moment.")
        }
    }
}

/// An error about a selection or entity of the wrong dataclass.
pub(crate) fn incompatible() -> ErrorStack {
    ErrorStack::data(1587, "The entity selection comes from an incompatible dataclass.")
}

/// An attribute that does not exist.
pub(crate) fn attribute_not_found(attribute: &str, dataclass: &str) -> ErrorStack {
    ErrorStack::data(
        ATTRIBUTE_NOT_FOUND,
        format!("The \"{attribute}\" attribute cannot be found in The \"{dataclass}\" dataclass"),
    )
}

/// The licence pool is empty.
pub(crate) fn no_license() -> ErrorStack {
    ErrorStack::single(FourDError::new(
        "dbmg",
        LICENSE_REFUSED,
        "The maximum number of sessions has been reached",
    ))
}
