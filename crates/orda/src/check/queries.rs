//! Query texts written in code: can they be read, and do their paths exist?

use tessera_model::query::ast::{Condition, PathExpression, PathPart};
use tessera_model::query::{parse, parse_order};
use tessera_model::{AttributeKind, Catalog, DataclassId};
use tessera_syntax::Diagnostic;
use tessera_syntax::ast::{Expression, ExpressionKind};

use super::spelling;

/// Checks the text given to `query` or `orderBy`.
pub(super) fn check(
    catalog: &Catalog,
    dataclass: DataclassId,
    is_query: bool,
    text: &Expression,
) -> Vec<Diagnostic> {
    let ExpressionKind::Text(query) = &text.kind else { return Vec::new() };
    let mut paths = Vec::new();
    let read = if is_query {
        parse(query).map(|query| {
            if let Some(condition) = &query.condition {
                gather(condition, &mut paths);
            }
            paths.extend(query.order.into_iter().map(|term| term.path));
        })
    } else {
        parse_order(query).map(|order| paths.extend(order.into_iter().map(|term| term.path)))
    };
    if let Err(error) = read {
        return vec![Diagnostic::warning("check/query", error.to_string(), text.span)];
    }
    let unknown = paths.iter().filter_map(|path| match path {
        PathExpression::Names(parts) => unknown(catalog, dataclass, parts),
        PathExpression::Placeholder(_) => None,
    });
    unknown
        .map(|(owner, name, hint)| {
            let message = format!("the dataclass {owner} has no attribute `{name}`");
            let mut diagnostic = Diagnostic::warning("check/query", message, text.span);
            diagnostic.hint = hint.map(|known| format!("did you mean `{known}`?"));
            diagnostic
        })
        .collect()
}

fn gather(condition: &Condition, paths: &mut Vec<PathExpression>) {
    match condition {
        Condition::And(all) | Condition::Or(all) => {
            for inner in all {
                gather(inner, paths);
            }
        }
        Condition::Except(first, others) => {
            gather(first, paths);
            for inner in others {
                gather(inner, paths);
            }
        }
        Condition::Not(inner) => gather(inner, paths),
        Condition::Criterion(criterion) => paths.push(criterion.path.clone()),
        Condition::Eval(_) | Condition::Formula(_) => {}
    }
}

/// The first name of a path that is no attribute: its dataclass, the name, and what it may mean.
fn unknown(
    catalog: &Catalog,
    mut dataclass: DataclassId,
    path: &[PathPart],
) -> Option<(String, String, Option<String>)> {
    for part in path {
        let described = catalog.dataclass(dataclass);
        let Some(attribute) = described.attribute_named(&part.name) else {
            let known = described.attributes().iter().map(|attribute| attribute.name.as_str());
            let hint = spelling::alike(&part.name, known).map(ToOwned::to_owned);
            return Some((described.name.to_string(), part.name.to_string(), hint));
        };
        match &attribute.kind {
            AttributeKind::RelatedEntity { target, .. } | AttributeKind::RelatedEntities { target, .. } => {
                dataclass = *target;
            }
            // What lies in objects, and behind calculations and aliases, is not known here.
            _ => return None,
        }
    }
    None
}
