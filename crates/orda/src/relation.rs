//! Relation attributes of an entity: reading and assigning them (`docs/ORDA/entities.md`).

use std::rc::Rc;

use tessera_model::query::Filter;
use tessera_model::{Attribute, AttributeId, AttributeKind, DataclassId};
use tessera_sessions::Action;
use tessera_store::{Columns, Row};
use tessera_values::{ErrorStack, Scalar, Value};
use tessera_vm::Process;

use crate::access;
use crate::context::Context;
use crate::entity::Entity;
use crate::entity::functions::IntoOrda as _;
use crate::error::store_error;
use crate::restrict;
use crate::selection::Selection;

/// N→1: the related entity; the same reference at every access until the foreign key changes.
pub(crate) fn one(
    process: &mut Process,
    entity: &Rc<Entity>,
    attribute: &Attribute,
) -> Result<Option<Rc<Entity>>, ErrorStack> {
    let AttributeKind::RelatedEntity { target, foreign_key, destination, .. } = attribute.kind else {
        return Ok(None);
    };
    if let Some(related) = entity.state.borrow().related.get(&attribute.id) {
        return Ok(Some(Rc::clone(related)));
    }
    let key = entity.scalar(foreign_key);
    if key.is_null() {
        return Ok(None);
    }
    let context = Rc::clone(&entity.context);
    access::check(&context, target, Action::Read)?;
    let filter = restrict::filter(process, &context, target)?;
    let Some(row) = row_by(&context, target, destination, &key, filter, &Columns::all())? else {
        return Ok(None);
    };
    let related = Entity::from_row(&context, target, row);
    entity.state.borrow_mut().related.insert(attribute.id, Rc::clone(&related));
    Ok(Some(related))
}

/// The row whose attribute holds a value, if the filter lets it through.
pub(crate) fn row_by(
    context: &Context,
    dataclass: DataclassId,
    attribute: AttributeId,
    value: &Scalar,
    filter: Filter,
    columns: &Columns,
) -> Result<Option<Row>, ErrorStack> {
    let is_key = context.application().catalog.dataclass(dataclass).key == attribute;
    if is_key && filter == Filter::All {
        return context
            .connection(|connection| connection.by_key(dataclass, value, columns))
            .map_err(store_error);
    }
    let filter = Filter::equal(attribute, value.clone()).and(filter);
    let columns = columns.clone();
    let select =
        tessera_store::Select { filter, columns, limit: Some(1), ..tessera_store::Select::all(dataclass) };
    let page = context.connection(|connection| connection.page(&select)).map_err(store_error)?;
    Ok(page.rows.into_iter().next())
}

/// 1→N: a new selection at each access.
pub(crate) fn many(
    process: &mut Process,
    entity: &Rc<Entity>,
    attribute: &Attribute,
) -> Result<Rc<Selection>, ErrorStack> {
    let AttributeKind::RelatedEntities { target, source, destination, .. } = attribute.kind else {
        return Err(ErrorStack::runtime(format!("\"{}\" is no relation.", attribute.name)));
    };
    let context = Rc::clone(&entity.context);
    access::check(&context, target, Action::Read)?;
    let key = entity.scalar(destination);
    let filter = if key.is_null() {
        Filter::None
    } else {
        Filter::equal(source, key).and(restrict::filter(process, &context, target)?)
    };
    Ok(Selection::lazy(&context, target, filter, Vec::new()))
}

/// Assigns an N→1 attribute: an entity, Null, or a key.
pub(crate) fn assign(
    entity: &Rc<Entity>,
    attribute: &Attribute,
    target: DataclassId,
    foreign_key: AttributeId,
    destination: AttributeId,
    value: Value,
) -> Result<(), ErrorStack> {
    let (key, related) = match value {
        Value::Undefined | Value::Null => (Scalar::Null, None),
        Value::Native(native) => {
            let class_name = native.class_name().to_owned();
            let related =
                native.into_entity().ok().filter(|related| related.dataclass == target).ok_or_else(|| {
                    ErrorStack::runtime(format!(
                        "{class_name} can't be assigned to the attribute \"{}\".",
                        attribute.name
                    ))
                })?;
            (related.scalar(destination), Some(related))
        }
        value => {
            let field = entity.described().attribute(foreign_key).field().map(|field| field.field_type);
            let scalar =
                Scalar::from_value(&value).zip(field).and_then(|(scalar, field)| field.accept(&scalar));
            let scalar = scalar.ok_or_else(|| {
                ErrorStack::runtime(format!(
                    "{} can't be assigned to the attribute \"{}\".",
                    value.kind(),
                    attribute.name
                ))
            })?;
            (scalar, None)
        }
    };
    let mut state = entity.state.borrow_mut();
    crate::entity::note_touched(&mut state.touched, attribute.id);
    drop(state);
    entity.put(foreign_key, key);
    let mut state = entity.state.borrow_mut();
    match related {
        Some(related) => state.related.insert(attribute.id, related),
        None => state.related.remove(&attribute.id),
    };
    Ok(())
}
