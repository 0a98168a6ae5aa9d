//! Makes a database fit the catalog, or says exactly why it can't without losing something.
//!
//! Tables and columns are recognised by the uuids of the catalog, so a rename keeps its data. Everything happens in
//! one transaction that the engine opens: first all that stands in the way is collected, and only without any is the
//! database changed. What differs between engines is asked of their [`Ground`].

use std::collections::{HashMap, HashSet};

use tessera_values::{Chance, Scalar, Text};

use crate::schema::{Column, Index, Schema, Table, quote};
use crate::{Refusal, StoreError, base};

mod same_names;
mod stored;
mod types;

pub(crate) use stored::{StoredColumn, StoredTable};
pub(crate) use types::base_name;
use types::{Widening, type_name, widening};

/// What a migration asks of an engine, inside an open transaction.
pub(crate) trait Ground {
    /// Runs a statement with texts as its parameters.
    fn execute(&self, sql: &str, values: &[&str]) -> Result<(), StoreError>;

    /// The whole number a statement gives.
    fn number(&self, sql: &str) -> Result<u64, StoreError>;

    /// The rows a statement gives, every column a text.
    fn rows(&self, sql: &str) -> Result<Vec<Vec<Text>>, StoreError>;

    /// The n-th parameter, from 1.
    fn parameter(&self, number: usize) -> String;

    /// The name in SQL of a table or column.
    fn name(&self, name: &str) -> String;

    /// The names and types of all columns a field takes, its own first; `kind` is the remembered type.
    fn columns(&self, name: &str, kind: &str) -> Vec<(String, &'static str)>;

    /// What equal values of a stored field have in common.
    fn identity(&self, name: &str, kind: &str) -> String;

    /// A stored value that says nothing, as SQL; `None` for types that have only Null for that.
    fn blank(&self, kind: &str) -> Option<&'static str>;

    /// Makes a table; `columns` are the texts of its own columns.
    fn create(&self, table: &Table, columns: &str) -> Result<(), StoreError>;

    /// Turns Null into a value.
    fn fill(&self, table: &Table, column: &Column, blank: &Scalar) -> Result<(), StoreError>;

    /// Computes what stands beside the values of a column, after they came from elsewhere.
    fn complete(&self, table: &Table, column: &Column) -> Result<(), StoreError>;

    /// The indexes there are: their names, and what tells one from another of the same name.
    fn indexes(&self) -> Result<Vec<(String, String)>, StoreError>;

    /// The index of a column.
    fn index(&self, table: &Table, column: &Column) -> IndexText;

    /// Remembers a random id of the data; answers the one it has.
    fn unique_id(&self, new: &dyn Fn() -> Text) -> Result<Text, StoreError>;
}

/// An index as it should be.
pub(crate) struct IndexText {
    /// Its name in SQL.
    pub(crate) name: String,
    /// The mark by which `Ground::indexes` lists it.
    pub(crate) mark: String,
    pub(crate) create: String,
}

/// Migrates inside the open transaction; answers the data's unique id, or everything that stands in the way. Then
/// nothing was changed.
pub(crate) fn migrate(
    ground: &dyn Ground,
    schema: &Schema,
    chance: &dyn Chance,
) -> Result<Result<Text, Vec<Refusal>>, StoreError> {
    Migration { ground, schema }.run(chance)
}

struct Migration<'m> {
    ground: &'m dyn Ground,
    schema: &'m Schema,
}

type Step<T> = Result<T, StoreError>;

