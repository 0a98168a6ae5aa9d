//! Pictures and blobs of an entity: read only when somebody looks at them, and taken from files.

use std::rc::Rc;

use tessera_model::{Attribute, AttributeId, FieldType};
use tessera_store::Columns;
use tessera_values::{ErrorStack, Picture, Scalar, Value};

use super::Entity;
use crate::context::Context;
use crate::error::store_error;

impl Entity {
    /// Reads the pictures and blobs of which only the length came with the row; Null when the entity is gone.
    pub(crate) fn complete(&self) -> Result<(), ErrorStack> {
        let missing = self.lengths();
        let Some(record) = self.record().filter(|_| !missing.is_empty()) else { return Ok(()) };
        let columns = Columns::of(missing.clone());
        let rows = self
            .context
            .connection(|connection| connection.rows(self.dataclass, &[record], &columns))
            .map_err(store_error)?;
        let mut found = rows.into_iter().flatten().flat_map(|row| row.values);
        let mut state = self.state.borrow_mut();
        for attribute in missing {
            if let Some(slot) = state.values.slot(attribute) {
                *slot = found.next().unwrap_or_default();
            }
        }
        Ok(())
    }

    /// The pictures and blobs of which only the length is known.
    fn lengths(&self) -> Vec<AttributeId> {
        let state = self.state.borrow();
        let stored = self.described().storage().iter().filter(|attribute| {
            let is_length = matches!(state.values.of(attribute.id), Some(Scalar::Integer(_)));
            is_length && attribute.field().is_some_and(|field| is_content(field.field_type))
        });
        stored.map(|attribute| attribute.id).collect()
    }
}

fn is_content(field_type: FieldType) -> bool {
    matches!(field_type, FieldType::Picture | FieldType::Blob)
}

/// Code may assign a file, or its path, to a picture or a blob (`docs/ORDA/entities.md`). Its content is stored, Null when
/// there is no such file.
pub(super) fn of_file(context: &Context, attribute: &Attribute, value: Value) -> Result<Value, ErrorStack> {
    let Some(FieldType::Picture | FieldType::Blob) = attribute.field().map(|field| field.field_type) else {
        return Ok(value);
    };
    let is_picture = attribute.field().is_some_and(|field| field.field_type == FieldType::Picture);
    let Some(content) = crate::commands::content_named(context, &value) else { return Ok(value) };
    Ok(match content? {
        None => Value::Null,
        Some(bytes) if is_picture => match Picture::sniff(&bytes) {
            Some(mime) => Value::Picture(Rc::new(Picture { mime: mime.into(), bytes: bytes.into() })),
            None => Value::Null,
        },
        Some(bytes) => Value::Blob(bytes.into()),
    })
}
