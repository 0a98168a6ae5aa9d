//! What another server says it has: `$catalog/$all`.

use tessera_values::{Text, Value};

/// The dataclasses and functions of another server.
#[derive(Debug, Default)]
pub(super) struct Catalog {
    pub(super) dataclasses: Vec<Dataclass>,
    functions: Vec<Function>,
}

/// A dataclass.
#[derive(Debug)]
pub(super) struct Dataclass {
    pub(super) name: Text,
    pub(super) number: i64,
    pub(super) key: Text,
    pub(super) attributes: Vec<Attribute>,
    selection: Text,
    functions: Vec<Function>,
}

/// An attribute.
#[derive(Debug)]
pub(super) struct Attribute {
    pub(super) name: Text,
    pub(super) kind: Kind,
    /// `string`, `date`, `image` …, or the class of related entities.
    pub(super) type_name: Text,
    pub(super) read_only: bool,
}

/// The five kinds of attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Storage,
    Calculated,
    Alias,
    RelatedEntity,
    RelatedEntities,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Storage => "storage",
            Self::Calculated => "calculated",
            Self::Alias => "alias",
            Self::RelatedEntity => "relatedEntity",
            Self::RelatedEntities => "relatedEntities",
        }
    }

    fn of(name: &str) -> Option<Self> {
        [Self::Storage, Self::Calculated, Self::Alias, Self::RelatedEntity, Self::RelatedEntities]
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

#[derive(Debug)]
struct Function {
    name: Text,
    on: On,
}

/// What a function is called on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum On {
    Datastore,
    Dataclass,
    Entity,
    Selection,
}

impl Catalog {
    /// Whatever is missing in it is not there.
    pub(super) fn read(json: &Value) -> Self {
        let dataclasses = list(json, "dataClasses").iter().filter_map(Dataclass::read).collect();
        Self { dataclasses, functions: functions(json) }
    }

    pub(super) fn dataclass(&self, name: &str) -> Option<usize> {
        self.dataclasses.iter().position(|dataclass| dataclass.name == name)
    }

    /// The dataclass whose selections have this class.
    pub(super) fn dataclass_of_selection(&self, class: &str) -> Option<usize> {
        self.dataclasses.iter().position(|dataclass| dataclass.selection == class)
    }

    pub(super) fn has_function(&self, name: &str) -> bool {
        self.functions.iter().any(|function| function.on == On::Datastore && function.name == name)
    }
}

impl Dataclass {
    fn read(json: &Value) -> Option<Self> {
        let name = text(json, "name").filter(|name| !name.is_empty())?;
        let key = list(json, "key").first().and_then(|key| text(key, "name"))?;
        let attribute = |attribute: &Value| {
            Some(Attribute {
                name: text(attribute, "name")?,
                kind: Kind::of(&text(attribute, "kind")?)?,
                type_name: text(attribute, "type").unwrap_or_default(),
                read_only: member(attribute, "readOnly").as_boolean().unwrap_or(false),
            })
        };
        Some(Self {
            attributes: list(json, "attributes").iter().filter_map(attribute).collect(),
            selection: text(json, "collectionName").unwrap_or_else(|| format!("{name}Selection").into()),
            number: member(json, "tableNumber").as_integer().unwrap_or_default(),
            functions: functions(json),
            key,
            name,
        })
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    pub(super) fn has_function(&self, on: On, name: &str) -> bool {
        self.functions.iter().any(|function| function.on == on && function.name == name)
    }
}

fn functions(json: &Value) -> Vec<Function> {
    let read = |function: &Value| {
        let on = match text(function, "applyTo")?.as_str() {
            "dataStore" => On::Datastore,
            "dataClass" => On::Dataclass,
            "entity" => On::Entity,
            "entityCollection" | "entitySelection" => On::Selection,
            _ => return None,
        };
        Some(Function { name: text(function, "name")?, on })
    };
    list(json, "methods").iter().filter_map(read).collect()
}

fn member(json: &Value, name: &str) -> Value {
    match json {
        Value::Object(object) => object.get(name).unwrap_or_default(),
        _ => Value::Undefined,
    }
}

fn text(json: &Value, name: &str) -> Option<Text> {
    member(json, name).as_text().cloned()
}

fn list(json: &Value, name: &str) -> Vec<Value> {
    match member(json, name) {
        Value::Collection(list) => list.to_vec(),
        _ => Vec::new(),
    }
}
