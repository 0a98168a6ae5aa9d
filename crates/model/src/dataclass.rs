//! What one dataclass declares: its name, key and attributes.

use std::collections::HashMap;

use tessera_values::Text;

use crate::{Attribute, AttributeId, DataclassId};

/// One dataclass: a table with exactly one key field.
#[derive(Clone, Debug, PartialEq)]
pub struct Dataclass {
    /// Its index in the catalog.
    pub id: DataclassId,
    /// Its name, case-sensitive.
    pub name: Text,
    /// Its table's number.
    pub table_number: u32,
    /// Its table's uuid.
    pub uuid: Text,
    /// May REST show it? False with `hide_in_REST`.
    pub exposed: bool,
    /// Changes are tracked by a global stamp (`leave_tag_on_delete`).
    pub tracked: bool,
    /// The key attribute.
    pub key: AttributeId,
    attributes: Vec<Attribute>,
    storage_count: usize,
    by_name: HashMap<Text, AttributeId>,
}

impl Dataclass {
    pub(crate) fn new(
        id: DataclassId,
        name: Text,
        table_number: u32,
        uuid: Text,
        exposed: bool,
        tracked: bool,
        key: AttributeId,
    ) -> Self {
        Self {
            id,
            name,
            table_number,
            uuid,
            exposed,
            tracked,
            key,
            attributes: Vec::new(),
            storage_count: 0,
            by_name: HashMap::new(),
        }
    }

    /// Adds an attribute behind the others, unless its name is taken.
    pub(crate) fn push(&mut self, mut attribute: Attribute) -> Option<AttributeId> {
        if self.by_name.contains_key(&attribute.name) {
            return None;
        }
        attribute.id = AttributeId(self.attributes.len() as u32);
        if attribute.is_storage() {
            debug_assert_eq!(self.storage_count, self.attributes.len(), "fields come before the rest");
            self.storage_count += 1;
        }
        self.by_name.insert(attribute.name.clone(), attribute.id);
        let id = attribute.id;
        self.attributes.push(attribute);
        Some(id)
    }

    /// Adds an attribute that takes the name of a field, unless the field is the key or another attribute has the name.
    /// The field goes on being stored, and clients no longer see it.
    pub(crate) fn push_over(&mut self, attribute: Attribute) -> Option<AttributeId> {
        let taken = *self.by_name.get(&attribute.name)?;
        if taken == self.key || !self.attribute(taken).is_storage() {
            return None;
        }
        self.by_name.remove(&attribute.name);
        self.attribute_mut(taken).exposed = false;
        self.push(attribute)
    }

    pub(crate) fn attribute_mut(&mut self, id: AttributeId) -> &mut Attribute {
        &mut self.attributes[id.index()]
    }

    /// All attributes: fields by position, then relations, then what class code adds.
    pub fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// The stored attributes. The id of each is its position in this list.
    pub fn storage(&self) -> &[Attribute] {
        &self.attributes[..self.storage_count]
    }

    /// An attribute by id.
    ///
    /// # Panics
    /// When the id belongs to another dataclass.
    pub fn attribute(&self, id: AttributeId) -> &Attribute {
        &self.attributes[id.index()]
    }

    /// An attribute by its exact name.
    pub fn attribute_named(&self, name: &str) -> Option<&Attribute> {
        self.by_name.get(name).map(|id| self.attribute(*id))
    }

    /// The attributes as code sees them: without fields whose names relations have taken.
    pub fn named(&self) -> impl Iterator<Item = &Attribute> {
        self.attributes.iter().filter(|attribute| self.has_its_name(attribute))
    }

    /// Is it the attribute that its name leads to? A relation takes the name of a field.
    pub fn has_its_name(&self, attribute: &Attribute) -> bool {
        self.by_name.get(&attribute.name) == Some(&attribute.id)
    }

    /// The storage attribute of a field number, as in `[T:1]F:4`.
    pub fn field_numbered(&self, number: u32) -> Option<&Attribute> {
        self.storage().iter().find(|attribute| attribute.field().is_some_and(|field| field.number == number))
    }

    /// The key attribute.
    pub fn key_attribute(&self) -> &Attribute {
        self.attribute(self.key)
    }
}
