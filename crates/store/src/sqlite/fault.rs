//! From SQLite's result codes to what a reader of the message can do about it.

use rusqlite::{Error, ErrorCode};

use crate::StoreError;

impl StoreError {
    pub(super) fn from_sqlite(file: &str, error: &Error) -> Self {
        let file = file.into();
        match error.sqlite_error_code() {
            Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => Self::Unreadable { file },
            Some(ErrorCode::ReadOnly) => Self::ReadOnly { file },
            Some(ErrorCode::NotADatabase) => Self::NotADatabase { file },
            Some(ErrorCode::DatabaseCorrupt) => Self::Corrupt { file, message: error.to_string().into() },
            Some(ErrorCode::DiskFull) => Self::DiskFull { file },
            Some(
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed,
            ) => Self::InUse { file },
            Some(ErrorCode::TooBig) => Self::TooLarge { message: error.to_string().into() },
            _ => Self::Engine { file, error: error.to_string().into() },
        }
    }
}
