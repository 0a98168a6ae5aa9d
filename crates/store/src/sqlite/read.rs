//! Reading, on whichever connection the caller holds.

use std::collections::HashMap;

use tessera_model::query::{Filter, Order, Path};
use tessera_model::{AttributeId, DataclassId, RecordId};
use tessera_values::Scalar;

use super::database::{Bound, Database};
use super::{migrate, row};
use crate::explain::used_index;
use crate::inside::{Distinct, Statistics};
use crate::page::{Count, Window, holding, in_order, is_number};
use crate::schema::Schema;
use crate::sql::{Builder, Sqlite, Statement, Texts};
use crate::{Aggregates, Columns, Page, Row, Select, Summed, UsedIndex};

type Read<T> = rusqlite::Result<T>;

pub(super) fn by_key(
    database: &Database,
    schema: &Schema,
    texts: &Texts,
    dataclass: DataclassId,
    key: &Scalar,
    columns: &Columns,
) -> Read<Option<Row>> {
    let table = schema.table(dataclass);
    let Some(key) = table.column(table.key).and_then(|column| column.field.field_type.accept(key)) else {
        return Ok(None);
    };
    let text = texts.by_key(schema, dataclass, columns, &Sqlite);
    let mut statement = database.connection.prepare_cached(&text)?;
    statement.raw_bind_parameter(1, Bound(&key))?;
    let mut rows = statement.raw_query();
    rows.next()?.map(|found| row::read(found, table, columns)).transpose()
}

pub(super) fn page(database: &mut Database, schema: &Schema, select: &Select, fresh: bool) -> Read<Page> {
    let table = schema.table(select.dataclass);
    let mut window = Window::new(select);
    if let Some(statement) = window.statement(schema, &Sqlite) {
        database.query(&statement, |found| {
            if window.has_room() {
                window.push(row::read(found, table, &select.columns)?);
            }
            Ok(())
        })?;
    }
    let count = match window.count() {
        Count::Known(count) => count,
        Count::Asked => Some(count(database, schema, select.dataclass, &select.filter, fresh)?),
    };
    Ok(window.page(count))
}

/// Counts. The total of a dataclass is remembered until the file changes, unless the connection may have changed it
/// itself (`fresh`).
pub(super) fn count(
    database: &mut Database,
    schema: &Schema,
    dataclass: DataclassId,
    filter: &Filter,
    fresh: bool,
) -> Read<u64> {
    let counted = |database: &Database| {
        database.number(&Builder::new(schema, &Sqlite).count(dataclass, filter)).map(|total| total as u64)
    };
    if fresh || *filter != Filter::All {
        return counted(database);
    }
    // The version is read first: should another commit come in between, the total is newer than its version and
    // will be counted again.
    let version = Statement { sql: "PRAGMA data_version".to_owned(), params: Vec::new() };
    let version = database.number(&version)?;
    if let Some((at, total)) = database.totals.get(&dataclass)
        && *at == version
    {
        return Ok(*total);
    }
    let total = counted(database)?;
    database.totals.insert(dataclass, (version, total));
    Ok(total)
}

pub(super) fn records(
    database: &Database,
    schema: &Schema,
    dataclass: DataclassId,
    filter: &Filter,
    order: &[Order],
) -> Read<Vec<RecordId>> {
    let statement = Builder::new(schema, &Sqlite).select(dataclass, None, filter, order, None);
    let mut records = Vec::new();
    database.query(&statement, |found| {
        records.push(RecordId(found.get(0)?));
        Ok(())
    })?;
    Ok(records)
}

/// The indexes of the lines `SEARCH t0 USING INDEX $index … (name=?)`.
pub(super) fn indexes(
    database: &Database,
    schema: &Schema,
    dataclass: DataclassId,
    filter: &Filter,
) -> Read<Vec<UsedIndex>> {
    let statement = Builder::new(schema, &Sqlite).select(dataclass, None, filter, &[], None);
    let explained = Statement { sql: format!("EXPLAIN QUERY PLAN {}", statement.sql), ..statement };
    let mut indexes = Vec::new();
    database.query(&explained, |row| {
        let line: String = row.get(3)?;
        let searched = line.strip_prefix("SEARCH ").and_then(|line| {
            let (alias, rest) = line.split_once(' ')?;
            let rest = rest.strip_prefix("USING ")?;
            let rest = rest.strip_prefix("COVERING ").unwrap_or(rest).strip_prefix("INDEX ")?;
            Some((alias, rest.rsplit_once(" (")?.0))
        });
        indexes.extend(searched.and_then(|(alias, name)| {
            used_index(&schema.tables, alias, |table, attribute| {
                table.column(attribute).is_some_and(|column| migrate::index_name(table, column) == name)
            })
        }));
        Ok(())
    })?;
    Ok(indexes)
}

