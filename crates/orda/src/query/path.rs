//! The path of one attribute, for what is computed over it.

use std::sync::Arc;

use tessera_model::query::{
    Comparator, ComputedAttributes, Filter, Order, Parameters, Path, QueryError, Scope, parse_order,
    resolve_order,
};
use tessera_model::{AttributeId, DataclassId};
use tessera_values::{ErrorStack, Text, Value};

use super::{Asker, query_error};
use crate::context::Context;

/// A path for an aggregate.
pub(crate) struct PlannedPath {
    /// `None` when it ends in a computed attribute.
    pub(crate) path: Option<Path>,
    pub(crate) touched: Vec<(DataclassId, AttributeId)>,
}

/// Resolves the path of an attribute.
pub(crate) fn path(
    context: &Context,
    dataclass: DataclassId,
    text: &str,
    asker: Asker,
) -> Result<PlannedPath, ErrorStack> {
    let catalog = Arc::clone(&context.application().catalog);
    let terms = parse_order(text).map_err(query_error)?;
    let parameters = Parameters::default();
    let scope = Scope { catalog: &catalog, dataclass, parameters: &parameters, exposure: asker.exposure() };
    match resolve_order(&terms, &scope, &mut OnlyStored) {
        Ok(resolved) => Ok(PlannedPath {
            path: resolved.order.into_iter().next().map(|order| order.path),
            touched: resolved.touched,
        }),
        Err(QueryError::NotSortable { .. }) => Ok(PlannedPath { path: None, touched: Vec::new() }),
        Err(error) => Err(query_error(error)),
    }
}

/// Tells computed attributes apart from stored ones.
struct OnlyStored;

impl ComputedAttributes for OnlyStored {
    fn filter(
        &mut self,
        _: DataclassId,
        _: AttributeId,
        _: Comparator,
        _: &Value,
    ) -> Result<Filter, QueryError> {
        Err(QueryError::NotSortable { attribute: Text::new() })
    }

    fn order(&mut self, _: DataclassId, _: AttributeId, _: bool) -> Result<Vec<Order>, QueryError> {
        Err(QueryError::NotSortable { attribute: Text::new() })
    }
}
