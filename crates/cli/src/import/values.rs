//! What a value of a file or an answer is in the data.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value as Json;
use tessera_model::{Attribute, AttributeId, AttributeKind, Dataclass, FieldType};
use tessera_rest::name;
use tessera_values::{Picture, Scalar, Time};

/// One row on its way to the data.
#[derive(Debug, Default)]
pub(crate) struct Row {
    /// What is stored.
    pub(crate) values: Vec<(AttributeId, Scalar)>,
    /// What is wrong with it; a sentence each.
    pub(crate) faults: Vec<String>,
}

impl Row {
    /// Takes a value for an attribute, or notes why it can't be taken.
    pub(crate) fn take(
        &mut self,
        attribute: &Attribute,
        field: FieldType,
        value: Option<Scalar>,
        shown: &str,
    ) {
        match value.and_then(|value| field.accept(&value)) {
            Some(value) => self.values.push((attribute.id, value)),
            None => {
                let shown: String = shown.chars().take(40).collect();
                self.faults.push(format!("{}: {shown} is no {}", attribute.name, field.rest_type()));
            }
        }
    }

    /// A row of a file of objects, or an entity of a REST answer. Members that are not stored (`__KEY`, relations of
    /// several entities, computed attributes) are passed over.
    pub(crate) fn of_object(dataclass: &Dataclass, object: &serde_json::Map<String, Json>) -> Self {
        let mut row = Self::default();
        let mut links = Vec::new();
        for (member, value) in object.iter().filter(|(member, _)| !member.starts_with(name::MARK)) {
            let Some(attribute) = attribute_named(dataclass, member) else {
                row.faults.push(no_attribute(dataclass, member));
                continue;
            };
            match &attribute.kind {
                AttributeKind::Storage(field) => {
                    row.take(
                        attribute,
                        field.field_type,
                        of_json(field.field_type, value),
                        &value.to_string(),
                    );
                }
                AttributeKind::RelatedEntity { foreign_key, .. } => links.push((*foreign_key, key_in(value))),
                _ => {}
            }
        }
        // A relation says the same as its own field, where that is not among the members.
        for (foreign_key, key) in links {
            let attribute = dataclass.attribute(foreign_key);
            if let (Some(key), Some(field)) = (key, attribute.field())
                && !row.values.iter().any(|(given, _)| *given == foreign_key)
            {
                row.take(attribute, field.field_type, of_json(field.field_type, key), &key.to_string());
            }
        }
        row
    }
}

/// An attribute by its name; the case does not count when only it differs.
pub(crate) fn attribute_named<'d>(dataclass: &'d Dataclass, name: &str) -> Option<&'d Attribute> {
    let exact = dataclass.attribute_named(name);
    exact
        .or_else(|| dataclass.attributes().iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name)))
}

/// That an attribute does not exist, and which do.
pub(crate) fn no_attribute(dataclass: &Dataclass, name: &str) -> String {
    let known: Vec<&str> = dataclass.storage().iter().map(|attribute| attribute.name.as_str()).collect();
    format!("{} has no attribute {name}. It has: {}", dataclass.name, known.join(", "))
}

/// The key of a related entity: a value, or as REST writes it. `None` for what is no reference.
fn key_in(value: &Json) -> Option<&Json> {
    match value {
        Json::Object(object) => match object.get(name::KEY) {
            Some(key) => Some(key),
            None => object.get(name::DEFERRED)?.get(name::KEY),
        },
        Json::Array(_) => None,
        key => Some(key),
    }
}

/// A JSON value as a field takes it.
pub(crate) fn of_json(field: FieldType, value: &Json) -> Option<Scalar> {
    Some(match (field, value) {
        (_, Json::Null) => Scalar::Null,
        (FieldType::Object, value) => Scalar::Object(value.to_string().into()),
        (FieldType::Picture, Json::String(text)) => picture(STANDARD.decode(text.trim()).ok()?)?,
        (FieldType::Blob, Json::String(text)) => Scalar::Blob(STANDARD.decode(text.trim()).ok()?.into()),
        // REST writes times in milliseconds.
        (FieldType::Time, Json::Number(number)) => {
            Scalar::Time(Time::from_seconds(number.as_i64()?.div_euclid(1000)))
        }
        (_, Json::Bool(value)) => Scalar::Boolean(*value),
        (_, Json::Number(number)) => match number.as_i64() {
            Some(whole) => Scalar::Integer(whole),
            None => Scalar::Real(number.as_f64()?),
        },
        (_, Json::String(text)) => Scalar::from(text.as_str()),
        _ => return None,
    })
}

/// A text of a CSV file as a field takes it.
pub(crate) fn of_text(field: FieldType, text: &str) -> Option<Scalar> {
    Some(match field {
        _ if text.is_empty() => Scalar::Null,
        FieldType::Boolean => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" => Scalar::Boolean(true),
            "false" | "0" => Scalar::Boolean(false),
            _ => return None,
        },
        FieldType::Object => Scalar::Object(serde_json::from_str::<Json>(text).ok()?.to_string().into()),
        FieldType::Picture | FieldType::Blob => of_json(field, &Json::String(text.to_owned()))?,
        _ => Scalar::from(text),
    })
}

/// Bytes of a picture; without any there is none.
pub(crate) fn picture(bytes: Vec<u8>) -> Option<Scalar> {
    if bytes.is_empty() {
        return Some(Scalar::Null);
    }
    let mime = Picture::sniff(&bytes)?;
    Some(Scalar::Picture(Picture { mime: mime.into(), bytes: bytes.into() }))
}
