//! What a database knows about itself: format, id, stamps, sequences, and which catalog its tables were made for.

use crate::schema::{Naming, Table};

/// The layout of the meta tables and of values.
pub(super) const FORMAT: i64 = 1;

/// Are the meta tables there?
pub(super) const IS_OURS: &str = r#"SELECT count(*) FROM pg_class WHERE oid = to_regclass('"$store"')"#;

/// Is there a schema of this name?
pub(super) const IS_SCHEMA: &str = "SELECT count(*) FROM pg_namespace WHERE nspname = $1";

/// How many tables are in the schema. Those of extensions don't count.
pub(super) const TABLES: &str = "SELECT count(*) FROM pg_class c WHERE relkind IN ('r', 'p') \
     AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()) \
     AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')";

/// Creates the meta tables.
pub(super) const CREATE: &str = r#"
CREATE TABLE "$store" (name text PRIMARY KEY, number bigint, text text);
CREATE TABLE "$table" (uuid text PRIMARY KEY, name text NOT NULL);
CREATE TABLE "$column" (
    table_uuid text NOT NULL, uuid text NOT NULL, name text NOT NULL, type text NOT NULL, never_null integer NOT NULL,
    PRIMARY KEY (table_uuid, uuid)
);
INSERT INTO "$store" (name, number) VALUES ('global_stamp', 1);
"#;

pub(super) const NUMBER: &str = "SELECT number FROM \"$store\" WHERE name = $1";

pub(super) const SET_NUMBER: &str = "INSERT INTO \"$store\" (name, number) VALUES ($1, $2) \
     ON CONFLICT (name) DO UPDATE SET number = excluded.number";

pub(super) const UNIQUE_ID: &str = "SELECT text FROM \"$store\" WHERE name = 'unique_id'";

pub(super) const SET_UNIQUE_ID: &str = "INSERT INTO \"$store\" (name, text) VALUES ('unique_id', $1)";

/// Takes the current global stamp. The row stays locked until the transaction ends, so stamps become visible in
/// their own order: whoever synchronises up to a stamp has missed none below it.
pub(super) const NEXT_GLOBAL_STAMP: &str = "UPDATE \"$store\" SET number = number + 1 \
     WHERE name = 'global_stamp' RETURNING number - 1";

/// The sequence of a table. Taking its numbers locks nothing; those of a save that fails are lost.
pub(super) fn sequence(table: &Table, naming: Naming) -> String {
    naming.sql(&format!("$sequence {}", table.uuid))
}

pub(super) fn create_sequence(sequence: &str, table: &Table) -> String {
    format!("CREATE SEQUENCE {sequence} MINVALUE {} START 1 OWNED BY {}.\"$record\"", i64::MIN, table.sql)
}

pub(super) const NEXT: &str = "SELECT nextval($1::text::regclass)";

/// The last number given.
pub(super) fn last(sequence: &str) -> String {
    format!("SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM {sequence}")
}

pub(super) const SET_LAST: &str = "SELECT setval($1::text::regclass, $2)";

/// Makes the sequence go on behind a number. Only under the exclusive lock: nobody takes a number in between.
pub(super) fn raise(sequence: &str) -> String {
    format!(
        "SELECT setval($1::text::regclass, $2) FROM {sequence} \
         WHERE last_value < $2 OR (last_value = $2 AND NOT is_called)"
    )
}

/// How a transaction that writes begins. Single saves of all connections and processes go side by side; whoever
/// needs the others to wait, as an explicit transaction does, takes the lock alone.
pub(super) fn begin(lock: Lock) -> String {
    let take = match lock {
        Lock::Shared => "pg_advisory_xact_lock_shared",
        Lock::Alone => "pg_advisory_xact_lock",
    };
    format!("BEGIN; SELECT {take}({LOCK}, hashtext(current_schema()))")
}

/// How a migration begins: it takes its time, and waits for that of another server.
pub(super) fn begin_unhurried() -> String {
    begin(Lock::Alone).replacen(
        "BEGIN;",
        "BEGIN; SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0;",
        1,
    )
}

/// "TESS": other programs may use locks of their own.
const LOCK: i32 = 0x5445_5353;

/// Who may write at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lock {
    Shared,
    Alone,
}
