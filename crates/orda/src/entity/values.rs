//! The stored values an entity holds in memory.

use std::rc::Rc;

use tessera_model::AttributeId;
use tessera_store::Row;
use tessera_values::Scalar;

/// One value per storage attribute. Those of a row are shared with whoever read it until one is changed.
#[derive(Clone)]
pub(crate) enum Values {
    /// As they were read.
    Read(Rc<Row>),
    /// Some of them assigned.
    Own(Vec<Scalar>),
}

impl Default for Values {
    fn default() -> Self {
        Self::Own(Vec::new())
    }
}

impl Values {
    /// All of them, in the order of the attributes.
    pub(crate) fn all(&self) -> &[Scalar] {
        match self {
            Self::Read(row) => &row.values,
            Self::Own(values) => values,
        }
    }

    /// The value of a storage attribute.
    pub(crate) fn of(&self, attribute: AttributeId) -> Option<&Scalar> {
        self.all().get(attribute.index())
    }

    /// Where the value of a storage attribute is changed.
    pub(crate) fn slot(&mut self, attribute: AttributeId) -> Option<&mut Scalar> {
        if let Self::Read(row) = self {
            *self = Self::Own(row.values.clone());
        }
        match self {
            Self::Own(values) => values.get_mut(attribute.index()),
            Self::Read(_) => None,
        }
    }
}
