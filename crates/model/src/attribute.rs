//! What one attribute of a dataclass declares: a field, a relation, a calculation or an alias.
//!
//! Fields and relations come from the catalog file, calculated attributes and aliases from class code; the layer
//! that compiles classes adds those with [`crate::Catalog::add_calculated`] and [`crate::Catalog::add_alias`].

use tessera_values::{Date, Scalar, Text, Time};

use crate::{AttributeId, DataclassId};

/// One attribute.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// Its index in the dataclass.
    pub id: AttributeId,
    /// Its name, case-sensitive.
    pub name: Text,
    /// The uuid of its field or relation in the catalog file; empty for calculated attributes and aliases.
    pub uuid: Text,
    /// May REST show it? False with `hide_in_REST`, or without the `exposed` keyword.
    pub exposed: bool,
    /// What it is.
    pub kind: AttributeKind,
}

/// The five kinds of attributes (`docs/API/DataClassClass.md`).
#[derive(Clone, Debug, PartialEq)]
pub enum AttributeKind {
    /// A stored field.
    Storage(Field),
    /// N→1: at most one entity of `target`.
    RelatedEntity {
        /// The dataclass on the 1 side.
        target: DataclassId,
        /// The own field that holds the reference.
        foreign_key: AttributeId,
        /// The field of `target` it refers to, normally the key.
        destination: AttributeId,
        /// The opposite 1→N attribute of `target`, when it exists.
        inverse: Option<Text>,
    },
    /// 1→N: a selection of `target`.
    RelatedEntities {
        /// The dataclass on the N side.
        target: DataclassId,
        /// The field of `target` that holds the reference.
        source: AttributeId,
        /// The own field referred to, normally the key.
        destination: AttributeId,
        /// The opposite N→1 attribute of `target`, when it exists.
        inverse: Option<Text>,
    },
    /// Computed by class code.
    Calculated(Calculation),
    /// Another name for a path.
    Alias {
        /// The dotted path.
        path: Text,
    },
}

/// What class code declares for a calculated attribute.
#[derive(Clone, Debug, PartialEq)]
pub struct Calculation {
    /// The type after the colon of `Function get`, as written; empty when undeclared.
    pub value_type: Text,
    /// Is there a `Function set`?
    pub has_set: bool,
    /// Is there a `Function query`?
    pub has_query: bool,
    /// Is there a `Function orderBy`?
    pub has_order_by: bool,
}

/// A stored field.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its type.
    pub field_type: FieldType,
    /// Its number in the table, for tokens like `[T:1]F:4`; not contiguous.
    pub number: u32,
    /// Two entities may not hold the same value.
    pub unique: bool,
    /// Null is refused (attribute property `mandatory`).
    pub not_null: bool,
    /// Null becomes the blank of the type: reading gives `""`, 0, False, the null date.
    pub never_null: bool,
    /// The next number of a sequence is given to a new entity that has none.
    pub autosequence: bool,
    /// A random UUID is given to a new entity that has none.
    pub auto_uuid: bool,
    /// Has an ordinary index whose first field it is.
    pub indexed: bool,
    /// Has a keyword index.
    pub keyword_indexed: bool,
    /// Several lines of text, said to clients only.
    pub multi_line: bool,
    /// The class of the objects held, for instance `4D.Vector`.
    pub class_name: Option<Text>,
}

impl Field {
    /// Filled by the store at the first save: autosequence or automatic UUID.
    pub fn auto_filled(&self) -> bool {
        self.autosequence || self.auto_uuid
    }
}

/// The types of fields (catalog codes of `project-layout.md` 2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FieldType {
    /// Code 1.
    Boolean,
    /// Code 3: 16 bits.
    Integer,
    /// Code 4: 32 bits.
    Long,
    /// Code 5.
    Integer64,
    /// Code 6.
    Real,
    /// Code 7, obsolete.
    Float,
    /// Code 8.
    Date,
    /// Code 9.
    Time,
    /// Code 10 with a limit.
    Alpha {
        /// The largest number of characters.
        max: u32,
    },
    /// Code 10 without a limit, or 14.
    Text,
    /// Code 10 stored as UUID.
    Uuid,
    /// Code 12.
    Picture,
    /// Code 18.
    Blob,
    /// Code 21.
    Object,
}

