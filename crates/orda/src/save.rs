//! Saving and dropping entities, for code and for REST.

use std::rc::Rc;

use tessera_model::{AttributeId, RecordId};
use tessera_sessions::Action;
use tessera_store::{DropError, DropRecords, Save, SaveError};
use tessera_values::{ErrorStack, FourDError, Scalar, Text, Value};
use tessera_vm::Process;

use crate::access;
use crate::context::Context;
use crate::entity::Entity;
use crate::error::{attribute_not_found, store_error};
use crate::events::{self, Kind};
use crate::selection::Selection;

mod failure;
mod merge;

pub use failure::SaveFailure;
use failure::answer;
pub(crate) use failure::{failure_object, failure_properties, success};
pub(crate) use merge::OnStale;
use merge::{Merged, write_over_others};

/// Saves an entity. One that was not touched is not written and keeps its stamp; its events are asked all the same.
pub fn save_entity(process: &mut Process, entity: &Rc<Entity>) -> Result<(), SaveFailure> {
    save_or_merge(process, entity, OnStale::Refuse).map(|_| ())
}

fn save_or_merge(
    process: &mut Process,
    entity: &Rc<Entity>,
    on_stale: OnStale,
) -> Result<Merged, SaveFailure> {
    let write = |entity: &Rc<Entity>| match (write(entity), on_stale) {
        (Err(SaveFailure::StampChanged), OnStale::Merge) => write_over_others(entity),
        (outcome, _) => outcome.map(|()| Merged::No),
    };
    if entity.events().is_none() {
        return write(entity);
    }
    if events::is_inside(entity, Kind::AfterSave) {
        return Err(SaveFailure::Other(ErrorStack::runtime(
            "An entity can't be saved in its afterSave event.",
        )));
    }
    check_rights(&entity.context, entity, entity.is_new(), &entity.changes()).map_err(SaveFailure::Other)?;
    let allowed = events::before(process, entity, Kind::ValidateSave, Kind::Saving);
    // What `saving` changed is saved, and told, as well.
    let names = touched_names(entity);
    let outcome = allowed.and_then(|()| write(entity));
    if !names.is_empty() {
        let told = outcome.as_ref().map(|_| ());
        events::after(process, entity, Kind::AfterSave, &names, told);
    }
    outcome
}

fn touched_names(entity: &Entity) -> Vec<Text> {
    entity.changes();
    let described = entity.described();
    let state = entity.state.borrow();
    let touched = state.touched.iter().map(|id| described.attribute(*id));
    touched
        .filter(|attribute| described.has_its_name(attribute))
        .map(|attribute| attribute.name.clone())
        .collect()
}

fn write(entity: &Rc<Entity>) -> Result<(), SaveFailure> {
    let context = &entity.context;
    if entity.state.borrow().is_dropped {
        return Err(SaveFailure::Gone);
    }
    refresh_foreign_keys(entity).map_err(SaveFailure::Other)?;
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
    let expected_stamp = record.is_some().then_some(stamp).filter(|_| !in_transaction);
    store(entity, record, expected_stamp, changes)
}

/// Writes the changes, and gives the entity what the store made of them.
fn store(
    entity: &Rc<Entity>,
    record: Option<RecordId>,
    expected_stamp: Option<i64>,
    values: Vec<(AttributeId, Scalar)>,
) -> Result<(), SaveFailure> {
    let save = Save { dataclass: entity.dataclass, record, expected_stamp, values };
    let saved = entity
        .context
        .connection(|connection| connection.save(save))
        .map_err(|error| failure(entity, error))?;
    let key = entity.described().key;
    let mut state = entity.state.borrow_mut();
    state.record = Some(saved.record);
    state.stamp = saved.stamp;
    state.timestamp_ms = saved.timestamp_ms;
    for (attribute, value) in saved.filled {
        state.objects.remove(&attribute);
        if let Some(slot) = state.values.slot(attribute) {
            *slot = value;
        }
    }
    if let Some(slot) = state.values.slot(key) {
        *slot = saved.key;
    }
    state.touched.clear();
    state.base.clear();
    Ok(())
}

/// A related entity that got its key after it was assigned lends it now.
// UNSPECIFIED: a related entity that is not saved yet. Taken: it gets the key it will be saved with, as public projects
// save the entities that refer to it first.
fn refresh_foreign_keys(entity: &Rc<Entity>) -> Result<(), ErrorStack> {
    let related: Vec<_> =
        entity.state.borrow().related.iter().map(|(id, related)| (*id, Rc::clone(related))).collect();
    for (attribute, related) in related {
        if let tessera_model::AttributeKind::RelatedEntity { foreign_key, destination, .. } =
            entity.described().attribute(attribute).kind
            && entity.scalar(foreign_key).is_null()
        {
            if related.is_new() && related.described().key == destination {
                give_key(&related)?;
            }
            let key = related.scalar(destination);
            if !key.is_null() {
                entity.put(foreign_key, key);
            }
        }
    }
    Ok(())
}

