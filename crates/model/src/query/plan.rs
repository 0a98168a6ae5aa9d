//! What `store` runs: a query in which every name is an id and every value has its attribute's type.
//!
//! Made by `query::resolve`, or directly by the layer above (a calculated attribute's filter, an entity selection);
//! turned into SQL by `store::sql` and into plain Rust by `query::evaluate`.

use std::sync::Arc;

use tessera_values::{Pattern, Scalar, Text};

use super::similarity::Similarity;
use crate::{AttributeId, AttributeKind, Catalog, DataclassId, RecordId};

/// Which entities of one dataclass are wanted.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// Every entity.
    All,
    /// No entity.
    None,
    /// All of these; every entity when empty.
    And(Vec<Filter>),
    /// Any of these; no entity when empty.
    Or(Vec<Filter>),
    /// The complement, entities with Null included.
    Not(Box<Filter>),
    /// One comparison.
    Compare(Compare),
    /// There is a related entity, at the end of `relations`, that satisfies `filter`. Two conditions inside one
    /// `Related` hold for the same related entity.
    Related {
        /// The way to the related dataclass; never empty.
        relations: Vec<RelationStep>,
        /// A filter on the dataclass at the end of the way.
        filter: Box<Filter>,
    },
    /// A condition on the elements of a collection inside an object attribute.
    Object {
        /// The object attribute.
        attribute: AttributeId,
        /// The condition.
        test: ObjectTest,
    },
    /// The entities in this list.
    Records(Vec<RecordId>),
}

/// `path operator operand`. Through a 1→N relation it is true if one related entity matches.
#[derive(Clone, Debug, PartialEq)]
pub struct Compare {
    /// What is compared.
    pub path: Path,
    /// How.
    pub operator: Operator,
    /// With what.
    pub operand: Operand,
}

/// How a value is compared. Null is equal to Null only; any other comparison with Null, on either side, is false,
/// `NotEqual` included. (`NotEqual` Null is true for everything but Null.)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operator {
    /// Equal, or matches the pattern.
    Equal,
    /// Neither Null nor equal.
    NotEqual,
    /// Before.
    Less,
    /// Before or equal.
    LessOrEqual,
    /// After.
    Greater,
    /// After or equal.
    GreaterOrEqual,
    /// Equal to one element of the list.
    In,
    /// Contains the keyword.
    Contains,
}

/// The right-hand side.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// A value of the attribute's type, or Null. An integer attribute may meet a real with decimals.
    Scalar(Scalar),
    /// A text with `@`.
    Pattern(Pattern),
    /// For [`Operator::In`].
    List(Vec<Operand>),
}

/// One relation followed. It carries both fields, so that nobody needs the catalog to join.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RelationStep {
    /// The relation attribute.
    pub attribute: AttributeId,
    /// The field on this side.
    pub own: AttributeId,
    /// The dataclass on the other side.
    pub target: DataclassId,
    /// The field on the other side.
    pub other: AttributeId,
    /// May there be several related entities (1→N)?
    pub many: bool,
}

/// The way from a dataclass to a value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Path {
    /// The relations followed, possibly none.
    pub relations: Vec<RelationStep>,
    /// A storage attribute of the dataclass at the end.
    pub leaf: AttributeId,
    /// The way into an object attribute, possibly empty.
    pub object_path: Vec<ObjectStep>,
}

/// One step into an object.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ObjectStep {
    /// `.name`, or `.length` of a collection.
    Property(Text),
    /// `[]`: any element.
    Elements,
    /// How alike the vector found is to a given one: a number.
    Similarity(Arc<Similarity>),
}

/// A condition on the content of an object.
#[derive(Clone, Debug, PartialEq)]
pub enum ObjectTest {
    /// All of these.
    And(Vec<ObjectTest>),
    /// Any of these.
    Or(Vec<ObjectTest>),
    /// The opposite.
    Not(Box<ObjectTest>),
    /// The comparison is true for the value, or for one of the values, at the path.
    Compare {
        /// From the object tested.
        path: Vec<ObjectStep>,
        /// How.
        operator: Operator,
        /// With what.
        operand: Operand,
    },
    /// The value, or one of the values, at the path is this very object or collection.
    Reference {
        /// From the object tested.
        path: Vec<ObjectStep>,
        /// Where it lies in memory; whoever runs the test holds it until then.
        address: usize,
    },
    /// One element of the collection at `path` satisfies `test`; the paths in it start at the element.
    Element {
        /// From the object tested to the collection.
        path: Vec<ObjectStep>,
        /// The condition.
        test: Box<ObjectTest>,
    },
}