impl Migration<'_> {
    fn run(&self, chance: &dyn Chance) -> Step<Result<Text, Vec<Refusal>>> {
        let stored = stored::read(self.ground)?;
        let mut refused = Vec::new();
        same_names::check(self.schema, &mut refused);
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
        self.ground.unique_id(&|| base::unique_id(chance)).map(Ok)
    }

    fn execute(&self, sql: &str) -> Step<()> {
        self.ground.execute(sql, &[])
    }

    fn number(&self, sql: &str) -> Step<u64> {
        self.ground.number(sql)
    }

    fn name(&self, name: &str) -> String {
        self.ground.name(name)
    }

    /// Collects what would lose data.
    fn check(&self, stored: &HashMap<Text, StoredTable>, refused: &mut Vec<Refusal>) -> Step<()> {
        let mut tables: Vec<&StoredTable> = stored.values().collect();
        tables.sort_by(|a, b| a.name.cmp(&b.name));
        for old in tables {
            let Some(table) = self.schema.tables.iter().find(|table| table.uuid == old.uuid) else {
                let rows = self.number(&format!("SELECT count(*) FROM {}", self.name(&old.name)))?;
                if rows > 0 {
                    refused.push(Refusal::TableGone { table: old.name.clone(), rows });
                }
                continue;
            };
            for column in &old.columns {
                let new = table.columns.iter().find(|new| new.uuid == column.uuid);
                refused.extend(self.check_column(old, column, new)?);
            }
        }
        Ok(())
    }

    fn check_column(
        &self,
        old: &StoredTable,
        column: &StoredColumn,
        new: Option<&Column>,
    ) -> Step<Option<Refusal>> {
        let (table, field) = (old.name.clone(), column.name.clone());
        let (sql, name) = (self.name(&old.name), self.name(&column.name));
        let holds = || match self.ground.blank(column.kind()) {
            Some(blank) => format!("{name} IS NOT NULL AND {name} <> {blank}"),
            None => format!("{name} IS NOT NULL"),
        };
        let count = |condition: String| self.number(&format!("SELECT count(*) FROM {sql} WHERE {condition}"));
        let Some(new) = new else {
            let values = count(holds())?;
            return Ok((values > 0).then_some(Refusal::FieldGone { table, field, values }));
        };
        let lost = match widening(&column.field_type, new.field.field_type) {
            Widening::Same | Widening::Keep | Widening::Copy => 0,
            Widening::Check(condition) => count(condition.replace("{}", &name))?,
            Widening::Loses => count(holds())?,
        };
        if lost > 0 {
            let (from, to) = (column.field_type.clone(), type_name(new.field.field_type));
            return Ok(Some(Refusal::TypeChanged { table, field, from, to, values: lost }));
        }
        if new.index != Index::Unique {
            return Ok(None);
        }
        let identity = self.ground.identity(&column.name, column.kind());
        let values = self.number(&format!(
            "SELECT count(*) FROM (SELECT 1 FROM {sql} WHERE {name} IS NOT NULL GROUP BY {identity} HAVING count(*) > 1) AS twice"
        ))?;
        Ok((values > 0).then_some(Refusal::NotUnique { table, field, values }))
    }

    /// Drops tables that are gone (they are empty) and renames the others. Names may have been exchanged, so
    /// every changed one goes through a name nobody has.
    fn tables(&self, stored: &HashMap<Text, StoredTable>) -> Step<()> {
        let mut renamed = Vec::new();
        let mut old_tables: Vec<&StoredTable> = stored.values().collect();
        old_tables.sort_by(|a, b| a.name.cmp(&b.name));
        let [first, second] = [1, 2].map(|number| self.ground.parameter(number));
        for old in old_tables {
            match self.schema.tables.iter().find(|table| table.uuid == old.uuid) {
                None => {
                    self.execute(&format!("DROP TABLE {}", self.name(&old.name)))?;
                    let uuid = [old.uuid.as_str()];
                    self.ground.execute(&format!("DELETE FROM \"$table\" WHERE uuid = {first}"), &uuid)?;
                    self.ground
                        .execute(&format!("DELETE FROM \"$column\" WHERE table_uuid = {first}"), &uuid)?;
                }
                Some(table) if table.name != old.name => {
                    let between = quote(&format!("$rename {}", renamed.len()));
                    self.execute(&format!("ALTER TABLE {} RENAME TO {between}", self.name(&old.name)))?;
                    renamed.push((between, table));
                }
                Some(_) => {}
            }
        }
        for (between, table) in renamed {
            self.execute(&format!("ALTER TABLE {between} RENAME TO {}", table.sql))?;
            let sql = format!("UPDATE \"$table\" SET name = {first} WHERE uuid = {second}");
            self.ground.execute(&sql, &[&table.name, &table.uuid])?;
        }
        Ok(())
    }

    fn create(&self, table: &Table) -> Step<()> {
        // Pictures and blobs come last: SQLite gets to what stands behind one only through all of its bytes.
        let (mut columns, mut contents) = (Vec::new(), Vec::new());
        for column in &table.columns {
            let mut stored = self.stored_columns(column);
            if column.is_content() {
                contents.push(stored.remove(0));
            }
            columns.append(&mut stored);
        }
        columns.append(&mut contents);
        let columns: String = columns.iter().map(|(name, declared)| format!(", {name} {declared}")).collect();
        self.ground.create(table, &columns)?;
        let [first, second] = [1, 2].map(|number| self.ground.parameter(number));
        let sql = format!("INSERT INTO \"$table\" (uuid, name) VALUES ({first}, {second})");
        self.ground.execute(&sql, &[&table.uuid, &table.name])?;
        table.columns.iter().try_for_each(|column| self.remember(table, column))
    }

    fn remember(&self, table: &Table, column: &Column) -> Step<()> {
        let [table_uuid, uuid, name, field_type] = [1, 2, 3, 4].map(|number| self.ground.parameter(number));
        let never_null = u8::from(column.field.never_null);
        let sql = format!(
            "INSERT INTO \"$column\" (table_uuid, uuid, name, type, never_null) \
             VALUES ({table_uuid}, {uuid}, {name}, {field_type}, {never_null}) ON CONFLICT (table_uuid, uuid) \
             DO UPDATE SET name = excluded.name, type = excluded.type, never_null = excluded.never_null"
        );
        let kind = type_name(column.field.field_type);
        self.ground.execute(&sql, &[&table.uuid, &column.uuid, &column.name, &kind])
    }

    fn columns(&self, table: &Table, old: &StoredTable) -> Step<()> {
        let by_uuid: HashMap<&Text, &Column> = table.columns.iter().map(|new| (&new.uuid, new)).collect();
        let mut moved: Vec<(String, &Column, &StoredColumn)> = Vec::new();
        let [first, second] = [1, 2].map(|number| self.ground.parameter(number));
        for column in &old.columns {
            match by_uuid.get(&column.uuid) {
                None => {
                    self.drop_column(table, &column.name, column.kind())?;
                    let sql =
                        format!("DELETE FROM \"$column\" WHERE table_uuid = {first} AND uuid = {second}");
                    self.ground.execute(&sql, &[&table.uuid, &column.uuid])?;
                }
                Some(new) if new.name != column.name => {
                    let between = format!("$rename {}", moved.len());
                    self.rename_column(table, &column.name, &between, column.kind())?;
                    moved.push((between, new, column));
                }
                Some(new) => moved.push((new.name.to_string(), new, column)),
            }
        }
        let mut kept = HashSet::new();
        for (now, new, column) in moved {
            if now != new.name {
                self.rename_column(table, &now, &new.name, column.kind())?;
            }
            kept.insert(&new.uuid);
            match widening(&column.field_type, new.field.field_type) {
                Widening::Same | Widening::Keep | Widening::Check(_) => {}
                Widening::Copy => {
                    self.drop_index(table, new)?;
                    self.copy_column(table, new, column.kind())?;
                }
                // Checked before: it holds nothing.
                Widening::Loses => {
                    self.drop_index(table, new)?;
                    self.drop_column(table, &new.name, column.kind())?;
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

    /// The columns a field takes, with their types.
    fn stored_columns(&self, column: &Column) -> Vec<(String, &'static str)> {
        self.ground.columns(&column.name, base_name(column.field.field_type))
    }

    fn rename_column(&self, table: &Table, from: &str, to: &str, kind: &str) -> Step<()> {
        let names = self.ground.columns(from, kind).into_iter().zip(self.ground.columns(to, kind));
        for ((from, _), (to, _)) in names {
            self.execute(&format!("ALTER TABLE {} RENAME COLUMN {from} TO {to}", table.sql))?;
        }
        Ok(())
    }

    fn add_column(&self, table: &Table, column: &Column) -> Step<()> {
        for (name, declared) in self.stored_columns(column) {
            self.execute(&format!("ALTER TABLE {} ADD COLUMN {name} {declared}", table.sql))?;
        }
        Ok(())
    }

    fn drop_column(&self, table: &Table, name: &str, kind: &str) -> Step<()> {
        for (name, _) in self.ground.columns(name, kind) {
            self.execute(&format!("ALTER TABLE {} DROP COLUMN {name}", table.sql))?;
        }
        Ok(())
    }

    /// Moves the values into columns of the new type.
    fn copy_column(&self, table: &Table, new: &Column, kind: &str) -> Step<()> {
        let between = "$copy";
        self.rename_column(table, &new.name, between, kind)?;
        self.add_column(table, new)?;
        self.execute(&format!("UPDATE {} SET {} = {}", table.sql, new.sql, self.name(between)))?;
        self.drop_column(table, between, kind)?;
        self.ground.complete(table, new)
    }

    /// Turns Null into the blank where the field never holds Null.
    fn blanks(&self, table: &Table, column: &Column) -> Step<()> {
        match column.field.field_type.blank() {
            Scalar::Null => Ok(()),
            blank => self.ground.fill(table, column, &blank),
        }
    }

    /// Indexes are cheap to make again compared with finding out which still fit, except for large tables: one
    /// whose definition is unchanged stays.
    fn drop_indexes(&self) -> Step<()> {
        let wanted: HashSet<String> = self.wanted_indexes().into_iter().map(|index| index.mark).collect();
        for (name, mark) in self.ground.indexes()? {
            if !wanted.contains(&mark) {
                self.execute(&format!("DROP INDEX {}", quote(&name)))?;
            }
        }
        Ok(())
    }

    fn drop_index(&self, table: &Table, column: &Column) -> Step<()> {
        self.execute(&format!("DROP INDEX IF EXISTS {}", self.ground.index(table, column).name))
    }

    fn wanted_indexes(&self) -> Vec<IndexText> {
        let mut wanted = Vec::new();
        for table in &self.schema.tables {
            let indexed = table.columns.iter().filter(|column| column.index != Index::None);
            wanted.extend(indexed.map(|column| self.ground.index(table, column)));
        }
        wanted
    }

    fn indexes(&self) -> Step<()> {
        for index in self.wanted_indexes() {
            self.execute(&index.create.replacen("INDEX", "INDEX IF NOT EXISTS", 1))?;
        }
        Ok(())
    }
}
