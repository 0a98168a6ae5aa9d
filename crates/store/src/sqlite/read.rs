//! Reading, on whichever connection the caller holds.

use std::borrow::Cow;
use std::collections::HashMap;

use tessera_model::query::{Filter, Order, Path};
use tessera_model::{AttributeId, DataclassId, FieldType, RecordId};
use tessera_values::Scalar;

use super::database::{Bound, Database};
use super::row;
use super::texts::{self, Texts};
use crate::schema::{Column, RECORD, Schema};
use crate::sql::{Builder, Param, Sqlite, Statement, json_list, row_columns};
use crate::{Aggregates, Columns, Page, Row, Select, Summed};

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
    let text = match columns.attributes() {
        None => Cow::Borrowed(&texts.table(dataclass).by_key),
        Some(_) => Cow::Owned(texts::by_key(table, columns)),
    };
    let mut statement = database.connection.prepare_cached(&text)?;
    statement.raw_bind_parameter(1, Bound(&key))?;
    let mut rows = statement.raw_query();
    rows.next()?.map(|found| row::read(found, table, columns)).transpose()
}

pub(super) fn page(database: &mut Database, schema: &Schema, select: &Select, fresh: bool) -> Read<Page> {
    let table = schema.table(select.dataclass);
    let (mut rows, mut more) = (Vec::new(), false);
    if select.limit != Some(0) {
        rows.reserve(select.limit.unwrap_or(0).min(1_000) as usize);
        let statement = Builder::new(schema, &Sqlite).select(
            select.dataclass,
            Some(&select.columns),
            &select.filter,
            &select.order,
            // One more than wanted tells whether this page is the last: then nothing needs to be counted.
            Some((select.skip, select.limit.map(|limit| limit.saturating_add(u64::from(select.with_count))))),
        );
        database.query(&statement, |found| {
            if select.limit.is_some_and(|limit| rows.len() as u64 >= limit) {
                more = true;
            } else {
                rows.push(row::read(found, table, &select.columns)?);
            }
            Ok(())
        })?;
    }
    let short = !more && select.limit != Some(0);
    let count = match () {
        () if !select.with_count => None,
        // A page that is not full is the last one, so the number of entities is known.
        () if short && (select.skip == 0 || !rows.is_empty()) => Some(select.skip + rows.len() as u64),
        () => Some(count(database, schema, select.dataclass, &select.filter, fresh)?),
    };
    Ok(Page { rows, count })
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

pub(super) fn rows(
    database: &Database,
    schema: &Schema,
    dataclass: DataclassId,
    records: &[RecordId],
    columns: &Columns,
) -> Read<Vec<Option<Row>>> {
    let table = schema.table(dataclass);
    let mut found: HashMap<RecordId, Row> = HashMap::with_capacity(records.len());
    let mut builder = Builder::new(schema, &Sqlite);
    let list = builder.records(records);
    let sql =
        format!("SELECT {} FROM {} t0 WHERE t0.{RECORD} IN {list}", row_columns(table, columns), table.sql);
    database.query(&builder.finish(sql), |row| {
        let row = row::read(row, table, columns)?;
        found.insert(row.record, row);
        Ok(())
    })?;
    // The same record may be asked for twice.
    let mut left: HashMap<RecordId, usize> = HashMap::new();
    for record in records {
        *left.entry(*record).or_default() += 1;
    }
    Ok(records
        .iter()
        .map(|record| {
            let uses = left.entry(*record).or_default();
            *uses -= 1;
            if *uses == 0 { found.remove(record) } else { found.get(record).cloned() }
        })
        .collect())
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
    let Some(column) = table.column(attribute) else { return Ok(Vec::new()) };
    let values: Vec<Scalar> =
        values.iter().filter_map(|value| column.field.field_type.accept(value)).collect();
    let list = json_list(&values.iter().filter(|value| !value.is_null()).collect::<Vec<_>>());
    let sql = format!(
        "SELECT {} FROM {} t0 WHERE t0.{} IN (SELECT value FROM json_each(?1)) ORDER BY t0.{RECORD}",
        row_columns(table, columns),
        table.sql,
        column.sql
    );
    let mut rows = Vec::new();
    database.query(&Statement { sql, params: vec![Param::List(list)] }, |found| {
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
    let column = schema.leaf(dataclass, path);
    let run = |sum: &str| {
        let statement = Builder::new(schema, &Sqlite).aggregate(dataclass, filter, path, sum);
        let mut aggregates = Aggregates::default();
        database.query(&statement, |found| {
            aggregates.count = found.get::<_, i64>(0)? as u64;
            if let Some(average) = found.get::<_, Option<f64>>(2)? {
                aggregates.summed = Some(Summed { sum: row::untyped(found.get_ref(1)?), average });
            }
            aggregates.min = leaf_value(found.get_ref(3)?, column, path);
            aggregates.max = leaf_value(found.get_ref(4)?, column, path);
            Ok(())
        })?;
        Ok(aggregates)
    };
    if !path.object_path.is_empty() || column.is_some_and(|column| is_number(column.field.field_type)) {
        // `sum` fails when whole numbers exceed 64 bits; `total` then answers with a real.
        run("sum").or_else(|_: rusqlite::Error| run("total"))
    } else {
        run("")
    }
}

fn is_number(field_type: FieldType) -> bool {
    field_type.is_whole() || matches!(field_type, FieldType::Real | FieldType::Float | FieldType::Time)
}

fn leaf_value(raw: rusqlite::types::ValueRef<'_>, column: Option<&Column>, path: &Path) -> Scalar {
    match column {
        Some(column) if path.object_path.is_empty() => row::scalar(raw, column.field.field_type),
        _ => row::untyped(raw),
    }
}

pub(super) fn distinct(
    database: &Database,
    schema: &Schema,
    dataclass: DataclassId,
    filter: &Filter,
    path: &Path,
) -> Read<Vec<Scalar>> {
    let statement = Builder::new(schema, &Sqlite).distinct(dataclass, filter, path);
    let column = schema.leaf(dataclass, path);
    let mut values = Vec::new();
    database.query(&statement, |found| {
        values.push(leaf_value(found.get_ref(0)?, column, path));
        Ok(())
    })?;
    Ok(values)
}
