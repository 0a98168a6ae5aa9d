//! The members of an object a client sent, assigned to an entity (rest-protocol sections 3.6 and 7.1).

use std::rc::Rc;

use tessera_model::{Attribute, AttributeKind, FieldType};
use tessera_orda::{Entity, Run};
use tessera_values::{ObjectRef, Scalar, Text, Time, Value};

use super::name;
use crate::error::RestError;
use crate::uploads::{self, Content};

/// What a member that names no attribute does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unknown {
    /// Nothing.
    Ignored,
    /// The entity is refused (1500).
    Refused,
}

/// Assigns every member that names an attribute, and answers the uploads that were used. Members that begin with `__`
/// are never attributes.
pub(crate) fn assign(
    run: &mut Run,
    entity: &Rc<Entity>,
    object: &ObjectRef,
    unknown: Unknown,
) -> Result<Vec<Text>, RestError> {
    let mut used = Vec::new();
    let application = std::sync::Arc::clone(run.context().application());
    let described = application.catalog.dataclass(entity.dataclass());
    for member in object.keys() {
        if member.starts_with("__") {
            continue;
        }
        let attribute =
            described.attribute_named(&member).filter(|attribute| application.catalog.is_visible(attribute));
        let Some(attribute) = attribute else {
            match unknown {
                Unknown::Ignored => continue,
                Unknown::Refused => {
                    let mut error = RestError::attribute_not_found(&member, &described.name);
                    error.errors.truncate(1);
                    error.status = 500;
                    return Err(error);
                }
            }
        };
        let value = object.get(&member).unwrap_or_default();
        if let Some(value) = value_for(run, attribute, value, &mut used)?
            && !is_same(entity, attribute, &value)
        {
            entity.assign(run.process(), attribute, value)?;
        }
    }
    Ok(used)
}

/// Is it what the entity holds already? Clients send keys and unchanged values along; that is no change, and must not
/// raise the stamp (clients 2.2).
fn is_same(entity: &Entity, attribute: &Attribute, value: &Value) -> bool {
    let Some(field) = attribute.field().filter(|_| !entity.is_new()) else { return false };
    let given = Scalar::from_value(value).and_then(|given| field.field_type.accept(&given));
    given.is_some_and(|given| given == entity.scalar(attribute.id))
}

/// The value an attribute takes; `None` for attributes that clients can't write, whose members are ignored (U28).
fn value_for(
    run: &Run,
    attribute: &Attribute,
    value: Value,
    used: &mut Vec<Text>,
) -> Result<Option<Value>, RestError> {
    Ok(match &attribute.kind {
        AttributeKind::Storage(field) => match (field.field_type, value) {
            (FieldType::Time, value @ (Value::Integer(_) | Value::Real(_))) => {
                let milliseconds = value.as_integer().unwrap_or_default();
                Some(Value::Time(Time::from_seconds(milliseconds.div_euclid(1000))))
            }
            (FieldType::Picture | FieldType::Blob, Value::Null) => Some(Value::Null),
            (FieldType::Picture | FieldType::Blob, Value::Object(object))
                if object.get(name::DEFERRED).is_some() =>
            {
                None
            }
            (kind @ (FieldType::Picture | FieldType::Blob), value) => {
                let (id, content) = upload(run, &value).unzip();
                used.extend(id);
                match (kind, content) {
                    (FieldType::Picture, Some(picture @ Content::Picture(_))) => Some(picture.into_value()),
                    (FieldType::Blob, Some(Content::Blob(blob))) => Some(Value::Blob(blob)),
                    // A picture is bytes as well.
                    (FieldType::Blob, Some(Content::Picture(picture))) => Some(Value::Blob(picture.bytes)),
                    (FieldType::Picture, _) => return Err(no_upload(1825, &attribute.name)),
                    _ => return Err(no_upload(1826, &attribute.name)),
                }
            }
            (_, value) => Some(value),
        },
        AttributeKind::RelatedEntity { .. } => Some(link(value)),
        AttributeKind::RelatedEntities { .. } => None,
        AttributeKind::Calculated(calculation) => calculation.has_set.then_some(value),
        AttributeKind::Alias { path } => (!path.contains('.')).then_some(value),
    })
}

/// What `{"ID":"…"}` stands for.
pub(crate) fn upload(run: &Run, value: &Value) -> Option<(Text, Content)> {
    let Value::Object(object) = value else { return None };
    let Value::Text(id) = object.get("ID")? else { return None };
    let content = uploads::find(run, &id)?;
    Some((id, content))
}

fn no_upload(code: i64, attribute: &str) -> RestError {
    RestError::new(500, code, format!("The content of the \"{attribute}\" attribute was not uploaded"))
}

/// The key in `{"__KEY":2}` or `{"__deferred":{"__KEY":"2"}}`; a scalar is the key itself.
fn link(value: Value) -> Value {
    match value {
        Value::Object(object) => match object.get(name::KEY) {
            Some(key) => key,
            None => match object.get(name::DEFERRED) {
                Some(Value::Object(deferred)) => deferred.get(name::KEY).unwrap_or(Value::Null),
                _ => Value::Null,
            },
        },
        value => value,
    }
}
