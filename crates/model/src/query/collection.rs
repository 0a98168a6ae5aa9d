//! Queries on collections: the same language, with no catalog to look names up in.

use tessera_values::{Text, Value};

use super::ast::{Comparator, Condition, Criterion, Literal, PathExpression, Placeholder, Query, Suffix};
use super::merge::split_at_letter;
use super::operands::{Given, Place, comparison};
use super::parse::parse_path;
use super::resolve::{object_path, object_test};
use super::{ObjectStep, ObjectTest, Operand, Operator, Parameters, QueryError};

/// A query on the elements of a collection, to be run with [`super::evaluate::test_object`].
#[derive(Clone, Debug, PartialEq)]
pub struct ElementQuery {
    /// Which elements; `None` for all.
    pub test: Option<ObjectTest>,
    /// In which order: paths, and whether from high to low.
    pub order: Vec<(Vec<ObjectStep>, bool)>,
}

/// Prepares a query for the elements of a collection. Formulas are refused.
pub fn resolve_elements(query: &Query, parameters: &Parameters) -> Result<ElementQuery, QueryError> {
    let resolver = Elements { parameters };
    let test = query.condition.as_ref().map(|condition| resolver.test(condition)).transpose()?;
    let order = query.order.iter().map(|term| {
        let (path, _) = resolver.path(&term.path)?;
        Ok((path.into_iter().map(|(step, _)| step).collect(), term.descending))
    });
    Ok(ElementQuery { test, order: order.collect::<Result<_, _>>()? })
}

struct Elements<'e> {
    parameters: &'e Parameters,
}

/// A letter, and the collection whose element has it.
type LetteredCollection = (char, Vec<ObjectStep>);

type LetteredPath = Vec<(ObjectStep, Option<char>)>;

impl Elements<'_> {
    fn test(&self, condition: &Condition) -> Result<ObjectTest, QueryError> {
        Ok(match condition {
            Condition::And(conditions) => {
                let mut tests = Vec::new();
                let mut linked: Vec<(char, Vec<ObjectStep>, Vec<ObjectTest>)> = Vec::new();
                for condition in conditions {
                    let Condition::Criterion(criterion) = condition else {
                        tests.push(self.test(condition)?);
                        continue;
                    };
                    match self.criterion(criterion)? {
                        (None, test) => tests.push(test),
                        (Some((letter, path)), test) => {
                            match linked.iter_mut().find(|(l, p, _)| (*l, p as &Vec<_>) == (letter, &path)) {
                                Some((.., members)) => members.push(test),
                                None => linked.push((letter, path, vec![test])),
                            }
                        }
                    }
                }
                tests.extend(linked.into_iter().map(|(_, path, members)| ObjectTest::Element {
                    path,
                    test: Box::new(ObjectTest::And(members)),
                }));
                ObjectTest::And(tests)
            }
            Condition::Or(conditions) => {
                ObjectTest::Or(conditions.iter().map(|c| self.test(c)).collect::<Result<_, _>>()?)
            }
            Condition::Except(some, others) => {
                let mut tests = vec![self.test(some)?];
                for other in others {
                    tests.push(ObjectTest::Not(Box::new(self.test(other)?)));
                }
                ObjectTest::And(tests)
            }
            Condition::Not(condition) => ObjectTest::Not(Box::new(self.test(condition)?)),
            Condition::Criterion(criterion) => match self.criterion(criterion)? {
                (Some((_, path)), test) => ObjectTest::Element { path, test: Box::new(test) },
                (None, test) => test,
            },
            Condition::Eval(_) | Condition::Formula(_) => return Err(QueryError::FormulaNotAllowed),
        })
    }

    /// The test of a criterion. With a letter it is about an element; then the letter and the collection come along.
    fn criterion(
        &self,
        criterion: &Criterion,
    ) -> Result<(Option<LetteredCollection>, ObjectTest), QueryError> {
        let (path, name) = self.path(&criterion.path)?;
        if let Some(address) = self.reference(criterion)? {
            return Ok(match split_at_letter(path) {
                (path, None) => (None, reference_test(path, criterion.comparator, address)),
                (collection, Some((letter, inner))) => {
                    (Some((letter, collection)), reference_test(inner, criterion.comparator, address))
                }
            });
        }
        let given = Given::read(&criterion.value, self.parameters)?;
        let place = Place { attribute: &name, field_type: None };
        let (operator, operand) = comparison(place, criterion.comparator, &given)?;
        Ok(match split_at_letter(path) {
            (path, None) => (None, object_test(path, operator, operand)),
            (collection, Some((letter, inner))) => {
                (Some((letter, collection)), object_test(inner, operator, operand))
            }
        })
    }

    /// The object or collection behind a placeholder, where it is compared itself and not what it holds
    /// (`docs/API/CollectionClass.md`).
    fn reference(&self, criterion: &Criterion) -> Result<Option<usize>, QueryError> {
        let compares = equality(criterion.comparator).is_some();
        let Literal::Placeholder(placeholder) = &criterion.value else { return Ok(None) };
        if !compares {
            return Ok(None);
        }
        Ok(self.parameters.value(placeholder)?.address())
    }

    fn path(&self, path: &PathExpression) -> Result<(LetteredPath, Text), QueryError> {
        let parts = match path {
            PathExpression::Names(parts) => parts.clone(),
            PathExpression::Placeholder(placeholder) => self.placeholder(placeholder)?,
        };
        let name = parts.iter().map(|part| part.name.as_str()).collect::<Vec<_>>().join(".");
        Ok((object_path(Suffix::None, parts.iter()), name.into()))
    }

    fn placeholder(&self, placeholder: &Placeholder) -> Result<Vec<super::ast::PathPart>, QueryError> {
        match self.parameters.path(placeholder)? {
            Value::Text(text) => parse_path(&text),
            _ => Err(QueryError::PlaceholderType {
                placeholder: placeholder.to_string().into(),
                expected: "an attribute path",
            }),
        }
    }
}

/// Does a comparator ask for the same (True) or another value (False)?
fn equality(comparator: Comparator) -> Option<bool> {
    match comparator {
        Comparator::Equal | Comparator::StrictEqual => Some(true),
        Comparator::NotEqual | Comparator::StrictNotEqual => Some(false),
        _ => None,
    }
}

/// An inequality never finds Null.
fn reference_test(path: Vec<ObjectStep>, comparator: Comparator, address: usize) -> ObjectTest {
    let same = ObjectTest::Reference { path: path.clone(), address };
    if equality(comparator) == Some(true) {
        return same;
    }
    let operand = Operand::Scalar(tessera_values::Scalar::Null);
    let exists = ObjectTest::Compare { path, operator: Operator::NotEqual, operand };
    ObjectTest::And(vec![exists, ObjectTest::Not(Box::new(same))])
}
