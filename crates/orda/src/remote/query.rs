//! The text, values and settings of a query as options of an address. The protocol knows placeholders by position only.

use tessera_model::query::{Parameters, by_position};
use tessera_values::{ErrorStack, ObjectRef, Text, Value};
use tessera_vm::FunctionValue;

use super::entity::RemoteEntity;
use super::wire;
use crate::query::query_error;

/// The options of a query text with values and settings.
pub(super) fn query_options(arguments: &[Value]) -> Result<String, ErrorStack> {
    let Some(Value::Text(text)) = arguments.first() else {
        return Err(match arguments.first() {
            Some(Value::Native(_)) => wire::refused("A query by a formula"),
            _ => ErrorStack::data(1626, "Expecting a text or formula"),
        });
    };
    let mut values: Vec<Value> = arguments[1..].iter().map(as_key).collect();
    let mut text = text.to_string();
    let mut options = String::new();
    if let Some(Value::Object(settings)) = values.last().cloned()
        && !text.contains(&format!(":{}", values.len()))
    {
        values.pop();
        if settings.get("args").is_some_and(|value| !value.is_nothing()) {
            return Err(wire::refused("The setting \"args\" of a query"));
        }
        let setting = |name: &str| settings.get(name).filter(|value| !value.is_nothing());
        let (named, attributes) = (setting("parameters"), setting("attributes"));
        if named.is_some() || attributes.is_some() {
            let named = with_keys(&named.unwrap_or_default());
            let attributes = attributes.unwrap_or_default();
            let parameters = Parameters { positional: values, named, attributes };
            (text, values) = by_position(&text, &parameters).map_err(query_error)?;
        }
        for (setting, option) in [("queryPlan", "$queryplan"), ("queryPath", "$querypath")] {
            if settings.get(setting).and_then(|on| on.as_boolean()) == Some(true) {
                options.push_str(&format!("{option}=true&"));
            }
        }
    }
    if values.iter().any(|value| value.as_native::<FunctionValue>().is_some()) {
        return Err(wire::refused("A formula as a value of a query"));
    }
    if !values.is_empty() {
        options.push_str(&wire::parameters(&values)?);
        options.push('&');
    }
    Ok(format!("{}&{options}", wire::quoted("$filter", &text)?))
}

/// An entity as a value compares by its key.
fn as_key(value: &Value) -> Value {
    value.as_native::<RemoteEntity>().map_or_else(|| value.clone(), RemoteEntity::key)
}

/// The object of named values with keys in the place of its entities.
fn with_keys(named: &Value) -> Value {
    match named {
        Value::Object(values) => {
            let member = |name: Text| {
                let value = values.get(&name).unwrap_or_default();
                (name, as_key(&value))
            };
            Value::Object(values.keys().into_iter().map(member).collect::<ObjectRef>())
        }
        other => other.clone(),
    }
}
