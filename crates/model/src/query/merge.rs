//! Joins the criteria of one conjunction that speak of the same related entity or the same element.

use super::resolve::object_test;
use super::{Filter, ObjectStep, ObjectTest, Operand, Operator, RelationStep};
use crate::AttributeId;

/// A condition at the end of a way, before it is known who shares that way.
pub(super) struct Pending {
    steps: Vec<(RelationStep, u32)>,
    leaf: Leaf,
}

enum Leaf {
    Filter(Filter),
    /// A condition on the element with this letter.
    Linked {
        attribute: AttributeId,
        collection: Vec<ObjectStep>,
        letter: char,
        test: ObjectTest,
    },
}

impl Pending {
    pub(super) fn plain(filter: Filter) -> Self {
        Self::new(Vec::new(), filter)
    }

    pub(super) fn new(steps: Vec<(RelationStep, u32)>, filter: Filter) -> Self {
        Self { steps, leaf: Leaf::Filter(filter) }
    }

    /// A condition on a value inside an object.
    pub(super) fn object(
        steps: Vec<(RelationStep, u32)>,
        attribute: AttributeId,
        path: Vec<(ObjectStep, Option<char>)>,
        operator: Operator,
        operand: Operand,
    ) -> Self {
        let leaf = match split_at_letter(path) {
            (path, None) => {
                Leaf::Filter(Filter::Object { attribute, test: object_test(path, operator, operand) })
            }
            (collection, Some((letter, inner))) => {
                let test = object_test(inner, operator, operand);
                Leaf::Linked { attribute, collection, letter, test }
            }
        };
        Self { steps, leaf }
    }

    /// May several related entities or elements be meant?
    pub(super) fn is_plural(&self) -> bool {
        self.steps.iter().any(|(step, _)| step.many)
            || match &self.leaf {
                Leaf::Linked { .. } => true,
                Leaf::Filter(Filter::Object { test, .. }) => !matches!(test, ObjectTest::Compare { path, .. }
                    if !path.contains(&ObjectStep::Elements)),
                Leaf::Filter(filter) => !matches!(filter, Filter::Compare(_) | Filter::Related { .. }),
            }
    }
}

/// The path to the collection with a letter, the letter, and the path from its element; the whole path without one.
// UNSPECIFIED: two letters in one path. Taken: the first counts, further ones mean any element.
pub(super) fn split_at_letter(
    mut path: Vec<(ObjectStep, Option<char>)>,
) -> (Vec<ObjectStep>, Option<(char, Vec<ObjectStep>)>) {
    let letter = path.iter().enumerate().find_map(|(at, (_, letter))| Some((at, (*letter)?)));
    let plain = |path: Vec<(ObjectStep, Option<char>)>| path.into_iter().map(|(step, _)| step).collect();
    match letter {
        None => (plain(path), None),
        Some((at, letter)) => {
            let inner = path.split_off(at + 1);
            path.pop();
            (plain(path), Some((letter, plain(inner))))
        }
    }
}

/// The conjunction of conditions: those that begin with the same relation and class index are asked of one and the
/// same related entity, those with the same letter of one element.
pub(super) fn merge(pending: Vec<Pending>) -> Filter {
    let mut filters = Vec::new();
    let mut ways: Vec<((RelationStep, u32), Vec<Pending>)> = Vec::new();
    let mut elements: Vec<(AttributeId, Vec<ObjectStep>, char, Vec<ObjectTest>)> = Vec::new();
    for Pending { mut steps, leaf } in pending {
        if !steps.is_empty() {
            let first = steps.remove(0);
            let rest = Pending { steps, leaf };
            match ways.iter_mut().find(|(step, _)| *step == first) {
                Some((_, members)) => members.push(rest),
                None => ways.push((first, vec![rest])),
            }
            continue;
        }
        match leaf {
            Leaf::Filter(filter) => filters.push(filter),
            Leaf::Linked { attribute, collection, letter, test } => {
                let same = |entry: &&mut (AttributeId, Vec<ObjectStep>, char, Vec<ObjectTest>)| {
                    (entry.0, &entry.1, entry.2) == (attribute, &collection, letter)
                };
                match elements.iter_mut().find(same) {
                    Some((.., tests)) => tests.push(test),
                    None => elements.push((attribute, collection, letter, vec![test])),
                }
            }
        }
    }
    filters.extend(elements.into_iter().map(|(attribute, path, _, tests)| Filter::Object {
        attribute,
        test: ObjectTest::Element { path, test: Box::new(ObjectTest::And(tests)) },
    }));
    filters.extend(ways.into_iter().map(|((step, _), members)| Filter::Related {
        relations: vec![step],
        filter: Box::new(merge(members)),
    }));
    match filters.len() {
        1 => filters.remove(0),
        _ => Filter::And(filters),
    }
}
