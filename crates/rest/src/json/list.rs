//! A list of entities in each of its forms, written batch after batch.

use std::rc::Rc;

use tessera_model::DataclassId;
use tessera_orda::Run;
use tessera_store::Row;
use tessera_values::ErrorStack;

use super::entity::EntityWriter;
use super::level::{self, Level};
use super::projection::Projection;
use super::{looker, selection};
use crate::options::{self, Options};

/// How a list is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// With the header of a page.
    Page,
    /// A bare array (`$asArray`).
    Array,
    /// A table for Looker Studio (`$format=looker`).
    Table,
}

impl Form {
    pub(crate) fn of(options: &Options) -> Self {
        match options.format {
            options::Format::Looker => Self::Table,
            options::Format::Json if options.as_array => Self::Array,
            options::Format::Json => Self::Page,
        }
    }
}

/// Rows of a list with everything that is shown with them.
#[derive(Debug)]
pub(crate) struct Batch {
    level: Level,
    /// For each place of the list the row that stands there; none for an entity dropped since.
    places: Vec<Option<usize>>,
}

impl Batch {
    pub(crate) fn load(
        run: &mut Run,
        dataclass: DataclassId,
        rows: Vec<Option<Row>>,
        projection: &Projection,
    ) -> Result<Self, ErrorStack> {
        let mut places = Vec::with_capacity(rows.len());
        let mut present = Vec::with_capacity(rows.len());
        for row in rows {
            places.push(row.is_some().then_some(present.len()));
            present.extend(row);
        }
        Ok(Self { level: level::load(run, dataclass, present, projection)?, places })
    }

    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }
}

/// Writes the entities of a list.
#[derive(Debug)]
pub(crate) struct ListWriter {
    form: Form,
    /// Does something stand before what comes next?
    follows: bool,
}

impl ListWriter {
    pub(crate) fn new(form: Form) -> Self {
        Self { form, follows: false }
    }

    pub(crate) fn write(&mut self, out: &mut String, run: &Run, projection: &Projection, batch: &Batch) {
        let context = Rc::clone(run.context());
        let Batch { level, places } = batch;
        if self.form == Form::Table {
            looker::write_rows(out, &context, projection, level, !self.follows);
            self.follows |= !level.rows.is_empty();
            return;
        }
        let mut writer = EntityWriter::new(&context, projection, level);
        if self.form == Form::Array {
            writer.as_array_element();
        }
        selection::write_entities(out, &writer, places, !self.follows);
        self.follows |= !places.is_empty();
    }
}
