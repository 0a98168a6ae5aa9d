//! What entities, pages and errors look like.

use serde_json::{Value as Json, json};
use tessera_model::{Attribute, AttributeKind, Dataclass, FieldType};
use tessera_orda::Type;

use super::{Caller, Members, reference};

/// Schemas every project has.
pub(super) fn common() -> Members {
    let Json::Object(schemas) = json!({
        "Error": {
            "type": "object",
            "required": ["__ERROR"],
            "properties": {
                "__ERROR": {
                    "type": "array",
                    "minItems": 1,
                    "items": {
                        "type": "object",
                        "required": ["message", "componentSignature", "errCode"],
                        "properties": {
                            "message": {"type": "string"},
                            "componentSignature": {"type": "string"},
                            "errCode": {"type": "integer"},
                        },
                    },
                },
            },
        },
        "Ok": {"type": "object", "required": ["ok"], "properties": {"ok": {"const": true}}},
        "Status": {
            "type": "object",
            "properties": {
                "success": {"type": "boolean"},
                "status": {"type": "integer"},
                "statusText": {"type": "string"},
            },
        },
        "Deferred": {
            "type": "object",
            "required": ["__deferred"],
            "properties": {
                "__deferred": {
                    "type": "object",
                    "required": ["uri"],
                    "properties": {
                        "uri": {"type": "string"},
                        "__KEY": {"type": "string"},
                        "image": {"type": "boolean"},
                    },
                },
            },
        },
    }) else {
        return Members::new();
    };
    schemas
}

/// The schemas of a dataclass: an entity as it is read, a page of them, and an entity as it is written.
pub(super) fn of(caller: &Caller<'_>, dataclass: &Dataclass) -> Members {
    let catalog = &caller.run.context().application().catalog;
    let mut read = Members::new();
    let mut written = Members::new();
    read.insert("__KEY".into(), json!({"type": "string"}));
    read.insert("__STAMP".into(), json!({"type": "integer"}));
    read.insert("__TIMESTAMP".into(), json!({"type": "string", "format": "date-time"}));
    read.insert("__STATUS".into(), reference("Status"));
    written.insert("__KEY".into(), json!({"type": ["string", "integer"]}));
    written.insert("__STAMP".into(), json!({"type": "integer"}));
    for attribute in dataclass.attributes().iter().filter(|attribute| catalog.is_visible(attribute)) {
        if !caller.may_read(dataclass, attribute) {
            continue;
        }
        let name = attribute.name.to_string();
        read.insert(name.clone(), value(attribute));
        if let Some(input) = input(attribute) {
            written.insert(name, input);
        }
    }
    let name = &dataclass.name;
    let page = json!({
        "type": "object",
        "required": ["__COUNT", "__FIRST", "__SENT", "__ENTITIES"],
        "properties": {
            "__ENTITYSET": {"type": "string"},
            "__DATACLASS": {"const": name.as_str()},
            "__entityModel": {"const": name.as_str()},
            "__GlobalStamp": {"type": "integer"},
            "__COUNT": {"type": "integer", "minimum": 0},
            "__FIRST": {"type": "integer", "minimum": 0},
            "__SENT": {"type": "integer", "minimum": 0},
            "__ENTITIES": {"type": "array", "items": reference(name)},
        },
    });
    let mut schemas = Members::new();
    schemas.insert(name.to_string(), json!({"type": "object", "properties": read}));
    schemas.insert(format!("{name}Selection"), page);
    schemas.insert(format!("{name}Input"), json!({"type": "object", "properties": written}));
    schemas
}

/// An attribute as it is read. One that may not be read stands as `__INVALID` when it is asked for by name, so only
/// readable ones get here.
fn value(attribute: &Attribute) -> Json {
    match &attribute.kind {
        AttributeKind::Storage(field) => match field.field_type {
            FieldType::Boolean => json!({"type": ["boolean", "null"]}),
            FieldType::Integer | FieldType::Long | FieldType::Integer64 | FieldType::Time => {
                json!({"type": ["integer", "null"]})
            }
            FieldType::Real | FieldType::Float => json!({"type": ["number", "null"]}),
            FieldType::Date => {
                json!({"type": ["string", "null"], "description": "day!month!year", "examples": ["31!12!2026"]})
            }
            FieldType::Alpha { .. } | FieldType::Text | FieldType::Uuid => {
                json!({"type": ["string", "null"]})
            }
            FieldType::Picture | FieldType::Blob => {
                json!({"oneOf": [{"type": "null"}, reference("Deferred")]})
            }
            FieldType::Object => json!({"type": ["object", "array", "null"]}),
        },
        AttributeKind::RelatedEntity { .. } | AttributeKind::RelatedEntities { .. } => {
            json!({"type": ["object", "null"], "description": "deferred, or the related entities when asked for"})
        }
        AttributeKind::Calculated(_) | AttributeKind::Alias { .. } => json!({}),
    }
}

/// An attribute as it is written; `None` for one that clients can't write.
fn input(attribute: &Attribute) -> Option<Json> {
    Some(match &attribute.kind {
        AttributeKind::Storage(field) => match field.field_type {
            FieldType::Picture | FieldType::Blob => json!({
                "oneOf": [
                    {"type": "null"},
                    {"type": "object", "required": ["ID"], "properties": {"ID": {"type": "string"}}},
                ],
            }),
            FieldType::Alpha { max } => json!({"type": ["string", "null"], "maxLength": max}),
            _ => value(attribute),
        },
        AttributeKind::RelatedEntity { .. } => json!({
            "oneOf": [
                {"type": ["string", "integer", "null"]},
                {"type": "object", "required": ["__KEY"], "properties": {"__KEY": {}}},
            ],
        }),
        AttributeKind::Calculated(calculation) if calculation.has_set => json!({}),
        AttributeKind::Alias { path } if !path.contains('.') => json!({}),
        _ => return None,
    })
}

/// A parameter of a function, by its declared type.
pub(super) fn parameter(declared: &Type) -> Json {
    match declared {
        Type::Text => json!({"type": "string"}),
        Type::Integer => json!({"type": "integer"}),
        Type::Real => json!({"type": "number"}),
        Type::Boolean => json!({"type": "boolean"}),
        Type::Date => json!({"type": "string", "format": "date"}),
        Type::Collection => json!({"type": "array"}),
        Type::Object => json!({"type": "object"}),
        _ => json!({}),
    }
}
