//! The bytes of a picture or a blob, read in parts while they are sent.

use std::sync::Arc;

use tessera_model::{AttributeId, DataclassId};
use tessera_store::{Part, Piece, Row, Store};
use tessera_values::ErrorStack;

use crate::context::Run;
use crate::error::store_error;

/// Reads an attribute of an entity part by part, each on whichever thread it is asked for, and keeps nothing open
/// between two of them. All parts are of the moment in which the entity was read.
pub struct ContentReader {
    store: Arc<dyn Store>,
    next: Part,
    length: u64,
}

/// Why a part can't be read.
#[derive(Debug)]
pub enum ContentError {
    /// The entity was saved or dropped since it was read.
    Changed,
    /// The data failed.
    Failed(ErrorStack),
}

impl Run {
    /// Reads an attribute of `length` bytes from an entity as it was read. Whoever calls has seen to it that the session
    /// may.
    pub fn read_content(
        &self,
        dataclass: DataclassId,
        attribute: AttributeId,
        row: &Row,
        length: u64,
    ) -> ContentReader {
        /// An engine finds a part by way of those before it, so of a long value there are not many.
        const PARTS: u64 = 64;
        const BYTES_MIN: u64 = 1 << 20;
        const BYTES_MAX: u64 = 4 << 20;
        let limit = (length / PARTS).clamp(BYTES_MIN, BYTES_MAX) as usize;
        let next = Part { dataclass, record: row.record, stamp: row.stamp, attribute, skip: 0, limit };
        ContentReader { store: Arc::clone(&self.context().application().store), next, length }
    }
}

impl ContentReader {
    /// Was everything read?
    pub fn is_over(&self) -> bool {
        self.next.skip >= self.length
    }
}

impl Iterator for ContentReader {
    type Item = Result<Piece, ContentError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over() {
            return None;
        }
        let read = self.store.connect().part(&self.next);
        Some(match read {
            Ok(Some(piece)) if !piece.bytes.is_empty() => {
                self.next.skip += piece.bytes.len() as u64;
                Ok(piece)
            }
            Ok(_) => Err(ContentError::Changed),
            Err(error) => Err(ContentError::Failed(store_error(error))),
        })
    }
}
