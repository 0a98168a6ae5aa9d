//! From names and constants to ids and values.
//!
//! Aliases are replaced by their paths, calculated attributes by what class code says they stand for. Which
//! attributes the *user* named is kept apart, because permissions are about those.

use std::sync::Arc;

use tessera_values::{Scalar, Text, Value};

use super::ast::{
    Comparator, Condition, Criterion, OrderTerm, PathExpression, PathPart, Placeholder, Query, Suffix,
};
use super::merge::{Pending, merge};
use super::operands::{Given, Place, comparison, vector_comparison};
use super::parse::{NAMES_MAX, parse_path};
use super::{
    Compare, ComputedAttributes, Filter, Formula, ObjectStep, ObjectTest, Operand, Operator, Order,
    Parameters, Path, QueryError, RelationStep, Similarity,
};
use crate::{AttributeId, AttributeKind, Catalog, DataclassId, FieldType};

/// How many aliases may lead to one another.
const ALIASES_MAX: usize = 16;

/// What a query is resolved against.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'s> {
    /// The names.
    pub catalog: &'s Catalog,
    /// The dataclass that is searched.
    pub dataclass: DataclassId,
    /// The values of placeholders.
    pub parameters: &'s Parameters,
    /// Which attributes exist for whoever asks.
    pub exposure: Exposure,
}

/// Which attributes may be named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exposure {
    /// All: code runs the query.
    All,
    /// Exposed ones; others behave as if they did not exist.
    Exposed,
}

/// A query that can be run.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolved {
    /// Which entities.
    pub filter: Filter,
    /// In which order.
    pub order: Vec<Order>,
    /// Every attribute the query names, relations on the way included: of an alias or calculated attribute itself,
    /// not what it stands for.
    pub touched: Vec<(DataclassId, AttributeId)>,
}

/// Resolves a query.
pub fn resolve(
    query: &Query,
    scope: &Scope<'_>,
    computed: &mut dyn ComputedAttributes,
) -> Result<Resolved, QueryError> {
    let mut resolver = Resolver { scope, computed, touched: Vec::new(), similarities: Vec::new() };
    let filter = match &query.condition {
        None => Filter::All,
        Some(condition) => resolver.filter(condition)?,
    };
    let order = resolver.order(&query.order)?;
    Ok(Resolved { filter, order, touched: resolver.touched })
}

/// Resolves an order; the filter of the answer is everything.
pub fn resolve_order(
    order: &[OrderTerm],
    scope: &Scope<'_>,
    computed: &mut dyn ComputedAttributes,
) -> Result<Resolved, QueryError> {
    let mut resolver = Resolver { scope, computed, touched: Vec::new(), similarities: Vec::new() };
    let order = resolver.order(order)?;
    Ok(Resolved { filter: Filter::All, order, touched: resolver.touched })
}

struct Resolver<'r> {
    scope: &'r Scope<'r>,
    computed: &'r mut dyn ComputedAttributes,
    touched: Vec<(DataclassId, AttributeId)>,
    /// The vectors that stored ones were compared with: an order by their attribute is one by similarity.
    similarities: Vec<(Steps, AttributeId, Arc<Similarity>)>,
}

/// Relations followed, each with its class index.
type Steps = Vec<(RelationStep, u32)>;

/// Where a path leads.
struct Reached {
    /// The relations on the way.
    steps: Steps,
    dataclass: DataclassId,
    name: Text,
    end: End,
}

enum End {
    Field {
        attribute: AttributeId,
        field_type: FieldType,
        object_path: Vec<(ObjectStep, Option<char>)>,
    },
    /// The path ends in the relation that is the last of its steps.
    Relation,
    Calculated(AttributeId),
}

