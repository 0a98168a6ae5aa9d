//! Arguments of a function call (rest-protocol section 9.3): JSON to values, entities included.

use std::rc::Rc;

use tessera_orda::Type;
use tessera_orda::{Entity, Run, key_of};
use tessera_store::Columns;
use tessera_values::{Date, ObjectRef, Scalar, Text, Value, parse_client_json};

use super::name;
use crate::error::RestError;

/// The most arguments a call takes.
const ARGUMENTS_MAX: usize = 255;

/// Reads the array of arguments; anything else is one argument. An empty text means none.
pub(crate) fn read(text: &str) -> Result<Vec<Value>, RestError> {
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let value = parse_client_json(text).map_err(|error| RestError::malformed(error.to_string()))?;
    let arguments = match value {
        Value::Collection(arguments) => arguments.to_vec(),
        value => vec![value],
    };
    if arguments.len() > ARGUMENTS_MAX {
        return Err(RestError::malformed("A function takes at most 255 arguments"));
    }
    Ok(arguments)
}

/// Turns what was read into what the function's parameters expect.
pub(crate) fn resolve(
    run: &mut Run,
    arguments: Vec<Value>,
    parameters: &[Type],
) -> Result<Vec<Value>, RestError> {
    arguments
        .into_iter()
        .enumerate()
        .map(|(position, argument)| match argument {
            // UNSPECIFIED (U25): an upload as an argument. Taken: where a picture or blob is declared.
            value @ Value::Object(_)
                if matches!(parameters.get(position), Some(Type::Picture | Type::Blob)) =>
            {
                let content = crate::json::members::upload(run, &value).map(|(_, content)| content);
                content
                    .map(crate::uploads::Content::into_value)
                    .ok_or_else(|| RestError::new(500, 1826, "The content of an argument was not uploaded"))
            }
            Value::Object(object) => object_argument(run, object),
            Value::Text(text) if parameters.get(position) == Some(&Type::Date) => Ok(Date::parse_iso(&text)
                .or_else(|| Date::parse_rest(&text))
                .map_or(Value::Text(text), Value::Date)),
            other => Ok(other),
        })
        .collect()
}

/// An object may stand for an entity or for an entity selection.
fn object_argument(run: &mut Run, object: ObjectRef) -> Result<Value, RestError> {
    let is_set = |member: &str| matches!(object.get(member), Some(Value::Boolean(true)));
    if is_set(name::ENTITIES)
        && let Some(Value::Text(id)) = object.get(name::DATASET)
    {
        return selection_argument(run, &id);
    }
    let (true, Some(Value::Text(dataclass))) = (is_set(name::ENTITY), object.get(name::DATACLASS)) else {
        return Ok(Value::Object(object));
    };
    let application = std::sync::Arc::clone(run.context().application());
    let dataclass = crate::plan::exposed(&application, &dataclass)?;
    let context = Rc::clone(run.context());
    let key = object.get(name::KEY).filter(|key| !key.is_nothing());
    let entity = match key {
        Some(key) => {
            let key = Scalar::from_value(&key).and_then(|key| key_of(&context, dataclass, &key));
            let attribute = application.catalog.dataclass(dataclass).key;
            let row = match key {
                Some(key) => run.read_row(dataclass, attribute, &key, &Columns::all())?,
                None => None,
            };
            // UNSPECIFIED (U46): an unknown key gives Null.
            let Some(row) = row else { return Ok(Value::Null) };
            Entity::from_row(&context, dataclass, row)
        }
        None => Entity::create(run.process(), &context, dataclass)?,
    };
    crate::json::members::assign(run, &entity, &object, crate::json::members::Unknown::Ignored)?;
    Ok(Value::Native(entity))
}

/// `{"__ENTITIES":true,"__DATASET":"…"}`: the entity set of that id.
fn selection_argument(run: &mut Run, id: &Text) -> Result<Value, RestError> {
    // Clients give the id alone or the address of the set.
    let id = id.rsplit('/').next().unwrap_or_default();
    let id = id.split(['?', '#']).next().unwrap_or_default();
    let selection = crate::entity_sets::open_any(run, id)?;
    Ok(Value::Native(selection.ok_or_else(|| RestError::set_not_found(id))?))
}
