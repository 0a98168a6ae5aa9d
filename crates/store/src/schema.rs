//! How a catalog is laid out in tables: the names and types every statement is built from.
//!
//! Made once when a store opens; `migrate` compares it with what the database holds.

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
    /// The columns beside it that compare and search its text, where the engine can't do that itself.
    pub(crate) keys: Option<TextKeys>,
    pub(crate) field: Field,
    pub(crate) index: Index,
}

impl Column {
    /// Every column it takes in the database, its own first.
    pub(crate) fn stored(&self) -> impl Iterator<Item = &String> {
        let keys = self.keys.as_ref().map(|keys| [&keys.key, &keys.rest, &keys.fold]);
        std::iter::once(&self.sql).chain(&self.mime).chain(keys.into_iter().flatten())
    }

    /// Does it hold bytes of any number?
    pub(crate) fn is_content(&self) -> bool {
        matches!(self.field.field_type, FieldType::Picture | FieldType::Blob)
    }
}

/// Names in SQL of the columns that stand in for a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TextKeys {
    /// The beginning of `tessera_values::text_key`, short enough for an index.
    pub(crate) key: String,
    /// What follows; nearly always empty.
    pub(crate) rest: String,
    /// `tessera_values::fold_search`, or Null when that only lowers ASCII letters.
    pub(crate) fold: String,
}

/// How an engine lets things be called, and what it needs beside a column.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Naming {
    /// The longest name the engine keeps whole.
    pub(crate) bytes_max: usize,
    /// Are texts compared by columns of their own?
    pub(crate) text_keys: bool,
}

impl Naming {
    /// A name in SQL. Names come from the catalog only, and even those are quoted.
    pub(crate) fn sql(self, name: &str) -> String {
        quote(&self.fitting(name))
    }

    /// The name in SQL of something that stands beside a column.
    pub(crate) fn beside(self, what: &str, name: &str) -> String {
        self.sql(&format!("${what}:{name}"))
    }

    /// The column of a picture's type.
    pub(crate) fn mime(self, name: &str) -> String {
        self.beside("mime", name)
    }

    /// The columns that stand in for a text.
    pub(crate) fn text_keys(self, name: &str) -> TextKeys {
        let beside = |what| self.beside(what, name);
        TextKeys { key: beside("key"), rest: beside("rest"), fold: beside("fold") }
    }

    /// A name the engine would cut is cut here, with a mark of the whole.
    fn fitting(self, name: &str) -> String {
        if name.len() <= self.bytes_max {
            return name.to_owned();
        }
        let mark = format!("~{:016x}", fingerprint(name));
        let mut end = self.bytes_max - mark.len();
        while !name.is_char_boundary(end) {
            end -= 1;
        }
        format!("{}{mark}", &name[..end])
    }
}

/// FNV-1a: the same number for the same name, in every version.
pub(crate) fn fingerprint(name: &str) -> u64 {
    name.bytes()
        .fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3))
}

/// How a column is indexed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Index {
    None,
    Plain,
    Unique,
}

impl Schema {
    pub(crate) fn new(catalog: &Catalog, naming: Naming) -> Self {
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
                        sql: naming.sql(&attribute.name),
                        mime: (field.field_type == FieldType::Picture).then(|| naming.mime(&attribute.name)),
                        keys: (naming.text_keys && has_keys(field.field_type))
                            .then(|| naming.text_keys(&attribute.name)),
                        field: field.clone(),
                        index,
                    })
                });
                Table {
                    number: dataclass.table_number,
                    uuid: identity(&dataclass.uuid, &dataclass.name),
                    name: dataclass.name.clone(),
                    sql: naming.sql(&dataclass.name),
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

/// UUIDs have one form and are in the order of their bytes; other texts need keys to be compared.
fn has_keys(field_type: FieldType) -> bool {
    field_type.is_text() && field_type != FieldType::Uuid
}

/// Hand-written catalogs may lack uuids; then the name is all there is.
fn identity(uuid: &Text, name: &Text) -> Text {
    if uuid.is_empty() { format!("name:{name}").into() } else { uuid.clone() }
}

/// A name in SQL. Names come from the catalog only, and even those are quoted.
pub(crate) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
