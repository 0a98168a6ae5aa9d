//! Pictures and blobs in parts.

use rusqlite::{MAIN_DB, OptionalExtension as _};
use tessera_values::Text;

use super::database::Database;
use crate::schema::{RECORD, STAMP, Schema};
use crate::{Part, Piece};

pub(super) fn part(database: &Database, schema: &Schema, part: &Part) -> rusqlite::Result<Option<Piece>> {
    let table = schema.table(part.dataclass);
    let Some(column) = table.column(part.attribute).filter(|column| column.is_content()) else {
        return Ok(None);
    };
    let connection = &database.connection;
    // What is asked of the entity and what is read of it have to be of one moment.
    let _moment = connection.is_autocommit().then(|| connection.unchecked_transaction()).transpose()?;
    let asked = format!(
        "SELECT typeof({}) = 'blob', {} FROM {} WHERE {RECORD} = ?1 AND {STAMP} = ?2",
        column.sql,
        column.mime.as_deref().unwrap_or("NULL"),
        table.sql
    );
    let known = connection
        .prepare_cached(&asked)?
        .query_row([part.record.0, part.stamp], |row| Ok((row.get(0)?, row.get::<_, Option<String>>(1)?)))
        .optional()?;
    let Some((has_bytes, mime)) = known else { return Ok(None) };
    let mut bytes = Vec::new();
    if has_bytes {
        // A statement would read the whole value to cut a piece out of it.
        let blob =
            connection.blob_open(MAIN_DB, table.name.as_str(), column.name.as_str(), part.record.0, true)?;
        let skip = usize::try_from(part.skip).unwrap_or(usize::MAX).min(blob.len());
        bytes.resize(part.limit.min(blob.len() - skip), 0);
        blob.read_at_exact(&mut bytes, skip)?;
    }
    Ok(Some(Piece { bytes, mime: mime.map(Text::from) }))
}
