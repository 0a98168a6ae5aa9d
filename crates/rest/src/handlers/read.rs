//! Reading entities, and the filter and order of a request.

use std::rc::Rc;
use std::sync::Arc;

use tessera_model::query::{Filter, Operand, Operator, Parameters, Path, QueryError};
use tessera_model::{AttributeId, DataclassId};
use tessera_orda::{Asker, Planned, Run, Telling, plan_order, plan_query, query_error};
use tessera_store::{Columns, Row};
use tessera_values::Scalar;

use crate::error::RestError;
use crate::json::entity::EntityWriter;
use crate::json::value::key_text;
use crate::json::{arguments, level};
use crate::options::Options;
use crate::plan::{Chosen, ReadEntity};
use crate::request::Response;
use crate::url::Keys;

/// The row a path addresses: by key, or by another attribute.
pub(super) fn row(run: &mut Run, chosen: &Chosen, columns: &Columns) -> Result<Row, RestError> {
    let application = Arc::clone(run.context().application());
    let described = application.catalog.dataclass(chosen.dataclass);
    let (attribute, value): (AttributeId, &Scalar) = match &chosen.keys {
        Keys::One(key) => (described.key, key),
        Keys::Attribute(name, value) => match described.attribute_named(name) {
            Some(attribute) => (attribute.id, value),
            None => return Err(RestError::attribute_not_found(name, &described.name)),
        },
        Keys::None | Keys::Many(_) | Keys::EntitySet(_) => {
            return Err(RestError::not_applicable("A path without a single key"));
        }
    };
    run.read_row(chosen.dataclass, attribute, value, columns)?
        .ok_or_else(|| RestError::entity_not_found(&key_text(value), &described.name))
}

pub(super) fn entity(run: &mut Run, read: &ReadEntity) -> Result<Response, RestError> {
    let row = row(run, &read.chosen, &level::shown())?;
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

/// `$filter` and `$orderby`: which entities, and in which order. An order inside the filter wins.
pub(super) fn narrowing(
    run: &mut Run,
    dataclass: DataclassId,
    options: &Options,
) -> Result<Planned, RestError> {
    let mut planned = Planned::default();
    if let Some(text) = options.filter.as_deref().filter(|text| !text.trim().is_empty()) {
        let values = arguments::read(options.params.as_deref().unwrap_or_default())?;
        let parameters = Parameters::positional(values);
        let telling = Telling { plan: options.query_plan, path: options.query_path };
        planned = plan_query(run.process(), dataclass, text, &parameters, Asker::Client, telling)?;
    }
    if planned.order.is_empty()
        && let Some(text) = options.order_by.as_deref().filter(|text| !text.trim().is_empty())
    {
        planned.order =
            plan_order(run.process(), dataclass, text, Asker::Client).map_err(|error| match error {
                QueryError::Code(stack) => RestError::from_stack(&stack),
                QueryError::UnknownAttribute { .. }
                | QueryError::Expected { .. }
                | QueryError::NotSortable { .. } => {
                    let application = run.context().application();
                    RestError::wrong_order(text, &application.catalog.dataclass(dataclass).name)
                }
                error => RestError::from_stack(&query_error(error)),
            })?;
    }
    Ok(planned)
}

/// The entities with these keys.
pub(super) fn keyed(run: &Run, dataclass: DataclassId, keys: &Keys) -> Filter {
    let key = run.context().application().catalog.dataclass(dataclass).key;
    match keys {
        // The members of a set are known by reference.
        Keys::None | Keys::EntitySet(_) => Filter::All,
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
