//! The tables and columns a file holds, as its meta tables say.

use std::collections::HashMap;

use tessera_values::Text;

use crate::schema::quote;
use crate::sqlite::database::Database;

#[derive(Debug)]
pub(super) struct StoredTable {
    pub(super) uuid: Text,
    pub(super) name: Text,
    pub(super) columns: Vec<StoredColumn>,
}

#[derive(Clone, Debug)]
pub(super) struct StoredColumn {
    pub(super) uuid: Text,
    pub(super) name: Text,
    pub(super) field_type: Text,
    pub(super) never_null: bool,
}

impl StoredColumn {
    pub(super) fn is_picture(&self) -> bool {
        self.field_type == "picture"
    }

    /// The condition under which a row holds a value worth keeping: neither Null nor blank.
    pub(super) fn holds(&self) -> String {
        let name = quote(&self.name);
        let kind = self.field_type.split(' ').next().unwrap_or_default();
        match kind {
            "boolean" | "integer" | "long" | "integer64" | "real" | "float" | "time" => {
                format!("{name} IS NOT NULL AND {name} <> 0")
            }
            "date" => format!("{name} IS NOT NULL AND {name} <> '0000-00-00'"),
            "alpha" | "text" | "uuid" => format!("{name} IS NOT NULL AND {name} <> ''"),
            _ => format!("{name} IS NOT NULL"),
        }
    }
}

pub(super) fn read(database: &Database) -> rusqlite::Result<HashMap<Text, StoredTable>> {
    let text = |row: &rusqlite::Row<'_>, at: usize| row.get::<_, String>(at).map(Text::from);
    let mut tables = HashMap::new();
    let mut statement = database.connection.prepare("SELECT uuid, name FROM \"$table\"")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let uuid = text(row, 0)?;
        tables.insert(uuid.clone(), StoredTable { uuid, name: text(row, 1)?, columns: Vec::new() });
    }
    let mut statement = database
        .connection
        .prepare("SELECT table_uuid, uuid, name, type, never_null FROM \"$column\" ORDER BY name")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if let Some(table) = tables.get_mut(&text(row, 0)?) {
            table.columns.push(StoredColumn {
                uuid: text(row, 1)?,
                name: text(row, 2)?,
                field_type: text(row, 3)?,
                never_null: row.get(4)?,
            });
        }
    }
    Ok(tables)
}
