//! Saving and dropping entities, for code and for REST.

use std::rc::Rc;

use tessera_sessions::Action;
use tessera_store::{DropError, DropRecords, Save, SaveError};
use tessera_values::{ErrorStack, FourDError, ObjectRef, Properties, Scalar, Text, Value};

use crate::access;
use crate::context::Context;
use crate::entity::{Entity, LockFailure, lock_failure};
use crate::error::{attribute_not_found, store_error};
use crate::locks::Holder;
use crate::selection::Selection;

/// Why an entity was not saved or dropped.
#[derive(Debug)]
pub enum SaveFailure {
    /// Somebody else saved it meanwhile (status 2).
    StampChanged,
    /// Somebody else holds a lock on it (status 3).
    Locked(Holder),
    /// It is gone (status 5).
    Gone,
    /// Anything else (status 4): the errors are thrown as well.
    Other(ErrorStack),
}

impl SaveFailure {
    /// 4D's status number (`docs/API/EntityClass.md`).
    pub fn status(&self) -> i64 {
        match self {
            Self::StampChanged => 2,
            Self::Locked(_) => 3,
            Self::Other(_) => 4,
            Self::Gone => 5,
        }
    }

    /// 4D's status text.
    pub fn text(&self) -> &'static str {
        match self {
            Self::StampChanged => "Stamp has changed",
            Self::Locked(_) => "Already locked",
            Self::Other(_) => "Other error",
            Self::Gone => "Entity does not exist anymore",
        }
    }
}

/// Saves an entity. One that was not touched is not written and keeps its stamp.
pub fn save_entity(entity: &Rc<Entity>) -> Result<(), SaveFailure> {
    let context = &entity.context;
    if entity.state.borrow().is_dropped {
        return Err(SaveFailure::Gone);
    }
    refresh_foreign_keys(entity);
    let changes = entity.changes();
    let (record, stamp) = {
        let state = entity.state.borrow();
        (state.record, state.stamp)
    };
    check_rights(context, entity, record.is_none(), &changes).map_err(SaveFailure::Other)?;
    if record.is_some() && changes.is_empty() {
        return Ok(());
    }
    if let Some(holder) = entity.blocking() {
        return Err(SaveFailure::Locked(holder));
    }
    context.before_write().map_err(SaveFailure::Other)?;
    // Inside a transaction stamps are not compared (`docs/ORDA/entities.md`): nobody else can have saved it.
    let in_transaction = context.connection(|connection| connection.level() > 0);
    let save = Save {
        dataclass: entity.dataclass,
        record,
        expected_stamp: record.is_some().then_some(stamp).filter(|_| !in_transaction),
        values: changes,
    };
    let saved =
        context.connection(|connection| connection.save(save)).map_err(|error| failure(entity, error))?;
    let key = entity.described().key;
    let mut state = entity.state.borrow_mut();
    state.record = Some(saved.record);
    state.stamp = saved.stamp;
    state.timestamp_ms = saved.timestamp_ms;
    for (attribute, value) in saved.filled {
        state.objects.remove(&attribute);
        if let Some(slot) = state.values.get_mut(attribute.index()) {
            *slot = value;
        }
    }
    if let Some(slot) = state.values.get_mut(key.index()) {
        *slot = saved.key;
    }
    state.touched.clear();
    Ok(())
}

/// A related entity that got its key after it was assigned lends it now.
fn refresh_foreign_keys(entity: &Rc<Entity>) {
    let related: Vec<_> =
        entity.state.borrow().related.iter().map(|(id, related)| (*id, Rc::clone(related))).collect();
    for (attribute, related) in related {
        if let tessera_model::AttributeKind::RelatedEntity { foreign_key, destination, .. } =
            entity.described().attribute(attribute).kind
            && entity.scalar(foreign_key).is_null()
        {
            let key = related.scalar(destination);
            if !key.is_null() {
                entity.put(foreign_key, key);
            }
        }
    }
}

/// Creating needs `create` on the dataclass and on each attribute given a value; updating needs `update` and `read`,
/// and `update` on each changed attribute (`docs/ORDA/privileges.md`).
fn check_rights(
    context: &Context,
    entity: &Entity,
    is_new: bool,
    changes: &[(tessera_model::AttributeId, Scalar)],
) -> Result<(), ErrorStack> {
    let action = if is_new { Action::Create } else { Action::Update };
    access::check(context, entity.dataclass, action)?;
    if !is_new {
        access::check(context, entity.dataclass, Action::Read)?;
    }
    if context.application().permissions.has_attribute_rules(entity.dataclass) {
        for (attribute, value) in changes {
            if !(is_new && value.is_null()) {
                access::check_attribute(context, entity.dataclass, *attribute, action)?;
            }
        }
    }
    Ok(())
}

fn failure(entity: &Entity, error: SaveError) -> SaveFailure {
    let described = entity.described();
    let name = &described.name;
    let key = key_text(&entity.key());
    let because = |error: FourDError| {
        SaveFailure::Other(ErrorStack::single(error).within(FourDError::new(
            "dbmg",
            1517,
            format!("The entity# {key} in the \"{name}\" dataclass cannot be saved"),
        )))
    };
    match error {
        SaveError::StampChanged { .. } => SaveFailure::StampChanged,
        SaveError::Missing => SaveFailure::Gone,
        SaveError::DuplicateKey { attribute } => because(FourDError::new(
            "dbmg",
            1115,
            format!("Duplicated value for the \"{}\" attribute", described.attribute(attribute).name),
        )),
        SaveError::NullNotAllowed { attribute } => because(FourDError::new(
            "dbmg",
            1136,
            format!("The \"{}\" attribute does not accept null values", described.attribute(attribute).name),
        )),
        SaveError::WrongType { attribute } => {
            SaveFailure::Other(attribute_not_found(&described.attribute(attribute).name, name))
        }
        SaveError::Store(error) => SaveFailure::Other(store_error(error)),
    }
}

