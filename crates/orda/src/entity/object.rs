//! `toObject`, `fromObject`, and the path lists they share with `toCollection`.

use std::rc::Rc;

use tessera_model::{Attribute, AttributeKind};
use tessera_sessions::Action;
use tessera_values::{CollectionRef, ErrorStack, ObjectRef, Properties, Text, Value};
use tessera_vm::Process;

use super::functions::IntoOrda as _;
use super::{Entity, native_value};
use crate::access;
use crate::selection::Selection;

/// `dk with primary key`
const WITH_KEY: i64 = 1;
/// `dk with stamp`
const WITH_STAMP: i64 = 2;

/// Which attributes to take, as a tree: `employer.name, employer.city` is one node with two below it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Wanted {
    pub(crate) everything: bool,
    pub(crate) nodes: Vec<(Text, Wanted)>,
}

impl Wanted {
    /// Reads the filter argument: nothing, a text of paths, or a collection of paths.
    pub(crate) fn from_argument(argument: Option<&Value>) -> Self {
        let mut wanted = Self::default();
        match argument {
            Some(Value::Text(paths)) => paths.split([',', ';']).for_each(|path| wanted.add(path.trim())),
            Some(Value::Collection(paths)) => {
                for path in paths.to_vec().iter().filter_map(Value::as_text) {
                    wanted.add(path.trim());
                }
            }
            _ => {}
        }
        wanted.everything |= wanted.nodes.is_empty();
        wanted
    }

    fn add(&mut self, path: &str) {
        if path.is_empty() {
            return;
        }
        if path == "*" {
            self.everything = true;
            return;
        }
        let (head, rest) = path.split_once('.').unwrap_or((path, ""));
        let position = match self.nodes.iter().position(|(name, _)| name == head) {
            Some(position) => position,
            None => {
                self.nodes.push((head.into(), Self::default()));
                self.nodes.len() - 1
            }
        };
        self.nodes[position].1.add(rest);
    }
}

/// `toObject({paths {; options}})`
pub(crate) fn to_object(
    process: &mut Process,
    entity: &Rc<Entity>,
    arguments: &[Value],
) -> Result<Value, ErrorStack> {
    access::check(&entity.context, entity.dataclass, Action::Read)?;
    let wanted = Wanted::from_argument(arguments.first().filter(|argument| argument.as_integer().is_none()));
    let options = arguments.iter().find_map(Value::as_integer).unwrap_or_default();
    extract(process, entity, &wanted, options)
}

/// The object of one entity.
pub(crate) fn extract(
    process: &mut Process,
    entity: &Rc<Entity>,
    wanted: &Wanted,
    options: i64,
) -> Result<Value, ErrorStack> {
    let mut properties = Properties::new();
    if options & WITH_KEY != 0 {
        properties.insert("__KEY".into(), entity.key().to_value());
    }
    if options & WITH_STAMP != 0 {
        properties.insert("__STAMP".into(), Value::Integer(entity.stamp()));
    }
    let described = entity.described();
    let readable = |attribute: &Attribute| {
        access::may_attribute(&entity.context, entity.dataclass, attribute.id, Action::Read)
    };
    if wanted.everything {
        entity.complete()?;
        for attribute in described.named().filter(|attribute| readable(attribute)) {
            match attribute.kind {
                AttributeKind::Storage(_) => {
                    properties.insert(
                        attribute.name.clone(),
                        native_value(attribute, &entity.scalar(attribute.id)),
                    );
                }
                AttributeKind::RelatedEntity { foreign_key, .. } => {
                    properties.insert(attribute.name.clone(), key_form(entity, foreign_key));
                }
                _ => {}
            }
        }
    }
    for (name, below) in &wanted.nodes {
        let Some(attribute) = described.attribute_named(name).filter(|attribute| readable(attribute)) else {
            continue;
        };
        let value = match attribute.kind {
            AttributeKind::RelatedEntity { foreign_key, .. } if *below == Wanted::default() => {
                key_form(entity, foreign_key)
            }
            AttributeKind::RelatedEntities { .. } if *below == Wanted::default() => continue,
            _ => match entity.read(process, attribute)? {
                Value::Native(native) => related(process, native, below, options)?,
                value => value,
            },
        };
        properties.insert(name.clone(), value);
    }
    Ok(Value::Object(ObjectRef::from_properties(properties)))
}

/// `{__KEY: key}`, or Null without a link.
fn key_form(entity: &Entity, foreign_key: tessera_model::AttributeId) -> Value {
    let key = entity.scalar(foreign_key);
    if key.is_null() {
        return Value::Null;
    }
    Value::Object(std::iter::once(("__KEY".into(), key.to_value())).collect())
}

fn related(
    process: &mut Process,
    native: Rc<dyn tessera_values::Native>,
    below: &Wanted,
    options: i64,
) -> Result<Value, ErrorStack> {
    if let Ok(entity) = Rc::clone(&native).into_entity() {
        access::check(&entity.context, entity.dataclass, Action::Read)?;
        return extract(process, &entity, below, options);
    }
    match Rc::clone(&native).into_selection() {
        Ok(selection) => to_collection(process, &selection, below, options, 0, None),
        // A vector, or whatever a computed attribute answers.
        Err(()) => Ok(Value::Native(native)),
    }
}

/// The objects of a part of a selection. Dropped entities give no object but count.
pub(crate) fn to_collection(
    process: &mut Process,
    selection: &Rc<Selection>,
    wanted: &Wanted,
    options: i64,
    begin: usize,
    how_many: Option<usize>,
) -> Result<Value, ErrorStack> {
    let length = selection.records()?.len();
    let end = how_many.map_or(length, |n| begin.saturating_add(n).min(length));
    let mut objects = Vec::new();
    for index in begin..end {
        if let Some(entity) = Selection::entity(selection, index)? {
            objects.push(extract(process, &entity, wanted, options)?);
        }
    }
    Ok(Value::Collection(CollectionRef::from_vec(objects)))
}

/// `fromObject(object)`: unknown properties are ignored, values of a wrong type leave the attribute as it is.
pub(crate) fn from_object(
    process: &mut Process,
    entity: &Rc<Entity>,
    object: &ObjectRef,
) -> Result<(), ErrorStack> {
    for name in object.keys() {
        let Some(attribute) = entity.described().attribute_named(&name).cloned() else { continue };
        let value = object.get(&name).unwrap_or_default();
        match &attribute.kind {
            AttributeKind::Storage(_) => {
                // A value that can't be converted is not an error here (`docs/API/EntityClass.md`).
                let _ = entity.assign(process, &attribute, value);
            }
            AttributeKind::RelatedEntity { target, destination, .. } => {
                let target = entity.context.application().catalog.dataclass(*target);
                let own_name = &target.attribute(*destination).name;
                let key = match &value {
                    Value::Object(related) => {
                        related.get("__KEY").or_else(|| related.get(own_name)).unwrap_or_default()
                    }
                    value => value.clone(),
                };
                if !matches!(key, Value::Undefined) {
                    let _ = entity.assign(process, &attribute, key);
                }
            }
            AttributeKind::Calculated(calculation) if calculation.has_set => {
                entity.assign(process, &attribute, value)?;
            }
            _ => {}
        }
    }
    Ok(())
}
