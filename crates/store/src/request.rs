//! What is asked of a store and what it answers; plain data.

use std::sync::Arc;

use tessera_model::query::{Filter, Order};
use tessera_model::{AttributeId, DataclassId, RecordId};
use tessera_values::{Scalar, Text};

use crate::schema::Column;

/// Which storage attributes a read returns, and in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Columns {
    attributes: Option<Arc<[AttributeId]>>,
    lengths: bool,
}

impl Columns {
    /// Every storage attribute: `row.values[attribute.index()]` is its value.
    pub fn all() -> Self {
        Self::default()
    }

    /// These storage attributes: `row.values[n]` is the value of the n-th.
    pub fn of(attributes: impl Into<Arc<[AttributeId]>>) -> Self {
        Self { attributes: Some(attributes.into()), lengths: false }
    }

    /// The same, but of a picture or a blob only its length: the value is a whole number, how many bytes it has. The
    /// bytes are not read.
    #[must_use]
    pub fn with_lengths(self) -> Self {
        Self { lengths: true, ..self }
    }

    /// The attributes asked for; `None` for all.
    pub fn attributes(&self) -> Option<&[AttributeId]> {
        self.attributes.as_deref()
    }

    /// Is of this column only the length wanted?
    pub(crate) fn is_length(&self, column: &Column) -> bool {
        self.lengths && column.is_content()
    }

    /// Where an attribute's value is in a row read with these columns.
    pub fn position(&self, attribute: AttributeId) -> Option<usize> {
        match &self.attributes {
            None => Some(attribute.index()),
            Some(attributes) => attributes.iter().position(|asked| *asked == attribute),
        }
    }
}

/// One entity as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its internal number.
    pub record: RecordId,
    /// Its stamp.
    pub stamp: i64,
    /// When it was last saved, in milliseconds after 1970.
    pub timestamp_ms: i64,
    /// The values, as [`Columns`] says.
    pub values: Vec<Scalar>,
}

/// Which bytes of a picture or a blob to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Of which dataclass.
    pub dataclass: DataclassId,
    /// Of which entity.
    pub record: RecordId,
    /// The stamp it must still have.
    pub stamp: i64,
    /// Of which attribute.
    pub attribute: AttributeId,
    /// How many bytes to leave out at the beginning.
    pub skip: u64,
    /// How many to read at most.
    pub limit: usize,
}

/// Bytes of a picture or a blob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The bytes; none beyond the end.
    pub bytes: Vec<u8>,
    /// The type of a picture.
    pub mime: Option<Text>,
}

/// A page to read.
#[derive(Clone, Debug)]
pub struct Select {
    /// Of which dataclass.
    pub dataclass: DataclassId,
    /// Which entities.
    pub filter: Filter,
    /// In which order; the order of creation decides ties.
    pub order: Vec<Order>,
    /// How many to skip.
    pub skip: u64,
    /// How many to return at most.
    pub limit: Option<u64>,
    /// Which values.
    pub columns: Columns,
    /// Is the total wanted?
    pub with_count: bool,
}

impl Select {
    /// Every entity of a dataclass with all its values.
    pub fn all(dataclass: DataclassId) -> Self {
        Self {
            dataclass,
            filter: Filter::All,
            order: Vec::new(),
            skip: 0,
            limit: None,
            columns: Columns::all(),
            with_count: false,
        }
    }
}

/// A page read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// The entities.
    pub rows: Vec<Row>,
    /// How many the filter finds in all, if asked for.
    pub count: Option<u64>,
}

/// An entity to create (`record` is `None`) or change. May be sent to another thread.
#[derive(Clone, Debug)]
pub struct Save {
    /// Of which dataclass.
    pub dataclass: DataclassId,
    /// Which entity; `None` creates one.
    pub record: Option<RecordId>,
    /// The stamp it must still have; `None` saves over whatever is there.
    pub expected_stamp: Option<i64>,
    /// The values to store. On a change, what is not named stays.
    pub values: Vec<(AttributeId, Scalar)>,
}

/// An entity that was saved.
#[derive(Clone, Debug, PartialEq)]
pub struct Saved {
    /// Its internal number.
    pub record: RecordId,
    /// Its new stamp.
    pub stamp: i64,
    /// When it was saved, in milliseconds after 1970.
    pub timestamp_ms: i64,
    /// Its key.
    pub key: Scalar,
    /// Values stored that are not those given: sequence numbers, UUIDs, blanks for Null, shortened text.
    pub filled: Vec<(AttributeId, Scalar)>,
}

/// Entities to drop, all or none.
#[derive(Clone, Debug)]
pub struct DropRecords {
    /// Of which dataclass.
    pub dataclass: DataclassId,
    /// Which, each with the stamp it must still have, if that matters.
    pub records: Vec<(RecordId, Option<i64>)>,
}

/// Statistics of the values at a path. Null values don't count.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Aggregates {
    /// How many values.
    pub count: u64,
    /// Sum and average; `None` without values or for a type that can't be added.
    pub summed: Option<Summed>,
    /// The smallest; Null without values.
    pub min: Scalar,
    /// The largest; Null without values.
    pub max: Scalar,
}

/// Sum and average.
#[derive(Clone, Debug, PartialEq)]
pub struct Summed {
    /// Whole while the values are whole and the sum fits 64 bits. Times are added in milliseconds.
    pub sum: Scalar,
    /// The mean.
    pub average: f64,
}

/// What an acknowledged write may still lose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// Nothing: it is on disk.
    #[default]
    Full,
    /// The last moments before a power failure; never consistency, and nothing when only the server is killed.
    Relaxed,
}

/// How a store is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// What an acknowledged write may lose.
    pub durability: Durability,
    /// The largest number of reading connections to a file.
    pub readers_max: usize,
    /// The largest number of connections to a database server.
    pub connections_max: usize,
    /// How long somebody waits for one of them, in milliseconds.
    pub connection_wait_ms: u64,
    /// How long a database server may work on one statement.
    pub statement_seconds: u32,
    /// How long a write waits for another transaction, in milliseconds.
    pub write_wait_ms: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            durability: Durability::Full,
            readers_max: 64,
            connections_max: 20,
            connection_wait_ms: 10_000,
            statement_seconds: 60,
            write_wait_ms: 30_000,
        }
    }
}
