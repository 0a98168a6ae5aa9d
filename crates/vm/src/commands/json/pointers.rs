//! `JSON Resolve pointers(object {; options})` (`docs/commands/json-resolve-pointers.md`): puts what pointers mean into
//! their places.

use std::collections::HashMap;

use tessera_values::{CollectionRef, ErrorStack, ObjectRef, Text, Value};

use crate::arguments::Arguments;
use crate::process::Process;

/// The property that makes an object a pointer.
const REFERENCE: &str = "$ref";
/// How deep a document is looked through, and how many pointers may lead to one another.
const DEPTH_MAX: usize = 200;

struct Resolver<'p> {
    process: &'p Process,
    root: Value,
    merge: bool,
    errors: Vec<Value>,
    /// What has been looked through, by its address, held so that no other takes its place: pointers make cycles.
    seen: HashMap<usize, Value>,
}

/// The object itself is changed; what it means, and what could not be found, is answered.
pub(super) fn resolve_pointers(
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let Some(object) = arguments.object(0)? else {
        return Err(ErrorStack::runtime("JSON Resolve pointers needs an object."));
    };
    let option = |name| arguments.object(1).map(|options| options.and_then(|options| options.get(name)));
    let merge = matches!(option("merge")?, Some(Value::Boolean(true)));
    let root = Value::Object(object);
    let mut resolver =
        Resolver { process, root: root.clone(), merge, errors: Vec::new(), seen: HashMap::new() };
    let value = resolver.resolved(root, 0)?;
    let errors = resolver.errors;
    Ok(Value::Object(ObjectRef::from([
        ("value", value),
        ("success", Value::Boolean(errors.is_empty())),
        ("errors", Value::Collection(CollectionRef::from_vec(errors))),
    ])))
}

impl Resolver<'_> {
    /// A value with every pointer in it resolved.
    fn resolved(&mut self, value: Value, depth: usize) -> Result<Value, ErrorStack> {
        if depth > DEPTH_MAX {
            return Err(ErrorStack::runtime("The pointers lead too deep, or in a circle."));
        }
        match value {
            Value::Object(object) => {
                if let Some(Value::Text(pointer)) = object.get(REFERENCE) {
                    let Some(target) = self.target(&pointer) else { return Ok(Value::Object(object)) };
                    let target = self.resolved(target, depth + 1)?;
                    return self.in_place_of(&object, target, depth);
                }
                let whole = Value::Object(object.clone());
                let address = whole.address().unwrap_or_default();
                if self.seen.insert(address, whole).is_some() {
                    return Ok(Value::Object(object));
                }
                for name in object.keys() {
                    let before = object.get(&name).unwrap_or_default();
                    let Some(after) = self.changed(before, depth)? else { continue };
                    object.set(self.process.id(), name, after)?;
                }
                Ok(Value::Object(object))
            }
            Value::Collection(collection) => {
                for (index, before) in collection.to_vec().into_iter().enumerate() {
                    if let Some(after) = self.changed(before, depth)? {
                        collection.set(self.process.id(), index, after)?;
                    }
                }
                Ok(Value::Collection(collection))
            }
            value => Ok(value),
        }
    }

    /// What takes the place of a value; `None` for what stays as it is.
    fn changed(&mut self, before: Value, depth: usize) -> Result<Option<Value>, ErrorStack> {
        let is_pointer = matches!(&before, Value::Object(object) if object.get(REFERENCE).is_some());
        let after = self.resolved(before, depth + 1)?;
        Ok(is_pointer.then_some(after))
    }

    /// What stands where a pointer stood: what it means, and with `merge` the pointer's other properties laid over a
    /// copy of that.
    fn in_place_of(&mut self, pointer: &ObjectRef, target: Value, depth: usize) -> Result<Value, ErrorStack> {
        let target = match target {
            Value::Object(target) if self.merge => target,
            target => return Ok(target),
        };
        let merged = ObjectRef::new();
        for source in [&target, pointer] {
            for name in source.keys().into_iter().filter(|name| name != REFERENCE) {
                let value = self.resolved(source.get(&name).unwrap_or_default(), depth + 1)?;
                merged.set(self.process.id(), name, value)?;
            }
        }
        Ok(Value::Object(merged))
    }

    /// What a pointer means: a place in the same document (RFC 6901).
    // UNSPECIFIED: the codes of the errors. Taken: 1 for a place that is not there, 2 for another document, which is not
    // read.
    fn target(&mut self, pointer: &Text) -> Option<Value> {
        let Some(path) = pointer.strip_prefix('#') else {
            self.fail(2, "Pointers into other documents are not followed.", pointer);
            return None;
        };
        let mut found = Some(self.root.clone());
        for step in path.split('/').skip(1) {
            let name = step.replace("~1", "/").replace("~0", "~");
            found = match found {
                Some(Value::Object(object)) => object.get(&name),
                Some(Value::Collection(collection)) => {
                    name.parse().ok().and_then(|index| collection.get(index))
                }
                _ => None,
            };
        }
        if found.is_none() {
            self.fail(1, "There is nothing at this place.", pointer);
        }
        found
    }

    fn fail(&mut self, code: i64, message: &str, pointer: &Text) {
        self.errors.push(Value::Object(ObjectRef::from([
            ("code", Value::Integer(code)),
            ("message", Value::text(message)),
            ("pointerURI", Value::Text(pointer.clone())),
            ("referredPath", Value::text("")),
        ])));
    }
}
