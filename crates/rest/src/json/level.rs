//! The rows of one level of an answer, with the related rows it shows: one statement per relation, never one per row.

use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use tessera_model::query::RelationStep;
use tessera_model::{Attribute, AttributeId, AttributeKind, DataclassId, FieldType};
use tessera_orda::{Context, Entity, Leads, Run, Selection, access, attribute_value};
use tessera_sessions::Action;
use tessera_store::{Columns, Row};
use tessera_values::{ErrorStack, Scalar, Text, Value};

use super::projection::Projection;
use super::result::row_of;
use super::value::key_text;

/// The most entities a related selection shows.
pub(super) const RELATED_MAX: usize = 100;

/// Rows of one dataclass and what is shown with them.
#[derive(Debug, Default)]
pub(crate) struct Level {
    pub(crate) rows: Vec<Rc<Row>>,
    pub(crate) related: HashMap<AttributeId, Related>,
    /// Values of computed attributes and aliases, one per row.
    pub(crate) computed: HashMap<AttributeId, Vec<Value>>,
    /// Entities that computed attributes and aliases lead to.
    pub(crate) nested: HashMap<AttributeId, Nested>,
}

/// Entities shown with the rows of a level.
#[derive(Debug)]
pub(crate) struct Nested {
    pub(crate) level: Level,
    /// For each row the entities it is shown with, and how many there are.
    pub(crate) of_rows: Vec<(Range<usize>, usize)>,
}

/// Related rows, found by the value that links them.
#[derive(Debug)]
pub(crate) struct Related {
    pub(crate) level: Level,
    pub(crate) by_link: HashMap<Text, Vec<usize>>,
}

/// What of an entity is read to show it, or to run its code: pictures and blobs come when somebody wants their bytes.
pub(crate) fn shown() -> Columns {
    Columns::all().with_lengths()
}

/// Reads what a projection shows with these rows.
pub(crate) fn load(
    run: &mut Run,
    dataclass: DataclassId,
    rows: Vec<Row>,
    projection: &Projection,
) -> Result<Level, ErrorStack> {
    let context = Rc::clone(run.context());
    let mut level = Level { rows: rows.into_iter().map(Rc::new).collect(), ..Level::default() };
    let catalog = Arc::clone(&context.application().catalog);
    let (mut coded, mut entered) = (Vec::new(), Vec::new());
    for (node, readable) in projection.readable(&context) {
        let (attribute, below) = (node.attribute, &node.below);
        let described = catalog.dataclass(dataclass).attribute(attribute);
        if !readable || matches!(described.kind, AttributeKind::Storage(_)) {
            continue;
        }
        match (&described.kind, below) {
            (AttributeKind::RelatedEntity { .. } | AttributeKind::RelatedEntities { .. }, Some(below)) => {
                if let Some(step) = RelationStep::new(&catalog, dataclass, attribute) {
                    let related = related(run, &level.rows, &step, below)?;
                    level.related.insert(attribute, related);
                }
            }
            // Where they are is all that is told of them.
            (AttributeKind::Calculated(_) | AttributeKind::Alias { .. }, None)
                if matches!(Leads::of(&catalog, catalog.dataclass(dataclass), described), Leads::Many(_)) => {
            }
            (AttributeKind::Calculated(_), below) => {
                coded.push(described);
                entered.extend(below.as_ref().map(|below| (attribute, below)));
            }
            (AttributeKind::Alias { .. }, Some(below)) => {
                coded.push(described);
                entered.push((attribute, below));
            }
            (AttributeKind::Alias { path }, None) => match stored_path(&context, dataclass, path) {
                Some((steps, leaf)) => {
                    level.computed.insert(attribute, follow(run, &level.rows, &steps, leaf)?);
                }
                None => coded.push(described),
            },
            _ => {}
        }
    }
    if !coded.is_empty() {
        level.computed.extend(compute(run, &context, dataclass, &level.rows, &coded)?);
    }
    for (attribute, below) in entered {
        if let Some(values) = level.computed.remove(&attribute) {
            level.nested.insert(attribute, nested(run, &values, below)?);
        }
    }
    Ok(level)
}

/// The values of computed attributes for each row. One entity after the other: what its functions made it read is
/// shared by its attributes and gone before the next one's.
// UNSPECIFIED: a `get` function that fails. Taken: its value is null and the log says why, so that one faulty entity
// does not hide a page of others.
fn compute(
    run: &mut Run,
    context: &Rc<Context>,
    dataclass: DataclassId,
    rows: &[Rc<Row>],
    attributes: &[&Attribute],
) -> Result<HashMap<AttributeId, Vec<Value>>, ErrorStack> {
    let mut computed: Vec<_> = attributes.iter().map(|_| Vec::with_capacity(rows.len())).collect();
    for row in rows {
        let entity = Entity::from_row(context, dataclass, Rc::clone(row));
        for (attribute, values) in attributes.iter().zip(&mut computed) {
            values.push(match attribute_value(run.process(), &entity, attribute) {
                Err(error) if !error.fatal => {
                    tracing::warn!(attribute = %attribute.name, error = %error, "a computed attribute failed");
                    Value::Null
                }
                result => result?,
            });
        }
    }
    Ok(attributes.iter().map(|attribute| attribute.id).zip(computed).collect())
}

