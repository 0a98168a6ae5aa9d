//! Creating and updating entities (rest-protocol section 7).

use std::rc::Rc;

use tessera_model::DataclassId;
use tessera_orda::{Entity, Holder, LockFailure, Run, SaveFailure, key_of, save_entity};
use tessera_store::Columns;
use tessera_values::{ObjectRef, Scalar, Value, parse_client_json};

use super::{body_text, lock};
use crate::error::RestError;
use crate::json::entity::EntityWriter;
use crate::json::members::{self, Unknown};
use crate::json::projection::Projection;
use crate::json::value::{key_text, push, push_uri, write_timestamp};
use crate::json::{level, name, result};
use crate::options::Options;
use crate::plan::Trial;
use crate::request::{Request, Response};
use crate::uploads;

/// What became of one object of the body.
enum Outcome {
    Saved(Rc<Entity>),
    /// The entity as stored, when there is one, and why it was not saved.
    Failed {
        stored: Option<Rc<Entity>>,
        failure: Failure,
        error: RestError,
    },
}

/// What `__STATUS` says of it.
enum Failure {
    /// A number and a text.
    Plain(i64, &'static str),
    /// Somebody holds a lock.
    Locked(LockFailure),
}

/// The most entities one request writes.
const ENTITIES_MAX: usize = 10_000;

pub(super) fn update(
    run: &mut Run,
    dataclass: DataclassId,
    trial: Trial,
    options: &Options,
    request: &Request,
) -> Result<Response, RestError> {
    let body =
        parse_client_json(body_text(request)?).map_err(|error| RestError::malformed(error.to_string()))?;
    let (objects, wrapped) = objects_of(body)?;
    let atomic = options.atomic || trial == Trial::Yes;
    if atomic {
        run.begin()?;
    }
    let mut outcomes = Vec::with_capacity(objects.len());
    for object in &objects {
        let outcome = write_one(run, dataclass, object, trial)?;
        let stops = atomic && matches!(outcome, Outcome::Failed { .. });
        outcomes.push(outcome);
        if stops {
            break;
        }
    }
    let failed = outcomes.iter().any(|outcome| matches!(outcome, Outcome::Failed { .. }));
    if atomic {
        run.end(!failed && trial == Trial::No)?;
    }
    if trial == Trial::Yes && !failed {
        return Ok(Response::ok());
    }
    respond(run, dataclass, options, outcomes, wrapped)
}

/// One object, an array of objects, or `{"__ENTITIES":[…]}`.
fn objects_of(body: Value) -> Result<(Vec<ObjectRef>, bool), RestError> {
    let list = match body {
        Value::Object(object) => match object.get(name::ENTITIES) {
            Some(Value::Collection(list)) => list,
            _ => return Ok((vec![object], false)),
        },
        Value::Collection(list) => list,
        _ => return Err(RestError::malformed("The body must be an object or an array of objects")),
    };
    if list.len() > ENTITIES_MAX {
        return Err(RestError::malformed(format!("A request writes at most {ENTITIES_MAX} entities")));
    }
    let objects = list.to_vec().into_iter().map(|element| match element {
        Value::Object(object) => Ok(object),
        _ => Err(RestError::malformed("Every element of the array must be an object")),
    });
    Ok((objects.collect::<Result<_, _>>()?, true))
}

fn failed(stored: Option<Rc<Entity>>, error: RestError) -> Outcome {
    Outcome::Failed { stored, failure: Failure::Plain(4, "Other error"), error }
}

fn write_one(
    run: &mut Run,
    dataclass: DataclassId,
    object: &ObjectRef,
    trial: Trial,
) -> Result<Outcome, RestError> {
    let context = Rc::clone(run.context());
    let application = std::sync::Arc::clone(context.application());
    let described = application.catalog.dataclass(dataclass);
    let key = object.get(name::KEY).filter(|key| !matches!(key, Value::Undefined | Value::Null));
    let key = key.filter(|key| key.as_text().is_none_or(|text| !text.is_empty()));
    let entity = match key {
        Some(key) => {
            let given = Scalar::from_value(&key).unwrap_or_default();
            let converted = key_of(&context, dataclass, &given);
            let row = match converted {
                Some(converted) => {
                    match run.read_row(dataclass, described.key, &converted, &Columns::all()) {
                        Ok(row) => row,
                        Err(error) => return Ok(failed(None, RestError::from_stack(&error))),
                    }
                }
                None => None,
            };
            let Some(row) = row else {
                let message = format!(
                    "Cannot find entity with \"{}\" key in the \"{}\" dataclass",
                    key_text(&given),
                    described.name
                );
                return Ok(failed(None, RestError::new(500, 1542, message)));
            };
            let entity = Entity::from_row(&context, dataclass, row);
            let stamp = object.get(name::STAMP).and_then(|stamp| stamp.as_integer());
            if stamp.is_some_and(|stamp| stamp != entity.stamp()) {
                return Ok(stale(run, dataclass, entity));
            }
            entity
        }
        None => match Entity::create(run.process(), &context, dataclass) {
            Ok(entity) => entity,
            Err(error) => return Ok(failed(None, RestError::from_stack(&error))),
        },
    };
    let uploads = match members::assign(run, &entity, object, Unknown::Refused) {
        Ok(uploads) => uploads,
        Err(error) => return Ok(failed(None, error)),
    };
    if trial == Trial::Shown {
        return Ok(Outcome::Saved(entity));
    }
    let outcome = try_save(run, dataclass, entity);
    if matches!(outcome, Outcome::Saved(_)) {
        uploads::used(run, &uploads);
    }
    Ok(outcome)
}

/// Saves an entity that must be saved: a failure is an error.
pub(super) fn save(run: &mut Run, entity: &Rc<Entity>) -> Result<(), RestError> {
    match try_save(run, entity.dataclass(), Rc::clone(entity)) {
        Outcome::Saved(_) => Ok(()),
        Outcome::Failed { error, .. } => Err(error),
    }
}

fn try_save(run: &mut Run, dataclass: DataclassId, entity: Rc<Entity>) -> Outcome {
    match save_entity(run.process(), &entity) {
        Ok(()) => Outcome::Saved(entity),
        Err(SaveFailure::StampChanged) => stale(run, dataclass, entity),
        Err(SaveFailure::Locked(holder)) => locked(&entity, holder),
        Err(failure @ (SaveFailure::Gone | SaveFailure::MergeFailed)) => Outcome::Failed {
            stored: None,
            failure: Failure::Plain(failure.status(), failure.text()),
            error: RestError::new(500, 1542, "The entity does not exist anymore"),
        },
        Err(failure @ (SaveFailure::Event { .. } | SaveFailure::Other(_))) => Outcome::Failed {
            stored: None,
            failure: Failure::Plain(failure.status(), failure.text()),
            error: RestError::from_stack(&failure.into_stack()),
        },
    }
}

/// Somebody else saved the entity: the answer shows what is stored now.
fn stale(run: &mut Run, dataclass: DataclassId, entity: Rc<Entity>) -> Outcome {
    let application = std::sync::Arc::clone(run.context().application());
    let described = application.catalog.dataclass(dataclass);
    let key = entity.key();
    let shown = key_text(&key);
    let table = &described.name;
    let mut error = RestError::new(
        500,
        1263,
        format!("Given stamp does not match current one for record# {shown} of table {table}"),
    );
    for (code, message) in [
        (1046, format!("Cannot save record {shown} in table {table}")),
        (1517, format!("The entity# {shown} in the \"{table}\" dataclass cannot be saved")),
    ] {
        error.errors.push((code, "dbmg".into(), message.into()));
    }
    let stored = match run.read_row(dataclass, described.key, &key, &Columns::all()) {
        Ok(Some(row)) => Some(Entity::from_row(run.context(), dataclass, row)),
        _ => None,
    };
    let failure = Failure::Plain(SaveFailure::StampChanged.status(), SaveFailure::StampChanged.text());
    Outcome::Failed { stored, failure, error }
}

/// Somebody else holds a lock on the entity.
fn locked(entity: &Rc<Entity>, holder: Holder) -> Outcome {
    let described = &entity.context().application().catalog.dataclass(entity.dataclass()).name;
    let key = key_text(&entity.key());
    let mut error = RestError::new(
        500,
        1066,
        format!("The record# {key} of table {described} is locked by somebody else"),
    );
    let outer = format!("The entity# {key} in the \"{described}\" dataclass cannot be saved");
    error.errors.push((1517, "dbmg".into(), outer.into()));
    Outcome::Failed { stored: None, failure: Failure::Locked(LockFailure::Held(holder)), error }
}

fn respond(
    run: &mut Run,
    dataclass: DataclassId,
    options: &Options,
    outcomes: Vec<Outcome>,
    wrapped: bool,
) -> Result<Response, RestError> {
    let application = std::sync::Arc::clone(run.context().application());
    let projection = Projection::new(&application, dataclass, None, options)?;
    // A refused permission decides the status whatever else failed.
    let status = outcomes.iter().fold(200, |status, outcome| match (status, outcome) {
        (401, _) | (_, Outcome::Saved(_)) => status,
        (_, Outcome::Failed { error, .. }) => error.status,
    });
    let mut body = String::new();
    if wrapped {
        body.push_str("{\"__ENTITIES\":[");
    }
    for (position, outcome) in outcomes.iter().enumerate() {
        if position > 0 {
            body.push(',');
        }
        write_outcome(run, &mut body, outcome, &projection)?;
    }
    if wrapped {
        body.push_str("]}");
    }
    Ok(Response::json(status, body))
}

fn write_outcome(
    run: &mut Run,
    out: &mut String,
    outcome: &Outcome,
    projection: &Projection,
) -> Result<(), RestError> {
    match outcome {
        Outcome::Saved(entity) => {
            out.push_str("{\"__STATUS\":{\"success\":true}");
            write_entity(run, out, entity, projection, Address::Shown)?;
            out.push('}');
        }
        Outcome::Failed { stored, failure, error } => {
            out.push_str("{\"__STATUS\":{");
            match failure {
                Failure::Plain(status, text) => {
                    push(out, format_args!("\"status\":{status},\"statusText\":\"{text}\""));
                }
                Failure::Locked(failure) => lock::write_failure(out, failure),
            }
            out.push_str(",\"success\":false}");
            if let Some(entity) = stored {
                write_entity(run, out, entity, projection, Address::Hidden)?;
            }
            out.push(',');
            error.write_member(out);
            out.push('}');
        }
    }
    Ok(())
}

/// Is the entity's `uri` part of the answer?
#[derive(Clone, Copy, PartialEq, Eq)]
enum Address {
    Shown,
    Hidden,
}

/// The entity as stored, null attributes left out, each member with a comma before it. One that may not be read shows
/// nothing but its key.
fn write_entity(
    run: &mut Run,
    out: &mut String,
    entity: &Rc<Entity>,
    projection: &Projection,
    address: Address,
) -> Result<(), RestError> {
    let context = Rc::clone(run.context());
    let dataclass = entity.dataclass();
    let key = entity.key();
    out.push_str(",\"__KEY\":");
    tessera_values::write_json_string(out, &key_text(&key));
    push(out, format_args!(",\"__STAMP\":{}", entity.stamp()));
    if address == Address::Shown {
        out.push_str(",\"uri\":\"");
        push_uri(out, &context.application().catalog.dataclass(dataclass).name, &key);
        out.push('"');
    }
    out.push_str(",\"__TIMESTAMP\":");
    write_timestamp(out, entity.timestamp_ms());
    if tessera_orda::access::may(&context, dataclass, tessera_sessions::Action::Read) {
        let level = level::load(run, dataclass, vec![result::row_of(entity)], projection)?;
        let mut writer = EntityWriter::new(&context, projection, &level);
        writer.omit_nulls = true;
        writer.write_attributes(out, 0);
    }
    Ok(())
}
