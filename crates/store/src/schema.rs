//! How a catalog is laid out in tables: the names and types every statement is built from.
//!
//! Made once when a store opens; `sqlite::migrate` compares it with what the file holds.

use tessera_model::query::Path;
use tessera_model::{AttributeId, Catalog, DataclassId, Field, FieldType, Relation};
use tessera_values::Text;

/// The internal number of an entity. `$` can't begin a 4D name, so no field is ever called like this.
pub(crate) const RECORD: &str = "\"$record\"";
/// The stamp.
pub(crate) const STAMP: &str = "\"$stamp\"";
/// The time of the last save.
pub(crate) const TIME: &str = "\"$time\"";

/// The tables of a catalog; the index is the dataclass's.
#[derive(Debug)]
pub(crate) struct Schema {
    pub(crate) tables: Vec<Table>,
}

/// One table.
#[derive(Debug)]
pub(crate) struct Table {
    /// The number of the table in the structure.
    pub(crate) number: u32,
    /// What recognises it when its name changes.
    pub(crate) uuid: Text,
    pub(crate) name: Text,
    /// The name in SQL.
    pub(crate) sql: String,
    /// The index is that of the storage attribute.
    pub(crate) columns: Vec<Column>,
    pub(crate) key: AttributeId,
    /// The relations that refer to this table.
    pub(crate) referring: Vec<Relation>,
    /// The field that takes the global stamp, in a tracked dataclass.
    pub(crate) global_stamp: Option<AttributeId>,
    pub(crate) tracked: bool,
}

/// One column.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) uuid: Text,
    pub(crate) name: Text,
    /// The name in SQL.
    pub(crate) sql: String,
    /// The column beside it that holds a picture's MIME type.
    pub(crate) mime: Option<String>,
    pub(crate) field: Field,
    pub(crate) index: Index,
}

/// How a column is indexed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Index {
    None,
    Plain,
    Unique,
}

impl Schema {
    pub(crate) fn new(catalog: &Catalog) -> Self {
        let tables = catalog
            .dataclasses()
            .iter()
            .map(|dataclass| {
                let columns = dataclass.storage().iter().filter_map(|attribute| {
                    let field = attribute.field()?;
                    let unique = field.unique || attribute.id == dataclass.key;
                    let joined = catalog.relations().iter().any(|relation| {
                        (relation.source, relation.foreign_key) == (dataclass.id, attribute.id)
                            || (relation.destination, relation.referenced) == (dataclass.id, attribute.id)
                    });
                    let index = match () {
                        () if !indexable(field.field_type) => Index::None,
                        () if unique => Index::Unique,
                        () if field.indexed || joined => Index::Plain,
                        () => Index::None,
                    };
                    Some(Column {
                        uuid: identity(&attribute.uuid, &attribute.name),
                        name: attribute.name.clone(),
                        sql: quote(&attribute.name),
                        mime: (field.field_type == FieldType::Picture)
                            .then(|| quote(&format!("$mime:{}", attribute.name))),
                        field: field.clone(),
                        index,
                    })
                });
                Table {
                    number: dataclass.table_number,
                    uuid: identity(&dataclass.uuid, &dataclass.name),
                    name: dataclass.name.clone(),
                    sql: quote(&dataclass.name),
                    columns: columns.collect(),
                    key: dataclass.key,
                    referring: catalog
                        .relations()
                        .iter()
                        .filter(|relation| relation.destination == dataclass.id)
                        .cloned()
                        .collect(),
                    global_stamp: dataclass
                        .attribute_named("__GlobalStamp")
                        .filter(|attribute| dataclass.tracked && attribute.is_storage())
                        .map(|attribute| attribute.id),
                    tracked: dataclass.tracked,
                }
            })
            .collect();
        Self { tables }
    }

    pub(crate) fn table(&self, dataclass: DataclassId) -> &Table {
        &self.tables[dataclass.index()]
    }

    /// The column a path ends in.
    pub(crate) fn leaf(&self, from: DataclassId, path: &Path) -> Option<&Column> {
        self.table(path.dataclass(from)).column(path.leaf)
    }
}

impl Table {
    /// The column of a storage attribute; `None` for any other attribute.
    pub(crate) fn column(&self, attribute: AttributeId) -> Option<&Column> {
        self.columns.get(attribute.index())
    }
}

fn indexable(field_type: FieldType) -> bool {
    !matches!(field_type, FieldType::Picture | FieldType::Blob | FieldType::Object)
}

/// Hand-written catalogs may lack uuids; then the name is all there is.
fn identity(uuid: &Text, name: &Text) -> Text {
    if uuid.is_empty() { format!("name:{name}").into() } else { uuid.clone() }
}

/// A name in SQL. Names come from the catalog only, and even those are quoted.
pub(crate) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
