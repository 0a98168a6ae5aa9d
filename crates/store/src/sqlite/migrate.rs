//! Makes a file fit the catalog, or says exactly why it can't without losing something.
//!
//! Tables and columns are recognised by the uuids of the catalog, so a rename keeps its data. Everything happens in
//! one transaction: first all that stands in the way is collected, and only without any is the file changed.

use std::collections::{HashMap, HashSet};

use tessera_values::{Chance, Scalar, Text};

use super::database::{Bound, Database};
use super::meta;
use crate::schema::{Column, Index, RECORD, STAMP, Schema, TIME, Table, quote};
use crate::{Refusal, StoreError};

mod stored;
mod types;

use stored::{StoredColumn, StoredTable};
use types::{Widening, declared, type_name, widening};

/// Opens, creates or migrates; answers the file's unique id.
pub(super) fn migrate(
    file: &str,
    database: &Database,
    schema: &Schema,
    chance: &dyn Chance,
) -> Result<Text, StoreError> {
    let fault = |error: rusqlite::Error| StoreError::from_sqlite(file, &error);
    identify(file, database)?;
    database.connection.execute_batch("BEGIN IMMEDIATE").map_err(fault)?;
    let done = Migration { database, schema }.run(chance);
    match done {
        Ok(Ok(id)) => {
            database.connection.execute_batch("COMMIT").map_err(fault)?;
            Ok(id)
        }
        Ok(Err(refused)) => {
            database.connection.execute_batch("ROLLBACK").map_err(fault)?;
            Err(StoreError::Migration { file: file.into(), refused })
        }
        Err(error) => {
            if let Err(error) = database.connection.execute_batch("ROLLBACK") {
                tracing::error!(%error, file, "a failed migration could not be taken back");
            }
            Err(fault(error))
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

struct Migration<'m> {
    database: &'m Database,
    schema: &'m Schema,
}

type Step<T> = rusqlite::Result<T>;

impl Migration<'_> {
    fn run(&self, chance: &dyn Chance) -> Step<Result<Text, Vec<Refusal>>> {
        let stored = stored::read(self.database)?;
        let mut refused = Vec::new();
        same_names(self.schema, &mut refused);
        self.check(&stored, &mut refused)?;
        if !refused.is_empty() {
            return Ok(Err(refused));
        }
        self.drop_indexes()?;
        self.tables(&stored)?;
        for table in &self.schema.tables {
            match stored.get(&table.uuid) {
                Some(old) => self.columns(table, old)?,
                None => self.create(table)?,
            }
        }
        self.indexes()?;
        let id = match meta::unique_id(self.database)? {
            Some(id) => id,
            None => {
                let mut bytes = [0; 16];
                chance.fill(&mut bytes);
                let id = meta::hex(&bytes);
                meta::set_unique_id(self.database, &id)?;
                id
            }
        };
        Ok(Ok(id))
    }

    fn execute(&self, sql: &str) -> Step<()> {
        self.database.connection.execute(sql, []).map(|_| ())
    }

    fn number(&self, sql: &str) -> Step<u64> {
        self.database.connection.query_row(sql, [], |row| row.get::<_, i64>(0)).map(|n| n as u64)
    }

    /// Collects what would lose data.
    fn check(&self, stored: &HashMap<Text, StoredTable>, refused: &mut Vec<Refusal>) -> Step<()> {
        let mut tables: Vec<&StoredTable> = stored.values().collect();
        tables.sort_by(|a, b| a.name.cmp(&b.name));
        for old in tables {
            let sql = quote(&old.name);
            let Some(table) = self.schema.tables.iter().find(|table| table.uuid == old.uuid) else {
                let rows = self.number(&format!("SELECT count(*) FROM {sql}"))?;
                if rows > 0 {
                    refused.push(Refusal::TableGone { table: old.name.clone(), rows });
                }
                continue;
            };
            for column in &old.columns {
                let values = || self.number(&format!("SELECT count(*) FROM {sql} WHERE {}", column.holds()));
                let Some(new) = table.columns.iter().find(|new| new.uuid == column.uuid) else {
                    let values = values()?;
                    if values > 0 {
                        refused.push(Refusal::FieldGone {
                            table: old.name.clone(),
                            field: column.name.clone(),
                            values,
                        });
                    }
                    continue;
                };
                let lost = match widening(&column.field_type, new.field.field_type) {
                    Widening::Same | Widening::Keep | Widening::Copy => 0,
                    Widening::Check(condition) => self.number(&format!(
                        "SELECT count(*) FROM {sql} WHERE {}",
                        condition.replace("{}", &quote(&column.name))
                    ))?,
                    Widening::Loses => values()?,
                };
                if lost > 0 {
                    refused.push(Refusal::TypeChanged {
                        table: old.name.clone(),
                        field: column.name.clone(),
                        from: column.field_type.clone(),
                        to: type_name(new.field.field_type),
                        values: lost,
                    });
                } else if new.index == Index::Unique {
                    let name = quote(&column.name);
                    let values = self.number(&format!(
                        "SELECT count(*) FROM (SELECT 1 FROM {sql} WHERE {name} IS NOT NULL GROUP BY {name} HAVING count(*) > 1)"
                    ))?;
                    if values > 0 {
                        refused.push(Refusal::NotUnique {
                            table: old.name.clone(),
                            field: column.name.clone(),
                            values,
                        });
                    }
                }
            }
        }
        Ok(())
    }

    /// Drops tables that are gone (they are empty) and renames the others. Names may have been exchanged, so
    /// every changed one goes through a name nobody has.
    fn tables(&self, stored: &HashMap<Text, StoredTable>) -> Step<()> {
        let mut renamed = Vec::new();
        let mut old_tables: Vec<&StoredTable> = stored.values().collect();
        old_tables.sort_by(|a, b| a.name.cmp(&b.name));
        for old in old_tables {
            match self.schema.tables.iter().find(|table| table.uuid == old.uuid) {
                None => {
                    self.execute(&format!("DROP TABLE {}", quote(&old.name)))?;
                    self.meta("DELETE FROM \"$table\" WHERE uuid = ?1", &[&old.uuid])?;
                    self.meta("DELETE FROM \"$column\" WHERE table_uuid = ?1", &[&old.uuid])?;
                }
                Some(table) if table.name != old.name => {
                    let between = quote(&format!("$rename {}", renamed.len()));
                    self.execute(&format!("ALTER TABLE {} RENAME TO {between}", quote(&old.name)))?;
                    renamed.push((between, table));
                }
                Some(_) => {}
            }
        }
        for (between, table) in renamed {
            self.execute(&format!("ALTER TABLE {between} RENAME TO {}", table.sql))?;
            self.meta("UPDATE \"$table\" SET name = ?2 WHERE uuid = ?1", &[&table.uuid, &table.name])?;
        }
        Ok(())
    }

    fn meta(&self, sql: &str, values: &[&str]) -> Step<()> {
        self.database.connection.execute(sql, rusqlite::params_from_iter(values.iter().copied())).map(|_| ())
    }

    fn create(&self, table: &Table) -> Step<()> {
        let mut sql = format!(
            "CREATE TABLE {} ({RECORD} INTEGER PRIMARY KEY AUTOINCREMENT, {STAMP} INTEGER NOT NULL, {TIME} INTEGER NOT NULL",
            table.sql
        );
        for column in &table.columns {
            sql.push_str(&format!(", {} {}", column.sql, declared(column.field.field_type)));
            if let Some(mime) = &column.mime {
                sql.push_str(&format!(", {mime} TEXT"));
            }
        }
        sql.push(')');
        self.execute(&sql)?;
        self.meta("INSERT INTO \"$table\" (uuid, name) VALUES (?1, ?2)", &[&table.uuid, &table.name])?;
        table.columns.iter().try_for_each(|column| self.remember(table, column))
    }

    fn remember(&self, table: &Table, column: &Column) -> Step<()> {
        self.meta(
            "INSERT OR REPLACE INTO \"$column\" VALUES (?1, ?2, ?3, ?4, ?5)",
            &[
                &table.uuid,
                &column.uuid,
                &column.name,
                &type_name(column.field.field_type),
                if column.field.never_null { "1" } else { "0" },
            ],
        )
    }

    fn columns(&self, table: &Table, old: &StoredTable) -> Step<()> {
        let by_uuid: HashMap<&Text, &Column> = table.columns.iter().map(|new| (&new.uuid, new)).collect();
        let mut moved: Vec<(String, &Column, &StoredColumn)> = Vec::new();
        for column in &old.columns {
            match by_uuid.get(&column.uuid) {
                None => {
                    self.drop_column(table, column)?;
                    self.meta(
                        "DELETE FROM \"$column\" WHERE table_uuid = ?1 AND uuid = ?2",
                        &[&table.uuid, &column.uuid],
                    )?;
                }
                Some(new) if new.name != column.name => {
                    let between = format!("$rename {}", moved.len());
                    self.rename_column(table, &column.name, &between, column.is_picture())?;
                    moved.push((between, new, column));
                }
                Some(new) => moved.push((new.name.to_string(), new, column)),
            }
        }
        let mut kept = HashSet::new();
        for (now, new, column) in moved {
            if now != new.name {
                self.rename_column(table, &now, &new.name, column.is_picture())?;
            }
            kept.insert(&new.uuid);
            match widening(&column.field_type, new.field.field_type) {
                Widening::Same | Widening::Keep | Widening::Check(_) => {}
                Widening::Copy => {
                    self.drop_index(table, new)?;
                    self.copy_column(table, new)?;
                }
                // Checked before: it holds nothing.
                Widening::Loses => {
                    self.drop_index(table, new)?;
                    self.drop_column(table, &StoredColumn { name: new.name.clone(), ..column.clone() })?;
                    self.add_column(table, new)?;
                }
            }
            if new.field.never_null && !column.never_null {
                self.blanks(table, new)?;
            }
            self.remember(table, new)?;
        }
        for new in table.columns.iter().filter(|new| !kept.contains(&new.uuid)) {
            self.add_column(table, new)?;
            if new.field.never_null {
                self.blanks(table, new)?;
            }
            self.remember(table, new)?;
        }
        Ok(())
    }

    fn rename_column(&self, table: &Table, from: &str, to: &str, picture: bool) -> Step<()> {
        let rename = |from: &str, to: &str| {
            self.execute(&format!("ALTER TABLE {} RENAME COLUMN {} TO {}", table.sql, quote(from), quote(to)))
        };
        rename(from, to)?;
        if picture { rename(&format!("$mime:{from}"), &format!("$mime:{to}")) } else { Ok(()) }
    }

    fn add_column(&self, table: &Table, column: &Column) -> Step<()> {
        let add = |name: &str, declared: &str| {
            self.execute(&format!("ALTER TABLE {} ADD COLUMN {name} {declared}", table.sql))
        };
        add(&column.sql, declared(column.field.field_type))?;
        column.mime.as_ref().map_or(Ok(()), |mime| add(mime, "TEXT"))
    }

    fn drop_column(&self, table: &Table, column: &StoredColumn) -> Step<()> {
        let drop =
            |name: &str| self.execute(&format!("ALTER TABLE {} DROP COLUMN {}", table.sql, quote(name)));
        drop(&column.name)?;
        if column.is_picture() { drop(&format!("$mime:{}", column.name)) } else { Ok(()) }
    }

    /// Moves the values into a column of the new type.
    fn copy_column(&self, table: &Table, new: &Column) -> Step<()> {
        let (table_sql, name) = (&table.sql, &new.sql);
        self.execute(&format!(
            "ALTER TABLE {table_sql} ADD COLUMN \"$copy\" {}",
            declared(new.field.field_type)
        ))?;
        self.execute(&format!("UPDATE {table_sql} SET \"$copy\" = {name}"))?;
        self.execute(&format!("ALTER TABLE {table_sql} DROP COLUMN {name}"))?;
        self.execute(&format!("ALTER TABLE {table_sql} RENAME COLUMN \"$copy\" TO {name}"))
    }

    /// Turns Null into the blank where the field never holds Null.
    fn blanks(&self, table: &Table, column: &Column) -> Step<()> {
        let blank = column.field.field_type.blank();
        if blank == Scalar::Null {
            return Ok(());
        }
        let sql = format!("UPDATE {} SET {name} = ?1 WHERE {name} IS NULL", table.sql, name = column.sql);
        self.database.connection.execute(&sql, [Bound(&blank)]).map(|_| ())
    }

    /// Indexes are cheap to make again compared with finding out which still fit, except for large tables: one
    /// whose definition is unchanged stays.
    fn drop_indexes(&self) -> Step<()> {
        let wanted: HashSet<String> = self.index_texts().into_iter().collect();
        let mut statement = self.database.connection.prepare(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND name LIKE '$%' AND sql IS NOT NULL",
        )?;
        let found: Vec<(String, String)> =
            statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Step<_>>()?;
        for (name, sql) in found {
            if !wanted.contains(&sql) {
                self.execute(&format!("DROP INDEX {}", quote(&name)))?;
            }
        }
        Ok(())
    }

    fn drop_index(&self, table: &Table, column: &Column) -> Step<()> {
        self.execute(&format!("DROP INDEX IF EXISTS {}", index_name(table, column)))
    }

    fn index_texts(&self) -> Vec<String> {
        let mut texts = Vec::new();
        for table in &self.schema.tables {
            for column in &table.columns {
                let unique = match column.index {
                    Index::None => continue,
                    Index::Plain => "",
                    Index::Unique => "UNIQUE ",
                };
                let name = index_name(table, column);
                texts.push(format!("CREATE {unique}INDEX {name} ON {} ({})", table.sql, column.sql));
            }
        }
        texts
    }

    fn indexes(&self) -> Step<()> {
        for sql in self.index_texts() {
            self.execute(&sql.replacen("INDEX", "INDEX IF NOT EXISTS", 1))?;
        }
        Ok(())
    }
}

fn index_name(table: &Table, column: &Column) -> String {
    quote(&format!("$index {} {}", table.uuid, column.uuid))
}

fn same_names(schema: &Schema, refused: &mut Vec<Refusal>) {
    let mut tables = HashSet::new();
    for table in &schema.tables {
        if !tables.insert(table.name.to_ascii_lowercase()) {
            refused.push(Refusal::SameName { table: table.name.clone(), field: "*".into() });
        }
        let mut columns = HashSet::new();
        for column in &table.columns {
            if !columns.insert(column.name.to_ascii_lowercase()) {
                refused.push(Refusal::SameName { table: table.name.clone(), field: column.name.clone() });
            }
        }
    }
}
