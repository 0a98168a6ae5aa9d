//! What a migration asks of PostgreSQL, where structure is part of a transaction as data is.

use std::borrow::Cow;

use tessera_values::{Chance, Scalar, TEXT_KEY_VERSION, Text};

use super::database::{Database, Done, raw};
use super::fault::Fault;
use super::pool::Pool;
use super::value::Bound;
use super::write::bind;
use super::{content, meta};
use crate::StoreError;
use crate::migrate::{Ground, IndexText, base_name, migrate};
use crate::schema::{Column, Index, RECORD, STAMP, Schema, TIME, Table, fingerprint, quote};
use crate::sql::{Dialect as _, Postgres, TextParts};

/// Rows whose texts get new keys at a time.
const BATCH: i64 = 1_000;

/// How many bytes of a text beyond its key an index holds as they are.
const REST_BYTES_MAX: usize = 32;

/// Opens, creates or migrates; answers the data's unique id. Of several servers that start at the same time one does
/// it, and the others wait.
pub(super) fn open(
    pool: &Pool,
    database: &Database,
    schema: &Schema,
    chance: &dyn Chance,
) -> Result<Text, StoreError> {
    let fault = |fault: Fault| pool.fault(&fault);
    if let Some(name) = &pool.address.schema {
        // Making it needs a right on the database, even where it is there already.
        let there = database.number(meta::IS_SCHEMA, &[Bound::Text(name.into())]).map_err(fault)?;
        if there == Some(0) {
            database.batch(&format!("CREATE SCHEMA IF NOT EXISTS {}", quote(name))).map_err(fault)?;
        }
    }
    database.begin(&meta::begin_unhurried()).map_err(fault)?;
    identify(pool, database)?;
    let ground = Tables { pool, database };
    match migrate(&ground, schema, chance)? {
        Ok(id) => {
            ground.renew_keys(schema)?;
            content::store_in_parts(database, schema).map_err(fault)?;
            database.end("COMMIT").map_err(fault)?;
            Ok(id)
        }
        Err(refused) => Err(StoreError::Migration { file: pool.address.shown.clone(), refused }),
    }
}

/// Is the schema ours, and of a format we know? An empty one is marked as ours.
fn identify(pool: &Pool, database: &Database) -> Result<(), StoreError> {
    let shown = &pool.address.shown;
    let number = |sql: &str, params: &[Bound<'_>]| {
        database.number(sql, params).map(Option::unwrap_or_default).map_err(|error| pool.fault(&error))
    };
    let mut encoding = Text::new();
    database
        .bound("SHOW server_encoding", &[], |row| encoding = raw(row, 0).text().unwrap_or_default().into())
        .map_err(|error| pool.fault(&error))?;
    if encoding != "UTF8" {
        return Err(StoreError::WrongEncoding { database: shown.clone(), found: encoding });
    }
    let format = [Bound::Text("format".into())];
    if number(meta::IS_OURS, &[])? > 0 {
        let found = number(meta::NUMBER, &format)?;
        if found > meta::FORMAT {
            return Err(StoreError::Newer { file: shown.clone(), found, known: meta::FORMAT });
        }
        return Ok(());
    }
    if number(meta::TABLES, &[])? > 0 {
        return Err(StoreError::Foreign { file: shown.clone() });
    }
    let create = || -> Done<()> {
        database.batch(meta::CREATE)?;
        let versions = [("format", meta::FORMAT), ("text_keys", i64::from(TEXT_KEY_VERSION))];
        for (name, version) in versions {
            database.execute(meta::SET_NUMBER, &[Bound::Text(name.into()), Bound::Number(version)])?;
        }
        Ok(())
    };
    create().map_err(|error| pool.fault(&error))
}

/// The name of a column's index; it tells what the index is, so that one of another kind has another name.
pub(super) fn index_name(table: &Table, column: &Column) -> String {
    let unique = column.index == Index::Unique;
    let kind = base_name(column.field.field_type);
    format!("$index {:016x}", fingerprint(&format!("{unique} {} {} {kind}", table.uuid, column.uuid)))
}

