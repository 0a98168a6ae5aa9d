//! The functions every entity has (`docs/API/EntityClass.md`).

use std::rc::Rc;

use tessera_model::FieldType;
use tessera_sessions::Action;
use tessera_store::Columns;
use tessera_values::{CollectionRef, ErrorStack, Native, ObjectRef, Scalar, Text, Value, equal};
use tessera_vm::Process;

use super::{Entity, State, lock, native_value, object};
use crate::access;
use crate::dataclass::DataclassObject;
use crate::error::store_error;
use crate::save;
use crate::selection::Selection;

/// `dk with primary key` and its like are bits of an Integer option.
const FORCE_DROP: i64 = 2;
/// `dk auto merge`
const AUTO_MERGE: i64 = 32;

pub(super) fn call(
    entity: &Rc<Entity>,
    process: &mut Process,
    name: &str,
    arguments: &[Value],
) -> Option<Result<Value, ErrorStack>> {
    let first = arguments.first().cloned().unwrap_or_default();
    Some(match name {
        "save" => {
            let merges = first.as_integer().is_some_and(|option| option & AUTO_MERGE != 0);
            let on_stale = if merges { save::OnStale::Merge } else { save::OnStale::Refuse };
            save::save_from_code(process, entity, on_stale)
        }
        "drop" => save::drop_from_code(
            process,
            entity,
            first.as_integer().is_some_and(|option| option & FORCE_DROP != 0),
        ),
        "isNew" => Ok(Value::Boolean(entity.is_new())),
        "getKey" => Ok(key(entity, first.as_integer().unwrap_or_default())),
        "getStamp" => Ok(Value::Integer(entity.stamp())),
        "getDataClass" => Ok(DataclassObject::value(&entity.context, entity.dataclass)),
        "touched" => {
            entity.changes();
            Ok(Value::Boolean(!entity.state.borrow().touched.is_empty()))
        }
        "touchedAttributes" => Ok(touched_attributes(entity)),
        "toObject" => object::to_object(process, entity, arguments),
        "fromObject" => match first {
            Value::Object(object) => object::from_object(process, entity, &object).map(|()| Value::Undefined),
            other => Err(ErrorStack::runtime(format!("fromObject needs an object, not {}.", other.kind()))),
        },
        "reload" => reload(entity),
        "clone" => clone(entity),
        "diff" => diff(process, entity, arguments),
        "getSelection" => Ok(match &entity.place {
            Some((selection, _)) => Value::Native(Rc::clone(selection) as Rc<dyn Native>),
            None => Value::Null,
        }),
        "indexOf" => index_of(entity, &first),
        "first" => neighbour(entity, |_, _| Some(0)),
        "last" => neighbour(entity, |_, length| length.checked_sub(1)),
        "next" => neighbour(entity, |index, _| Some(index + 1)),
        "previous" => neighbour(entity, |index, _| index.checked_sub(1)),
        "getRemoteContextAttributes" => Ok(Value::text("")),
        "lock" => lock::lock(entity, &first),
        "unlock" => Ok(lock::unlock(entity)),
        _ => return None,
    })
}

/// `getKey({dk key as string})`
fn key(entity: &Entity, option: i64) -> Value {
    let key = entity.key();
    if option == 0 {
        return key.to_value();
    }
    match key {
        Scalar::Integer(n) => Value::text(n.to_string()),
        key => key.to_value(),
    }
}

/// A changed relation counts twice: under its own name and under its foreign key's.
fn touched_attributes(entity: &Entity) -> Value {
    entity.changes();
    let described = entity.described();
    let state = entity.state.borrow();
    let touched = state.touched.iter().map(|id| described.attribute(*id));
    let touched = touched.filter(|attribute| described.has_its_name(attribute));
    Value::Collection(touched.map(|attribute| Value::Text(attribute.name.clone())).collect())
}

fn reload(entity: &Rc<Entity>) -> Result<Value, ErrorStack> {
    access::check(&entity.context, entity.dataclass, Action::Read)?;
    let key = entity.key();
    let row = entity
        .context
        .connection(|connection| connection.by_key(entity.dataclass, &key, &Columns::all()))
        .map_err(store_error)?;
    let mut state = entity.state.borrow_mut();
    match row.filter(|row| state.record == Some(row.record)) {
        Some(row) => {
            *state = State::stored(Rc::new(row));
            Ok(save::success())
        }
        None => Ok(save::failure_object(5, "Entity does not exist anymore")),
    }
}

