//! Computed attributes: the event object their functions get, and what their `query` and `orderBy` functions answer
//! (`docs/ORDA/ordaClasses.md`).

use std::rc::Rc;

use tessera_model::Dataclass;
use tessera_values::{ObjectRef, Properties, Text, Value};

/// The `$event` parameter.
pub(crate) fn event(dataclass: &Dataclass, attribute: &str, kind: &str, more: &[(&str, Value)]) -> Value {
    let mut properties = Properties::from_iter([
        ("attributeName".into(), Value::text(attribute)),
        ("dataClassName".into(), Value::Text(dataclass.name.clone())),
        ("kind".into(), Value::text(kind)),
    ]);
    properties.extend(more.iter().map(|(name, value)| (Text::from(*name), value.clone())));
    Value::Object(ObjectRef::from_properties(properties))
}

/// What the function wrote to `$event.result`, if it did.
pub(crate) fn event_result(event: &Value) -> Option<Value> {
    match event {
        Value::Object(object) => object.get("result"),
        _ => None,
    }
}

/// What `This` is inside `query` and `orderBy` functions, where there is no entity: the dataclass (UNSPECIFIED).
pub(crate) fn this(context: &Rc<crate::context::Context>, dataclass: tessera_model::DataclassId) -> Value {
    crate::dataclass::DataclassObject::value(context, dataclass)
}
