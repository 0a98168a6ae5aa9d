//! `save(dk auto merge)`: an entity saved over what others saved since it was read (`docs/API/EntityClass.md`).

use std::rc::Rc;

use tessera_model::FieldType;
use tessera_store::Columns;

use super::{SaveFailure, store};
use crate::entity::{Entity, Values};
use crate::error::store_error;

/// What happens to an entity that somebody else saved meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OnStale {
    /// It is not saved.
    Refuse,
    /// What it changed is written over what is stored, unless others changed the same attributes.
    Merge,
}

/// Was there something to merge?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Merged {
    Yes,
    No,
}

/// Writes the touched attributes of a stale entity; in memory it takes the others' values for the rest.
///
/// Pictures, blobs and objects are not merged: when others changed them the entity stays stale.
pub(super) fn write_over_others(entity: &Rc<Entity>) -> Result<Merged, SaveFailure> {
    let key = entity.key();
    let row = entity
        .context
        .connection(|connection| connection.by_key(entity.dataclass, &key, &Columns::all()))
        .map_err(|error| SaveFailure::Other(store_error(error)))?;
    let changes = entity.changes();
    let record = entity.record();
    let row = row.filter(|row| Some(row.record) == record).ok_or(SaveFailure::Gone)?;
    let described = entity.described();
    for (attribute, _) in &changes {
        let state = entity.state.borrow();
        if row.values.get(attribute.index()) == state.base.get(attribute) {
            continue;
        }
        let field_type = described.attribute(*attribute).field().map(|field| field.field_type);
        return Err(match field_type {
            Some(FieldType::Picture | FieldType::Blob | FieldType::Object) => SaveFailure::StampChanged,
            _ => SaveFailure::MergeFailed,
        });
    }
    let touched: Vec<_> = changes.iter().map(|(attribute, _)| *attribute).collect();
    let mut merged = row.values;
    for (attribute, value) in &changes {
        if let Some(slot) = merged.get_mut(attribute.index()) {
            slot.clone_from(value);
        }
    }
    // The store writes what it fills in itself, a global stamp for one, over the merged values.
    let before = std::mem::replace(&mut entity.state.borrow_mut().values, Values::Own(merged));
    let stored = store(entity, record, Some(row.stamp), changes);
    let mut state = entity.state.borrow_mut();
    if let Err(failure) = stored {
        state.values = before;
        return Err(failure);
    }
    state.objects.retain(|attribute, _| touched.contains(attribute));
    state.related.clear();
    Ok(Merged::Yes)
}
