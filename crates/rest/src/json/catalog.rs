//! `$catalog` (rest-protocol section 5.1).

use tessera_model::{Attribute, AttributeKind, Dataclass, DataclassId, FieldType};
use tessera_orda::{Application, ExposedFunction, Leads};
use tessera_values::write_json_string;

use super::value::push;

/// Which dataclasses, and how much of them.
pub(crate) enum Extent<'e> {
    /// Names and addresses of all.
    List,
    /// Everything about all.
    All,
    /// Everything about these.
    Of(&'e [DataclassId]),
}

/// The whole answer.
pub(crate) fn write(application: &Application, extent: &Extent<'_>) -> String {
    let mut out = String::from("{\"__UNIQID\":");
    write_json_string(&mut out, &application.store.unique_id());
    out.push_str(",\"__BASEID\":null,\"__NAME\":");
    write_json_string(&mut out, &application.name);
    out.push_str(",\"properties\":{\"supportJSONEntityKey\":true}");
    if !matches!(extent, Extent::Of(_)) {
        let functions = application.datastore_functions();
        if !functions.is_empty() {
            out.push_str(",\"methods\":[");
            join(&mut out, &functions, |out, function| write_function(out, function, Some("dataStore")));
            out.push(']');
        }
        let singletons = application.exposed_singletons();
        if !singletons.is_empty() {
            out.push_str(",\"singletons\":[");
            join(&mut out, &singletons, |out, (name, functions)| {
                out.push_str("{\"name\":");
                write_json_string(out, name);
                out.push_str(",\"methods\":[");
                join(out, functions, |out, function| write_function(out, function, None));
                out.push_str("]}");
            });
            out.push(']');
        }
    }
    out.push_str(",\"dataClasses\":[");
    let exposed: Vec<&Dataclass> = match extent {
        Extent::Of(ids) => ids.iter().map(|id| application.catalog.dataclass(*id)).collect(),
        _ => application.catalog.dataclasses().iter().filter(|dataclass| dataclass.exposed).collect(),
    };
    join(&mut out, &exposed, |out, dataclass| match extent {
        Extent::List => write_name(out, dataclass),
        _ => write_dataclass(out, application, dataclass),
    });
    out.push_str("]}");
    out
}

fn join<T>(out: &mut String, items: &[T], mut write: impl FnMut(&mut String, &T)) {
    for (position, item) in items.iter().enumerate() {
        if position > 0 {
            out.push(',');
        }
        write(out, item);
    }
}

fn write_name(out: &mut String, dataclass: &Dataclass) {
    let name = &dataclass.name;
    push(
        out,
        format_args!(
            "{{\"name\":\"{name}\",\"uri\":\"/rest/$catalog/{name}\",\"dataURI\":\"/rest/{name}\"}}"
        ),
    );
}

/// `applyTo` words for functions of dataclasses: UNSPECIFIED (U21).
fn write_function(out: &mut String, function: &ExposedFunction, apply_to: Option<&str>) {
    out.push_str("{\"name\":");
    write_json_string(out, &function.name);
    if let Some(apply_to) = apply_to {
        push(out, format_args!(",\"applyTo\":\"{apply_to}\",\"scope\":\"public\",\"from\":\"remoteServer\""));
    }
    push(out, format_args!(",\"allowedOnHTTPGET\":{},\"exposed\":true}}", function.on_http_get));
}

fn write_dataclass(out: &mut String, application: &Application, dataclass: &Dataclass) {
    let name = &dataclass.name;
    push(
        out,
        format_args!(
            "{{\"name\":\"{name}\",\"className\":\"{name}\",\"collectionName\":\"{name}Selection\",\
             \"tableNumber\":{},\"scope\":\"public\",\"exposed\":true,\"uuid\":\"{}\",\"dataURI\":\"/rest/{name}\",\
             \"attributes\":[",
            dataclass.table_number, dataclass.uuid
        ),
    );
    let visible: Vec<&Attribute> =
        dataclass.attributes().iter().filter(|attribute| application.catalog.is_visible(attribute)).collect();
    join(out, &visible, |out, attribute| write_attribute(out, application, dataclass, attribute));
    out.push(']');
    let functions = application.functions_of(dataclass.id);
    if functions.iter().any(|functions| !functions.is_empty()) {
        out.push_str(",\"methods\":[");
        let words = ["dataClass", "entity", "entityCollection"];
        let all: Vec<_> =
            functions.iter().zip(words).flat_map(|(fs, word)| fs.iter().map(move |f| (f, word))).collect();
        join(out, &all, |out, (function, word)| write_function(out, function, Some(word)));
        out.push(']');
    }
    push(out, format_args!(",\"key\":[{{\"name\":\"{}\"}}]}}", dataclass.key_attribute().name));
}

