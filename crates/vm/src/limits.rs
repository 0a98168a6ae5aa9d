//! How large one value may become. An operation asks before it makes the value, so that no line of code can take all
//! memory. What a whole process may use up is [`crate::Limits`].

use tessera_values::{COLLECTION_LENGTH_MAX, ErrorStack, TEXT_BYTES_MAX, Text};

/// The largest Blob; 4D's own limit is 2 GB.
const BLOB_BYTES_MAX: usize = 1 << 30;

/// The most elements of an array.
const ARRAY_SIZE_MAX: usize = 50_000_000;

/// What the row of a two-dimensional array takes beside its elements, counted in elements.
const ROW_ELEMENTS: usize = 6;

/// May a text have so many bytes?
pub(crate) fn check_text(bytes: usize) -> Result<(), ErrorStack> {
    if bytes > TEXT_BYTES_MAX {
        return Err(ErrorStack::runtime("The text would be longer than 1 GB."));
    }
    Ok(())
}

/// May a Blob have so many bytes?
pub(crate) fn check_blob(bytes: usize) -> Result<(), ErrorStack> {
    if bytes > BLOB_BYTES_MAX {
        return Err(ErrorStack::runtime("The Blob would be larger than 1 GB."));
    }
    Ok(())
}

/// May an array have so many elements?
pub(crate) fn check_array(size: usize) -> Result<(), ErrorStack> {
    if size > ARRAY_SIZE_MAX {
        return Err(ErrorStack::runtime(format!("An array can't have more than {ARRAY_SIZE_MAX} elements.")));
    }
    Ok(())
}

/// May an array have so many rows of so many elements?
pub(crate) fn check_rows(rows: usize, columns: usize) -> Result<(), ErrorStack> {
    check_array(rows.saturating_mul(columns.saturating_add(ROW_ELEMENTS)))
}

/// May a collection have so many elements?
pub(crate) fn check_collection(length: usize) -> Result<(), ErrorStack> {
    if length > COLLECTION_LENGTH_MAX {
        return Err(ErrorStack::runtime(format!(
            "A collection can't have more than {COLLECTION_LENGTH_MAX} elements."
        )));
    }
    Ok(())
}

/// The text with the first `count` places replaced.
pub(crate) fn replaced(text: &Text, old: &str, new: &str, count: usize) -> Result<Text, ErrorStack> {
    if new.len() > old.len() {
        let places = text.matches(old).take(count).count();
        check_text(text.len().saturating_add(places.saturating_mul(new.len())))?;
    }
    Ok(text.replacen(old, new, count))
}
