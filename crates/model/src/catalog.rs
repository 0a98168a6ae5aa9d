//! The declared structure: every dataclass, and every table by number.
//!
//! Read from the catalog file by `catalog::read`; completed with calculated attributes and aliases by the layer
//! that compiles classes; then shared unchanged.

use std::collections::HashMap;

use tessera_values::Text;

use crate::{
    Attribute, AttributeId, AttributeKind, Calculation, CatalogError, CatalogWarning, Dataclass, DataclassId,
    Relation,
};

mod read;

/// The structure of a project.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalog {
    /// The structure's name.
    pub name: Text,
    /// The structure's uuid.
    pub uuid: Text,
    /// The language whose collation the structure asks for. Tessera compares by the root collation whatever it says.
    pub collation_locale: Text,
    /// What was skipped or repaired while reading.
    pub warnings: Vec<CatalogWarning>,
    dataclasses: Vec<Dataclass>,
    tables: Vec<Table>,
    relations: Vec<Relation>,
    by_name: HashMap<Text, DataclassId>,
}

/// A table by name and number, dataclass or not. Only the language's `[Table]` references need it.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Its number.
    pub number: u32,
    /// Its name.
    pub name: Text,
    /// The dataclass; a table without a single key field is none.
    pub dataclass: Option<DataclassId>,
    /// The number and name of each field.
    pub fields: Vec<(u32, Text)>,
}

/// A calculated attribute declared by class code.
#[derive(Clone, Debug)]
pub struct CalculatedAttribute {
    /// Its name.
    pub name: Text,
    /// Declared `exposed`?
    pub exposed: bool,
    /// Its functions and type.
    pub calculation: Calculation,
}

/// An attribute can't be added because its name is taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{dataclass} already has an attribute {attribute}.")]
pub struct NameTaken {
    /// The dataclass.
    pub dataclass: Text,
    /// The name.
    pub attribute: Text,
}

impl Catalog {
    /// Reads a catalog file's text.
    ///
    /// ```
    /// let xml = r#"<base name="b"><table name="T" uuid="1" id="1"><field name="ID" uuid="2" type="4" id="1"/>
    ///     <primary_key field_name="ID" field_uuid="2"/></table></base>"#;
    /// let catalog = tessera_model::Catalog::parse(xml).unwrap();
    /// assert_eq!(catalog.dataclass_named("T").unwrap().key_attribute().name, "ID");
    /// ```
    pub fn parse(xml: &str) -> Result<Self, CatalogError> {
        read::read(xml)
    }

    /// All dataclasses in the order of their declaration.
    pub fn dataclasses(&self) -> &[Dataclass] {
        &self.dataclasses
    }

    /// A dataclass by id.
    ///
    /// # Panics
    /// When the id belongs to another catalog.
    pub fn dataclass(&self, id: DataclassId) -> &Dataclass {
        &self.dataclasses[id.index()]
    }

    /// A dataclass by its exact name.
    pub fn dataclass_named(&self, name: &str) -> Option<&Dataclass> {
        self.by_name.get(name).map(|id| self.dataclass(*id))
    }

    /// All tables that are not in the trash, dataclasses or not.
    pub fn tables(&self) -> &[Table] {
        &self.tables
    }

    /// A table by number, as in `[T:5]`.
    pub fn table_numbered(&self, number: u32) -> Option<&Table> {
        self.tables.iter().find(|table| table.number == number)
    }

    /// A table by name; in the language its case doesn't count.
    pub fn table_named(&self, name: &str) -> Option<&Table> {
        let folded = name.to_lowercase();
        self.tables.iter().find(|table| table.name.to_lowercase() == folded)
    }

    /// All active relations between dataclasses.
    pub fn relations(&self) -> &[Relation] {
        &self.relations
    }

    /// Is a relation attribute's target visible to REST together with the attribute itself? Always true for other
    /// kinds that are exposed.
    pub fn is_visible(&self, attribute: &Attribute) -> bool {
        attribute.exposed && attribute.target().is_none_or(|target| self.dataclass(target).exposed)
    }

    /// Adds a calculated attribute to a dataclass.
    pub fn add_calculated(
        &mut self,
        dataclass: DataclassId,
        calculated: CalculatedAttribute,
    ) -> Result<AttributeId, NameTaken> {
        self.add(
            dataclass,
            calculated.name,
            calculated.exposed,
            AttributeKind::Calculated(calculated.calculation),
        )
    }

    /// Adds an alias to a dataclass.
    pub fn add_alias(
        &mut self,
        dataclass: DataclassId,
        name: Text,
        path: Text,
        exposed: bool,
    ) -> Result<AttributeId, NameTaken> {
        self.add(dataclass, name, exposed, AttributeKind::Alias { path })
    }

    fn add(
        &mut self,
        dataclass: DataclassId,
        name: Text,
        exposed: bool,
        kind: AttributeKind,
    ) -> Result<AttributeId, NameTaken> {
        let dataclass = &mut self.dataclasses[dataclass.index()];
        let attribute =
            Attribute { id: AttributeId(0), name: name.clone(), uuid: Text::new(), exposed, kind };
        dataclass
            .push(attribute)
            .ok_or_else(|| NameTaken { dataclass: dataclass.name.clone(), attribute: name })
    }
}