fn clone(entity: &Rc<Entity>) -> Result<Value, ErrorStack> {
    if entity.is_new() {
        return Err(ErrorStack::runtime("An entity that was never saved can't be cloned."));
    }
    entity.complete()?;
    // Both hold the same objects from now on.
    for attribute in entity.described().storage() {
        if attribute.field().is_some_and(|field| field.field_type == FieldType::Object) {
            entity.object_attribute(attribute.id);
        }
    }
    let state = entity.state.borrow();
    let copied = State {
        record: state.record,
        stamp: state.stamp,
        timestamp_ms: state.timestamp_ms,
        values: state.values.clone(),
        objects: state.objects.clone(),
        touched: state.touched.clone(),
        base: state.base.clone(),
        related: state.related.clone(),
        is_dropped: state.is_dropped,
        ..State::default()
    };
    let copy = Entity::in_memory(&entity.context, entity.dataclass, copied, entity.place.clone());
    Ok(Value::Native(Rc::new(copy)))
}

/// `diff(other {; names})`: a row for each storage or N→1 attribute whose values differ.
fn diff(process: &mut Process, entity: &Rc<Entity>, arguments: &[Value]) -> Result<Value, ErrorStack> {
    let Some(Value::Native(other)) = arguments.first() else {
        return Err(ErrorStack::runtime("diff needs an entity to compare with."));
    };
    let Ok(other) = Rc::clone(other).into_entity() else {
        return Err(ErrorStack::runtime("diff needs an entity to compare with."));
    };
    if other.dataclass != entity.dataclass {
        return Err(crate::error::incompatible());
    }
    let names: Option<Vec<Text>> = match arguments.get(1) {
        Some(Value::Collection(names)) => {
            Some(names.to_vec().iter().filter_map(|name| name.as_text().cloned()).collect())
        }
        _ => None,
    };
    entity.complete()?;
    other.complete()?;
    let mut rows = Vec::new();
    for attribute in entity.described().named() {
        let compared = attribute.is_storage() || attribute.kind_name() == "relatedEntity";
        if !compared || names.as_ref().is_some_and(|names| !names.contains(&attribute.name)) {
            continue;
        }
        let (mine, theirs) = if attribute.is_storage() {
            let (a, b) = (entity.scalar(attribute.id), other.scalar(attribute.id));
            if a == b {
                continue;
            }
            (native_value(attribute, &a), native_value(attribute, &b))
        } else {
            let (a, b) = (entity.read(process, attribute)?, other.read(process, attribute)?);
            if same_entity(&a, &b) {
                continue;
            }
            (a, b)
        };
        let row =
            [("attributeName", Value::Text(attribute.name.clone())), ("value", mine), ("otherValue", theirs)];
        rows.push(Value::Object(
            row.into_iter().map(|(name, value)| (Text::from(name), value)).collect::<ObjectRef>(),
        ));
    }
    Ok(Value::Collection(CollectionRef::from_vec(rows)))
}

fn same_entity(a: &Value, b: &Value) -> bool {
    match (a.as_native::<Entity>(), b.as_native::<Entity>()) {
        (Some(a), Some(b)) => a.dataclass == b.dataclass && a.key() == b.key(),
        _ => equal(a, b),
    }
}

fn index_of(entity: &Rc<Entity>, selection: &Value) -> Result<Value, ErrorStack> {
    let selection = match selection {
        Value::Undefined => match &entity.place {
            Some((_, index)) => return Ok(Value::Integer(*index as i64)),
            None => return Ok(Value::Integer(-1)),
        },
        Value::Native(native) => Rc::clone(native).into_selection(),
        _ => Err(()),
    };
    let selection = selection.map_err(|()| ErrorStack::runtime("indexOf needs an entity selection."))?;
    if selection.dataclass != entity.dataclass {
        return Err(crate::error::incompatible());
    }
    let record = entity.state.borrow().record;
    let position = selection.records()?.iter().position(|candidate| Some(*candidate) == record);
    Ok(Value::Integer(position.map_or(-1, |position| position as i64)))
}

/// Another entity of the own selection; dropped ones are jumped over in the direction of the step.
fn neighbour(entity: &Rc<Entity>, step: impl Fn(usize, usize) -> Option<usize>) -> Result<Value, ErrorStack> {
    let Some((selection, index)) = &entity.place else { return Ok(Value::Null) };
    let length = selection.records()?.len();
    let mut at = *index;
    loop {
        match step(at, length) {
            Some(next) if next < length => match Selection::entity(selection, next)? {
                Some(found) => return Ok(Value::Native(found)),
                None if next == at => return Ok(Value::Null),
                None => at = next,
            },
            _ => return Ok(Value::Null),
        }
    }
}

/// Finds out what a native is.
pub(crate) trait IntoOrda {
    /// The entity, if it is one.
    fn into_entity(self) -> Result<Rc<Entity>, ()>;
    /// The entity selection, if it is one.
    fn into_selection(self) -> Result<Rc<Selection>, ()>;
}

impl IntoOrda for Rc<dyn Native> {
    fn into_entity(self) -> Result<Rc<Entity>, ()> {
        let any: Rc<dyn std::any::Any> = self;
        any.downcast().map_err(|_| ())
    }

    fn into_selection(self) -> Result<Rc<Selection>, ()> {
        let any: Rc<dyn std::any::Any> = self;
        any.downcast().map_err(|_| ())
    }
}
