//! The floor's lines: a page with its makers by a join, and pages of a list of keys kept in memory.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::IntoResponse as _;
use rusqlite::{Connection, params_from_iter};
use serde::Serialize;

use super::super::lines::{Line, MAKERS, PAGE, maker_name};
use super::{Answer, Floor, with_reader};

#[derive(Serialize)]
struct Found {
    id: i64,
    name: String,
    #[serde(rename = "box")]
    number: i64,
    maker_id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    maker: Option<Maker>,
}

#[derive(Serialize)]
struct Maker {
    id: i64,
    name: String,
}

/// Makes as many lines as Tessera has; their keys in the order of their names.
pub(super) fn fill(writer: &mut Connection, rows: usize) -> anyhow::Result<Vec<i64>> {
    let transaction = writer.transaction()?;
    transaction.execute_batch(
        "CREATE TABLE maker (id INTEGER PRIMARY KEY, name TEXT);
         CREATE TABLE line (id INTEGER PRIMARY KEY, name TEXT, box INTEGER, maker INTEGER);
         CREATE INDEX line_name ON line (name);
         CREATE INDEX line_box ON line (box);",
    )?;
    for key in 1..=MAKERS {
        transaction
            .prepare_cached("INSERT INTO maker VALUES (?1, ?2)")?
            .execute((key as i64, maker_name(key)))?;
    }
    for number in 0..rows {
        let line = Line::numbered(number, rows);
        transaction.prepare_cached("INSERT INTO line VALUES (?1, ?2, ?3, ?4)")?.execute((
            number as i64 + 1,
            line.name,
            line.number,
            line.maker,
        ))?;
    }
    transaction.commit()?;
    let mut statement = writer.prepare("SELECT id FROM line ORDER BY name")?;
    let keys = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(keys)
}

/// `/box/{number}`: a page with its makers.
pub(super) async fn expanded(State(floor): State<Arc<Floor>>, Path(number): Path<i64>) -> Answer {
    let found = with_reader(&floor, |reader| {
        reader
            .prepare_cached(
                "SELECT l.id, l.name, l.box, l.maker, m.id, m.name FROM line l JOIN maker m ON m.id = l.maker
                 WHERE l.box = ?1 ORDER BY l.id LIMIT 100",
            )?
            .query_map([number], |row| {
                let maker = Maker { id: row.get(4)?, name: row.get(5)? };
                Ok(Found { maker: Some(maker), ..line(row)? })
            })?
            .collect::<Result<Vec<Found>, _>>()
    })?;
    Ok(Json(found).into_response())
}

/// `/kept/{skip}`: a page of the list of keys.
pub(super) async fn page(State(floor): State<Arc<Floor>>, Path(skip): Path<usize>) -> Answer {
    let keys = floor.kept.get(skip..skip + PAGE).unwrap_or_default();
    let mut found = with_reader(&floor, |reader| {
        let places = vec!["?"; keys.len()].join(",");
        reader
            .prepare_cached(&format!("SELECT id, name, box, maker FROM line WHERE id IN ({places})"))?
            .query_map(params_from_iter(keys), line)?
            .map(|found| found.map(|found| (found.id, found)))
            .collect::<Result<std::collections::HashMap<i64, Found>, _>>()
    })?;
    let in_order: Vec<Found> = keys.iter().filter_map(|key| found.remove(key)).collect();
    Ok(Json(in_order).into_response())
}

fn line(row: &rusqlite::Row<'_>) -> rusqlite::Result<Found> {
    Ok(Found { id: row.get(0)?, name: row.get(1)?, number: row.get(2)?, maker_id: row.get(3)?, maker: None })
}
