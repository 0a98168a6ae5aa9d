//! Ids of dataclasses, attributes and records, as newtypes.
//!
//! They are indexes into one [`crate::Catalog`] and mean nothing outside it; `query` and `store` pass them instead
//! of names.

/// The index of a dataclass within its catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DataclassId(pub u32);

/// The index of an attribute within its dataclass. Storage attributes come first, so the id of a storage attribute
/// is also its position among the stored values of an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AttributeId(pub u32);

/// The store's own number of an entity: given once, never reused, never shown to a client. Its order is the order
/// of creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordId(pub i64);

impl DataclassId {
    /// As an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl AttributeId {
    /// As an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}
