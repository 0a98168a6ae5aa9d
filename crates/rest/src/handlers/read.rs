//! Reading entities and selections.

use std::rc::Rc;
use std::sync::Arc;

use tessera_model::query::{Filter, Operand, Operator, Parameters, Path, QueryError};
use tessera_model::{AttributeId, DataclassId};
use tessera_orda::{Asker, PageRequest, Run, plan_order, plan_query, query_error};
use tessera_store::Row;
use tessera_values::Scalar;

use crate::error::RestError;
use crate::json::entity::EntityWriter;
use crate::json::selection::{self, PageHeader};
use crate::json::value::key_text;
use crate::json::{arguments, level};
use crate::options::Options;
use crate::plan::{Chosen, ReadEntity, ReadSelection};
use crate::request::Response;
use crate::url::Keys;

/// The row a path addresses: by key, or by another attribute.
pub(super) fn row(run: &mut Run, chosen: &Chosen) -> Result<Row, RestError> {
    let application = Arc::clone(run.context().application());
    let described = application.catalog.dataclass(chosen.dataclass);
    let (attribute, value): (AttributeId, &Scalar) = match &chosen.keys {
        Keys::One(key) => (described.key, key),
        Keys::Attribute(name, value) => match described.attribute_named(name) {
            Some(attribute) => (attribute.id, value),
            None => return Err(RestError::attribute_not_found(name, &described.name)),
        },
        Keys::None | Keys::Many(_) => return Err(RestError::not_applicable("A path without a single key")),
    };
    run.read_row(chosen.dataclass, attribute, value)?
        .ok_or_else(|| RestError::entity_not_found(&key_text(value), &described.name))
}

pub(super) fn entity(run: &mut Run, read: &ReadEntity) -> Result<Response, RestError> {
    let row = row(run, &read.chosen)?;
    let level = level::load(run, read.chosen.dataclass, vec![row], &read.projection)?;
    let context = Rc::clone(run.context());
    let writer = EntityWriter::new(&context, &read.projection, &level);
    let mut body = String::with_capacity(512);
    body.push('{');
    writer.write_header(&mut body);
    writer.write_members(&mut body, 0);
    body.push('}');
    Ok(Response::json(200, body))
}

/// Which entities, and in which order. An order inside the filter wins over `$orderby`.
pub(super) fn filter(
    run: &mut Run,
    chosen: &Chosen,
    options: &Options,
) -> Result<(Filter, Vec<tessera_model::query::Order>), RestError> {
    let mut filter = match &chosen.keys {
        Keys::None => Filter::All,
        keys => keyed(run, chosen.dataclass, keys),
    };
    let mut order = Vec::new();
    if let Some(text) = options.filter.as_deref().filter(|text| !text.trim().is_empty()) {
        let values = arguments::read(options.params.as_deref().unwrap_or_default())?;
        let resolved = plan_query(
            run.process(),
            chosen.dataclass,
            text,
            &Parameters::positional(values),
            Asker::Client,
        )?;
        filter = filter.and(resolved.filter);
        order = resolved.order;
    }
    if order.is_empty()
        && let Some(text) = options.order_by.as_deref().filter(|text| !text.trim().is_empty())
    {
        order = plan_order(run.process(), chosen.dataclass, text, Asker::Client).map_err(
            |error| match error {
                QueryError::Code(stack) => RestError::from_stack(&stack),
                QueryError::UnknownAttribute { .. }
                | QueryError::Expected { .. }
                | QueryError::NotSortable { .. } => {
                    let application = run.context().application();
                    RestError::wrong_order(text, &application.catalog.dataclass(chosen.dataclass).name)
                }
                error => RestError::from_stack(&query_error(error)),
            },
        )?;
    }
    Ok((filter, order))
}

/// The entities with these keys.
fn keyed(run: &Run, dataclass: DataclassId, keys: &Keys) -> Filter {
    let key = run.context().application().catalog.dataclass(dataclass).key;
    match keys {
        Keys::None => Filter::All,
        Keys::One(value) => Filter::equal(key, value.clone()),
        Keys::Attribute(name, value) => {
            match run.context().application().catalog.dataclass(dataclass).attribute_named(name) {
                Some(attribute) => Filter::equal(attribute.id, value.clone()),
                None => Filter::None,
            }
        }
        Keys::Many(values) => Filter::Compare(tessera_model::query::Compare {
            path: Path::own(key),
            operator: Operator::In,
            operand: Operand::List(values.iter().cloned().map(Operand::Scalar).collect()),
        }),
    }
}

pub(super) fn selection(
    run: &mut Run,
    read: ReadSelection,
    options: &Options,
) -> Result<Response, RestError> {
    let dataclass = read.chosen.dataclass;
    let application = Arc::clone(run.context().application());
    let described = application.catalog.dataclass(dataclass);
    // The permission to read comes before anything that could tell about attributes or values.
    tessera_orda::access::check(run.context(), dataclass, tessera_sessions::Action::Read)?;
    let (filter, order) = filter(run, &read.chosen, options)?;
    let page = run.read_page(PageRequest {
        dataclass,
        filter,
        order,
        skip: options.skip(),
        limit: options.limit(),
    })?;
    let mut rows = page.rows;
    if let Keys::Many(keys) = &read.chosen.keys {
        rows = in_order_of(rows, keys, described.key)
            .map_err(|key| RestError::entity_not_found(&key_text(key), &described.name))?;
    }
    let count = page.count.unwrap_or(rows.len() as u64);
    let places: Vec<_> = (0..rows.len()).map(Some).collect();
    let level = level::load(run, dataclass, rows, &read.projection)?;
    let context = Rc::clone(run.context());
    let writer = EntityWriter::new(&context, &read.projection, &level);
    let header = PageHeader { dataclass: &described.name, count, first: options.skip() };
    let mut body = String::with_capacity(256 + places.len() * 256);
    selection::write(&mut body, &header, &writer, &places);
    Ok(Response::json(200, body))
}

/// The rows in the order of the keys; a key that found nothing is an error.
fn in_order_of(rows: Vec<Row>, keys: &[Scalar], key: AttributeId) -> Result<Vec<Row>, &Scalar> {
    keys.iter()
        .map(|wanted| {
            let found = rows.iter().find(|row| row.values.get(key.index()) == Some(wanted));
            found.cloned().ok_or(wanted)
        })
        .collect()
}