/// One criterion of an order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Order {
    /// What decides. Never through a 1→N relation.
    pub path: Path,
    /// From high to low?
    pub descending: bool,
}

impl Path {
    /// A storage attribute of the dataclass itself.
    pub fn own(leaf: AttributeId) -> Self {
        Self { relations: Vec::new(), leaf, object_path: Vec::new() }
    }

    /// Does it follow a 1→N relation, or enter a collection?
    pub fn is_plural(&self) -> bool {
        self.relations.iter().any(|step| step.many)
            || self.object_path.iter().any(|step| matches!(step, ObjectStep::Elements))
    }

    /// The dataclass of the leaf.
    pub fn dataclass(&self, from: DataclassId) -> DataclassId {
        self.relations.last().map_or(from, |step| step.target)
    }

    fn collect(&self, from: DataclassId, touched: &mut Vec<(DataclassId, AttributeId)>) {
        let dataclass = collect_steps(&self.relations, from, touched);
        touch(touched, dataclass, self.leaf);
    }
}

fn touch(touched: &mut Vec<(DataclassId, AttributeId)>, dataclass: DataclassId, attribute: AttributeId) {
    if !touched.contains(&(dataclass, attribute)) {
        touched.push((dataclass, attribute));
    }
}

fn collect_steps(
    steps: &[RelationStep],
    from: DataclassId,
    touched: &mut Vec<(DataclassId, AttributeId)>,
) -> DataclassId {
    steps.iter().fold(from, |dataclass, step| {
        touch(touched, dataclass, step.attribute);
        step.target
    })
}

impl RelationStep {
    /// The step a relation attribute stands for; `None` for other kinds of attribute.
    pub fn new(catalog: &Catalog, dataclass: DataclassId, attribute: AttributeId) -> Option<Self> {
        match catalog.dataclass(dataclass).attribute(attribute).kind {
            AttributeKind::RelatedEntity { target, foreign_key, destination, .. } => {
                Some(Self { attribute, own: foreign_key, target, other: destination, many: false })
            }
            AttributeKind::RelatedEntities { target, source, destination, .. } => {
                Some(Self { attribute, own: destination, target, other: source, many: true })
            }
            _ => None,
        }
    }
}

impl Order {
    /// The attributes looked at, relation attributes on the way included.
    pub fn attributes(&self, dataclass: DataclassId) -> Vec<(DataclassId, AttributeId)> {
        let mut touched = Vec::new();
        self.path.collect(dataclass, &mut touched);
        touched
    }
}

impl Filter {
    /// `attribute = value`, the commonest filter.
    pub fn equal(attribute: AttributeId, value: Scalar) -> Self {
        Self::Compare(Compare {
            path: Path::own(attribute),
            operator: Operator::Equal,
            operand: Operand::Scalar(value),
        })
    }

    /// Both, without building needless levels.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::All, filter) | (filter, Self::All) => filter,
            (Self::None, _) | (_, Self::None) => Self::None,
            (Self::And(mut filters), Self::And(more)) => {
                filters.extend(more);
                Self::And(filters)
            }
            (Self::And(mut filters), filter) => {
                filters.push(filter);
                Self::And(filters)
            }
            (filter, other) => Self::And(vec![filter, other]),
        }
    }

    /// The attributes looked at, relation attributes on the way included, each once. What the user wrote may be an
    /// alias or a calculated attribute instead; see [`crate::query::Resolved::touched`].
    pub fn attributes(&self, dataclass: DataclassId) -> Vec<(DataclassId, AttributeId)> {
        let mut touched = Vec::new();
        self.collect(dataclass, &mut touched);
        touched
    }

    fn collect(&self, dataclass: DataclassId, touched: &mut Vec<(DataclassId, AttributeId)>) {
        match self {
            Self::All | Self::None | Self::Records(_) => {}
            Self::And(filters) | Self::Or(filters) => {
                for filter in filters {
                    filter.collect(dataclass, touched);
                }
            }
            Self::Not(filter) => filter.collect(dataclass, touched),
            Self::Compare(compare) => compare.path.collect(dataclass, touched),
            Self::Related { relations, filter } => {
                let target = collect_steps(relations, dataclass, touched);
                filter.collect(target, touched);
            }
            Self::Object { attribute, .. } => touch(touched, dataclass, *attribute),
        }
    }
}
