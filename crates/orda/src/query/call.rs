//! The arguments of `.query()`: text or formula, values, settings (`docs/API/DataClassClass.md`).

use std::rc::Rc;

use tessera_model::query::Parameters;
use tessera_values::{ErrorStack, ObjectRef, Text, Value};
use tessera_vm::FunctionValue;

use super::Telling;
use crate::entity::functions::IntoOrda as _;

/// The arguments of `.query()`: text or formula, values, settings.
pub(super) struct Call {
    pub(super) text: Option<Text>,
    pub(super) formula: Option<FunctionValue>,
    pub(super) parameters: Parameters,
    pub(super) argument: Value,
    pub(super) formulas_allowed: bool,
    pub(super) telling: Telling,
}

pub(super) fn read_call(arguments: &[Value]) -> Result<Call, ErrorStack> {
    let expecting = || ErrorStack::data(1626, "Expecting a text or formula");
    let first = arguments.first().ok_or_else(expecting)?;
    let (text, formula) = match first {
        Value::Text(text) => (Some(text.clone()), None),
        other => (None, Some(other.as_native::<FunctionValue>().ok_or_else(expecting)?.clone())),
    };
    let mut values: Vec<Value> = arguments[1..].iter().map(as_key).collect();
    let highest = text.as_deref().map_or(0, highest_placeholder);
    let settings = match values.last() {
        Some(Value::Object(settings)) if values.len() > highest => Some(settings.clone()),
        _ => None,
    };
    if settings.is_some() {
        values.pop();
    }
    let setting = |name: &str| {
        settings.as_ref().and_then(|settings: &ObjectRef| settings.get(name)).unwrap_or_default()
    };
    Ok(Call {
        text,
        formula,
        formulas_allowed: setting("allowFormulas").as_boolean().unwrap_or(true),
        argument: setting("args"),
        telling: Telling {
            plan: setting("queryPlan").as_boolean().unwrap_or(false),
            path: setting("queryPath").as_boolean().unwrap_or(false),
        },
        parameters: Parameters {
            positional: values,
            named: setting("parameters"),
            attributes: setting("attributes"),
        },
    })
}

/// The highest `:n` of a query text.
fn highest_placeholder(text: &str) -> usize {
    text.split(':')
        .skip(1)
        .filter_map(|rest| {
            let rest = rest.trim_start();
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            rest[..end].parse().ok()
        })
        .max()
        .unwrap_or(0)
}

/// An entity as a value compares by its key.
fn as_key(value: &Value) -> Value {
    match value {
        Value::Native(native) => match Rc::clone(native).into_entity() {
            Ok(entity) => entity.key().to_value(),
            Err(()) => value.clone(),
        },
        value => value.clone(),
    }
}