impl FieldType {
    /// The type as `$catalog` names it.
    ///
    /// ```
    /// assert_eq!(tessera_model::FieldType::Long.rest_type(), "long");
    /// ```
    pub fn rest_type(self) -> &'static str {
        match self {
            Self::Boolean => "bool",
            Self::Integer => "word",
            Self::Long => "long",
            Self::Integer64 => "long64",
            Self::Real => "number",
            Self::Float => "float",
            Self::Date => "date",
            Self::Time => "duration",
            Self::Alpha { .. } | Self::Text => "string",
            Self::Uuid => "uuid",
            Self::Picture => "image",
            Self::Blob => "blob",
            Self::Object => "object",
        }
    }

    /// The `type` of the attribute object in code: all numbers and durations are `number`, all texts `string`.
    pub fn orda_type(self) -> &'static str {
        match self {
            Self::Boolean => "bool",
            Self::Integer | Self::Long | Self::Integer64 | Self::Real | Self::Float | Self::Time => "number",
            Self::Date => "date",
            Self::Alpha { .. } | Self::Text | Self::Uuid => "string",
            Self::Picture => "image",
            Self::Blob => "blob",
            Self::Object => "object",
        }
    }

    /// The `fieldType` of the attribute object in code: the numbers of the language's type constants, not the
    /// catalog's codes (`docs/API/DataClassClass.md`).
    pub fn type_number(self) -> i64 {
        match self {
            Self::Alpha { .. } | Self::Uuid => 0,
            Self::Real => 1,
            Self::Text => 2,
            Self::Picture => 3,
            Self::Date => 4,
            Self::Boolean => 6,
            Self::Integer => 8,
            Self::Long => 9,
            Self::Time => 11,
            Self::Integer64 => 25,
            Self::Blob => 30,
            // UNSPECIFIED: the number of the obsolete Float type in code; the language's constant "Is float" is 35.
            Self::Float => 35,
            Self::Object => 38,
        }
    }

    /// Text of any kind, UUID included?
    pub fn is_text(self) -> bool {
        matches!(self, Self::Alpha { .. } | Self::Text | Self::Uuid)
    }

    /// A whole number?
    pub fn is_whole(self) -> bool {
        matches!(self, Self::Integer | Self::Long | Self::Integer64)
    }

    /// What Null is mapped to in a field that never holds Null. Pictures, blobs and objects have no blank in a row;
    /// for them it stays Null.
    pub fn blank(self) -> Scalar {
        match self {
            Self::Boolean => Scalar::Boolean(false),
            Self::Integer | Self::Long | Self::Integer64 => Scalar::Integer(0),
            Self::Real | Self::Float => Scalar::Real(0.0),
            Self::Date => Scalar::Date(Date::NULL),
            Self::Time => Scalar::Time(Time::from_seconds(0)),
            Self::Alpha { .. } | Self::Text | Self::Uuid => Scalar::Text(Text::new()),
            Self::Picture | Self::Blob | Self::Object => Scalar::Null,
        }
    }
}

impl Attribute {
    /// The field, for a storage attribute.
    pub fn field(&self) -> Option<&Field> {
        match &self.kind {
            AttributeKind::Storage(field) => Some(field),
            _ => None,
        }
    }

    /// Is it stored?
    pub fn is_storage(&self) -> bool {
        matches!(self.kind, AttributeKind::Storage(_))
    }

    /// The dataclass a relation attribute leads to.
    pub fn target(&self) -> Option<DataclassId> {
        match self.kind {
            AttributeKind::RelatedEntity { target, .. } | AttributeKind::RelatedEntities { target, .. } => {
                Some(target)
            }
            _ => None,
        }
    }

    /// The word for its kind in `$catalog` and in attribute objects.
    pub fn kind_name(&self) -> &'static str {
        match self.kind {
            AttributeKind::Storage(_) => "storage",
            AttributeKind::RelatedEntity { .. } => "relatedEntity",
            AttributeKind::RelatedEntities { .. } => "relatedEntities",
            AttributeKind::Calculated(_) => "calculated",
            AttributeKind::Alias { .. } => "alias",
        }
    }
}
