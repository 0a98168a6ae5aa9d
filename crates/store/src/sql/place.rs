//! A column in a statement, and what of it may be compared with what.

use tessera_model::{AttributeId, DataclassId, FieldType};

use super::build::Builder;
use crate::schema::{Column, TextKeys};

/// A column of the table with an alias.
pub(super) struct Place<'s> {
    pub(super) column: &'s Column,
    alias: String,
}

/// Which values can be compared with one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Boolean,
    Number,
    Date,
    Time,
    Text,
    Bytes,
    Object,
}

pub(super) fn kind(field_type: FieldType) -> Kind {
    match field_type {
        FieldType::Boolean => Kind::Boolean,
        FieldType::Integer | FieldType::Long | FieldType::Integer64 | FieldType::Real | FieldType::Float => {
            Kind::Number
        }
        FieldType::Date => Kind::Date,
        FieldType::Time => Kind::Time,
        FieldType::Alpha { .. } | FieldType::Text | FieldType::Uuid => Kind::Text,
        FieldType::Picture | FieldType::Blob => Kind::Bytes,
        FieldType::Object => Kind::Object,
    }
}

impl<'s> Builder<'s> {
    /// The column of an attribute; `None` for an attribute without one, which is Null.
    pub(super) fn place(
        &self,
        dataclass: DataclassId,
        attribute: AttributeId,
        alias: &str,
    ) -> Option<Place<'s>> {
        let column = self.schema.table(dataclass).column(attribute)?;
        Some(Place { column, alias: alias.to_owned() })
    }

    /// A column in the form in which it compares with texts of any form. UUIDs are stored in the order of their
    /// bytes, which is right among themselves only.
    pub(super) fn text_of(&self, place: &Place<'_>) -> String {
        let is_uuid = place.column.field.field_type == FieldType::Uuid;
        if is_uuid { self.dialect.text(&place.sql()) } else { place.sql() }
    }
}

impl Place<'_> {
    /// The column itself.
    pub(super) fn sql(&self) -> String {
        format!("{}.{}", self.alias, self.column.sql)
    }

    pub(super) fn field_type(&self) -> FieldType {
        self.column.field.field_type
    }

    pub(super) fn kind(&self) -> Kind {
        kind(self.field_type())
    }

    /// The key of a text and the rest of it, where the engine needs them.
    pub(super) fn keys(&self) -> Option<(String, String)> {
        let TextKeys { key, rest, .. } = self.column.keys.as_ref()?;
        Some((format!("{}.{key}", self.alias), format!("{}.{rest}", self.alias)))
    }

    /// The text in the form patterns are looked for in.
    pub(super) fn fold(&self) -> String {
        let lower = format!("lower({})", self.sql());
        match &self.column.keys {
            Some(keys) => format!("coalesce({}.{}, {lower})", self.alias, keys.fold),
            None => lower,
        }
    }

    /// What an order sorts by.
    pub(super) fn sort_terms(&self) -> Vec<String> {
        match self.keys() {
            Some((key, rest)) => vec![key, rest],
            None => vec![self.sql()],
        }
    }

    /// The two sides of a join: what stands on the left, and the columns on the right. `None` when values of these
    /// columns are never equal.
    pub(super) fn joined(&self, other: &Place<'_>) -> Option<(String, String)> {
        if self.kind() != other.kind() {
            return None;
        }
        Some(match (self.keys(), other.keys()) {
            (Some((key, rest)), Some((other_key, other_rest))) => {
                (format!("({key}, {rest})"), format!("{other_key}, {other_rest}"))
            }
            (None, None) => (self.sql(), other.sql()),
            // A UUID and a text of another form.
            _ => (self.fold(), other.fold()),
        })
    }
}