fn write_attribute(
    out: &mut String,
    application: &Application,
    dataclass: &Dataclass,
    attribute: &Attribute,
) {
    out.push_str("{\"name\":");
    write_json_string(out, &attribute.name);
    push(out, format_args!(",\"kind\":\"{}\"", attribute.kind_name()));
    let target = |id: &DataclassId| application.catalog.dataclass(*id);
    match &attribute.kind {
        AttributeKind::Storage(field) => {
            push(
                out,
                format_args!(
                    ",\"fieldPos\":{},\"scope\":\"public\",\"type\":\"{}\"",
                    field.number,
                    field.field_type.rest_type()
                ),
            );
            let flags = [
                ("indexed", field.indexed),
                ("unique", field.unique),
                ("not_null", field.not_null),
                ("autosequence", field.autosequence),
                ("multiLine", field.multi_line),
                ("simpleDate", field.field_type == FieldType::Date),
                ("identifying", attribute.id == dataclass.key),
            ];
            for (name, _) in flags.iter().filter(|(_, on)| *on) {
                push(out, format_args!(",\"{name}\":true"));
            }
        }
        AttributeKind::RelatedEntity { target: id, foreign_key, inverse, .. } => {
            let target = &target(id).name;
            push(out, format_args!(",\"scope\":\"public\",\"type\":\"{target}\",\"path\":\"{target}\""));
            push(out, format_args!(",\"foreignKey\":\"{}\"", dataclass.attribute(*foreign_key).name));
            if let Some(inverse) = inverse {
                push(out, format_args!(",\"inverseName\":\"{inverse}\""));
            }
        }
        AttributeKind::RelatedEntities { target: id, inverse, .. } => {
            push(
                out,
                format_args!(
                    ",\"scope\":\"public\",\"type\":\"{}Selection\",\"reversePath\":true",
                    target(id).name
                ),
            );
            if let Some(inverse) = inverse {
                push(out, format_args!(",\"path\":\"{inverse}\",\"inverseName\":\"{inverse}\""));
            }
        }
        AttributeKind::Calculated(calculation) => {
            push(
                out,
                format_args!(
                    ",\"scope\":\"public\",\"type\":\"{}\"",
                    entities_type(application, dataclass, attribute)
                        .unwrap_or_else(|| computed_type(&calculation.value_type).into())
                ),
            );
            if !calculation.has_set {
                out.push_str(",\"readOnly\":true");
            }
        }
        AttributeKind::Alias { path } => {
            push(
                out,
                format_args!(
                    ",\"scope\":\"public\",\"type\":\"{}\",\"path\":\"{path}\"",
                    entities_type(application, dataclass, attribute).unwrap_or_else(|| alias_type(
                        application,
                        dataclass,
                        path
                    ))
                ),
            );
            if path.contains('.') {
                out.push_str(",\"readOnly\":true");
            }
        }
    }
    out.push_str(",\"exposed\":true");
    if !attribute.uuid.is_empty() {
        push(out, format_args!(",\"uuid\":\"{}\"", attribute.uuid));
    }
    out.push('}');
}

/// The catalog's word for a type declared in code.
fn computed_type(declared: &str) -> &str {
    match declared {
        "Text" => "string",
        "Integer" => "long",
        "Real" => "number",
        "Boolean" => "bool",
        "Date" => "date",
        "Time" => "duration",
        "Picture" => "image",
        "Blob" => "blob",
        _ => "object",
    }
}

/// The class of the entities an attribute leads to.
fn entities_type(application: &Application, dataclass: &Dataclass, attribute: &Attribute) -> Option<String> {
    let name = |target| &application.catalog.dataclass(target).name;
    match Leads::of(&application.catalog, dataclass, attribute) {
        Leads::Value => None,
        Leads::One(target) => Some(name(target).to_string()),
        Leads::Many(target) => Some(format!("{}Selection", name(target))),
    }
}

/// The catalog's word for the type of an attribute's values; `None` for what leads to entities.
pub(crate) fn value_type(
    application: &Application,
    dataclass: &Dataclass,
    attribute: &Attribute,
) -> Option<String> {
    match &attribute.kind {
        AttributeKind::Storage(field) => Some(field.field_type.rest_type().into()),
        _ if Leads::of(&application.catalog, dataclass, attribute) != Leads::Value => None,
        AttributeKind::Calculated(calculation) => Some(computed_type(&calculation.value_type).into()),
        AttributeKind::Alias { path } => Some(alias_type(application, dataclass, path)),
        AttributeKind::RelatedEntity { .. } | AttributeKind::RelatedEntities { .. } => None,
    }
}

/// The type of what an alias leads to.
fn alias_type(application: &Application, dataclass: &Dataclass, path: &str) -> String {
    let mut at = dataclass;
    let mut found = None;
    for step in path.split('.') {
        let Some(attribute) = at.attribute_named(step) else { return "object".into() };
        found = Some(attribute);
        if let Some(target) = attribute.target() {
            at = application.catalog.dataclass(target);
        }
    }
    match found.map(|attribute| &attribute.kind) {
        Some(AttributeKind::Storage(field)) => field.field_type.rest_type().into(),
        Some(AttributeKind::Calculated(calculation)) => computed_type(&calculation.value_type).into(),
        _ => "object".into(),
    }
}