/// Gives a new entity the number or UUID it would get when it is saved.
fn give_key(entity: &Entity) -> Result<(), ErrorStack> {
    let (context, dataclass) = (&entity.context, entity.dataclass);
    let attribute = entity.described().key_attribute();
    let Some(field) = attribute.field().filter(|_| entity.key().is_null()) else { return Ok(()) };
    let key = if field.autosequence {
        context.before_write()?;
        let number = context.connection(|connection| {
            connection.begin()?;
            let taken = connection.sequence(dataclass).and_then(|last| {
                let next = last.saturating_add(1);
                connection.set_sequence(dataclass, next)?;
                Ok(next)
            });
            match taken {
                Ok(number) => connection.commit().map(|()| number),
                Err(error) => connection.rollback().and(Err(error)),
            }
        });
        Scalar::Integer(number.map_err(store_error)?)
    } else if field.auto_uuid {
        Scalar::Text(tessera_store::uuid(context.application().environment.chance.as_ref()))
    } else {
        return Ok(());
    };
    if let Some(key) = field.field_type.accept(&key) {
        entity.put(attribute.id, key);
    }
    Ok(())
}

/// Creating needs `create` on the dataclass and on each attribute given a value; updating needs `update` and `read`,
/// and `update` on each changed attribute (`docs/ORDA/privileges.md`).
fn check_rights(
    context: &Context,
    entity: &Entity,
    is_new: bool,
    changes: &[(AttributeId, Scalar)],
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

/// `entity.save({dk auto merge})`: predictable failures are answered, serious ones are answered and thrown. Whether
/// there was something to merge is told to who asked for it alone.
pub(crate) fn save_from_code(
    process: &mut Process,
    entity: &Rc<Entity>,
    on_stale: OnStale,
) -> Result<Value, ErrorStack> {
    let outcome = save_or_merge(process, entity, on_stale);
    let auto_merged = (on_stale == OnStale::Merge).then_some(matches!(outcome, Ok(Merged::Yes)));
    answer(process, outcome.map(|_| ()), auto_merged)
}

/// `entity.drop({dk force drop if stamp changed})`
pub(crate) fn drop_from_code(
    process: &mut Process,
    entity: &Rc<Entity>,
    force: bool,
) -> Result<Value, ErrorStack> {
    let outcome = drop_entity(process, entity, force);
    answer(process, outcome, None)
}

/// Drops one entity.
pub(crate) fn drop_entity(
    process: &mut Process,
    entity: &Rc<Entity>,
    force: bool,
) -> Result<(), SaveFailure> {
    if entity.events().is_none() {
        return remove(entity, force);
    }
    if events::is_inside(entity, Kind::AfterDrop) {
        return Err(SaveFailure::Other(ErrorStack::runtime(
            "An entity can't be dropped in its afterDrop event.",
        )));
    }
    check_drop_rights(&entity.context, entity).map_err(SaveFailure::Other)?;
    let allowed = events::before(process, entity, Kind::ValidateDrop, Kind::Dropping);
    let outcome = allowed.and_then(|()| remove(entity, force));
    let names: Vec<Text> =
        entity.described().storage().iter().map(|attribute| attribute.name.clone()).collect();
    events::after(process, entity, Kind::AfterDrop, &names, outcome.as_ref().copied());
    outcome
}

fn remove(entity: &Rc<Entity>, force: bool) -> Result<(), SaveFailure> {
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
    // What is in memory stays there when the data is gone.
    entity.complete().map_err(SaveFailure::Other)?;
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

/// Drops the entities of a selection, and answers those that could not be dropped. Without rules on attributes, locks,
/// events and refusals it takes one statement; otherwise each entity is looked at.
pub fn drop_selection(
    process: &mut Process,
    selection: &Rc<Selection>,
    on_refusal: OnRefusal,
) -> Result<Vec<RecordId>, ErrorStack> {
    let context = &selection.context;
    access::check(context, selection.dataclass, Action::Drop)?;
    access::check(context, selection.dataclass, Action::Read)?;
    let records = selection.records()?;
    context.before_write()?;
    let application = context.application();
    let is_free = (!application.permissions.has_attribute_rules(selection.dataclass)
        || context.is_unrestricted())
        && application.locks.is_empty()
        && application.classes.of(selection.dataclass).events.is_none();
    if is_free {
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
        let Some(entity) = Selection::entity(selection, index)? else { continue };
        match drop_entity(process, &entity, true) {
            Ok(()) => continue,
            Err(SaveFailure::Other(error)) if error.fatal || access::is_refusal(&error) => return Err(error),
            Err(_) => kept.push(*record),
        }
        if on_refusal == OnRefusal::Stop {
            break;
        }
    }
    Ok(kept)
}

/// What the first entity that can't be dropped does to the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnRefusal {
    /// They are dropped.
    GoOn,
    /// They stay (`dk stop dropping on first error`).
    Stop,
}
