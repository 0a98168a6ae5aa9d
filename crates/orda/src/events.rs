//! The events of an entity's life: `touched`, `validateSave`, `saving`, `afterSave`, `validateDrop`, `dropping`,
//! `afterDrop` (`docs/ORDA/orda-events.md`).
//!
//! For each event the functions of attributes run first, in the order the attributes are declared, then the entity's
//! own. The first one that refuses ends the chain and what was to be done.

use std::rc::Rc;
use std::sync::Arc;

use tessera_model::{Attribute, AttributeId, AttributeKind, Dataclass};
use tessera_values::{CollectionRef, ErrorStack, Native, ObjectRef, Properties, Text, Value};
use tessera_vm::Process;
use tessera_vm::bytecode::Routine;

use crate::entity::Entity;
use crate::save::SaveFailure;

mod refusal;

use refusal::refusal;
pub(crate) use refusal::{describe, error_of};

/// Which event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Touched,
    ValidateSave,
    Saving,
    AfterSave,
    ValidateDrop,
    Dropping,
    AfterDrop,
}

impl Kind {
    const ALL: [Self; 7] = [
        Self::Touched,
        Self::ValidateSave,
        Self::Saving,
        Self::AfterSave,
        Self::ValidateDrop,
        Self::Dropping,
        Self::AfterDrop,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Touched => "touched",
            Self::ValidateSave => "validateSave",
            Self::Saving => "saving",
            Self::AfterSave => "afterSave",
            Self::ValidateDrop => "validateDrop",
            Self::Dropping => "dropping",
            Self::AfterDrop => "afterDrop",
        }
    }
}

/// One function per kind of event.
type Functions = [Option<Arc<Routine>>; 7];

/// The event functions of an entity class.
#[derive(Clone, Debug, Default)]
pub(crate) struct EntityEvents {
    entity: Functions,
    attributes: Vec<(AttributeId, Functions)>,
}

impl EntityEvents {
    /// Those a class declares; `None` for a class without any, so that most entities cost nothing here.
    pub(crate) fn of(class: &tessera_vm::Class, dataclass: &Dataclass) -> Option<Self> {
        let functions = |attribute: &str| -> Functions {
            Kind::ALL.map(|kind| {
                let key = (Text::from(kind.word().to_lowercase()), Text::from(attribute));
                class.events.get(&key).map(|function| Arc::clone(&function.routine))
            })
        };
        let is_any = |functions: &Functions| functions.iter().any(Option::is_some);
        let entity = functions("");
        let attributes: Vec<_> = dataclass
            .named()
            .map(|attribute| (attribute.id, functions(&attribute.name)))
            .filter(|(_, functions)| is_any(functions))
            .collect();
        (is_any(&entity) || !attributes.is_empty()).then_some(Self { entity, attributes })
    }

    fn has(&self, kind: Kind) -> bool {
        let has = |functions: &Functions| functions[kind as usize].is_some();
        has(&self.entity) || self.attributes.iter().any(|(_, functions)| has(functions))
    }
}

/// Tells code that an attribute was assigned. An error in it is logged; the assignment stands.
pub(crate) fn touched(process: &mut Process, entity: &Rc<Entity>, attribute: &Attribute) {
    let Some(events) = entity.events().filter(|events| events.has(Kind::Touched)) else { return };
    // What the event assigns itself does not tell it again.
    if entity.state.borrow().touching.contains(&attribute.id) {
        return;
    }
    entity.state.borrow_mut().touching.push(attribute.id);
    let own = events.attributes.iter().find(|(id, _)| *id == attribute.id).map(|(_, functions)| functions);
    for functions in own.into_iter().chain([&events.entity]) {
        let Some(routine) = &functions[Kind::Touched as usize] else { continue };
        let event = event(entity, Kind::Touched, Some(&attribute.name), []);
        if let Err(error) = call(process, entity, routine, event) {
            tracing::warn!(attribute = %attribute.name, %error, "event touched failed");
        }
    }
    entity.state.borrow_mut().touching.pop();
}

/// Asks `validateSave` and `saving`, or `validateDrop` and `dropping`.
pub(crate) fn before(
    process: &mut Process,
    entity: &Rc<Entity>,
    validate: Kind,
    act: Kind,
) -> Result<(), SaveFailure> {
    let Some(events) = entity.events() else { return Ok(()) };
    for kind in [validate, act] {
        if !events.has(kind) {
            continue;
        }
        let catalog = Arc::clone(&entity.context.application().catalog);
        let described = catalog.dataclass(entity.dataclass);
        for (attribute, functions) in &events.attributes {
            let attribute = described.attribute(*attribute);
            if let Some(routine) = &functions[kind as usize]
                && (act == Kind::Dropping || is_touched(entity, attribute))
            {
                ask(process, entity, routine, kind, Some(&attribute.name))?;
            }
        }
        if let Some(routine) = &events.entity[kind as usize] {
            ask(process, entity, routine, kind, None)?;
        }
    }
    Ok(())
}

