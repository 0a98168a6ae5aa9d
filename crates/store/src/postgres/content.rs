//! Pictures and blobs in parts, and how they lie in a table.

use tessera_values::Text;

use super::database::{Database, Done, raw};
use super::read::Reading;
use super::value::Bound;
use crate::schema::{RECORD, STAMP, Schema};
use crate::{Part, Piece};

/// Has PostgreSQL store pictures and blobs as they are, so that a part can be read without the rest. What was stored
/// before stays compressed until it is saved again.
pub(super) fn store_in_parts(database: &Database, schema: &Schema) -> Done<()> {
    for table in &schema.tables {
        for column in table.columns.iter().filter(|column| column.is_content()) {
            let asked = [&table.sql, &column.sql].map(|name| Bound::Text(name.into()));
            if database.number(IS_COMPRESSED, &asked)? == Some(1) {
                database.batch(&format!(
                    "ALTER TABLE {} ALTER COLUMN {} SET STORAGE EXTERNAL",
                    table.sql, column.sql
                ))?;
            }
        }
    }
    Ok(())
}

/// Changing it would make everybody wait who reads the table, so it is asked for first.
const IS_COMPRESSED: &str = r#"SELECT count(*) FROM pg_attribute WHERE attrelid = to_regclass($1::text)
    AND '"' || replace(attname, '"', '""') || '"' = $2::text AND attstorage <> 'e'"#;

impl Reading<'_> {
    /// See [`Connection::part`](crate::Connection::part).
    pub(super) fn part(&self, part: &Part) -> Done<Option<Piece>> {
        let table = self.base.schema.table(part.dataclass);
        let Some(column) = table.column(part.attribute).filter(|column| column.is_content()) else {
            return Ok(None);
        };
        let sql = format!(
            "SELECT substring({} FROM $3::int4 FOR $4::int4), {} FROM {} WHERE {RECORD} = $1 AND {STAMP} = $2",
            column.sql,
            column.mime.as_deref().unwrap_or("NULL"),
            table.sql
        );
        // No value is longer than a gigabyte, so what these numbers can't hold is beyond its end.
        let number = |number: u64| Bound::Number(number.min(1 << 30) as i64);
        let params = [
            Bound::Number(part.record.0),
            Bound::Number(part.stamp),
            number(part.skip.saturating_add(1)),
            number(part.limit as u64),
        ];
        let mut piece = None;
        self.database.bound(&sql, &params, |row| {
            let bytes = raw(row, 0).0.unwrap_or_default().to_vec();
            piece = Some(Piece { bytes, mime: raw(row, 1).text().map(Text::from) });
        })?;
        Ok(piece)
    }
}
