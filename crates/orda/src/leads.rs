//! Where an attribute leads: a relation, and an alias or a computed attribute that ends in entities.

use tessera_model::{Attribute, AttributeKind, Catalog, Dataclass, DataclassId};

/// How many aliases may lead through one another.
const DEPTH_MAX: usize = 8;

/// What an attribute holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leads {
    /// A value.
    Value,
    /// One entity.
    One(DataclassId),
    /// An entity selection.
    Many(DataclassId),
}

impl Leads {
    /// Where an attribute of a dataclass leads.
    pub fn of(catalog: &Catalog, dataclass: &Dataclass, attribute: &Attribute) -> Self {
        Self::within(catalog, dataclass, attribute, 0)
    }

    /// The dataclass of the entities.
    pub fn target(self) -> Option<DataclassId> {
        match self {
            Self::Value => None,
            Self::One(target) | Self::Many(target) => Some(target),
        }
    }

    fn within(catalog: &Catalog, dataclass: &Dataclass, attribute: &Attribute, depth: usize) -> Self {
        match &attribute.kind {
            AttributeKind::Storage(_) => Self::Value,
            AttributeKind::RelatedEntity { target, .. } => Self::One(*target),
            AttributeKind::RelatedEntities { target, .. } => Self::Many(*target),
            AttributeKind::Calculated(calculation) => {
                let class = calculation.value_type.as_str();
                let class = class.strip_prefix("cs.").unwrap_or(class);
                let named = |suffix: &str| catalog.dataclass_named(class.strip_suffix(suffix)?);
                match (named("Entity"), named("Selection")) {
                    (Some(target), _) => Self::One(target.id),
                    (None, Some(target)) => Self::Many(target.id),
                    (None, None) => Self::Value,
                }
            }
            AttributeKind::Alias { .. } if depth >= DEPTH_MAX => Self::Value,
            AttributeKind::Alias { path } => {
                let (mut here, mut many, mut end) = (dataclass, false, Self::Value);
                for (position, name) in path.split('.').enumerate() {
                    if position > 0 {
                        let Some(target) = end.target() else { return Self::Value };
                        here = catalog.dataclass(target);
                    }
                    let Some(attribute) = here.attribute_named(name) else { return Self::Value };
                    end = Self::within(catalog, here, attribute, depth + 1);
                    many |= matches!(end, Self::Many(_));
                }
                match end {
                    Self::One(target) if many => Self::Many(target),
                    end => end,
                }
            }
        }
    }
}