/// A computed attribute may depend on any other, so it counts as touched with the first of them.
fn is_touched(entity: &Entity, attribute: &Attribute) -> bool {
    entity.changes();
    let touched = &entity.state.borrow().touched;
    match attribute.kind {
        AttributeKind::Calculated(_) => !touched.is_empty(),
        _ => touched.contains(&attribute.id),
    }
}

/// Runs one function that may refuse by returning an error object.
fn ask(
    process: &mut Process,
    entity: &Rc<Entity>,
    routine: &Arc<Routine>,
    kind: Kind,
    attribute: Option<&Text>,
) -> Result<(), SaveFailure> {
    let event = event(entity, kind, attribute, []);
    let validates = matches!(kind, Kind::ValidateSave | Kind::ValidateDrop);
    match call(process, entity, routine, event) {
        Ok(Value::Object(error)) => Err(refusal(&error, validates)),
        Ok(_) => Ok(()),
        Err(error) if error.fatal => Err(SaveFailure::Other(error)),
        // UNSPECIFIED: an error raised, not returned. Taken: it refuses, and seriously.
        Err(error) => Err(SaveFailure::Event {
            status: if validates { 8 } else { 4 },
            error: Value::Object(ObjectRef::from_properties(describe(&error))),
            thrown: Some(error),
        }),
    }
}

/// Tells `afterSave` or `afterDrop` how it went. Saving inside the one and dropping inside the other is refused.
pub(crate) fn after(
    process: &mut Process,
    entity: &Rc<Entity>,
    kind: Kind,
    attributes: &[Text],
    outcome: Result<(), &SaveFailure>,
) {
    let routine = entity.events().and_then(|events| events.entity[kind as usize].clone());
    let Some(routine) = routine else { return };
    let (names, status_name) = match kind {
        Kind::AfterDrop => ("droppedAttributes", "dropStatus"),
        _ => ("savedAttributes", "saveStatus"),
    };
    let is_done = outcome.is_ok();
    let attributes = if is_done { attributes } else { &[] };
    let attributes: CollectionRef = attributes.iter().cloned().map(Value::Text).collect();
    // Only what a validation refused is told here; the caller's result tells everything.
    let errors = match outcome {
        Err(SaveFailure::Event { status: 7 | 8, error, .. }) => {
            Value::Collection(std::iter::once(error.clone()).collect())
        }
        _ => Value::Null,
    };
    let status =
        Properties::from_iter([("success".into(), Value::Boolean(is_done)), ("errors".into(), errors)]);
    let event = event(
        entity,
        kind,
        None,
        [
            (names, Value::Collection(attributes)),
            (status_name, Value::text(if is_done { "success" } else { "failed" })),
            ("status", Value::Object(ObjectRef::from_properties(status))),
        ],
    );
    let before = entity.state.borrow_mut().after.replace(kind);
    if let Err(error) = call(process, entity, &routine, event) {
        tracing::warn!(event = kind.word(), %error, "an event after the fact failed");
    }
    entity.state.borrow_mut().after = before;
}

/// Is the entity inside this event?
pub(crate) fn is_inside(entity: &Entity, kind: Kind) -> bool {
    entity.state.borrow().after == Some(kind)
}

fn event<const N: usize>(
    entity: &Entity,
    kind: Kind,
    attribute: Option<&Text>,
    more: [(&str, Value); N],
) -> Value {
    let mut properties = Properties::from_iter([
        ("kind".into(), Value::text(kind.word())),
        ("dataClassName".into(), Value::Text(entity.described().name.clone())),
    ]);
    if let Some(attribute) = attribute {
        properties.insert("attributeName".into(), Value::Text(attribute.clone()));
    }
    properties.extend(more.into_iter().map(|(name, value)| (Text::from(name), value)));
    Value::Object(ObjectRef::from_properties(properties))
}

fn call(
    process: &mut Process,
    entity: &Rc<Entity>,
    routine: &Arc<Routine>,
    event: Value,
) -> Result<Value, ErrorStack> {
    process.call(routine, Value::Native(Rc::clone(entity) as Rc<dyn Native>), &[event])
}