/// The entities that values are, or hold the first of. What code found is shown to who may read its dataclass.
fn nested(run: &mut Run, values: &[Value], below: &Projection) -> Result<Nested, ErrorStack> {
    let (mut rows, mut of_rows) = (Vec::new(), Vec::with_capacity(values.len()));
    let Some(target) = below.dataclass else { return Ok(Nested { level: Level::default(), of_rows }) };
    access::check(run.context(), target, Action::Read)?;
    for value in values {
        let (begin, mut count) = (rows.len(), 0);
        if let Some(entity) = value.as_native::<Entity>().filter(|entity| entity.dataclass() == target) {
            rows.push(row_of(entity));
            count = 1;
        } else if let Some(selection) =
            value.as_native::<Selection>().filter(|selection| selection.dataclass() == target)
        {
            let (first, all) = selection.page(0, Some(RELATED_MAX as u64), &shown())?;
            rows.extend(first.into_iter().flatten());
            count = all as usize;
        }
        of_rows.push((begin..rows.len(), count));
    }
    Ok(Nested { level: load(run, target, rows, below)?, of_rows })
}

fn links(rows: &[Rc<Row>], attribute: AttributeId) -> Vec<Scalar> {
    let mut seen = std::collections::HashSet::new();
    rows.iter()
        .filter_map(|row| row.values.get(attribute.index()))
        .filter(|value| !value.is_null() && seen.insert(key_text(value)))
        .cloned()
        .collect()
}

fn related(
    run: &mut Run,
    rows: &[Rc<Row>],
    step: &RelationStep,
    below: &Projection,
) -> Result<Related, ErrorStack> {
    let found = run.read_linked(step, links(rows, step.own))?;
    let mut by_link: HashMap<Text, Vec<usize>> = HashMap::new();
    for (index, row) in found.iter().enumerate() {
        let link = row.values.get(step.other.index()).map(key_text).unwrap_or_default();
        by_link.entry(link).or_default().push(index);
    }
    let level = load(run, step.target, found, below)?;
    Ok(Related { level, by_link })
}

/// The N→1 steps and the stored attribute an alias stands for; `None` when it needs code, ends in several entities, or in
/// bytes that a page does not read.
fn stored_path(
    context: &Context,
    dataclass: DataclassId,
    path: &str,
) -> Option<(Vec<RelationStep>, AttributeId)> {
    let catalog = &context.application().catalog;
    let names: Vec<&str> = path.split('.').collect();
    let (leaf, relations) = names.split_last()?;
    let mut at = dataclass;
    let mut steps = Vec::new();
    for name in relations {
        let attribute = catalog.dataclass(at).attribute_named(name)?;
        let step = RelationStep::new(catalog, at, attribute.id).filter(|step| !step.many)?;
        at = step.target;
        steps.push(step);
    }
    let leaf = catalog.dataclass(at).attribute_named(leaf)?;
    let field_type = leaf.field().map(|field| field.field_type);
    (leaf.is_storage() && !matches!(field_type, Some(FieldType::Picture | FieldType::Blob)))
        .then_some((steps, leaf.id))
}

/// Follows an alias for a whole page: one statement per step.
fn follow(
    run: &mut Run,
    rows: &[Rc<Row>],
    steps: &[RelationStep],
    leaf: AttributeId,
) -> Result<Vec<Value>, ErrorStack> {
    let Some((step, rest)) = steps.split_first() else {
        let value = |row: &Rc<Row>| row.values.get(leaf.index()).map(Scalar::to_value).unwrap_or_default();
        return Ok(rows.iter().map(value).collect());
    };
    let found = run.read_linked_for_alias(step, links(rows, step.own))?;
    let found: Vec<_> = found.into_iter().map(Rc::new).collect();
    let values = follow(run, &found, rest, leaf)?;
    let by_link: HashMap<Text, &Value> = found
        .iter()
        .zip(&values)
        .filter_map(|(row, value)| Some((key_text(row.values.get(step.other.index())?), value)))
        .collect();
    let value = |row: &Rc<Row>| {
        let link = row.values.get(step.own.index()).filter(|link| !link.is_null())?;
        by_link.get(&key_text(link)).map(|value| (*value).clone())
    };
    Ok(rows.iter().map(|row| value(row).unwrap_or(Value::Null)).collect())
}
