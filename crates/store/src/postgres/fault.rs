//! From PostgreSQL's errors to what a reader of the message can do about it.

use std::error::Error as _;
use std::io;

use tessera_values::Text;
use tokio_postgres::Error;
use tokio_postgres::error::{DbError, SqlState};

use super::address::cause;
use crate::StoreError;

/// Why a statement failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    #[error(transparent)]
    Postgres(#[from] Error),
    /// The protocol counts parameters in 16 bits.
    #[error("{0} values are more than a statement may have")]
    TooManyValues(usize),
}

impl Fault {
    fn code(&self) -> Option<&SqlState> {
        match self {
            Self::Postgres(error) => error.code(),
            Self::TooManyValues(_) => None,
        }
    }

    /// Would the same transaction succeed, done once more?
    pub(super) fn is_conflict(&self) -> bool {
        self.code().is_some_and(|code| {
            *code == SqlState::T_R_DEADLOCK_DETECTED || *code == SqlState::T_R_SERIALIZATION_FAILURE
        })
    }

    /// Did somebody else hold a lock for too long?
    pub(super) fn is_locked(&self) -> bool {
        self.code().is_some_and(|code| *code == SqlState::LOCK_NOT_AVAILABLE)
    }

    /// The index that a value may not be in twice.
    pub(super) fn broken_index(&self) -> Option<&str> {
        match self {
            Self::Postgres(error) if error.code() == Some(&SqlState::UNIQUE_VIOLATION) => {
                error.as_db_error()?.constraint()
            }
            _ => None,
        }
    }
}

impl StoreError {
    /// What a failed statement means.
    pub(super) fn from_postgres(database: &Text, fault: &Fault) -> Self {
        match fault {
            Fault::Postgres(error) => Self::from_error(database, error),
            Fault::TooManyValues(_) => Self::TooLarge { message: fault.to_string().into() },
        }
    }

    fn from_error(database: &Text, error: &Error) -> Self {
        let database = database.clone();
        let Some(reported) = error.as_db_error() else {
            // The protocol counts bytes in 32 bits.
            let is_unsent = error.to_string().starts_with("error encoding");
            return if is_unsent {
                Self::TooLarge { message: cause(error).into() }
            } else if error.is_closed() || io_cause(error).is_some() {
                Self::ConnectionLost { database }
            } else {
                Self::Engine { file: database, error: cause(error).into() }
            };
        };
        let message: Text = reported.message().into();
        match reported.code() {
            code if is_lost(code) => Self::ConnectionLost { database },
            code if refuses_login(code) => Self::LoginRefused { database, message },
            // To whom may not use a schema, it is not there.
            &SqlState::INSUFFICIENT_PRIVILEGE | &SqlState::INVALID_SCHEMA_NAME => {
                Self::NoRights { database, message }
            }
            &SqlState::QUERY_CANCELED => Self::TooSlow { database },
            &SqlState::DISK_FULL => Self::DiskFull { file: database },
            &SqlState::READ_ONLY_SQL_TRANSACTION => Self::ReadOnly { file: database },
            &SqlState::STATEMENT_TOO_COMPLEX
            | &SqlState::PROGRAM_LIMIT_EXCEEDED
            | &SqlState::TOO_MANY_ARGUMENTS => Self::TooLarge { message },
            &SqlState::UNDEFINED_TABLE | &SqlState::UNDEFINED_COLUMN | &SqlState::FEATURE_NOT_SUPPORTED => {
                Self::StructureChanged { database, message }
            }
            &SqlState::DATA_CORRUPTED | &SqlState::INDEX_CORRUPTED => {
                Self::Corrupt { file: database, message }
            }
            _ => Self::Engine { file: database, error: described(reported).into() },
        }
    }

    /// Why no connection could be opened.
    pub(super) fn from_connecting(database: &Text, error: &Error) -> Self {
        let unreachable =
            |message: String| Self::Unreachable { database: database.clone(), message: message.into() };
        match (error.as_db_error(), io_cause(error)) {
            (Some(reported), _) => match reported.code() {
                &SqlState::INVALID_CATALOG_NAME => Self::UnknownDatabase { database: database.clone() },
                &SqlState::TOO_MANY_CONNECTIONS => Self::NoConnections { database: database.clone() },
                code if refuses_login(code) => {
                    Self::LoginRefused { database: database.clone(), message: reported.message().into() }
                }
                code if is_lost(code) => unreachable(reported.message().to_owned()),
                _ => Self::from_error(database, error),
            },
            (None, _) if cause(error).contains("lookup address") => {
                unreachable("its host's name is not known".to_owned())
            }
            (None, _) => unreachable(cause(error)),
        }
    }
}

/// The server is stopping, starting, or has cut the line.
fn is_lost(code: &SqlState) -> bool {
    code.code().starts_with("57P") || code.code().starts_with("080")
}

fn refuses_login(code: &SqlState) -> bool {
    code.code().starts_with("28")
}

fn io_cause(error: &Error) -> Option<&io::Error> {
    error.source().and_then(|source| source.downcast_ref())
}

fn described(reported: &DbError) -> String {
    match reported.hint() {
        Some(hint) => format!("{} ({hint})", reported.message()),
        None => reported.message().to_owned(),
    }
}
