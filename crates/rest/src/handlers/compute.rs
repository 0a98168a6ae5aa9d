//! `$compute` and `$distinct` (rest-protocol section 8.7): one attribute of a whole selection.

use std::rc::Rc;

use tessera_model::{Attribute, AttributeKind, FieldType};
use tessera_orda::{Aggregates, Run, Selection};
use tessera_values::{DateForm, Value, write_json_string};

use crate::error::RestError;
use crate::json::value::{push, write_any, write_computed};
use crate::options::Options;
use crate::request::Response;

/// What is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    All,
    Average,
    Count,
    Min,
    Max,
    Sum,
}

impl Action {
    fn parse(word: &str) -> Result<Self, RestError> {
        Ok(match word.trim().to_ascii_lowercase().as_str() {
            "$all" | "all" => Self::All,
            "average" => Self::Average,
            "count" => Self::Count,
            "min" => Self::Min,
            "max" => Self::Max,
            "sum" => Self::Sum,
            other => {
                return Err(RestError::new(400, 1817, format!("The computation {other} does not exist")));
            }
        })
    }
}

/// Answers with a bare value, or with an object or array of them.
pub(super) fn answer(
    run: &mut Run,
    selection: &Rc<Selection>,
    attributes: Option<&str>,
    options: &Options,
) -> Result<Response, RestError> {
    let action = options.compute.as_deref().map(Action::parse).transpose()?;
    let list = attributes.or(options.attributes.as_deref()).unwrap_or_default();
    let path = list.split(',').map(str::trim).find(|path| !path.is_empty() && *path != "*");
    let Some(path) = path else {
        if action == Some(Action::Count) {
            return Ok(Response::json(200, selection.length()?.to_string()));
        }
        return Err(RestError::new(400, 1816, "$compute and $distinct need an attribute"));
    };
    let is_number = is_number(attribute(run, selection, path)?);
    let mut body = String::new();
    match action {
        None => {
            let values = run.distinct(selection, path)?;
            let skip = usize::try_from(options.skip()).unwrap_or(usize::MAX);
            let top = options.top.and_then(|top| usize::try_from(top).ok()).unwrap_or(usize::MAX);
            write_list(&mut body, values.iter().skip(skip).take(top));
        }
        Some(Action::All) => {
            let found = run.aggregates(selection, path, options.distinct)?;
            write_all(&mut body, path, &found, is_number);
        }
        Some(action) => {
            let found = run.aggregates(selection, path, options.distinct)?;
            write_any(&mut body, &one(action, &found), DateForm::Midnight);
        }
    }
    Ok(Response::json(200, body))
}

/// The attribute a path begins with; one that is not shown to clients does not exist for them.
fn attribute<'r>(
    run: &'r Run,
    selection: &Selection,
    path: &str,
) -> Result<Option<&'r Attribute>, RestError> {
    let catalog = &run.context().application().catalog;
    let described = catalog.dataclass(selection.dataclass());
    let head = path.split('.').next().unwrap_or_default();
    let found = described
        .attribute_named(head)
        .filter(|attribute| catalog.is_visible(attribute))
        .ok_or_else(|| RestError::attribute_not_found(head, &described.name))?;
    let is_whole = !path.contains('.');
    let is_relation =
        matches!(found.kind, AttributeKind::RelatedEntity { .. } | AttributeKind::RelatedEntities { .. });
    if is_whole && is_relation {
        return Err(RestError::not_applicable("A computation over a relation"));
    }
    Ok(is_whole.then_some(found))
}

/// Is it a field that holds numbers? What lies inside an object is known by its values only.
fn is_number(attribute: Option<&Attribute>) -> bool {
    let field = attribute.and_then(|attribute| attribute.field());
    field.is_some_and(|field| {
        matches!(
            field.field_type,
            FieldType::Integer | FieldType::Long | FieldType::Integer64 | FieldType::Real | FieldType::Float
        )
    })
}

fn one(action: Action, found: &Aggregates) -> Value {
    let null_for_none = |value: &Value| if value.is_nothing() { Value::Null } else { value.clone() };
    match (action, &found.summed) {
        (Action::Count, _) => Value::Integer(found.count as i64),
        (Action::Sum, Some((sum, _))) => sum.clone(),
        (Action::Average, Some((_, average))) => Value::Real(*average),
        (Action::Min, _) => null_for_none(&found.min),
        (Action::Max, _) => null_for_none(&found.max),
        (Action::Sum | Action::Average | Action::All, _) => Value::Null,
    }
}

/// `{"salary":{"count":4,"sum":…,"average":…,"min":…,"max":…}}`; texts and dates have no sum and no average.
fn write_all(out: &mut String, path: &str, found: &Aggregates, is_number: bool) {
    let mut actions = vec![("count", Action::Count)];
    if is_number || found.summed.is_some() {
        actions.extend([("sum", Action::Sum), ("average", Action::Average)]);
    }
    actions.extend([("min", Action::Min), ("max", Action::Max)]);
    out.push('{');
    write_json_string(out, path);
    out.push_str(":{");
    for (position, (name, action)) in actions.into_iter().enumerate() {
        push(out, format_args!("{}\"{name}\":", if position > 0 { "," } else { "" }));
        write_any(out, &one(action, found), DateForm::Midnight);
    }
    out.push_str("}}");
}

fn write_list<'v>(out: &mut String, values: impl Iterator<Item = &'v Value>) {
    out.push('[');
    for (position, value) in values.enumerate() {
        if position > 0 {
            out.push(',');
        }
        write_computed(out, value);
    }
    out.push(']');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_computations_are_known_in_any_case() {
        // R134
        assert_eq!(Action::parse("$All").ok(), Some(Action::All));
        assert_eq!(Action::parse("SUM").ok(), Some(Action::Sum));
        assert_eq!(Action::parse("median").unwrap_err().errors[0].0, 1817);
    }

    #[test]
    fn nothing_has_no_sum() {
        // U40
        let mut out = String::new();
        let none = Aggregates { count: 0, summed: None, min: Value::Undefined, max: Value::Undefined };
        write_all(&mut out, "salary", &none, true);
        assert_eq!(out, r#"{"salary":{"count":0,"sum":null,"average":null,"min":null,"max":null}}"#);
    }
}
