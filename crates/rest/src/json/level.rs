//! The rows of one level of an answer, with the related rows it shows: one statement per relation, never one per row.

use std::collections::HashMap;
use std::rc::Rc;

use tessera_model::query::RelationStep;
use tessera_model::{AttributeId, AttributeKind, DataclassId};
use tessera_orda::{Context, Entity, Run, attribute_value};
use tessera_store::Row;
use tessera_values::{ErrorStack, Scalar, Text, Value};

use super::projection::Projection;
use super::value::key_text;

/// Rows of one dataclass and what is shown with them.
#[derive(Debug, Default)]
pub(crate) struct Level {
    pub(crate) rows: Vec<Row>,
    pub(crate) related: HashMap<AttributeId, Related>,
    /// Values of computed attributes and aliases, one per row.
    pub(crate) computed: HashMap<AttributeId, Vec<Value>>,
}

/// Related rows, found by the value that links them.
#[derive(Debug)]
pub(crate) struct Related {
    pub(crate) level: Level,
    pub(crate) by_link: HashMap<Text, Vec<usize>>,
}

/// Reads what a projection shows with these rows.
pub(crate) fn load(
    run: &mut Run,
    dataclass: DataclassId,
    rows: Vec<Row>,
    projection: &Projection,
) -> Result<Level, ErrorStack> {
    let context = Rc::clone(run.context());
    let mut level = Level { rows, ..Level::default() };
    let nodes: Vec<_> = projection
        .readable(&context)
        .into_iter()
        .filter(|(_, readable)| *readable)
        .map(|(node, _)| (node.attribute, node.below.clone()))
        .collect();
    for (attribute, below) in nodes {
        let catalog = std::sync::Arc::clone(&context.application().catalog);
        let described = catalog.dataclass(dataclass).attribute(attribute);
        match (&described.kind, below) {
            (AttributeKind::RelatedEntity { .. } | AttributeKind::RelatedEntities { .. }, Some(below)) => {
                if let Some(step) = RelationStep::new(&catalog, dataclass, attribute) {
                    let related = related(run, &level.rows, &step, &below)?;
                    level.related.insert(attribute, related);
                }
            }
            (AttributeKind::Calculated(_), _) => {
                let values = each(run, &context, dataclass, &level.rows, attribute)?;
                level.computed.insert(attribute, values);
            }
            (AttributeKind::Alias { path }, _) => {
                let values = match stored_path(&context, dataclass, path) {
                    Some((steps, leaf)) => follow(run, &level.rows, &steps, leaf)?,
                    None => each(run, &context, dataclass, &level.rows, attribute)?,
                };
                level.computed.insert(attribute, values);
            }
            _ => {}
        }
    }
    Ok(level)
}

/// The value of a computed attribute for each row.
// UNSPECIFIED: a `get` function that fails. Taken: its value is null and the log says why, so that one faulty entity
// does not hide a page of others.
fn each(
    run: &mut Run,
    context: &Rc<Context>,
    dataclass: DataclassId,
    rows: &[Row],
    attribute: AttributeId,
) -> Result<Vec<Value>, ErrorStack> {
    let catalog = std::sync::Arc::clone(&context.application().catalog);
    let attribute = catalog.dataclass(dataclass).attribute(attribute);
    rows.iter()
        .map(|row| {
            let entity = Entity::from_row(context, dataclass, row.clone());
            match attribute_value(run.process(), &entity, attribute) {
                Err(error) if !error.fatal => {
                    tracing::warn!(attribute = %attribute.name, error = %error, "a computed attribute failed");
                    Ok(Value::Null)
                }
                result => result,
            }
        })
        .collect()
}

fn links(rows: &[Row], attribute: AttributeId) -> Vec<Scalar> {
    let mut seen = std::collections::HashSet::new();
    rows.iter()
        .filter_map(|row| row.values.get(attribute.index()))
        .filter(|value| !value.is_null() && seen.insert(key_text(value)))
        .cloned()
        .collect()
}

fn related(
    run: &mut Run,
    rows: &[Row],
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

/// The N→1 steps and the stored attribute an alias stands for; `None` when it needs code or ends in several entities.
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
    leaf.is_storage().then_some((steps, leaf.id))
}

/// Follows an alias for a whole page: one statement per step.
fn follow(
    run: &mut Run,
    rows: &[Row],
    steps: &[RelationStep],
    leaf: AttributeId,
) -> Result<Vec<Value>, ErrorStack> {
    let Some((step, rest)) = steps.split_first() else {
        let value = |row: &Row| row.values.get(leaf.index()).map(Scalar::to_value).unwrap_or_default();
        return Ok(rows.iter().map(value).collect());
    };
    let found = run.read_linked_for_alias(step, links(rows, step.own))?;
    let values = follow(run, &found, rest, leaf)?;
    let by_link: HashMap<Text, &Value> = found
        .iter()
        .zip(&values)
        .filter_map(|(row, value)| Some((key_text(row.values.get(step.other.index())?), value)))
        .collect();
    let value = |row: &Row| {
        let link = row.values.get(step.own.index()).filter(|link| !link.is_null())?;
        by_link.get(&key_text(link)).map(|value| (*value).clone())
    };
    Ok(rows.iter().map(|row| value(row).unwrap_or(Value::Null)).collect())
}
