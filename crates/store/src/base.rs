//! What every connection of a store shares, and what an engine does for the parts of writing that are the same for
//! all: [`save`](crate::save) and [`drop`](crate::drop).

use std::collections::HashMap;
use std::sync::Arc;

use tessera_model::{DataclassId, RecordId, Relation};
use tessera_values::{Chance, Clock, Scalar, Text};

use crate::schema::{Schema, Table};
use crate::sql::{Dialect, Texts};
use crate::{SaveError, StoreError};

/// The catalog in SQL, time and chance.
pub(crate) struct Base {
    pub(crate) schema: Schema,
    pub(crate) texts: Texts,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
}

impl Base {
    pub(crate) fn new(
        schema: Schema,
        dialect: &dyn Dialect,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
    ) -> Self {
        Self { texts: Texts::new(&schema, dialect), schema, clock, chance }
    }

    /// Milliseconds after 1970.
    pub(crate) fn now(&self) -> i64 {
        self.clock.now().as_millisecond()
    }

    /// A random UUID, version 4.
    pub(crate) fn uuid(&self) -> Text {
        uuid(self.chance.as_ref())
    }
}

/// A random UUID, version 4, as a key holds it: 32 hex digits.
pub fn uuid(chance: &dyn Chance) -> Text {
    let mut bytes = [0; 16];
    chance.fill(&mut bytes);
    bytes[6] = bytes[6] & 0x0F | 0x40;
    bytes[8] = bytes[8] & 0x3F | 0x80;
    hex(&bytes)
}

/// 32 random hex digits: what a store is known by.
pub(crate) fn unique_id(chance: &dyn Chance) -> Text {
    let mut bytes = [0; 16];
    chance.fill(&mut bytes);
    hex(&bytes)
}

/// Bytes as upper-case hex digits.
fn hex(bytes: &[u8]) -> Text {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0').to_ascii_uppercase();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// A value for each column of a table; `None` for one that is not written.
pub(crate) type Values = [Option<Scalar>];

/// An engine's connection inside an open transaction.
pub(crate) trait Writer {
    /// Takes the next number of a table's sequence.
    fn next_sequence(&self, table: &Table) -> Result<i64, StoreError>;

    /// Makes the sequence go on behind a number.
    fn raise_sequence(&self, table: &Table, last: i64) -> Result<(), StoreError>;

    /// Takes the current global stamp; the next change gets the one after it.
    fn next_global_stamp(&self) -> Result<i64, StoreError>;

    /// Creates an entity; what is not given is Null.
    fn insert(&self, dataclass: DataclassId, values: &Values, now: i64) -> Result<RecordId, SaveError>;

    /// Changes an entity, if its stamp is the expected one; answers the new stamp and the key.
    fn update(
        &self,
        dataclass: DataclassId,
        record: RecordId,
        expected: Option<i64>,
        values: &Values,
        now: i64,
    ) -> Result<(i64, Scalar), SaveError>;

    /// The stamps of those records that exist.
    fn stamps(
        &self,
        dataclass: DataclassId,
        records: &[RecordId],
    ) -> Result<HashMap<RecordId, i64>, StoreError>;

    /// The records that refer to one of these through a relation.
    fn referring(&self, relation: &Relation, records: &[RecordId]) -> Result<Vec<RecordId>, StoreError>;

    /// The keys of records, in the order of creation.
    fn keys(&self, dataclass: DataclassId, records: &[RecordId]) -> Result<Vec<Scalar>, StoreError>;

    /// Removes records; answers how many were there.
    fn delete(&self, dataclass: DataclassId, records: &[RecordId]) -> Result<u64, StoreError>;
}
