//! `ds.Customers.name`: what an attribute is (`docs/API/DataClassClass.md`).

use tessera_model::{Attribute, AttributeKind, Dataclass};
use tessera_values::{ObjectRef, Properties, Value};

use crate::context::Context;
use crate::leads::Leads;

/// The numbers of the type constants for one entity, and for several.
const IS_OBJECT: i64 = 38;
const IS_COLLECTION: i64 = 42;
/// How many aliases may lead through one another.
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
    match Leads::of(catalog, dataclass, attribute) {
        Leads::One(target) => return (catalog.dataclass(target).name.to_string(), IS_OBJECT),
        Leads::Many(target) => {
            return (format!("{}Selection", catalog.dataclass(target).name), IS_COLLECTION);
        }
        Leads::Value => {}
    }
    match &attribute.kind {
        AttributeKind::Storage(field) => {
            (field.field_type.orda_type().to_owned(), field.field_type.type_number())
        }
        AttributeKind::Calculated(calculation) => {
            let (word, number) = result_type(&calculation.value_type);
            (word.to_owned(), number)
        }
        AttributeKind::Alias { path } if depth < DEPTH_MAX => {
            let (way, name) = path.rsplit_once('.').unwrap_or(("", path));
            let mut names = way.split('.').filter(|name| !name.is_empty());
            let end = names.try_fold((dataclass, false), |(here, many), name| {
                let leads = Leads::of(catalog, here, here.attribute_named(name)?);
                Some((catalog.dataclass(leads.target()?), many || matches!(leads, Leads::Many(_))))
            });
            match end.and_then(|(here, many)| Some((here, here.attribute_named(name)?, many))) {
                // One value of each of several entities.
                Some((_, _, true)) => ("collection".to_owned(), IS_COLLECTION),
                Some((here, end, false)) => type_of(context, here, end, depth + 1),
                None => ("object".to_owned(), IS_OBJECT),
            }
        }
        _ => ("object".to_owned(), IS_OBJECT),
    }
}

/// The type a `get` function declares.
fn result_type(declared: &str) -> (&'static str, i64) {
    match declared {
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
        declared if declared.is_empty() || declared == "Variant" => ("variant", 12),
        // Of a class.
        _ => ("object", IS_OBJECT),
    }
}
