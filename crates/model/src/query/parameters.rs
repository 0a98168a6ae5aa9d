//! The values given with a query, and the class code a query may call.

use tessera_values::Value;

use super::ast::{Comparator, Placeholder};
use super::{Filter, Order, QueryError};
use crate::{AttributeId, DataclassId};

/// The values of a query's placeholders. Entities given as values have to be replaced by their keys before.
#[derive(Clone, Debug, Default)]
pub struct Parameters {
    /// `:1`, `:2` …
    pub positional: Vec<Value>,
    /// The object behind `:name` where a value stands (`parameters` of the query settings).
    pub named: Value,
    /// The object behind `:name` where a path stands (`attributes` of the query settings).
    pub attributes: Value,
}

impl Parameters {
    /// Only values by position.
    pub fn positional(values: impl IntoIterator<Item = Value>) -> Self {
        Self { positional: values.into_iter().collect(), ..Self::default() }
    }

    /// The value of a placeholder where a value stands. Null can't be given, only written (1279).
    pub(super) fn value(&self, placeholder: &Placeholder) -> Result<Value, QueryError> {
        self.find(placeholder, &self.named)
    }

    /// The value of a placeholder where a path stands.
    pub(super) fn path(&self, placeholder: &Placeholder) -> Result<Value, QueryError> {
        self.find(placeholder, &self.attributes)
    }

    fn find(&self, placeholder: &Placeholder, named: &Value) -> Result<Value, QueryError> {
        let value = match placeholder {
            Placeholder::Position(position) => {
                position.checked_sub(1).and_then(|index| self.positional.get(index)).cloned()
            }
            Placeholder::Named(names) => names.iter().try_fold(named.clone(), |value, name| match value {
                Value::Object(object) => object.get(name),
                _ => None,
            }),
        };
        value
            .filter(|value| !value.is_nothing())
            .ok_or_else(|| QueryError::PlaceholderMissing { placeholder: placeholder.to_string().into() })
    }
}

/// A formula inside a query.
#[derive(Clone, Copy, Debug)]
pub enum Formula<'f> {
    /// The text of `eval(…)`.
    Text(&'f str),
    /// A formula object.
    Object(&'f Value),
}

/// What only class code can decide. The layer that runs code implements it.
pub trait ComputedAttributes {
    /// The filter a comparison of a calculated attribute stands for: what its `Function query` answers, or the
    /// records for which the value, computed one by one, compares.
    fn filter(
        &mut self,
        dataclass: DataclassId,
        attribute: AttributeId,
        comparator: Comparator,
        value: &Value,
    ) -> Result<Filter, QueryError>;

    /// The order a calculated attribute stands for: what its `Function orderBy` answers.
    fn order(
        &mut self,
        dataclass: DataclassId,
        attribute: AttributeId,
        descending: bool,
    ) -> Result<Vec<Order>, QueryError>;

    /// The filter a formula stands for. Refused unless implemented (1278): REST clients may not send code.
    fn formula(&mut self, dataclass: DataclassId, formula: Formula<'_>) -> Result<Filter, QueryError> {
        let _ = (dataclass, formula);
        Err(QueryError::FormulaNotAllowed)
    }
}

/// For catalogs without class code.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoCode;

impl ComputedAttributes for NoCode {
    fn filter(
        &mut self,
        _: DataclassId,
        _: AttributeId,
        comparator: Comparator,
        _: &Value,
    ) -> Result<Filter, QueryError> {
        Err(QueryError::WrongComparator { comparator: comparator.sign(), attribute: "".into() })
    }

    fn order(&mut self, _: DataclassId, _: AttributeId, _: bool) -> Result<Vec<Order>, QueryError> {
        Err(QueryError::NotSortable { attribute: "".into() })
    }
}
