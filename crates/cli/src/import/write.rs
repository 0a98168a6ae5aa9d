//! Rows into the data, and what went wrong with which.

use anyhow::{Result, bail};
use tessera_model::{Catalog, Dataclass};
use tessera_store::{Columns, Connection, Save, SaveError};
use tessera_values::Scalar;

use super::Existing;
use super::progress::Progress;
use super::values::Row;

/// How many faults are shown.
const SHOWN_MAX: u64 = 100;
/// Whoever has so many has another problem.
const FAULTS_MAX: u64 = 100_000;

/// What became of the rows of one dataclass.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) written: u64,
    pub(crate) skipped: u64,
    pub(crate) bad: u64,
}

impl Counts {
    /// How many rows there were.
    pub(crate) fn rows(self) -> u64 {
        self.written + self.skipped + self.bad
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} row{}", self.written, if self.written == 1 { "" } else { "s" })?;
        if self.skipped > 0 {
            write!(f, ", {} left out because they were there", self.skipped)?;
        }
        if self.bad > 0 {
            write!(f, ", {} bad", self.bad)?;
        }
        Ok(())
    }
}

/// Writes rows.
pub(crate) struct Writer<'c> {
    catalog: &'c Catalog,
    pub(crate) connection: Box<dyn Connection>,
    pub(crate) existing: Existing,
    /// Are bad rows passed over?
    pub(crate) partial: bool,
    pub(crate) counts: Counts,
    faults: u64,
}

impl<'c> Writer<'c> {
    pub(crate) fn new(
        catalog: &'c Catalog,
        connection: Box<dyn Connection>,
        existing: Existing,
        partial: bool,
    ) -> Self {
        Self { catalog, connection, existing, partial, counts: Counts::default(), faults: 0 }
    }

    /// Begins to count anew; how it went so far.
    pub(crate) fn take_counts(&mut self) -> Counts {
        std::mem::take(&mut self.counts)
    }

    /// How many rows were bad so far, in all dataclasses.
    pub(crate) fn faults(&self) -> u64 {
        self.faults
    }

    /// Writes a row; `place` says where it comes from.
    pub(crate) fn put(
        &mut self,
        dataclass: &Dataclass,
        row: Row,
        place: &dyn Fn() -> String,
        progress: &Progress,
    ) -> Result<()> {
        if !row.faults.is_empty() {
            return self.bad(&format!("{}: {}", place(), row.faults.join("; ")), progress);
        }
        let key = dataclass.key_attribute().id;
        let key = row.values.iter().find(|(attribute, _)| *attribute == key).map(|(_, key)| key.clone());
        let mut record = None;
        if let (Some(key), Existing::Skip | Existing::Replace) =
            (key.filter(|key| !key.is_null()), self.existing)
        {
            record = self.record(dataclass, &key)?;
        }
        if record.is_some() && self.existing == Existing::Skip {
            self.counts.skipped += 1;
            return Ok(());
        }
        let save = Save { dataclass: dataclass.id, record, expected_stamp: None, values: row.values };
        match self.connection.save(save) {
            Ok(_) => {
                self.counts.written += 1;
                Ok(())
            }
            Err(SaveError::Store(error)) => Err(error.into()),
            Err(error) => {
                let reason = self.reason(dataclass, &error);
                self.bad(&format!("{}: {reason}", place()), progress)
            }
        }
    }

    fn record(&mut self, dataclass: &Dataclass, key: &Scalar) -> Result<Option<tessera_model::RecordId>> {
        let row = self.connection.by_key(dataclass.id, key, &Columns::of([]))?;
        Ok(row.map(|row| row.record))
    }

    fn reason(&self, dataclass: &Dataclass, error: &SaveError) -> String {
        let name = |attribute| &self.catalog.dataclass(dataclass.id).attribute(attribute).name;
        match error {
            SaveError::DuplicateKey { attribute } if *attribute == dataclass.key_attribute().id => {
                format!(
                    "its {} is there already; --existing skip or replace says what to do",
                    name(*attribute)
                )
            }
            SaveError::DuplicateKey { attribute } => {
                format!("another entity has the same {}", name(*attribute))
            }
            SaveError::NullNotAllowed { attribute } => format!("{} is missing", name(*attribute)),
            SaveError::WrongType { attribute } => format!("{} has the wrong type", name(*attribute)),
            other => other.to_string(),
        }
    }

    /// Notes a row that can't be written.
    pub(crate) fn bad(&mut self, what: &str, progress: &Progress) -> Result<()> {
        self.counts.bad += 1;
        self.faults += 1;
        match self.faults {
            1..=SHOWN_MAX => progress.say(what),
            FAULTS_MAX => bail!("{FAULTS_MAX} rows are bad; the import was given up"),
            more if more == SHOWN_MAX + 1 => progress.say("… further bad rows are only counted"),
            _ => {}
        }
        Ok(())
    }
}
