//! Names that a database can't tell apart.

use std::collections::HashSet;

use crate::Refusal;
use crate::schema::Schema;

pub(super) fn check(schema: &Schema, refused: &mut Vec<Refusal>) {
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
