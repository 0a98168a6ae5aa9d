//! A page of a selection as an answer, in whatever form it was asked for.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use tessera_model::AttributeId;
use tessera_orda::{Run, Selection};
use tessera_store::Row;
use tessera_values::{Scalar, Text};

use super::list::{Batch, Form, ListWriter};
use super::projection::Projection;
use super::selection::{self, PageHeader};
use super::value::key_text;
use super::{level, long_list, looker, web_form};
use crate::error::RestError;
use crate::options::{Options, SHORT_MAX};
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

/// Reads the page `$skip` and `$top` name and writes it; a long one is only begun.
pub(crate) fn answer(run: &mut Run, page: &Page<'_>, options: &Options) -> Result<Response, RestError> {
    let application = Arc::clone(run.context().application());
    let dataclass = page.selection.dataclass();
    let described = application.catalog.dataclass(dataclass);
    let (skip, limit) = (options.skip(), options.limit());
    // How many keys there are is limited by the length of an address.
    let short = if page.keys.is_some() { limit } else { limit.min(SHORT_MAX) };
    let (mut rows, count) = page.selection.page(skip, Some(short), &level::shown())?;
    if options.is_too_long(count) {
        return Err(RestError::array_too_long(limit));
    }
    if short < limit && count.saturating_sub(skip) > short {
        drop(rows);
        return long_list::answer(run, page, options, count);
    }
    if let Some(keys) = page.keys {
        rows = in_order_of(rows, keys, described.key)
            .map_err(|key| RestError::entity_not_found(&key_text(key), &described.name))?;
    }
    let batch = Batch::load(run, dataclass, rows, page.projection)?;
    let mut body = String::with_capacity(256 + batch.len() * 256);
    write_head(&mut body, run, page, options, count)?;
    ListWriter::new(Form::of(options)).write(&mut body, run, page.projection, &batch);
    write_tail(&mut body, run, options, batch.len());
    Ok(respond(run, page, body))
}

/// Appends what comes before the entities.
pub(super) fn write_head(
    out: &mut String,
    run: &Run,
    page: &Page<'_>,
    options: &Options,
    count: u64,
) -> Result<(), RestError> {
    let context = run.context();
    match Form::of(options) {
        Form::Table => looker::write_head(out, context, page.projection, count, options.skip()),
        Form::Array => out.push('['),
        Form::Page => {
            let (set, explanation) = (set_uri(run, page), page.selection.explanation());
            let header = PageHeader {
                dataclass: &context.application().catalog.dataclass(page.selection.dataclass()).name,
                count,
                first: options.skip(),
                global_stamp: context.global_stamp()?,
                set: set.as_deref(),
                explanation: &explanation,
            };
            selection::write_head(out, &header);
        }
    }
    Ok(())
}

/// Appends what comes after them.
pub(super) fn write_tail(out: &mut String, run: &Run, options: &Options, sent: usize) {
    match Form::of(options) {
        Form::Table => out.push_str(looker::TAIL),
        Form::Array => out.push(']'),
        Form::Page => {
            selection::write_tail(out, sent);
            web_form::push(out, run);
        }
    }
}

/// The answer with a body, or with the beginning of one.
pub(super) fn respond(run: &Run, page: &Page<'_>, body: String) -> Response {
    let mut response = Response::json(200, body);
    response.headers.extend(set_uri(run, page).map(|uri| ("content-location".into(), uri.into())));
    response
}

/// The address of the entity set.
fn set_uri(run: &Run, page: &Page<'_>) -> Option<String> {
    let catalog = &run.context().application().catalog;
    let name = &catalog.dataclass(page.selection.dataclass()).name;
    page.set.as_ref().map(|id| format!("/rest/{name}/$entityset/{id}"))
}

/// The rows in the order of the keys; a key that found nothing is an error.
fn in_order_of(
    rows: Vec<Option<Row>>,
    keys: &[Scalar],
    key: AttributeId,
) -> Result<Vec<Option<Row>>, &Scalar> {
    let rows = rows.into_iter().flatten();
    let by_key: HashMap<Text, Row> =
        rows.filter_map(|row| Some((key_text(row.values.get(key.index())?), row))).collect();
    keys.iter().map(|wanted| by_key.get(&key_text(wanted)).cloned().map(Some).ok_or(wanted)).collect()
}
