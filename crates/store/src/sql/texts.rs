//! SQL texts that depend on the schema alone, built once when the store opens.
//!
//! What a filter, an order or a list of columns shapes is built anew by `sql::build`: a client chooses those, so what
//! is kept of them has to have a limit, which the statements of a connection have.

use std::borrow::Cow;

use tessera_model::DataclassId;
use tessera_values::Scalar;

use super::build::row_columns;
use super::dialect::Dialect;
use crate::Columns;
use crate::schema::{Column, RECORD, STAMP, Schema, TIME, Table};

/// The texts of every table; the index is the dataclass's.
#[derive(Debug)]
pub(crate) struct Texts {
    tables: Vec<TableTexts>,
}

/// The texts of one table.
#[derive(Debug)]
pub(crate) struct TableTexts {
    /// All columns of the entity with a key: its value is the first parameter, or its text key and the rest of that
    /// the first two.
    by_key: String,
    /// Creates an entity: the time is the first parameter, then come the columns.
    pub(crate) insert: String,
    /// The stamps of the records listed in the first parameter.
    pub(crate) stamps: String,
    /// The keys of the records listed in the first parameter.
    pub(crate) keys: String,
    /// Removes the records listed in the first parameter.
    pub(crate) delete: String,
}

impl Texts {
    pub(crate) fn new(schema: &Schema, dialect: &dyn Dialect) -> Self {
        Self { tables: schema.tables.iter().map(|table| TableTexts::new(table, dialect)).collect() }
    }

    pub(crate) fn table(&self, dataclass: DataclassId) -> &TableTexts {
        &self.tables[dataclass.index()]
    }

    /// Some columns of the entity with a key.
    pub(crate) fn by_key(
        &self,
        schema: &Schema,
        dataclass: DataclassId,
        columns: &Columns,
        dialect: &dyn Dialect,
    ) -> Cow<'_, str> {
        let table = schema.table(dataclass);
        let is_whole = |column: &Column| !columns.is_length(column);
        if columns.attributes().is_none() && table.columns.iter().all(is_whole) {
            return Cow::Borrowed(&self.table(dataclass).by_key);
        }
        Cow::Owned(by_key(table, columns, dialect))
    }
}

impl TableTexts {
    fn new(table: &Table, dialect: &dyn Dialect) -> Self {
        let listed = dialect.is_in(RECORD, &dialect.parameter(1));
        let key = table.column(table.key).map_or("NULL", |column| column.sql.as_str());
        Self {
            by_key: by_key(table, &Columns::all(), dialect),
            insert: insert(table, dialect),
            stamps: format!(
                "SELECT {RECORD}, {STAMP} FROM {} WHERE {listed} ORDER BY {RECORD}{}",
                table.sql,
                dialect.locking()
            ),
            keys: format!("SELECT {key} FROM {} WHERE {listed} ORDER BY {RECORD}", table.sql),
            delete: format!("DELETE FROM {} WHERE {listed}", table.sql),
        }
    }
}

fn by_key(table: &Table, columns: &Columns, dialect: &dyn Dialect) -> String {
    let first = dialect.parameter(1);
    let condition = match table.column(table.key) {
        None => "FALSE".to_owned(),
        Some(column) => match &column.keys {
            None => format!("t0.{} = {first}", column.sql),
            Some(keys) => {
                format!("t0.{} = {first} AND t0.{} = {}", keys.key, keys.rest, dialect.parameter(2))
            }
        },
    };
    format!("SELECT {} FROM {} t0 WHERE {condition}", row_columns(table, columns, dialect), table.sql)
}

fn insert(table: &Table, dialect: &dyn Dialect) -> String {
    let mut names = format!("{STAMP}, {TIME}");
    let mut places = format!("1, {}", dialect.parameter(1));
    for (index, name) in table.columns.iter().flat_map(Column::stored).enumerate() {
        names.push_str(&format!(", {name}"));
        places.push_str(&format!(", {}", dialect.parameter(index + 2)));
    }
    format!("INSERT INTO {} ({names}) VALUES ({places})", table.sql)
}

/// Changes those columns of an entity that get a value: the record is the first parameter, the time the second, the
/// expected stamp or Null the third.
pub(crate) fn update_text(table: &Table, values: &[Option<Scalar>], dialect: &dyn Dialect) -> String {
    let [record, time, expected] = [1, 2, 3].map(|number| dialect.parameter(number));
    let mut sets = format!("{STAMP} = {STAMP} + 1, {TIME} = {time}");
    let written = table.columns.iter().zip(values).filter(|(_, value)| value.is_some());
    for (index, name) in written.flat_map(|(column, _)| column.stored()).enumerate() {
        sets.push_str(&format!(", {name} = {}", dialect.parameter(index + 4)));
    }
    let key = table.column(table.key).map_or("NULL", |column| column.sql.as_str());
    format!(
        "UPDATE {} SET {sets} WHERE {RECORD} = {record} AND ({STAMP} = {expected} OR {expected} IS NULL) RETURNING {STAMP}, {key}",
        table.sql
    )
}
