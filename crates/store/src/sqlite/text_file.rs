//! [`TextFile`]: texts under names in a small SQLite file of their own.
//!
//! For what a server wants to find again after a restart and what is no data of the project, as live sessions. A text
//! that was written survives the end of the process; a power failure may take the last moments away.

use parking_lot::Mutex;
use rusqlite::{Connection, TransactionBehavior};

use crate::StoreError;

/// Marks the file as ours; "TESK".
const APPLICATION_ID: i64 = 0x5445_534B;

/// The file.
pub struct TextFile {
    path: String,
    connection: Mutex<Connection>,
}

impl TextFile {
    /// Opens the file, or makes it. One process has it at a time.
    pub fn open(path: &str) -> Result<Self, StoreError> {
        let fault = |error: rusqlite::Error| StoreError::from_sqlite(path, &error);
        let connection = Connection::open(path).map_err(fault)?;
        let own: i64 = connection.query_row("PRAGMA application_id", [], |row| row.get(0)).map_err(fault)?;
        let tables: i64 = connection
            .query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0))
            .map_err(fault)?;
        if own != APPLICATION_ID && tables > 0 {
            return Err(StoreError::NotADatabase { file: path.into() });
        }
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE").map_err(fault)?;
        connection.pragma_update(None, "journal_mode", "WAL").map_err(fault)?;
        connection.pragma_update(None, "synchronous", "NORMAL").map_err(fault)?;
        // What is removed is gone: a text may hold what its owner wants nobody to find.
        connection.pragma_update(None, "secure_delete", true).map_err(fault)?;
        connection.pragma_update(None, "application_id", APPLICATION_ID).map_err(fault)?;
        connection
            .execute(
                "CREATE TABLE IF NOT EXISTS text (name TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID",
                [],
            )
            .map_err(fault)?;
        Ok(Self { path: path.into(), connection: Mutex::new(connection) })
    }

    /// Every text, by name.
    pub fn all(&self) -> Result<Vec<(String, String)>, StoreError> {
        let read = |connection: &Connection| -> rusqlite::Result<_> {
            let mut statement = connection.prepare_cached("SELECT name, text FROM text ORDER BY name")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect()
        };
        read(&self.connection.lock()).map_err(|error| StoreError::from_sqlite(&self.path, &error))
    }

    /// Writes texts, and removes those that are `None`: all of them or nothing.
    pub fn write<'t>(
        &self,
        changes: impl IntoIterator<Item = (&'t str, Option<&'t str>)>,
    ) -> Result<(), StoreError> {
        let mut connection = self.connection.lock();
        let write = |connection: &mut Connection| -> rusqlite::Result<()> {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            for (name, text) in changes {
                match text {
                    Some(text) => {
                        let sql = "INSERT INTO text VALUES (?1, ?2) ON CONFLICT DO UPDATE SET text = ?2";
                        transaction.prepare_cached(sql)?.execute([name, text])?;
                    }
                    None => {
                        transaction.prepare_cached("DELETE FROM text WHERE name = ?1")?.execute([name])?;
                    }
                }
            }
            transaction.commit()
        };
        write(&mut connection).map_err(|error| StoreError::from_sqlite(&self.path, &error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("texts.sqlite").display().to_string();
        let file = TextFile::open(&path).unwrap();
        file.write([("a", Some("1")), ("b", Some("2")), ("c", Some("3"))]).unwrap();
        file.write([("a", None), ("b", Some("zwei")), ("unknown", None)]).unwrap();
        drop(file);
        let file = TextFile::open(&path).unwrap();
        assert_eq!(file.all().unwrap(), [("b".into(), "zwei".into()), ("c".into(), "3".into())]);
    }

    #[test]
    fn another_file_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("other").display().to_string();
        std::fs::write(&path, "x".repeat(5000)).unwrap();
        assert!(TextFile::open(&path).is_err());
        std::fs::remove_file(&path).unwrap();
        Connection::open(&path).unwrap().execute("CREATE TABLE theirs (x)", []).unwrap();
        assert!(matches!(TextFile::open(&path), Err(StoreError::NotADatabase { .. })));
    }
}
