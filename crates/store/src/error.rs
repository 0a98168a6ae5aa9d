//! What can go wrong between a query or save and the disk.
//!
//! Messages name the file and the cure for whoever runs the server; the layer above decides what a client hears.

use std::error::Error;

use tessera_model::{AttributeId, DataclassId, RecordId};
use tessera_values::Text;

/// The data can't be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The address names an engine nobody knows.
    #[error(
        "{url} names no data. Give sqlite:FILE, the path of a file, or postgres://user:password@host/database."
    )]
    UnknownEngine {
        /// The address.
        url: Text,
    },
    /// The address of a database server that can't be understood.
    #[error("{url} can't be used: {message}. Give postgres://user:password@host:port/database.")]
    WrongAddress {
        /// The address without its password.
        url: Text,
        /// What is wrong.
        message: Text,
    },
    /// No connection to the database server.
    #[error(
        "{database} can't be reached: {message}. Check host and port, and that PostgreSQL is running there."
    )]
    Unreachable {
        /// The address without its password.
        database: Text,
        /// What was found.
        message: Text,
    },
    /// The database server does not let the user in.
    #[error(
        "{database} refuses the login: {message}. Check user and password in the address, and pg_hba.conf on the server."
    )]
    LoginRefused {
        /// The address without its password.
        database: Text,
        /// What the server says.
        message: Text,
    },
    /// The server has no such database.
    #[error("{database} does not exist. Make it there: CREATE DATABASE … ENCODING 'UTF8'.")]
    UnknownDatabase {
        /// The address without its password.
        database: Text,
    },
    /// The database can't hold every text.
    #[error(
        "{database} has the encoding {found}, which can't hold every text. Make one with ENCODING 'UTF8'."
    )]
    WrongEncoding {
        /// The address without its password.
        database: Text,
        /// The encoding.
        found: Text,
    },
    /// The user lacks a right.
    #[error(
        "{database}: {message}. The user has to own the tables or the schema; GRANT CREATE, USAGE ON SCHEMA … TO it."
    )]
    NoRights {
        /// The address without its password.
        database: Text,
        /// What the server says.
        message: Text,
    },
    /// The server takes no more connections.
    #[error(
        "{database} takes no more connections. Raise max_connections there, or lower data.connections here."
    )]
    NoConnections {
        /// The address without its password.
        database: Text,
    },
    /// All connections are in use.
    #[error(
        "All {max} connections to the database have been in use for {waited_ms} ms. Try again, or raise data.connections."
    )]
    Exhausted {
        /// How many.
        max: usize,
        /// How long this one waited.
        waited_ms: u64,
    },
    /// The connection broke.
    #[error(
        "The connection to {database} was lost. What was being written then may be there or not; the next attempt connects again."
    )]
    ConnectionLost {
        /// The address without its password.
        database: Text,
    },
    /// A statement took too long.
    #[error(
        "{database} took too long for a statement and was stopped. Add an index for it, or raise data.statement_seconds."
    )]
    TooSlow {
        /// The address without its password.
        database: Text,
    },
    /// The tables are no longer those of the catalog.
    #[error(
        "The tables of {database} were changed by another server: {message}. Restart this one with the same project."
    )]
    StructureChanged {
        /// The address without its password.
        database: Text,
        /// What the server says.
        message: Text,
    },
    /// The file or its folder can't be opened.
    #[error("{file} can't be opened. Check that its folder exists and may be read and written.")]
    Unreadable {
        /// The file, or the address of the database.
        file: Text,
    },
    /// The file may only be read.
    #[error("{file} is read-only. Allow writing to the file and its folder.")]
    ReadOnly {
        /// The file, or the address of the database.
        file: Text,
    },
    /// The file is something else.
    #[error(
        "{file} is no SQLite database. Give another path, or move the file away to begin with empty data."
    )]
    NotADatabase {
        /// The file, or the address of the database.
        file: Text,
    },
    /// The file is a database of some other program.
    #[error("{file} holds the data of another program. Give another place.")]
    Foreign {
        /// The file, or the address of the database.
        file: Text,
    },
    /// The data was written by a later version.
    #[error(
        "{file} was written by a later version (format {found}, this one knows {known}). Use that version."
    )]
    Newer {
        /// The file, or the address of the database.
        file: Text,
        /// Its format.
        found: i64,
        /// The newest format known.
        known: i64,
    },
    /// The file is damaged.
    #[error("{file} is damaged: {message}. Restore it from a backup.")]
    Corrupt {
        /// The file, or the address of the database.
        file: Text,
        /// What the engine says.
        message: Text,
    },
    /// No space left.
    #[error("The disk that holds {file} is full. Make room; nothing acknowledged is lost.")]
    DiskFull {
        /// The file, or the address of the database.
        file: Text,
    },
    /// Another program holds the file.
    #[error("{file} is in use by another program that is writing to it. Close that program or try again.")]
    InUse {
        /// The file, or the address of the database.
        file: Text,
    },
    /// Another transaction of this server did not end in time.
    #[error(
        "Another transaction has been writing for more than {waited_ms} ms. Try again when it has ended."
    )]
    Busy {
        /// How long this one waited.
        waited_ms: u64,
    },
    /// The catalog changed in ways that would lose data.
    #[error("{file} does not fit the catalog, and adapting it would lose data:{}", list(refused))]
    Migration {
        /// The file, or the address of the database.
        file: Text,
        /// Everything that stands in the way.
        refused: Vec<Refusal>,
    },
    /// The write ended without an answer.
    #[error("The write was interrupted by an internal error and has been taken back.")]
    Interrupted,
    /// The database itself took the whole transaction back, for instance because the disk was full.
    #[error("The transaction has been taken back by the database after an error; nothing of it was kept.")]
    TransactionLost,
    /// `commit` or `rollback` without `begin`.
    #[error("There is no open transaction.")]
    NoTransaction,
    /// A query larger than the engine takes.
    #[error("The query is too large for the database: {message}")]
    TooLarge {
        /// What the engine says.
        message: Text,
    },
    /// Anything else the engine reports.
    #[error("The database {file} reports: {error}")]
    Engine {
        /// The file, or the address of the database.
        file: Text,
        /// The engine's own error.
        #[source]
        error: Box<dyn Error + Send + Sync>,
    },
}