pub(super) fn rows(
    database: &Database,
    schema: &Schema,
    dataclass: DataclassId,
    records: &[RecordId],
    columns: &Columns,
) -> Read<Vec<Option<Row>>> {
    let table = schema.table(dataclass);
    let mut found: HashMap<RecordId, Row> = HashMap::with_capacity(records.len());
    let statement = Builder::new(schema, &Sqlite).rows(dataclass, records, columns);
    database.query(&statement, |row| {
        let row = row::read(row, table, columns)?;
        found.insert(row.record, row);
        Ok(())
    })?;
    Ok(in_order(records, found))
}

pub(super) fn by_values(
    database: &Database,
    schema: &Schema,
    dataclass: DataclassId,
    attribute: AttributeId,
    values: &[Scalar],
    columns: &Columns,
) -> Read<Vec<Row>> {
    let table = schema.table(dataclass);
    let filter = holding(table, attribute, values);
    let statement = Builder::new(schema, &Sqlite).select(dataclass, Some(columns), &filter, &[], None);
    let mut rows = Vec::new();
    database.query(&statement, |found| {
        rows.push(row::read(found, table, columns)?);
        Ok(())
    })?;
    Ok(rows)
}

pub(super) fn aggregate(
    database: &Database,
    schema: &Schema,
    dataclass: DataclassId,
    filter: &Filter,
    path: &Path,
) -> Read<Aggregates> {
    if !path.object_path.is_empty() {
        let mut statistics = Statistics::new();
        objects(database, schema, dataclass, filter, path, |json| statistics.add(json, &path.object_path))?;
        return Ok(statistics.aggregates());
    }
    let Some(column) = schema.leaf(dataclass, path) else { return Ok(Aggregates::default()) };
    let field_type = column.field.field_type;
    let run = |sum: Option<&str>| {
        let added = |value: &str| match sum {
            None => "NULL, NULL".to_owned(),
            Some(sum) => format!("{sum}({value}), avg({value})"),
        };
        let statement = Builder::new(schema, &Sqlite).aggregate(dataclass, filter, path, added);
        let mut aggregates = Aggregates::default();
        database.query(&statement, |found| {
            aggregates.count = found.get::<_, i64>(0)? as u64;
            if let Some(average) = found.get::<_, Option<f64>>(2)? {
                aggregates.summed = Some(Summed { sum: row::untyped(found.get_ref(1)?), average });
            }
            aggregates.min = row::scalar(found.get_ref(3)?, field_type);
            aggregates.max = row::scalar(found.get_ref(4)?, field_type);
            Ok(())
        })?;
        Ok(aggregates)
    };
    if is_number(field_type) {
        // `sum` fails when whole numbers exceed 64 bits; `total` then answers with a real.
        run(Some("sum")).or_else(|_: rusqlite::Error| run(Some("total")))
    } else {
        run(None)
    }
}

pub(super) fn distinct(
    database: &Database,
    schema: &Schema,
    dataclass: DataclassId,
    filter: &Filter,
    path: &Path,
) -> Read<Vec<Scalar>> {
    if !path.object_path.is_empty() {
        let mut distinct = Distinct::default();
        objects(database, schema, dataclass, filter, path, |json| distinct.add(json, &path.object_path))?;
        return Ok(distinct.values());
    }
    let Some(column) = schema.leaf(dataclass, path) else { return Ok(Vec::new()) };
    let statement = Builder::new(schema, &Sqlite).distinct(dataclass, filter, path);
    let mut values = Vec::new();
    database.query(&statement, |found| {
        values.push(row::scalar(found.get_ref(0)?, column.field.field_type));
        Ok(())
    })?;
    Ok(values)
}

/// Hands over the JSON of every object at the beginning of a path.
fn objects(
    database: &Database,
    schema: &Schema,
    dataclass: DataclassId,
    filter: &Filter,
    path: &Path,
    mut each: impl FnMut(&str),
) -> Read<()> {
    let statement = Builder::new(schema, &Sqlite).objects(dataclass, filter, path);
    database.query(&statement, |found| {
        if let Ok(Some(json)) = found.get_ref(0)?.as_str_or_null() {
            each(json);
        }
        Ok(())
    })
}
