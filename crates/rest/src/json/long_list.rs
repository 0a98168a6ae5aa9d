//! A list that is too long to be made at once: its references are read first and settle what is in it and in which
//! order; the entities follow in batches, each read when the one before is on its way.
//!
//! Every batch has a [`Run`] of its own, so that between two of them nothing is held: no thread, no connection. What it
//! shows is of its own moment, as with an entity set: an entity that changed meanwhile is shown as it is now, one that
//! was dropped leaves a gap.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use tessera_model::{DataclassId, RecordId};
use tessera_orda::{Application, RequestInfo, Run, Selection};
use tessera_sessions::{PrivilegeSet, Session};

use super::level;
use super::list::{Batch, Form, ListWriter};
use super::page::{self, Page};
use super::projection::Projection;
use crate::body::{Body, BrokenOff, PIECE_BYTES, Pieces};
use crate::error::RestError;
use crate::options::Options;
use crate::request::Response;

/// The fewest entities of a batch, and those of the first: as many as a page has that nobody asked more of. What they
/// are shown with would be read over and over otherwise.
const ROWS_MIN: usize = 100;
/// The most entities of a batch.
const ROWS_MAX: usize = 1000;
/// Between the two it is as many as come to these bytes, going by the batch before: a little less than a piece, which
/// is then rarely cut.
const BATCH_BYTES: usize = PIECE_BYTES / 8 * 7;

struct LongList {
    application: Arc<Application>,
    session: Arc<Session>,
    request: RequestInfo,
    /// What the session was allowed when the list began.
    privileges: Arc<PrivilegeSet>,
    was_logged: bool,
    dataclass: DataclassId,
    projection: Projection,
    writer: ListWriter,
    members: Arc<Vec<RecordId>>,
    /// Which of them were not written yet.
    left: Range<usize>,
    /// How many the next batch has.
    rows: usize,
    tail: String,
}

/// Begins a list whose selection has `count` members. What fails before its first piece is there is an error like any
/// other.
pub(super) fn answer(
    run: &mut Run,
    page: &Page<'_>,
    options: &Options,
    count: u64,
) -> Result<Response, RestError> {
    // A client that asks for changes since this stamp gets what changes from now on.
    run.context().global_stamp()?;
    let (skip, limit) = (options.skip(), options.limit());
    let (members, left) = page.selection.part(skip, limit, count)?;
    // Some may have come or gone since they were counted.
    let end = skip + left.len() as u64;
    let count = if (left.len() as u64) < limit { end } else { count.max(end) };
    let mut piece = String::with_capacity(PIECE_BYTES);
    page::write_head(&mut piece, run, page, options, count)?;
    let mut tail = String::new();
    page::write_tail(&mut tail, run, options, left.len());
    let context = run.context();
    let session = context.session();
    let mut list = LongList {
        application: Arc::clone(context.application()),
        privileges: session.privileges(),
        was_logged: session.is_logged(),
        session,
        request: context.request().clone(),
        dataclass: page.selection.dataclass(),
        projection: page.projection.clone(),
        writer: ListWriter::new(Form::of(options)),
        members,
        left,
        rows: ROWS_MIN,
        tail,
    };
    list.write_batch(run, &mut piece)?;
    let mut response = page::respond(run, page, String::new());
    let pieces = std::iter::once(Ok(Bytes::from(piece))).chain(list);
    response.body = Body::Pieces(Pieces::new(None, pieces));
    Ok(response)
}

impl LongList {
    /// Appends the next batch, and after the last one what ends the list.
    fn write_batch(&mut self, run: &mut Run, piece: &mut String) -> Result<(), RestError> {
        let end = self.left.end.min(self.left.start + self.rows);
        let records = &self.members[self.left.start..end];
        let rows = Selection::rows_of(run.context(), self.dataclass, records, &level::shown())?;
        let batch = Batch::load(run, self.dataclass, rows, &self.projection)?;
        let before = piece.len();
        self.writer.write(piece, run, &self.projection, &batch);
        self.left.start = end;
        let bytes_each = (piece.len() - before) / batch.len().max(1);
        self.rows = (BATCH_BYTES / bytes_each.max(1)).clamp(ROWS_MIN, ROWS_MAX);
        if self.left.is_empty() {
            piece.push_str(&self.tail);
        }
        Ok(())
    }

    /// Is it still somebody who may read this? A logout ends a list, and so does a role that changed.
    fn is_allowed(&self) -> bool {
        self.session.is_logged() == self.was_logged && *self.session.privileges() == *self.privileges
    }
}

impl Iterator for LongList {
    type Item = Result<Bytes, BrokenOff>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.left.is_empty() {
            return None;
        }
        let mut piece = String::with_capacity(PIECE_BYTES);
        let made = if self.is_allowed() {
            let mut run = Run::new(&self.application, Arc::clone(&self.session), self.request.clone());
            self.write_batch(&mut run, &mut piece).map_err(|error| format!("{:?}", error.errors))
        } else {
            Err("what its session may do has changed".to_owned())
        };
        Some(made.map(|()| piece.into()).map_err(|reason| {
            let name = &self.application.catalog.dataclass(self.dataclass).name;
            tracing::warn!(dataclass = %name, reason, "a list was broken off");
            self.left.start = self.left.end;
            BrokenOff
        }))
    }
}
