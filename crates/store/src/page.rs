//! What reading has in common on every engine: how a page knows whether it is the last, and rows in the order asked
//! for.

use std::collections::HashMap;

use tessera_model::query::{Compare, Filter, Operand, Operator, Path};
use tessera_model::{AttributeId, FieldType, RecordId};
use tessera_values::Scalar;

use crate::schema::{Schema, Table};
use crate::sql::{Builder, Dialect, Statement};
use crate::{Page, Row, Select};

/// A page while it is read.
pub(crate) struct Window<'s> {
    select: &'s Select,
    rows: Vec<Row>,
    /// Was there one row more than the page takes?
    more: bool,
}

/// How many entities there are in all.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Count {
    /// It is known, or not wanted.
    Known(Option<u64>),
    /// Only the engine can tell.
    Asked,
}

impl<'s> Window<'s> {
    pub(crate) fn new(select: &'s Select) -> Self {
        Self { select, rows: Vec::new(), more: false }
    }

    /// The statement that reads the page; `None` when nothing is to be read.
    pub(crate) fn statement(&mut self, schema: &Schema, dialect: &dyn Dialect) -> Option<Statement> {
        let select = self.select;
        if select.limit == Some(0) {
            return None;
        }
        self.rows.reserve(select.limit.unwrap_or(0).min(1_000) as usize);
        // One more than wanted tells whether this page is the last: then nothing needs to be counted.
        let limit = select.limit.map(|limit| limit.saturating_add(u64::from(select.with_count)));
        Some(Builder::new(schema, dialect).select(
            select.dataclass,
            Some(&select.columns),
            &select.filter,
            &select.order,
            Some((select.skip, limit)),
        ))
    }

    /// Asked once for each row: does it still belong to the page?
    pub(crate) fn has_room(&mut self) -> bool {
        self.more = self.select.limit.is_some_and(|limit| self.rows.len() as u64 >= limit);
        !self.more
    }

    pub(crate) fn push(&mut self, row: Row) {
        self.rows.push(row);
    }

    pub(crate) fn count(&self) -> Count {
        let short = !self.more && self.select.limit != Some(0);
        match () {
            () if !self.select.with_count => Count::Known(None),
            // A page that is not full is the last one, so the number of entities is known.
            () if short && (self.select.skip == 0 || !self.rows.is_empty()) => {
                Count::Known(Some(self.select.skip + self.rows.len() as u64))
            }
            () => Count::Asked,
        }
    }

    pub(crate) fn page(self, count: Option<u64>) -> Page {
        Page { rows: self.rows, count }
    }
}

/// Rows in the order of their records; the same record may be asked for twice.
pub(crate) fn in_order(records: &[RecordId], mut found: HashMap<RecordId, Row>) -> Vec<Option<Row>> {
    let mut left: HashMap<RecordId, usize> = HashMap::new();
    for record in records {
        *left.entry(*record).or_default() += 1;
    }
    let take = |record: &RecordId| {
        let uses = left.entry(*record).or_default();
        *uses -= 1;
        if *uses == 0 { found.remove(record) } else { found.get(record).cloned() }
    };
    records.iter().map(take).collect()
}

/// The filter that finds the entities whose attribute holds one of these values, as far as its type takes them.
pub(crate) fn holding(table: &Table, attribute: AttributeId, values: &[Scalar]) -> Filter {
    let Some(column) = table.column(attribute) else { return Filter::None };
    let accepted = values.iter().filter_map(|value| column.field.field_type.accept(value));
    let operands = accepted.filter(|value| !value.is_null()).map(Operand::Scalar).collect();
    let path = Path::own(attribute);
    Filter::Compare(Compare { path, operator: Operator::In, operand: Operand::List(operands) })
}

/// Can values of the type be added?
pub(crate) fn is_number(field_type: FieldType) -> bool {
    field_type.is_whole() || matches!(field_type, FieldType::Real | FieldType::Float | FieldType::Time)
}