impl Resolver<'_> {
    fn filter(&mut self, condition: &Condition) -> Result<Filter, QueryError> {
        Ok(merge(vec![self.pending(condition)?]))
    }

    fn pending(&mut self, condition: &Condition) -> Result<Pending, QueryError> {
        Ok(match condition {
            Condition::And(conditions) => {
                // UNSPECIFIED: two conditions on one 1→N path without class index. Taken: they hold for the same
                // related entity when they stand in the same conjunction, as the documented sample of a film with
                // one actor of two names (`docs/API/DataClassClass.md`) implies.
                let pending =
                    conditions.iter().map(|condition| self.pending(condition)).collect::<Result<_, _>>()?;
                Pending::plain(merge(pending))
            }
            Condition::Or(conditions) => {
                let filters =
                    conditions.iter().map(|condition| self.filter(condition)).collect::<Result<_, _>>()?;
                Pending::plain(Filter::Or(filters))
            }
            Condition::Except(some, others) => {
                let mut filters = vec![self.filter(some)?];
                for other in others {
                    filters.push(Filter::Not(Box::new(self.filter(other)?)));
                }
                Pending::plain(Filter::And(filters))
            }
            Condition::Not(condition) => self.not(condition)?,
            Condition::Criterion(criterion) => self.criterion(criterion, criterion.comparator)?,
            Condition::Eval(text) => {
                Pending::plain(self.computed.formula(self.scope.dataclass, Formula::Text(text))?)
            }
            Condition::Formula(placeholder) => {
                let formula = self.scope.parameters.value(placeholder)?;
                Pending::plain(self.computed.formula(self.scope.dataclass, Formula::Object(&formula))?)
            }
        })
    }

    /// The complement; but the opposite of a single equality is an inequality, which never finds Null.
    // UNSPECIFIED: `not(x = v)` for Null. Taken: excluded for a single negated equality, the set complement for
    // anything composed.
    fn not(&mut self, condition: &Condition) -> Result<Pending, QueryError> {
        if let Condition::Criterion(criterion) = condition {
            let opposite = match criterion.comparator {
                Comparator::Equal => Some(Comparator::NotEqual),
                Comparator::StrictEqual => Some(Comparator::StrictNotEqual),
                _ => None,
            };
            if let Some(opposite) = opposite
                && let pending = self.criterion(criterion, opposite)?
                && !pending.is_plural()
            {
                return Ok(pending);
            }
        }
        Ok(Pending::plain(Filter::Not(Box::new(self.filter(condition)?))))
    }

    fn criterion(&mut self, criterion: &Criterion, comparator: Comparator) -> Result<Pending, QueryError> {
        let given = Given::read(&criterion.value, self.scope.parameters)?;
        let reached = self.reach(&criterion.path)?;
        match reached.end {
            End::Calculated(attribute) => {
                let value = given.to_value();
                let filter = self.computed.filter(reached.dataclass, attribute, comparator, &value)?;
                Ok(Pending::new(reached.steps, filter))
            }
            End::Relation => self.relation(reached, comparator, &given),
            End::Field { attribute, field_type: FieldType::Object, mut object_path } => {
                let Some((operator, similarity, threshold)) =
                    vector_comparison(&reached.name, comparator, &given)?
                else {
                    return self.object(
                        reached.steps,
                        &reached.name,
                        (attribute, object_path),
                        comparator,
                        &given,
                    );
                };
                let similarity = Arc::new(similarity);
                if object_path.is_empty() {
                    self.similarities.push((reached.steps.clone(), attribute, Arc::clone(&similarity)));
                }
                object_path.push((ObjectStep::Similarity(similarity), None));
                let threshold = Operand::Scalar(Scalar::Real(threshold));
                Ok(Pending::object(reached.steps, attribute, object_path, operator, threshold))
            }
            End::Field { attribute, field_type, .. } => {
                let place = Place { attribute: &reached.name, field_type: Some(field_type) };
                let (operator, operand) = comparison(place, comparator, &given)?;
                let compare = Compare { path: Path::own(attribute), operator, operand };
                Ok(Pending::new(reached.steps, Filter::Compare(compare)))
            }
        }
    }

    /// A comparison of an object, or of a value inside it.
    fn object(
        &self,
        steps: Steps,
        name: &str,
        (attribute, path): (AttributeId, Vec<(ObjectStep, Option<char>)>),
        comparator: Comparator,
        given: &Given,
    ) -> Result<Pending, QueryError> {
        let whole = path.is_empty();
        let place = Place { attribute: name, field_type: whole.then_some(FieldType::Object) };
        let (operator, operand) = comparison(place, comparator, given)?;
        Ok(if whole {
            let compare = Compare { path: Path::own(attribute), operator, operand };
            Pending::new(steps, Filter::Compare(compare))
        } else {
            Pending::object(steps, attribute, path, operator, operand)
        })
    }

    /// A relation attribute alone: Null asks whether there is a related entity, a value is compared with its key.
    // UNSPECIFIED: what a relation attribute is compared with. Taken: the related key.
    fn relation(
        &mut self,
        mut reached: Reached,
        comparator: Comparator,
        given: &Given,
    ) -> Result<Pending, QueryError> {
        let wrong =
            QueryError::WrongComparator { comparator: comparator.sign(), attribute: reached.name.clone() };
        let Some((step, _)) = reached.steps.last().copied() else { return Err(wrong) };
        if matches!(given, Given::Null) {
            reached.steps.pop();
            let related = Filter::Related { relations: vec![step], filter: Box::new(Filter::All) };
            return match comparator {
                Comparator::Equal | Comparator::StrictEqual => {
                    Ok(Pending::new(reached.steps, Filter::Not(Box::new(related))))
                }
                Comparator::NotEqual | Comparator::StrictNotEqual => Ok(Pending::new(reached.steps, related)),
                _ => Err(wrong),
            };
        }
        let target = self.scope.catalog.dataclass(step.target);
        let key = target.key_attribute();
        let Some(field) = key.field() else { return Err(wrong) };
        let place = Place { attribute: &reached.name, field_type: Some(field.field_type) };
        let (operator, operand) = comparison(place, comparator, given)?;
        // The reference itself is the key, so nothing has to be joined.
        let leaf = if step.other == target.key && !step.many {
            reached.steps.pop();
            step.own
        } else {
            target.key
        };
        let compare = Compare { path: Path::own(leaf), operator, operand };
        Ok(Pending::new(reached.steps, Filter::Compare(compare)))
    }

    fn order(&mut self, terms: &[OrderTerm]) -> Result<Vec<Order>, QueryError> {
        let mut order = Vec::new();
        for term in terms {
            let reached = self.reach(&term.path)?;
            let not_sortable = || QueryError::NotSortable { attribute: reached.name.clone() };
            if reached.steps.iter().any(|(step, _)| step.many) {
                return Err(not_sortable());
            }
            let relations: Vec<RelationStep> = reached.steps.iter().map(|(step, _)| *step).collect();
            // Of several vectors the first one compared counts (`docs/API/DataClassClass.md`).
            if let End::Field { attribute, object_path, .. } = &reached.end
                && object_path.is_empty()
                && let Some((.., similarity)) = self
                    .similarities
                    .iter()
                    .find(|(steps, compared, _)| (steps, compared) == (&reached.steps, attribute))
            {
                let object_path = vec![ObjectStep::Similarity(Arc::clone(similarity))];
                let path = Path { relations, leaf: *attribute, object_path };
                order.push(Order { path, descending: term.descending });
                continue;
            }
            match &reached.end {
                End::Relation => return Err(not_sortable()),
                End::Field { field_type: FieldType::Picture | FieldType::Blob, .. } => {
                    return Err(not_sortable());
                }
                End::Field { field_type: FieldType::Object, object_path, .. } if object_path.is_empty() => {
                    return Err(not_sortable());
                }
                End::Field { attribute, object_path, .. } => {
                    if object_path.iter().any(|(step, _)| *step == ObjectStep::Elements) {
                        return Err(not_sortable());
                    }
                    let object_path = object_path.iter().map(|(step, _)| step.clone()).collect();
                    let path = Path { relations, leaf: *attribute, object_path };
                    order.push(Order { path, descending: term.descending });
                }
                End::Calculated(attribute) => {
                    let inner = self.computed.order(reached.dataclass, *attribute, term.descending)?;
                    order.extend(inner.into_iter().map(|mut inner| {
                        inner.path.relations.splice(0..0, relations.iter().copied());
                        inner
                    }));
                }
            }
        }
        Ok(order)
    }

    fn reach(&mut self, path: &PathExpression) -> Result<Reached, QueryError> {
        match path {
            PathExpression::Names(parts) => self.walk(parts.clone()),
            PathExpression::Placeholder(placeholder) => {
                let parts = self.placeholder_path(placeholder)?;
                self.walk(parts)
            }
        }
    }

    /// A path given as text, or as a collection of names that need not be writable.
    fn placeholder_path(&self, placeholder: &Placeholder) -> Result<Vec<PathPart>, QueryError> {
        let wrong = || QueryError::PlaceholderType {
            placeholder: placeholder.to_string().into(),
            expected: "an attribute path",
        };
        match self.scope.parameters.path(placeholder)? {
            Value::Text(text) => parse_path(&text),
            Value::Collection(names) => {
                let names = names.to_vec();
                if names.is_empty() || names.len() > NAMES_MAX {
                    return Err(wrong());
                }
                let parts = names.into_iter().map(|name| match name {
                    Value::Text(name) => Ok(PathPart { name, suffix: Suffix::None }),
                    _ => Err(wrong()),
                });
                parts.collect()
            }
            _ => Err(wrong()),
        }
    }

    /// Follows a path from the dataclass that is searched.
    fn walk(&mut self, mut parts: Vec<PathPart>) -> Result<Reached, QueryError> {
        let name: Text = parts.iter().map(|part| part.name.as_str()).collect::<Vec<_>>().join(".").into();
        let catalog = self.scope.catalog;
        let mut here = self.scope.dataclass;
        let mut steps = Vec::new();
        // Parts that come from an alias are trusted: reading the alias is enough (`docs/ORDA/privileges.md`).
        let (mut trusted, mut aliases) = (0_usize, 0);
        parts.reverse();
        while let Some(part) = parts.pop() {
            let dataclass = catalog.dataclass(here);
            let hidden = |attribute| {
                trusted == 0 && self.scope.exposure == Exposure::Exposed && !catalog.is_visible(attribute)
            };
            let unknown = |name: &Text| QueryError::UnknownAttribute {
                dataclass: dataclass.name.clone(),
                attribute: name.clone(),
            };
            let attribute = dataclass
                .attribute_named(&part.name)
                .filter(|attribute| !hidden(attribute))
                .ok_or_else(|| unknown(&part.name))?;
            if trusted == 0 && !self.touched.contains(&(here, attribute.id)) {
                self.touched.push((here, attribute.id));
            }
            trusted = trusted.saturating_sub(1);
            match &attribute.kind {
                AttributeKind::Alias { path } => {
                    aliases += 1;
                    if aliases > ALIASES_MAX {
                        return Err(QueryError::AliasLoop { attribute: part.name });
                    }
                    let expanded = parse_path(path)?;
                    trusted += expanded.len();
                    parts.extend(expanded.into_iter().rev());
                }
                AttributeKind::RelatedEntity { .. } | AttributeKind::RelatedEntities { .. } => {
                    let class = match part.suffix {
                        Suffix::None => 0,
                        Suffix::Class(class) => class,
                        Suffix::Elements | Suffix::Linked(_) => return Err(unknown(&part.name)),
                    };
                    let Some(step) = RelationStep::new(catalog, here, attribute.id) else {
                        return Err(unknown(&part.name));
                    };
                    steps.push((step, class));
                    here = step.target;
                    if parts.is_empty() {
                        return Ok(Reached { steps, dataclass: here, name, end: End::Relation });
                    }
                }
                AttributeKind::Calculated(_) => {
                    let end = End::Calculated(attribute.id);
                    return match parts.last() {
                        Some(next) => Err(unknown(&next.name)),
                        None => Ok(Reached { steps, dataclass: here, name, end }),
                    };
                }
                AttributeKind::Storage(field) => {
                    let object_path = object_path(part.suffix, parts.iter().rev());
                    if field.field_type != FieldType::Object
                        && let Some(next) = parts.last()
                    {
                        return Err(unknown(&next.name));
                    }
                    if field.field_type != FieldType::Object && !object_path.is_empty() {
                        return Err(unknown(&part.name));
                    }
                    let (attribute, field_type) = (attribute.id, field.field_type);
                    let end = End::Field { attribute, field_type, object_path };
                    return Ok(Reached { steps, dataclass: here, name, end });
                }
            }
        }
        Err(QueryError::UnknownAttribute { dataclass: catalog.dataclass(here).name.clone(), attribute: name })
    }
}

