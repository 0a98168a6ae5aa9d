//! Reading, on whichever connection the caller holds.

use std::borrow::Cow;
use std::collections::HashMap;

use tessera_model::query::{Filter, Order, Path};
use tessera_model::{AttributeId, DataclassId, FieldType, RecordId};
use tessera_values::{Scalar, Value, parse_json};

use super::database::{Database, Done, raw};
use super::migrate::index_name;
use super::value::{Bound, Raw};
use super::{meta, row};
use crate::base::Base;
use crate::explain::used_index;
use crate::inside::{Distinct, Statistics};
use crate::page::{Count, Window, holding, in_order, is_number};
use crate::sql::{Builder, Dialect as _, Postgres, Statement, TextParts};
use crate::{Aggregates, Columns, Page, Row, Select, Summed, UsedIndex};

/// A connection to read on, and the catalog.
pub(super) struct Reading<'r> {
    pub(super) base: &'r Base,
    pub(super) database: &'r Database,
}

impl<'r> Reading<'r> {
    fn build(&self) -> Builder<'r> {
        Builder::new(&self.base.schema, &Postgres)
    }

    pub(super) fn by_key(
        &self,
        dataclass: DataclassId,
        key: &Scalar,
        columns: &Columns,
    ) -> Done<Option<Row>> {
        let table = self.base.schema.table(dataclass);
        let Some((column, key)) =
            table.column(table.key).and_then(|column| Some((column, column.field.field_type.accept(key)?)))
        else {
            return Ok(None);
        };
        let text = self.base.texts.by_key(&self.base.schema, dataclass, columns, &Postgres);
        let params = match (&column.keys, &key) {
            (Some(_), Scalar::Text(key)) => {
                let parts = TextParts::of(key);
                vec![Bound::Bytes(Cow::Owned(parts.key)), Bound::Bytes(Cow::Owned(parts.rest))]
            }
            (Some(_), _) => return Ok(None),
            (None, key) => vec![Bound::Value(Cow::Borrowed(key))],
        };
        let mut found = None;
        self.database.bound(&text, &params, |row| found = Some(row::read(row, table, columns)))?;
        Ok(found)
    }

    pub(super) fn page(&self, select: &Select) -> Done<Page> {
        let table = self.base.schema.table(select.dataclass);
        let mut window = Window::new(select);
        if let Some(statement) = window.statement(&self.base.schema, &Postgres) {
            self.database.query(&statement, |found| {
                if window.has_room() {
                    window.push(row::read(found, table, &select.columns));
                }
            })?;
        }
        let count = match window.count() {
            Count::Known(count) => count,
            Count::Asked => Some(self.count(select.dataclass, &select.filter)?),
        };
        Ok(window.page(count))
    }

    pub(super) fn count(&self, dataclass: DataclassId, filter: &Filter) -> Done<u64> {
        let mut count = 0;
        self.database.query(&self.build().count(dataclass, filter), |row| {
            count = raw(row, 0).whole().unwrap_or_default() as u64;
        })?;
        Ok(count)
    }

    pub(super) fn records(
        &self,
        dataclass: DataclassId,
        filter: &Filter,
        order: &[Order],
    ) -> Done<Vec<RecordId>> {
        let mut records = Vec::new();
        self.database.query(&self.build().select(dataclass, None, filter, order, None), |row| {
            records.extend(raw(row, 0).whole().map(RecordId));
        })?;
        Ok(records)
    }

    /// The indexes of the nodes of an `EXPLAIN`.
    pub(super) fn indexes(&self, dataclass: DataclassId, filter: &Filter) -> Done<Vec<UsedIndex>> {
        let statement = self.build().select(dataclass, None, filter, &[], None);
        let explained = Statement { sql: format!("EXPLAIN (FORMAT JSON) {}", statement.sql), ..statement };
        let mut indexes = Vec::new();
        self.database.query(&explained, |row| {
            if let Some(Value::Collection(plans)) = raw(row, 0).text().and_then(|json| parse_json(json).ok())
            {
                plans.to_vec().iter().for_each(|plan| self.searched(plan, "", &mut indexes));
            }
        })?;
        Ok(indexes)
    }

    /// The indexes a node and those below it search. An index that is only followed has no condition.
    fn searched(&self, node: &Value, alias: &str, indexes: &mut Vec<UsedIndex>) {
        let Value::Object(node) = node else { return };
        let text = |name: &str| node.get(name).and_then(|value| value.as_text().cloned());
        let own = text("Alias");
        // What only tells which rows to fetch has the alias of whoever fetches them.
        let alias = own.as_deref().unwrap_or(alias);
        if let (Some(name), Some(_)) = (text("Index Name"), text("Index Cond")) {
            indexes.extend(used_index(&self.base.schema.tables, alias, |table, attribute| {
                table.column(attribute).is_some_and(|column| index_name(table, column) == *name)
            }));
        }
        for inner in [node.get("Plan"), node.get("Plans")].into_iter().flatten() {
            match inner {
                Value::Collection(nodes) => {
                    nodes.to_vec().iter().for_each(|node| self.searched(node, alias, indexes));
                }
                node => self.searched(&node, alias, indexes),
            }
        }
    }

    pub(super) fn rows(
        &self,
        dataclass: DataclassId,
        records: &[RecordId],
        columns: &Columns,
    ) -> Done<Vec<Option<Row>>> {
        let table = self.base.schema.table(dataclass);
        let mut found: HashMap<RecordId, Row> = HashMap::with_capacity(records.len());
        self.database.query(&self.build().rows(dataclass, records, columns), |row| {
            let row = row::read(row, table, columns);
            found.insert(row.record, row);
        })?;
        Ok(in_order(records, found))
    }

    pub(super) fn by_values(
        &self,
        dataclass: DataclassId,
        attribute: AttributeId,
        values: &[Scalar],
        columns: &Columns,
    ) -> Done<Vec<Row>> {
        let table = self.base.schema.table(dataclass);
        let filter = holding(table, attribute, values);
        let mut rows = Vec::new();
        self.database.query(&self.build().select(dataclass, Some(columns), &filter, &[], None), |found| {
            rows.push(row::read(found, table, columns));
        })?;
        Ok(rows)
    }

    pub(super) fn aggregate(&self, dataclass: DataclassId, filter: &Filter, path: &Path) -> Done<Aggregates> {
        if !path.object_path.is_empty() {
            let mut statistics = Statistics::new();
            self.objects(dataclass, filter, path, |json| statistics.add(json, &path.object_path))?;
            return Ok(statistics.aggregates());
        }
        let Some(column) = self.base.schema.leaf(dataclass, path) else { return Ok(Aggregates::default()) };
        let field_type = column.field.field_type;
        let added = |value: &str| {
            if is_number(field_type) {
                // As a text, since the sum of whole numbers may exceed 64 bits.
                format!("sum({value})::text, avg({value})::float8")
            } else {
                "NULL, NULL".to_owned()
            }
        };
        let mut aggregates = Aggregates::default();
        self.database.query(&self.build().aggregate(dataclass, filter, path, added), |row| {
            aggregates.count = raw(row, 0).whole().unwrap_or_default() as u64;
            if is_number(field_type) {
                aggregates.summed = summed(&raw(row, 1), &raw(row, 2), field_type);
            }
            aggregates.min = raw(row, 3).scalar(field_type);
            aggregates.max = raw(row, 4).scalar(field_type);
        })?;
        Ok(aggregates)
    }

    pub(super) fn distinct(&self, dataclass: DataclassId, filter: &Filter, path: &Path) -> Done<Vec<Scalar>> {
        if !path.object_path.is_empty() {
            let mut distinct = Distinct::default();
            self.objects(dataclass, filter, path, |json| distinct.add(json, &path.object_path))?;
            return Ok(distinct.values());
        }
        let Some(column) = self.base.schema.leaf(dataclass, path) else { return Ok(Vec::new()) };
        let mut values = Vec::new();
        self.database.query(&self.build().distinct(dataclass, filter, path), |row| {
            values.push(raw(row, 0).scalar(column.field.field_type));
        })?;
        Ok(values)
    }

    /// The last number a table's sequence gave.
    pub(super) fn last_number(&self, dataclass: DataclassId) -> Done<i64> {
        let sequence = meta::sequence(self.base.schema.table(dataclass), Postgres.naming());
        self.database.number(&meta::last(&sequence), &[]).map(Option::unwrap_or_default)
    }

    fn objects(
        &self,
        dataclass: DataclassId,
        filter: &Filter,
        path: &Path,
        mut each: impl FnMut(&str),
    ) -> Done<()> {
        self.database.query(&self.build().objects(dataclass, filter, path), |row| {
            if let Some(json) = raw(row, 0).text() {
                each(json);
            }
        })
    }
}

/// The number the next change of a tracked dataclass gets.
pub(super) fn global_stamp(reading: &Reading<'_>) -> Done<i64> {
    let name = [Bound::Text("global_stamp".into())];
    reading.database.number(meta::NUMBER, &name).map(Option::unwrap_or_default)
}

fn summed(sum: &Raw<'_>, average: &Raw<'_>, field_type: FieldType) -> Option<Summed> {
    let sum = sum.text()?;
    let whole =
        if matches!(field_type, FieldType::Real | FieldType::Float) { None } else { sum.parse().ok() };
    let real = || sum.parse().ok().map(Scalar::Real);
    Some(Summed { sum: whole.map(Scalar::Integer).or_else(real)?, average: average.real()? })
}
