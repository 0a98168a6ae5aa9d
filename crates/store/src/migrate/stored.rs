//! The tables and columns a database holds, as its meta tables say.

use std::collections::HashMap;

use tessera_values::Text;

use super::Ground;
use crate::StoreError;

#[derive(Debug)]
pub(crate) struct StoredTable {
    pub(crate) uuid: Text,
    pub(crate) name: Text,
    pub(crate) columns: Vec<StoredColumn>,
}

#[derive(Clone, Debug)]
pub(crate) struct StoredColumn {
    pub(crate) uuid: Text,
    pub(crate) name: Text,
    pub(crate) field_type: Text,
    pub(crate) never_null: bool,
}

impl StoredColumn {
    /// The type without its length.
    pub(crate) fn kind(&self) -> &str {
        self.field_type.split(' ').next().unwrap_or_default()
    }
}

pub(super) fn read(ground: &dyn Ground) -> Result<HashMap<Text, StoredTable>, StoreError> {
    let mut tables = HashMap::new();
    for row in ground.rows("SELECT uuid, name FROM \"$table\"")? {
        if let [uuid, name] = &row[..] {
            let table = StoredTable { uuid: uuid.clone(), name: name.clone(), columns: Vec::new() };
            tables.insert(uuid.clone(), table);
        }
    }
    let columns =
        "SELECT table_uuid, uuid, name, type, CAST(never_null AS TEXT) FROM \"$column\" ORDER BY name";
    for row in ground.rows(columns)? {
        if let [table, uuid, name, field_type, never_null] = &row[..]
            && let Some(table) = tables.get_mut(table)
        {
            table.columns.push(StoredColumn {
                uuid: uuid.clone(),
                name: name.clone(),
                field_type: field_type.clone(),
                never_null: never_null != "0",
            });
        }
    }
    Ok(tables)
}
