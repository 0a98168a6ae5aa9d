//! Values on their way to another server and back (`docs/REST/…`).

use std::rc::Rc;
use std::sync::Arc;

use tessera_values::{
    CollectionRef, Date, DateForm, ErrorStack, FourDError, ObjectRef, Text, Time, Value, write_json,
};

use super::connection::Connection;
use super::entity::RemoteEntity;
use super::selection::RemoteSelection;
use crate::context::Context;

/// The members of the protocol that a client reads and writes.
pub(super) const COUNT: &str = "__COUNT";
pub(super) const DATACLASS: &str = "__DATACLASS";
const DATASET: &str = "__DATASET";
pub(super) const DEFERRED: &str = "__deferred";
pub(super) const ENTITIES: &str = "__ENTITIES";
pub(super) const ENTITY: &str = "__ENTITY";
pub(super) const ENTITYSET: &str = "__ENTITYSET";
const ERROR: &str = "__ERROR";
const ERROR_CODE: &str = "errCode";
pub(super) const QUERY_PATH: &str = "__queryPath";
pub(super) const QUERY_PLAN: &str = "__queryPlan";
pub(super) const STATUS: &str = "__STATUS";
/// How names begin that are no attributes.
pub(super) const RESERVED: &str = "__";

/// The longest address that is sent; other servers refuse longer ones.
const PATH_BYTES_MAX: usize = 16 * 1024;

/// A member of an answer.
pub(super) fn member(json: &Value, name: &str) -> Value {
    match json {
        Value::Object(object) => object.get(name).unwrap_or_default(),
        _ => Value::Undefined,
    }
}

/// The errors an answer tells.
pub(super) fn errors(json: &Value) -> Option<ErrorStack> {
    let Value::Collection(errors) = member(json, ERROR) else { return None };
    let errors: Vec<FourDError> = errors
        .to_vec()
        .iter()
        .map(|error| {
            let text = |name: &str| member(error, name).as_text().cloned().unwrap_or_default();
            let code = member(error, ERROR_CODE).as_integer().filter(|code| *code != 0).unwrap_or(1610);
            FourDError::new(&text("componentSignature"), code, text("message"))
        })
        .collect();
    (!errors.is_empty()).then_some(ErrorStack { errors, fatal: false })
}

/// What code gets for the value of an attribute.
pub(super) fn decode(type_name: &str, raw: &Value) -> Value {
    match (type_name, raw) {
        ("date", Value::Text(text)) => {
            Date::parse_rest(text).or_else(|| Date::parse_iso(text)).map_or(Value::Null, Value::Date)
        }
        ("duration", value) if value.as_integer().is_some() => {
            Value::Time(Time::from_seconds(value.as_integer().unwrap_or_default().div_euclid(1000)))
        }
        ("object", Value::Collection(numbers)) => {
            // Only vectors are arrays here.
            tessera_vm::vector(numbers.to_vec().iter().filter_map(Value::as_real).collect())
        }
        (_, Value::Undefined) => Value::Null,
        (_, value) => value.clone(),
    }
}

/// A value as it is sent for an attribute. A time that lay in an object is a number of seconds.
pub(super) fn encode(name: &str, type_name: &str, value: &Value) -> Result<Value, ErrorStack> {
    Ok(match value {
        Value::Integer(seconds) if type_name == "duration" => Value::Integer(seconds.saturating_mul(1000)),
        Value::Undefined => Value::Null,
        Value::Date(date) if date.is_null() => Value::Null,
        Value::Date(date) => Value::text(date.to_rest()),
        Value::Time(time) => Value::Integer(time.milliseconds()),
        Value::Native(native) if native.numbers().is_some() => {
            let numbers = native.numbers().unwrap_or_default().iter().copied().map(Value::Real);
            Value::Collection(CollectionRef::from_vec(numbers.collect()))
        }
        // They are uploaded before they are sent.
        Value::Blob(_) if type_name == "blob" => value.clone(),
        Value::Picture(_) if type_name == "image" => value.clone(),
        Value::Blob(_) | Value::Picture(_) | Value::Native(_) | Value::Pointer(_) | Value::Array(_) => {
            return Err(ErrorStack::runtime(format!(
                "{} can't be assigned to the attribute \"{name}\" of a remote datastore.",
                value.kind()
            )));
        }
        value => value.clone(),
    })
}