fn list(refused: &[Refusal]) -> String {
    refused.iter().flat_map(|refusal| ["\n  - ".to_owned(), refusal.to_string()]).collect()
}

/// A change of the catalog that stored data does not survive.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A table that holds entities is no longer declared.
    #[error(
        "the table {table} is no longer in the catalog but holds {rows} entities; put it back, or drop them first"
    )]
    TableGone {
        /// The table.
        table: Text,
        /// How many.
        rows: u64,
    },
    /// A field that holds values is no longer declared.
    #[error(
        "the field {table}.{field} is no longer in the catalog but holds {values} values; put it back, or empty it first"
    )]
    FieldGone {
        /// The table.
        table: Text,
        /// The field.
        field: Text,
        /// How many.
        values: u64,
    },
    /// A field's new type can't hold the values of the old one.
    #[error(
        "the field {table}.{field} changed from {from} to {to}, which can't hold its {values} values; keep the type, or add a new field"
    )]
    TypeChanged {
        /// The table.
        table: Text,
        /// The field.
        field: Text,
        /// The stored type.
        from: Text,
        /// The declared type.
        to: Text,
        /// How many values.
        values: u64,
    },
    /// Values of a field that is now unique occur more than once.
    #[error(
        "the field {table}.{field} is now unique but {values} of its values occur more than once; make them different first"
    )]
    NotUnique {
        /// The table.
        table: Text,
        /// The field.
        field: Text,
        /// How many.
        values: u64,
    },
    /// Two names the database can't tell apart.
    #[error(
        "{table}.{field} differs from another field only in case, which the database can't tell apart; rename one"
    )]
    SameName {
        /// The table.
        table: Text,
        /// The field, or `*` for the table itself.
        field: Text,
    },
}

/// An entity that was not saved.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// Somebody else saved it meanwhile.
    #[error("The stamp has changed to {current}.")]
    StampChanged {
        /// The stored stamp.
        current: i64,
    },
    /// It is gone.
    #[error("The entity no longer exists.")]
    Missing,
    /// Another entity holds the same value in a unique attribute.
    #[error("Another entity holds the same value.")]
    DuplicateKey {
        /// The attribute.
        attribute: AttributeId,
    },
    /// Null in an attribute that refuses it.
    #[error("Null is not allowed.")]
    NullNotAllowed {
        /// The attribute.
        attribute: AttributeId,
    },
    /// A value of another type than the attribute's.
    #[error("The value has the wrong type.")]
    WrongType {
        /// The attribute.
        attribute: AttributeId,
    },
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
}

/// Entities that were not dropped; none of them was.
#[derive(Debug, thiserror::Error)]
pub enum DropError {
    /// Somebody saved one meanwhile.
    #[error("The stamp has changed to {current}.")]
    StampChanged {
        /// Which.
        record: RecordId,
        /// Its stored stamp.
        current: i64,
    },
    /// One is gone already.
    #[error("The entity no longer exists.")]
    Missing {
        /// Which.
        record: RecordId,
    },
    /// A relation refuses the drop while entities refer to one of them.
    #[error("Other entities still refer to it.")]
    Referenced {
        /// The dataclass of the entities that refer to it.
        dataclass: DataclassId,
        /// Their attribute.
        attribute: AttributeId,
    },
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
}
