//! Bytes and pictures.

use std::sync::Arc;

use crate::Text;

/// Immutable bytes that are cheap to pass on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob(pub Arc<[u8]>);

impl Default for Blob {
    fn default() -> Self {
        Self(Arc::from([]))
    }
}

impl From<Vec<u8>> for Blob {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }
}

/// A picture as it was given: its bytes and their MIME type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// For instance `image/png`; empty without content.
    pub mime: Text,
    /// The encoded picture.
    pub bytes: Blob,
}

impl Blob {
    /// True without a byte.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Picture {
    /// Recognises the format by its first bytes; `None` when it is not a picture Tessera knows.
    pub fn sniff(bytes: &[u8]) -> Option<&'static str> {
        Some(match bytes {
            [0x89, b'P', b'N', b'G', ..] => "image/png",
            [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
            [b'G', b'I', b'F', b'8', ..] => "image/gif",
            [b'B', b'M', ..] => "image/bmp",
            [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => "image/tiff",
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "image/webp",
            _ if bytes.starts_with(b"<svg") || bytes.starts_with(b"<?xml") => "image/svg+xml",
            _ => return None,
        })
    }
}