/// A key as messages show it.
pub(crate) fn key_text(key: &Scalar) -> Text {
    match key {
        Scalar::Text(text) => text.clone(),
        Scalar::Integer(n) => n.to_string().into(),
        Scalar::Real(n) => tessera_values::print_real(*n).into(),
        _ => Text::new(),
    }
}

/// `entity.save()`: predictable failures are answered, serious ones are thrown.
pub(crate) fn save_from_code(entity: &Rc<Entity>) -> Result<Value, ErrorStack> {
    answer(save_entity(entity))
}

fn answer(result: Result<(), SaveFailure>) -> Result<Value, ErrorStack> {
    match result {
        Ok(()) => Ok(success()),
        Err(SaveFailure::Other(errors)) => Err(errors),
        Err(SaveFailure::Locked(holder)) => Ok(lock_failure(&LockFailure::Held(holder))),
        Err(other) => Ok(failure_object(other.status(), other.text())),
    }
}

/// `{success: True}`
pub(crate) fn success() -> Value {
    Value::Object(std::iter::once(("success".into(), Value::Boolean(true))).collect())
}

/// `{success: False; status; statusText}`
pub(crate) fn failure_object(status: i64, text: &str) -> Value {
    Value::Object(ObjectRef::from_properties(failure_properties(status, text)))
}

pub(crate) fn failure_properties(status: i64, text: &str) -> Properties {
    Properties::from_iter([
        ("success".into(), Value::Boolean(false)),
        ("status".into(), Value::Integer(status)),
        ("statusText".into(), Value::text(text)),
    ])
}

/// `entity.drop({dk force drop if stamp changed})`
pub(crate) fn drop_from_code(entity: &Rc<Entity>, force: bool) -> Result<Value, ErrorStack> {
    answer(drop_entity(entity, force))
}

/// Drops one entity.
pub(crate) fn drop_entity(entity: &Rc<Entity>, force: bool) -> Result<(), SaveFailure> {
    let context = &entity.context;
    check_drop_rights(context, entity).map_err(SaveFailure::Other)?;
    let (record, stamp) = {
        let state = entity.state.borrow();
        (state.record.filter(|_| !state.is_dropped).ok_or(SaveFailure::Gone)?, state.stamp)
    };
    if let Some(holder) = entity.blocking() {
        return Err(SaveFailure::Locked(holder));
    }
    context.before_write().map_err(SaveFailure::Other)?;
    let drop =
        DropRecords { dataclass: entity.dataclass, records: vec![(record, (!force).then_some(stamp))] };
    match context.connection(|connection| connection.drop_records(drop)) {
        Ok(_) => {
            entity.state.borrow_mut().is_dropped = true;
            Ok(())
        }
        Err(error) => Err(drop_failure(context, error)),
    }
}

fn check_drop_rights(context: &Context, entity: &Entity) -> Result<(), ErrorStack> {
    access::check(context, entity.dataclass, Action::Drop)?;
    access::check(context, entity.dataclass, Action::Read)?;
    if context.application().permissions.has_attribute_rules(entity.dataclass) {
        for attribute in entity.described().storage() {
            if !entity.scalar(attribute.id).is_null() {
                access::check_attribute(context, entity.dataclass, attribute.id, Action::Drop)?;
            }
        }
    }
    Ok(())
}

fn drop_failure(context: &Context, error: DropError) -> SaveFailure {
    match error {
        DropError::StampChanged { .. } => SaveFailure::StampChanged,
        DropError::Missing { .. } => SaveFailure::Gone,
        DropError::Referenced { dataclass, .. } => SaveFailure::Other(ErrorStack::data(
            1120,
            format!(
                "Entities of the \"{}\" dataclass still refer to it",
                context.application().catalog.dataclass(dataclass).name
            ),
        )),
        DropError::Store(error) => SaveFailure::Other(store_error(error)),
    }
}

/// Drops the entities of a selection, and answers those that could not be dropped. Without rules on attributes and
/// without refusals it takes one statement; otherwise each entity is looked at.
pub fn drop_selection(selection: &Rc<Selection>) -> Result<Vec<tessera_model::RecordId>, ErrorStack> {
    let context = &selection.context;
    access::check(context, selection.dataclass, Action::Drop)?;
    access::check(context, selection.dataclass, Action::Read)?;
    let records = selection.records()?;
    context.before_write()?;
    let is_free = !context.application().permissions.has_attribute_rules(selection.dataclass)
        || context.is_unrestricted();
    if is_free && context.application().locks.is_empty() {
        let drop = DropRecords {
            dataclass: selection.dataclass,
            records: records.iter().map(|record| (*record, None)).collect(),
        };
        match context.connection(|connection| connection.drop_records(drop)) {
            Ok(_) => return Ok(Vec::new()),
            Err(DropError::Store(error)) => return Err(store_error(error)),
            Err(_) => {}
        }
    }
    let mut kept = Vec::new();
    for (index, record) in records.iter().enumerate() {
        if let Some(entity) = Selection::entity(selection, index)? {
            match drop_entity(&entity, true) {
                Ok(()) => {}
                Err(SaveFailure::Other(error)) if access::is_refusal(&error) => return Err(error),
                Err(_) => kept.push(*record),
            }
        }
    }
    Ok(kept)
}
