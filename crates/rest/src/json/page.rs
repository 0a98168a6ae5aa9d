//! A page of a selection as an answer: with its header, or as a bare array.

use std::rc::Rc;
use std::sync::Arc;

use tessera_model::AttributeId;
use tessera_orda::{Run, Selection};
use tessera_store::{Columns, Row};
use tessera_values::{Scalar, Text};

use super::entity::EntityWriter;
use super::projection::Projection;
use super::selection::{self, PageHeader};
use super::value::key_text;
use super::{level, looker};
use crate::error::RestError;
use crate::options::{Format, Options};
use crate::request::Response;

/// What is to be shown.
pub(crate) struct Page<'p> {
    pub(crate) selection: &'p Rc<Selection>,
    pub(crate) projection: &'p Projection,
    /// The entity set it was kept as.
    pub(crate) set: Option<Text>,
    /// The keys it was asked for by: the entities come in their order, and each must be there.
    pub(crate) keys: Option<&'p [Scalar]>,
}

/// Reads the page `$skip` and `$top` name and writes it.
pub(crate) fn answer(run: &mut Run, page: &Page<'_>, options: &Options) -> Result<Response, RestError> {
    let application = Arc::clone(run.context().application());
    let dataclass = page.selection.dataclass();
    let described = application.catalog.dataclass(dataclass);
    let limit = if options.as_array { options.array_limit() } else { options.limit() };
    let (mut rows, count) = page.selection.page(options.skip(), Some(limit), &Columns::all())?;
    if let Some(keys) = page.keys {
        rows = in_order_of(rows, keys, described.key)
            .map_err(|key| RestError::entity_not_found(&key_text(key), &described.name))?;
    }
    let mut places = Vec::with_capacity(rows.len());
    let mut present = Vec::with_capacity(rows.len());
    for row in rows {
        places.push(row.is_some().then_some(present.len()));
        present.extend(row);
    }
    let level = level::load(run, dataclass, present, page.projection)?;
    let context = Rc::clone(run.context());
    let mut writer = EntityWriter::new(&context, page.projection, &level);
    let mut body = String::with_capacity(256 + places.len() * 256);
    if options.format == Format::Looker {
        looker::write(&mut body, &context, page.projection, &level, count, options.skip());
    } else if options.as_array {
        writer.as_array_element();
        selection::write_array(&mut body, &writer, &places);
    } else {
        let uri = page.set.as_ref().map(|id| format!("/rest/{}/$entityset/{id}", described.name));
        let explanation = page.selection.explanation();
        let header = PageHeader {
            dataclass: &described.name,
            count,
            first: options.skip(),
            global_stamp: context.global_stamp()?,
            set: uri.as_deref(),
            explanation: &explanation,
        };
        selection::write(&mut body, &header, &writer, &places);
        super::result::push_messages(&mut body, run);
    }
    let mut response = Response::json(200, body);
    if let Some(id) = &page.set {
        let uri = format!("/rest/{}/$entityset/{id}", described.name);
        response.headers.push(("content-location".into(), uri.into()));
    }
    Ok(response)
}

/// The rows in the order of the keys; a key that found nothing is an error.
fn in_order_of(
    rows: Vec<Option<Row>>,
    keys: &[Scalar],
    key: AttributeId,
) -> Result<Vec<Option<Row>>, &Scalar> {
    keys.iter()
        .map(|wanted| {
            let found = rows.iter().flatten().find(|row| row.values.get(key.index()) == Some(wanted));
            found.cloned().map(Some).ok_or(wanted)
        })
        .collect()
}
