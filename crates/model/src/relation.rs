//! A relation between two dataclasses as the catalog declares it, whether or not its ends have names.
//!
//! The relation attributes of [`crate::Attribute`] are the named ends; `store` reads this list for indexes and for
//! what a drop does to related entities.

use tessera_values::Text;

use crate::{AttributeId, DataclassId};

/// One active relation.
#[derive(Clone, Debug, PartialEq)]
pub struct Relation {
    /// Its uuid in the catalog file.
    pub uuid: Text,
    /// The dataclass that holds the reference (N side).
    pub source: DataclassId,
    /// The field that holds the reference.
    pub foreign_key: AttributeId,
    /// The dataclass referred to (1 side).
    pub destination: DataclassId,
    /// The field referred to.
    pub referenced: AttributeId,
    /// What dropping the 1 side does.
    pub integrity: Integrity,
}

/// What dropping an entity does to the entities that refer to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Integrity {
    /// Nothing.
    #[default]
    None,
    /// They are dropped too.
    Delete,
    /// The drop is refused while there are any.
    Reject,
}
