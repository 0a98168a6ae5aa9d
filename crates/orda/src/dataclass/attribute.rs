//! `ds.Customers.name`: what an attribute is (`docs/API/DataClassClass.md`).

use tessera_model::{Attribute, AttributeKind, Calculation, Dataclass};
use tessera_values::{ObjectRef, Properties, Value};

use crate::context::Context;

/// The numbers of the type constants for one entity, and for several.
const IS_OBJECT: i64 = 38;
const IS_COLLECTION: i64 = 42;
/// How many relations an alias of aliases may lead through.
const DEPTH_MAX: usize = 8;

/// The object that describes an attribute; writing to it changes nothing.
pub(super) fn describe(context: &Context, dataclass: &Dataclass, attribute: &Attribute) -> Value {
    let mut properties = Properties::from_iter([
        ("name".into(), Value::Text(attribute.name.clone())),
        ("kind".into(), Value::text(attribute.kind_name())),
        ("exposed".into(), Value::Boolean(attribute.exposed)),
    ]);
    // An alias of an attribute of its own is described as that attribute is.
    let own_target = match &attribute.kind {
        AttributeKind::Alias { path } => dataclass.attribute_named(path),
        _ => None,
    };
    let described = own_target.unwrap_or(attribute);
    let (type_name, number) = type_of(context, dataclass, described, 0);
    let mut put = |name: &str, value: Value| {
        properties.insert(name.into(), value);
    };
    put("type", Value::text(type_name));
    put("fieldType", Value::Integer(number));
    match &described.kind {
        AttributeKind::Storage(field) => {
            put("fieldNumber", Value::Integer(i64::from(field.number)));
            put("indexed", Value::Boolean(field.indexed));
            put("keywordIndexed", Value::Boolean(field.keyword_indexed));
            put("autoFilled", Value::Boolean(field.auto_filled()));
            put("mandatory", Value::Boolean(field.not_null));
            put("unique", Value::Boolean(field.unique));
            put("readOnly", Value::Boolean(false));
        }
        AttributeKind::RelatedEntity { target, inverse, .. }
        | AttributeKind::RelatedEntities { target, inverse, .. } => {
            let target = &context.application().catalog.dataclass(*target).name;
            put("relatedDataClass", Value::Text(target.clone()));
            put("inverseName", inverse.clone().map_or(Value::Null, Value::Text));
            let many = matches!(described.kind, AttributeKind::RelatedEntities { .. });
            put("readOnly", Value::Boolean(many));
        }
        // UNSPECIFIED: which of a field's properties a computed attribute has. Taken: those that say no.
        AttributeKind::Calculated(calculation) => {
            put("indexed", Value::Boolean(false));
            put("keywordIndexed", Value::Boolean(false));
            put("autoFilled", Value::Boolean(false));
            put("mandatory", Value::Boolean(false));
            put("unique", Value::Boolean(false));
            put("readOnly", Value::Boolean(!calculation.has_set));
        }
        AttributeKind::Alias { path } => {
            put("path", Value::Text(path.clone()));
            put("readOnly", Value::Boolean(true));
        }
    }
    Value::Object(ObjectRef::from_properties(properties))
}

/// The type of an attribute's values as a word, and as a number of the language's type constants.
fn type_of(context: &Context, dataclass: &Dataclass, attribute: &Attribute, depth: usize) -> (String, i64) {
    let catalog = &context.application().catalog;
    match &attribute.kind {
        AttributeKind::Storage(field) => {
            (field.field_type.orda_type().to_owned(), field.field_type.type_number())
        }
        AttributeKind::RelatedEntity { target, .. } => {
            (catalog.dataclass(*target).name.to_string(), IS_OBJECT)
        }
        AttributeKind::RelatedEntities { target, .. } => {
            (format!("{}Selection", catalog.dataclass(*target).name), IS_COLLECTION)
        }
        AttributeKind::Calculated(calculation) => result_type(calculation),
        AttributeKind::Alias { path } => {
            let end = path.split('.').try_fold((dataclass, None), |(here, before), name| {
                let here = match before {
                    None => here,
                    Some(before) => catalog.dataclass(Attribute::target(before)?),
                };
                Some((here, Some(here.attribute_named(name)?)))
            });
            match end {
                Some((here, Some(end))) if depth < DEPTH_MAX => type_of(context, here, end, depth + 1),
                _ => ("object".to_owned(), IS_OBJECT),
            }
        }
    }
}

/// The type a `get` function declares.
fn result_type(calculation: &Calculation) -> (String, i64) {
    let declared = calculation.value_type.as_str();
    let (word, number) = match declared {
        "Text" => ("string", 2),
        "Integer" => ("number", 9),
        "Real" => ("number", 1),
        "Time" => ("number", 11),
        "Boolean" => ("bool", 6),
        "Date" => ("date", 4),
        "Picture" => ("image", 3),
        "Blob" => ("blob", 30),
        "Object" => ("object", IS_OBJECT),
        "Collection" => ("collection", IS_COLLECTION),
        _ => {
            let class = declared.strip_prefix("cs.").unwrap_or(declared);
            return match class.strip_suffix("Entity") {
                Some(dataclass) if !dataclass.is_empty() => (dataclass.to_owned(), IS_OBJECT),
                _ if class.ends_with("Selection") => (class.to_owned(), IS_COLLECTION),
                // What is not declared may be anything.
                _ => ("variant".to_owned(), 12),
            };
        }
    };
    (word.to_owned(), number)
}
