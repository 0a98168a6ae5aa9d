//! Error objects: what an event returns to refuse, and how errors look in the `errors` of a result.

use tessera_values::{ErrorStack, FourDError, ObjectRef, Properties, Text, Value};

use crate::save::SaveFailure;

/// What an error object returned by an event means.
pub(super) fn refusal(error: &ObjectRef, validates: bool) -> SaveFailure {
    let is_serious = ["seriousError", "fatalError"]
        .iter()
        .any(|name| matches!(error.get(name), Some(Value::Boolean(true))));
    let status = match (validates, is_serious) {
        (true, false) => 7,
        (true, true) => 8,
        (false, _) => 4,
    };
    let code = error.get("errCode").and_then(|code| code.as_integer()).unwrap_or(-1);
    let message = match error.get("message") {
        Some(Value::Text(message)) => message,
        _ => Text::new(),
    };
    let mut properties: Properties =
        error.keys().into_iter().filter_map(|name| Some((name.clone(), error.get(&name)?))).collect();
    properties.insert("componentSignature".into(), Value::text(COMPONENT));
    let stack = ErrorStack::single(FourDError::new(COMPONENT, code, message));
    SaveFailure::Event {
        status,
        error: Value::Object(ObjectRef::from_properties(properties)),
        thrown: (status != 7).then_some(stack),
    }
}

/// The component of errors that events return.
const COMPONENT: &str = "DBEV";

/// The cause of a stack as the `errors` of a result show it.
pub(crate) fn describe(stack: &ErrorStack) -> Properties {
    let cause = stack.errors.first().cloned().unwrap_or_else(|| FourDError::new("4DRT", -1, ""));
    Properties::from_iter([
        ("message".into(), Value::Text(cause.message)),
        ("componentSignature".into(), Value::Text(cause.component)),
        ("errCode".into(), Value::Integer(cause.code)),
    ])
}

/// The error object of an event as an error.
pub(crate) fn error_of(error: &Value) -> ErrorStack {
    let Value::Object(object) = error else { return ErrorStack::runtime("An event refused.") };
    let text = |name: &str| match object.get(name) {
        Some(Value::Text(text)) => text,
        _ => Text::new(),
    };
    let code = object.get("errCode").and_then(|code| code.as_integer()).unwrap_or(-1);
    let component = text("componentSignature");
    ErrorStack::single(FourDError::new(component.as_str(), code, text("message")))
}