/// The arguments of a function as a JSON array.
pub(super) fn arguments(arguments: &[Value]) -> Result<String, ErrorStack> {
    let sent = arguments.iter().map(argument).collect::<Result<Vec<_>, _>>()?;
    json(&Value::Collection(CollectionRef::from_vec(sent)))
}

fn argument(value: &Value) -> Result<Value, ErrorStack> {
    let Value::Native(native) = value else { return Ok(value.clone()) };
    if let Some(entity) = value.as_native::<RemoteEntity>() {
        return entity.as_argument();
    }
    if let Some(selection) = value.as_native::<RemoteSelection>() {
        let set = Value::text(selection.uri());
        return Ok(Value::Object(ObjectRef::from([(ENTITIES, Value::Boolean(true)), (DATASET, set)])));
    }
    encode(native.class_name(), "", value)
}

pub(super) fn json(value: &Value) -> Result<String, ErrorStack> {
    let mut out = String::new();
    write_json(&mut out, value, DateForm::Day)
        .map_err(|error| ErrorStack::runtime(format!("This can't be sent to a remote datastore: {error}")))?;
    Ok(out)
}

/// What a function of another server returned: an entity, a selection, or a value.
pub(super) fn result(
    context: &Rc<Context>,
    connection: &Arc<Connection>,
    answer: Value,
) -> Result<Value, ErrorStack> {
    let class = member(&answer, DATACLASS).as_text().and_then(|name| connection.catalog().dataclass(name));
    let Some(class) = class else { return Ok(member(&answer, "result")) };
    if matches!(member(&answer, ENTITIES), Value::Collection(_)) {
        return Ok(RemoteSelection::from_page(context, connection, class, &answer)?
            .map_or(Value::Null, |selection| Value::Native(selection)));
    }
    Ok(Value::Native(RemoteEntity::received(context, connection, class, &answer, None)))
}

/// `[key]` behind the name of a dataclass.
pub(super) fn key_segment(key: &Value) -> Result<String, ErrorStack> {
    let key = match key {
        Value::Text(text) => json(&Value::Text(text.clone()))?,
        Value::Integer(_) | Value::Real(_) => json(key)?,
        other => return Err(ErrorStack::runtime(format!("{} is no key of an entity.", other.kind()))),
    };
    Ok(format!("[{}]", encoded(&key)))
}

/// Percent-encoded.
pub(super) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// An option in quotes: `$filter="…"`.
pub(super) fn quoted(name: &str, value: &str) -> Result<String, ErrorStack> {
    // A quote that ends the value in the eyes of the other server would let it say something else.
    if value.contains("\"&") {
        return Err(ErrorStack::runtime(
            "A text with \"& in it has to be given as a parameter of the query.",
        ));
    }
    Ok(format!("{name}={}", encoded(&format!("\"{value}\""))))
}

/// `$params='[…]'`: neither a quote nor an ampersand may end it early.
pub(super) fn parameters(values: &[Value]) -> Result<String, ErrorStack> {
    let json = arguments(values)?.replace('\'', "\\u0027").replace('&', "\\u0026");
    Ok(format!("$params={}", encoded(&format!("'{json}'"))))
}

/// An address that is not too long.
pub(super) fn path(path: String) -> Result<String, ErrorStack> {
    if path.len() > PATH_BYTES_MAX {
        return Err(ErrorStack::runtime("The query is too long to be sent to a remote datastore."));
    }
    Ok(path)
}

/// What code asks of a remote datastore that this server does not do.
pub(super) fn refused(what: &str) -> ErrorStack {
    ErrorStack::runtime(format!("{what} is not available on a remote datastore."))
}

/// 4D's number for a function that does not exist or is not exposed (`docs/ORDA/ordaClasses.md`).
pub(super) fn unknown_function(name: &str, owner: &str) -> ErrorStack {
    ErrorStack::single(FourDError::new(
        "4DRT",
        -10729,
        format!("The function \"{name}\" does not exist in {owner}, or is not exposed."),
    ))
}

/// The name of a class as code sees it.
pub(super) fn class_name(connection: &Connection, class: usize, what: &str) -> Text {
    let name = connection.catalog().dataclasses.get(class).map(|dataclass| dataclass.name.as_str());
    format!("cs.{}{what}", name.unwrap_or_default()).into()
}
