//! What a data file knows about itself: format, id, stamps, and which catalog its tables were made for.

use rusqlite::OptionalExtension;
use tessera_values::Text;

use super::database::Database;
use crate::schema::Table;

/// Marks the file as ours; "TESS".
pub(super) const APPLICATION_ID: i64 = 0x5445_5353;
/// The layout of the meta tables and of values.
pub(super) const FORMAT: i64 = 1;

/// Creates the meta tables.
pub(super) const CREATE: &str = r#"
CREATE TABLE "$store" (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE "$table" (uuid TEXT PRIMARY KEY, name TEXT NOT NULL, sequence INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE TABLE "$column" (
    table_uuid TEXT NOT NULL, uuid TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, never_null INTEGER NOT NULL,
    PRIMARY KEY (table_uuid, uuid)
) WITHOUT ROWID;
INSERT INTO "$store" VALUES ('global_stamp', 1);
"#;

type Read<T> = rusqlite::Result<T>;

pub(super) fn unique_id(database: &Database) -> Read<Option<Text>> {
    let id: Option<String> = database
        .connection
        .query_row("SELECT value FROM \"$store\" WHERE name = 'unique_id'", [], |row| row.get(0))
        .optional()?;
    Ok(id.map(Text::from))
}

pub(super) fn set_unique_id(database: &Database, id: &str) -> Read<()> {
    database
        .connection
        .execute("INSERT OR REPLACE INTO \"$store\" VALUES ('unique_id', ?1)", [id])
        .map(|_| ())
}

pub(super) fn sequence(database: &Database, table: &Table) -> Read<i64> {
    database
        .connection
        .prepare_cached("SELECT sequence FROM \"$table\" WHERE uuid = ?1")?
        .query_row([table.uuid.as_str()], |row| row.get(0))
}

pub(super) fn set_sequence(database: &Database, uuid: &str, last: i64) -> Read<()> {
    database
        .connection
        .prepare_cached("UPDATE \"$table\" SET sequence = ?2 WHERE uuid = ?1")?
        .execute((uuid, last))
        .map(|_| ())
}

pub(super) fn global_stamp(database: &Database) -> Read<i64> {
    database
        .connection
        .prepare_cached("SELECT value FROM \"$store\" WHERE name = 'global_stamp'")?
        .query_row([], |row| row.get(0))
}

pub(super) fn set_global_stamp(database: &Database, stamp: i64) -> Read<()> {
    database
        .connection
        .prepare_cached("UPDATE \"$store\" SET value = ?1 WHERE name = 'global_stamp'")?
        .execute([stamp])
        .map(|_| ())
}
