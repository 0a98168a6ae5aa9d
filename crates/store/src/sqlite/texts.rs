//! SQL texts that depend on the schema alone, built once when the store opens.
//!
//! What a filter, an order or a list of columns shapes is built anew by `sql::build`: a client chooses those, so what
//! is kept of them has to have a limit, which the statements of a connection have (see `database`).

use tessera_model::DataclassId;

use crate::Columns;
use crate::schema::{RECORD, STAMP, Schema, TIME, Table};
use crate::sql::row_columns;

/// The texts of every table; the index is the dataclass's.
#[derive(Debug)]
pub(super) struct Texts {
    tables: Vec<TableTexts>,
}

/// The texts of one table.
#[derive(Debug)]
pub(super) struct TableTexts {
    /// All columns of the entity with the key `?1`.
    pub(super) by_key: String,
    /// Creates an entity: the time is `?1`, then come the columns.
    pub(super) insert: String,
    /// The stamps of the records listed in `?1`.
    pub(super) stamps: String,
    /// Removes the records listed in `?1`.
    pub(super) delete: String,
}

impl Texts {
    pub(super) fn new(schema: &Schema) -> Self {
        Self { tables: schema.tables.iter().map(TableTexts::new).collect() }
    }

    pub(super) fn table(&self, dataclass: DataclassId) -> &TableTexts {
        &self.tables[dataclass.index()]
    }
}

impl TableTexts {
    fn new(table: &Table) -> Self {
        let listed = format!("{RECORD} IN (SELECT value FROM json_each(?1))");
        Self {
            by_key: by_key(table, &Columns::all()),
            insert: insert(table),
            stamps: format!("SELECT {RECORD}, {STAMP} FROM {} WHERE {listed}", table.sql),
            delete: format!("DELETE FROM {} WHERE {listed}", table.sql),
        }
    }
}

/// Some columns of the entity with the key `?1`.
pub(super) fn by_key(table: &Table, columns: &Columns) -> String {
    let key = table.column(table.key).map_or("NULL", |column| column.sql.as_str());
    format!("SELECT {} FROM {} t0 WHERE t0.{key} = ?1", row_columns(table, columns), table.sql)
}

fn insert(table: &Table) -> String {
    let mut names = format!("{STAMP}, {TIME}");
    let mut places = "1, ?1".to_owned();
    let columns = table.columns.iter().flat_map(|column| std::iter::once(&column.sql).chain(&column.mime));
    for (index, name) in columns.enumerate() {
        names.push_str(&format!(", {name}"));
        places.push_str(&format!(", ?{}", index + 2));
    }
    format!("INSERT INTO {} ({names}) VALUES ({places})", table.sql)
}
