//! Results of functions (rest-protocol section 9.4).

use std::rc::Rc;

use tessera_orda::{Entity, OutgoingMessage, Run, Selection};
use tessera_store::Row;
use tessera_values::{DateForm, Value};

use super::entity::EntityWriter;
use super::level;
use super::page::{self, Page};
use super::projection::Projection;
use super::value::write_any;
use super::web_form;
use crate::body::Body;
use crate::entity_sets;
use crate::error::RestError;
use crate::options::Options;
use crate::request::Response;

/// The answer to a call that returned `value`.
pub(crate) fn respond(run: &mut Run, value: &Value, options: &Options) -> Result<Response, RestError> {
    if let Value::Native(native) = value {
        let any: Rc<dyn std::any::Any> = Rc::clone(native) as Rc<dyn std::any::Any>;
        let any = match any.downcast::<Entity>() {
            Ok(entity) => return entity_result(run, &entity, options),
            Err(any) => any,
        };
        let any = match any.downcast::<Selection>() {
            Ok(selection) => return selection_result(run, &selection, options),
            Err(any) => any,
        };
        if let Ok(message) = any.downcast::<OutgoingMessage>() {
            return message_result(&message);
        }
    }
    if matches!(value, Value::Picture(_) | Value::Blob(_)) {
        return Err(RestError::new(
            500,
            1813,
            "A picture or blob can't be returned as it is: return a 4D.OutgoingMessage",
        ));
    }
    let mut body = String::from("{\"result\":");
    write_any(&mut body, value, DateForm::Midnight);
    web_form::write(&mut body, run);
    body.push('}');
    Ok(Response::json(200, body))
}

fn null_result(run: &Run) -> Response {
    let mut body = String::from("{\"result\":null");
    web_form::write(&mut body, run);
    body.push('}');
    Response::json(200, body)
}

/// An entity in memory as a row to be written.
pub(crate) fn row_of(entity: &Entity) -> Row {
    let storage = entity.values();
    Row {
        record: entity.record().unwrap_or(tessera_model::RecordId(0)),
        stamp: entity.stamp(),
        timestamp_ms: entity.timestamp_ms(),
        values: storage,
    }
}

fn entity_result(run: &mut Run, entity: &Rc<Entity>, options: &Options) -> Result<Response, RestError> {
    let application = std::sync::Arc::clone(run.context().application());
    let dataclass = entity.dataclass();
    if !application.catalog.dataclass(dataclass).exposed {
        return Ok(null_result(run));
    }
    tessera_orda::access::check(run.context(), dataclass, tessera_sessions::Action::Read)?;
    let projection = Projection::new(&application, dataclass, None, options)?;
    let level = level::load(run, dataclass, vec![row_of(entity)], &projection)?;
    let context = Rc::clone(run.context());
    let writer = EntityWriter::new(&context, &projection, &level);
    let mut body = String::from("{");
    writer.write_header(&mut body);
    writer.write_members(&mut body, 0);
    web_form::write(&mut body, run);
    body.push('}');
    Ok(Response::json(200, body))
}

fn selection_result(
    run: &mut Run,
    selection: &Rc<Selection>,
    options: &Options,
) -> Result<Response, RestError> {
    let application = std::sync::Arc::clone(run.context().application());
    let dataclass = selection.dataclass();
    if !application.catalog.dataclass(dataclass).exposed {
        return Ok(null_result(run));
    }
    tessera_orda::access::check(run.context(), dataclass, tessera_sessions::Action::Read)?;
    let projection = Projection::new(&application, dataclass, None, options)?;
    let set = if options.makes_entity_set() {
        Some(entity_sets::keep(run, selection, options.timeout)?)
    } else {
        None
    };
    page::answer(run, &Page { selection, projection: &projection, set, keys: None }, options)
}

/// A `4D.OutgoingMessage` is the whole HTTP answer.
fn message_result(message: &OutgoingMessage) -> Result<Response, RestError> {
    let body = message.body()?;
    Ok(Response { status: message.status(), headers: message.headers(), body: Body::of(body.0) })
}
