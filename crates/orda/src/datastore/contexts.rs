//! Optimisation contexts: which attributes a client of 4D's network protocol wants sent with entities
//! (`docs/API/DataStoreClass.md`). Nobody asks this server for them; they are kept, and change no result.

use std::collections::BTreeMap;
use std::rc::Rc;

use parking_lot::Mutex;
use tessera_model::Dataclass;
use tessera_values::{CollectionRef, ErrorStack, ObjectRef, Properties, Text, Value};

use super::super::dataclass::DataclassObject;
use crate::context::Context;
use crate::error::attribute_not_found;

/// The most contexts that are kept.
const CONTEXTS_MAX: usize = 1000;

/// The contexts of a datastore, by their names.
#[derive(Default)]
pub(crate) struct RemoteContexts(Mutex<BTreeMap<Text, RemoteContext>>);

#[derive(Clone, Default)]
struct RemoteContext {
    dataclass: Text,
    main: Text,
    /// The attributes of the element shown beside a list.
    current_item: Option<Text>,
}

impl RemoteContexts {
    /// `getAllRemoteContexts()`
    pub(super) fn all(&self) -> Value {
        let contexts = self.0.lock();
        Value::Collection(
            contexts.iter().map(|(name, context)| context.described(name)).collect::<CollectionRef>(),
        )
    }

    /// `clearAllRemoteContexts()`
    pub(super) fn clear(&self) {
        self.0.lock().clear();
    }
}

impl RemoteContext {
    fn described(&self, name: &Text) -> Value {
        let mut properties = Properties::from_iter([
            ("name".into(), Value::Text(name.clone())),
            ("dataclass".into(), Value::Text(self.dataclass.clone())),
            ("main".into(), Value::Text(self.main.clone())),
        ]);
        if let Some(attributes) = &self.current_item {
            properties.insert("currentItem".into(), Value::Text(attributes.clone()));
        }
        Value::Object(ObjectRef::from_properties(properties))
    }
}

/// `getRemoteContextInfo(name)`
// UNSPECIFIED: a context that is not there. Taken: Null.
pub(super) fn get(context: &Context, name: Option<&Value>) -> Result<Value, ErrorStack> {
    let Some(name) = name.and_then(Value::as_text) else {
        return Err(ErrorStack::runtime("getRemoteContextInfo needs the name of a context."));
    };
    let contexts = context.application().remote_contexts.0.lock();
    Ok(contexts.get(name).map_or(Value::Null, |context| context.described(name)))
}

/// `setRemoteContextInfo(name; dataclass; attributes {; "main" | "currentItem" {; pageLength}})`. An attribute that is not
/// there is left out, and is an error after the rest was done.
pub(super) fn set(context: &Rc<Context>, arguments: &[Value]) -> Result<(), ErrorStack> {
    let argument = |at: usize| arguments.get(at).unwrap_or(&Value::Undefined);
    let Some(name) = argument(0).as_text() else {
        return Err(ErrorStack::runtime("setRemoteContextInfo needs the name of a context."));
    };
    let catalog = &context.application().catalog;
    let dataclass = match argument(1) {
        Value::Text(name) => catalog.dataclass_named(name),
        value => value.as_native::<DataclassObject>().map(|object| catalog.dataclass(object.dataclass())),
    };
    let Some(dataclass) = dataclass else {
        return Err(ErrorStack::runtime(
            "setRemoteContextInfo needs a dataclass of this datastore, or its name.",
        ));
    };
    let is_current_item = match argument(3) {
        Value::Undefined => false,
        Value::Text(kind) if kind == "main" => false,
        Value::Text(kind) if kind == "currentItem" => true,
        _ => return Err(ErrorStack::runtime("The type of a context is \"main\" or \"currentItem\".")),
    };
    let (attributes, unknown) = attributes(context, dataclass, argument(2))?;
    let mut contexts = context.application().remote_contexts.0.lock();
    if contexts.len() >= CONTEXTS_MAX && !contexts.contains_key(name) {
        return Err(ErrorStack::runtime(format!("{CONTEXTS_MAX} contexts are kept already.")));
    }
    let kept = contexts.entry(name.clone()).or_default();
    kept.dataclass = dataclass.name.clone();
    if is_current_item {
        kept.current_item = Some(attributes);
    } else {
        kept.main = attributes;
    }
    unknown.map_or(Ok(()), |name| Err(attribute_not_found(&name, &dataclass.name)))
}

/// The attributes of a list as one text, and the first one that is not there. An empty list means every storage
/// attribute.
fn attributes(
    context: &Context,
    dataclass: &Dataclass,
    given: &Value,
) -> Result<(Text, Option<Text>), ErrorStack> {
    let paths: Vec<Text> = match given {
        Value::Text(paths) => paths.split(',').map(|path| path.trim().into()).collect(),
        Value::Collection(paths) => {
            paths.to_vec().iter().filter_map(|path| path.as_text().cloned()).collect()
        }
        _ => {
            return Err(ErrorStack::runtime(
                "setRemoteContextInfo needs the attributes as a text or a collection of texts.",
            ));
        }
    };
    let (mut kept, mut unknown) = (Vec::new(), None);
    for path in paths.into_iter().filter(|path| !path.is_empty()) {
        if is_path(context, dataclass, &path) {
            kept.push(path);
        } else {
            unknown = unknown.or(Some(path));
        }
    }
    if kept.is_empty() && unknown.is_none() {
        kept = dataclass.storage().iter().map(|attribute| attribute.name.clone()).collect();
    }
    Ok((kept.join(", ").into(), unknown))
}

/// Is it `name`, `employer.name`, or with the length of its pages `staff:20`?
fn is_path(context: &Context, dataclass: &Dataclass, path: &str) -> bool {
    let catalog = &context.application().catalog;
    let path = path
        .rsplit_once(':')
        .filter(|(_, length)| length.parse::<u32>().is_ok())
        .map_or(path, |(path, _)| path);
    let mut here = Some(dataclass);
    path.split('.').all(|name| {
        let Some(attribute) = here.and_then(|dataclass| dataclass.attribute_named(name)) else {
            return false;
        };
        here = attribute.target().map(|target| catalog.dataclass(target));
        true
    })
}
