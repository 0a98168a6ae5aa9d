//! What a migration asks of SQLite.

use tessera_model::FieldType;
use tessera_values::{Chance, Scalar, Text};

use super::database::{Bound, Database};
use super::meta;
use crate::StoreError;
use crate::migrate::{Ground, IndexText, base_name, migrate};
use crate::schema::{Column, Index, RECORD, STAMP, Schema, TIME, Table, quote};
use crate::sql::{Dialect as _, Sqlite};

/// Opens, creates or migrates; answers the file's unique id.
pub(super) fn open(
    file: &str,
    database: &Database,
    schema: &Schema,
    chance: &dyn Chance,
) -> Result<Text, StoreError> {
    let fault = |error: rusqlite::Error| StoreError::from_sqlite(file, &error);
    identify(file, database)?;
    let run = |sql: &str| database.connection.execute_batch(sql).map_err(fault);
    run("BEGIN IMMEDIATE")?;
    match migrate(&File { file, database }, schema, chance) {
        Ok(Ok(id)) => run("COMMIT").map(|()| id),
        Ok(Err(refused)) => {
            run("ROLLBACK")?;
            Err(StoreError::Migration { file: file.into(), refused })
        }
        Err(error) => {
            if let Err(error) = run("ROLLBACK") {
                tracing::error!(%error, file, "a failed migration could not be taken back");
            }
            Err(error)
        }
    }
}

/// Is the file ours, and of a format we know? An empty one is marked as ours.
fn identify(file: &str, database: &Database) -> Result<(), StoreError> {
    let fault = |error: rusqlite::Error| StoreError::from_sqlite(file, &error);
    let number =
        |sql: &str| database.connection.query_row(sql, [], |row| row.get::<_, i64>(0)).map_err(fault);
    if number("PRAGMA application_id")? == meta::APPLICATION_ID {
        let found = number("PRAGMA user_version")?;
        if found > meta::FORMAT {
            return Err(StoreError::Newer { file: file.into(), found, known: meta::FORMAT });
        }
        return Ok(());
    }
    if number("SELECT count(*) FROM sqlite_schema")? > 0 {
        return Err(StoreError::Foreign { file: file.into() });
    }
    let create = format!(
        "BEGIN IMMEDIATE; {} PRAGMA application_id = {}; PRAGMA user_version = {}; COMMIT",
        meta::CREATE,
        meta::APPLICATION_ID,
        meta::FORMAT
    );
    database.connection.execute_batch(&create).map_err(fault)
}

struct File<'f> {
    file: &'f str,
    database: &'f Database,
}

impl File<'_> {
    fn run<T>(&self, result: rusqlite::Result<T>) -> Result<T, StoreError> {
        result.map_err(|error| StoreError::from_sqlite(self.file, &error))
    }
}

impl Ground for File<'_> {
    fn execute(&self, sql: &str, values: &[&str]) -> Result<(), StoreError> {
        let values = rusqlite::params_from_iter(values.iter().copied());
        self.run(self.database.connection.execute(sql, values)).map(|_| ())
    }

    fn number(&self, sql: &str) -> Result<u64, StoreError> {
        self.run(self.database.connection.query_row(sql, [], |row| row.get::<_, i64>(0))).map(|n| n as u64)
    }

    fn rows(&self, sql: &str) -> Result<Vec<Vec<Text>>, StoreError> {
        let read = || -> rusqlite::Result<Vec<Vec<Text>>> {
            let mut statement = self.database.connection.prepare(sql)?;
            let columns = statement.column_count();
            let text = |row: &rusqlite::Row<'_>, at| row.get::<_, String>(at).map(Text::from);
            let rows = statement.query_map([], |row| (0..columns).map(|at| text(row, at)).collect())?;
            rows.collect()
        };
        self.run(read())
    }

    fn parameter(&self, number: usize) -> String {
        Sqlite.parameter(number)
    }

    fn name(&self, name: &str) -> String {
        Sqlite.naming().sql(name)
    }

    fn columns(&self, name: &str, kind: &str) -> Vec<(String, &'static str)> {
        let mut columns = vec![(self.name(name), declared(kind))];
        if kind == base_name(FieldType::Picture) {
            columns.push((Sqlite.naming().mime(name), "TEXT"));
        }
        columns
    }

    fn identity(&self, name: &str, _: &str) -> String {
        self.name(name)
    }

    fn blank(&self, kind: &str) -> Option<&'static str> {
        match kind {
            "boolean" | "integer" | "long" | "integer64" | "real" | "float" | "time" => Some("0"),
            "date" => Some("'0000-00-00'"),
            "alpha" | "text" | "uuid" => Some("''"),
            _ => None,
        }
    }

    fn create(&self, table: &Table, columns: &str) -> Result<(), StoreError> {
        let name = &table.sql;
        let own = format!(
            "{RECORD} INTEGER PRIMARY KEY AUTOINCREMENT, {STAMP} INTEGER NOT NULL, {TIME} INTEGER NOT NULL"
        );
        self.execute(&format!("CREATE TABLE {name} ({own}{columns})"), &[])
    }

    fn fill(&self, table: &Table, column: &Column, blank: &Scalar) -> Result<(), StoreError> {
        let sql = format!("UPDATE {} SET {name} = ?1 WHERE {name} IS NULL", table.sql, name = column.sql);
        self.run(self.database.connection.execute(&sql, [Bound(blank)])).map(|_| ())
    }

    fn complete(&self, _: &Table, _: &Column) -> Result<(), StoreError> {
        Ok(())
    }

    fn indexes(&self) -> Result<Vec<(String, String)>, StoreError> {
        let sql =
            "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND name LIKE '$%' AND sql IS NOT NULL";
        let pair = |row: Vec<Text>| match &row[..] {
            [name, sql] => Some((name.to_string(), sql.to_string())),
            _ => None,
        };
        Ok(self.rows(sql)?.into_iter().filter_map(pair).collect())
    }

    fn index(&self, table: &Table, column: &Column) -> IndexText {
        let unique = if column.index == Index::Unique { "UNIQUE " } else { "" };
        let name = quote(&index_name(table, column));
        let create = format!("CREATE {unique}INDEX {name} ON {} ({})", table.sql, column.sql);
        IndexText { name, mark: create.clone(), create }
    }

    fn unique_id(&self, new: &dyn Fn() -> Text) -> Result<Text, StoreError> {
        if let Some(id) = self.run(meta::unique_id(self.database))? {
            return Ok(id);
        }
        let id = new();
        self.run(meta::set_unique_id(self.database, &id))?;
        Ok(id)
    }
}

/// The name of a column's index.
pub(super) fn index_name(table: &Table, column: &Column) -> String {
    format!("$index {} {}", table.uuid, column.uuid)
}

/// The type of a column in SQLite's words.
fn declared(kind: &str) -> &'static str {
    match kind {
        "boolean" | "integer" | "long" | "integer64" | "time" => "INTEGER",
        "real" | "float" => "REAL",
        "alpha" | "text" => "TEXT COLLATE FOURD",
        "picture" | "blob" => "BLOB",
        _ => "TEXT",
    }
}