/// The way into an object; a letter marks the element that other criteria with it speak of too.
pub(super) fn object_path<'p>(
    suffix: Suffix,
    parts: impl Iterator<Item = &'p PathPart>,
) -> Vec<(ObjectStep, Option<char>)> {
    let elements = |suffix| match suffix {
        Suffix::Elements => Some((ObjectStep::Elements, None)),
        Suffix::Linked(letter) => Some((ObjectStep::Elements, Some(letter))),
        Suffix::None | Suffix::Class(_) => None,
    };
    let mut path: Vec<_> = elements(suffix).into_iter().collect();
    for part in parts {
        path.push((ObjectStep::Property(part.name.clone()), None));
        path.extend(elements(part.suffix));
    }
    path
}

/// The test of one criterion on an object, before criteria with the same letter are joined.
pub(super) fn object_test(path: Vec<ObjectStep>, operator: Operator, operand: Operand) -> ObjectTest {
    let elements = path.iter().position(|step| *step == ObjectStep::Elements);
    match (operator, elements) {
        // `c[].x != v`: no element is equal (`docs/API/DataClassClass.md`); there has to be a collection, as an
        // inequality never finds Null.
        (Operator::NotEqual, Some(at)) => ObjectTest::And(vec![
            ObjectTest::Compare {
                path: path[..at].to_vec(),
                operator: Operator::NotEqual,
                operand: Operand::Scalar(tessera_values::Scalar::Null),
            },
            ObjectTest::Not(Box::new(ObjectTest::Compare { path, operator: Operator::Equal, operand })),
        ]),
        _ => ObjectTest::Compare { path, operator, operand },
    }
}