struct Tables<'t> {
    pool: &'t Pool,
    database: &'t Database,
}

impl Tables<'_> {
    fn run<T>(&self, done: Done<T>) -> Result<T, StoreError> {
        done.map_err(|error| self.pool.fault(&error))
    }

    /// Makes the keys of all texts anew when an earlier version made them by other rules.
    fn renew_keys(&self, schema: &Schema) -> Result<(), StoreError> {
        let name = || Bound::Text("text_keys".into());
        let current = i64::from(TEXT_KEY_VERSION);
        if self.run(self.database.number(meta::NUMBER, &[name()]))? == Some(current) {
            return Ok(());
        }
        tracing::info!("the rules of text comparison have changed; the keys of all texts are made anew");
        for table in &schema.tables {
            for column in &table.columns {
                self.complete(table, column)?;
            }
        }
        self.run(self.database.execute(meta::SET_NUMBER, &[name(), Bound::Number(current)])).map(|_| ())
    }
}

impl Ground for Tables<'_> {
    fn execute(&self, sql: &str, values: &[&str]) -> Result<(), StoreError> {
        let values: Vec<Bound<'_>> = values.iter().map(|value| Bound::Text(Cow::Borrowed(value))).collect();
        self.run(self.database.execute(sql, &values)).map(|_| ())
    }

    fn number(&self, sql: &str) -> Result<u64, StoreError> {
        self.run(self.database.number(sql, &[])).map(|number| number.unwrap_or_default() as u64)
    }

    fn rows(&self, sql: &str) -> Result<Vec<Vec<Text>>, StoreError> {
        let mut rows = Vec::new();
        self.run(self.database.bound(sql, &[], |row| {
            rows.push((0..row.len()).map(|at| raw(row, at).text().unwrap_or_default().into()).collect());
        }))?;
        Ok(rows)
    }

    fn parameter(&self, number: usize) -> String {
        Postgres.parameter(number)
    }

    fn name(&self, name: &str) -> String {
        Postgres.naming().sql(name)
    }

    fn columns(&self, name: &str, kind: &str) -> Vec<(String, &'static str)> {
        let naming = Postgres.naming();
        let mut columns = vec![(naming.sql(name), declared(kind))];
        match kind {
            "picture" => columns.push((naming.mime(name), "text")),
            "alpha" | "text" => {
                let keys = naming.text_keys(name);
                columns.extend([(keys.key, "bytea"), (keys.rest, "bytea"), (keys.fold, declared("text"))]);
            }
            _ => {}
        }
        columns
    }

    fn identity(&self, name: &str, kind: &str) -> String {
        let naming = Postgres.naming();
        match kind {
            "alpha" | "text" => {
                let keys = naming.text_keys(name);
                format!("{}, {}", keys.key, keys.rest)
            }
            _ => naming.sql(name),
        }
    }

    fn blank(&self, kind: &str) -> Option<&'static str> {
        match kind {
            "boolean" => Some("FALSE"),
            "integer" | "long" | "integer64" | "real" | "float" | "time" => Some("0"),
            "date" => Some("'-infinity'"),
            "alpha" | "text" | "uuid" => Some("''"),
            _ => None,
        }
    }

    fn create(&self, table: &Table, columns: &str) -> Result<(), StoreError> {
        self.execute(
            &format!(
                "CREATE TABLE {} ({RECORD} bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, \
                 {STAMP} bigint NOT NULL, {TIME} bigint NOT NULL{columns})",
                table.sql
            ),
            &[],
        )?;
        self.execute(&meta::create_sequence(&meta::sequence(table, Postgres.naming()), table), &[])
    }

    fn fill(&self, table: &Table, column: &Column, blank: &Scalar) -> Result<(), StoreError> {
        let mut params = Vec::new();
        bind(column, blank, &mut params);
        let set = |(index, name): (usize, &String)| format!("{name} = ${}", index + 1);
        let sets: Vec<String> = column.stored().enumerate().map(set).collect();
        let sql = format!("UPDATE {} SET {} WHERE {} IS NULL", table.sql, sets.join(", "), column.sql);
        self.run(self.database.execute(&sql, &params)).map(|_| ())
    }

    fn complete(&self, table: &Table, column: &Column) -> Result<(), StoreError> {
        let Some(keys) = &column.keys else { return Ok(()) };
        let (sql, name) = (&table.sql, &column.sql);
        let read = format!(
            "SELECT {RECORD}, {name} FROM {sql} WHERE {RECORD} > $1 AND {name} IS NOT NULL ORDER BY {RECORD} LIMIT {BATCH}"
        );
        let write = format!(
            "UPDATE {sql} SET {} = v.key, {} = v.rest, {} = v.fold \
             FROM unnest($1::bigint[], $2::bytea[], $3::bytea[], $4::text[]) AS v(record, key, rest, fold) \
             WHERE {RECORD} = v.record",
            keys.key, keys.rest, keys.fold
        );
        let mut last = 0;
        loop {
            let mut records = Vec::new();
            let (mut own, mut rests, mut folds) = (Vec::new(), Vec::new(), Vec::new());
            self.run(self.database.bound(&read, &[Bound::Number(last)], |row| {
                let parts = TextParts::of(&super::value::text(raw(row, 1).text().unwrap_or_default()));
                records.push(raw(row, 0).whole().unwrap_or_default());
                own.push(parts.key);
                rests.push(parts.rest);
                folds.push(parts.fold.map(|fold| super::value::stored_text(&fold).into_owned()));
            }))?;
            let Some(reached) = records.last() else { return Ok(()) };
            last = *reached;
            let params = [
                Bound::Numbers(Cow::Owned(records)),
                Bound::ManyBytes(Cow::Owned(own)),
                Bound::ManyBytes(Cow::Owned(rests)),
                Bound::Texts(folds),
            ];
            self.run(self.database.execute(&write, &params))?;
        }
    }

    fn indexes(&self) -> Result<Vec<(String, String)>, StoreError> {
        let sql = "SELECT indexname::text FROM pg_indexes WHERE schemaname = current_schema() AND indexname LIKE '$index %'";
        let names = self.rows(sql)?.into_iter().filter_map(|row| row.into_iter().next());
        Ok(names.map(|name| (name.to_string(), name.to_string())).collect())
    }

    fn index(&self, table: &Table, column: &Column) -> IndexText {
        let unique = column.index == Index::Unique;
        let mark = index_name(table, column);
        let what = match &column.keys {
            // Nearly always the rest is empty; where it is not, equal rests have equal fingerprints.
            Some(keys) if unique => {
                let rest = &keys.rest;
                format!(
                    "{} NULLS FIRST, (CASE WHEN length({rest}) < {REST_BYTES_MAX} THEN {rest} ELSE sha256({rest}) END)",
                    keys.key
                )
            }
            Some(keys) => format!("{} NULLS FIRST", keys.key),
            None if unique => format!("{} NULLS FIRST", column.sql),
            // Ties of an order are broken by the record.
            None => format!("{} NULLS FIRST, {RECORD}", column.sql),
        };
        let kind = if unique { "UNIQUE INDEX" } else { "INDEX" };
        let create = format!("CREATE {kind} {} ON {} ({what})", quote(&mark), table.sql);
        IndexText { name: quote(&mark), mark, create }
    }

    fn unique_id(&self, new: &dyn Fn() -> Text) -> Result<Text, StoreError> {
        if let Some(id) = self.rows(meta::UNIQUE_ID)?.into_iter().flatten().next() {
            return Ok(id);
        }
        let id = new();
        self.execute(meta::SET_UNIQUE_ID, &[&id])?;
        Ok(id)
    }
}

/// The type of a column in PostgreSQL's words. Every whole number has 64 bits, so that a wider type is the same one.
fn declared(kind: &str) -> &'static str {
    match kind {
        "boolean" => "boolean",
        "integer" | "long" | "integer64" | "time" => "bigint",
        "real" | "float" => "double precision",
        "date" => "date",
        "picture" | "blob" => "bytea",
        // Compared by its bytes wherever it is compared itself.
        _ => "text COLLATE \"C\"",
    }
}
