//! How options of a key name hashes and forms of bytes.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use tessera_values::{ObjectRef, Text};

use super::Refusal;

/// The digest under a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    /// The option `hash`.
    // UNSPECIFIED: without the option. Taken: SHA256, the first the page names.
    pub(super) fn of(options: &ObjectRef) -> Result<Self, Refusal> {
        let Some(name) = options.get("hash").and_then(|name| name.as_text().cloned()) else {
            return Ok(Self::Sha256);
        };
        match name.to_uppercase().replace("-", "").as_str() {
            "SHA256" => Ok(Self::Sha256),
            "SHA384" => Ok(Self::Sha384),
            "SHA512" => Ok(Self::Sha512),
            _ => Err(format!("The hash of a key is \"SHA256\", \"SHA384\" or \"SHA512\", not \"{name}\".")),
        }
    }

    /// The digest of a message.
    pub(super) fn digest(self, message: &[u8]) -> Vec<u8> {
        use sha2::Digest as _;
        match self {
            Self::Sha256 => sha2::Sha256::digest(message).to_vec(),
            Self::Sha384 => sha2::Sha384::digest(message).to_vec(),
            Self::Sha512 => sha2::Sha512::digest(message).to_vec(),
        }
    }
}

/// Bytes as a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    Base64,
    Base64Url,
}

impl Encoding {
    /// The option of this name.
    pub(super) fn of(options: &ObjectRef, option: &str, default: Self) -> Result<Self, Refusal> {
        let Some(name) = options.get(option).and_then(|name| name.as_text().cloned()) else {
            return Ok(default);
        };
        match name.to_lowercase().as_str() {
            "utf-8" | "utf8" => Ok(Self::Utf8),
            "base64" => Ok(Self::Base64),
            "base64url" => Ok(Self::Base64Url),
            _ => Err(format!("\"{option}\" is \"UTF-8\", \"Base64\" or \"Base64URL\", not \"{name}\".")),
        }
    }

    pub(super) fn write(self, bytes: &[u8]) -> Text {
        match self {
            Self::Utf8 => String::from_utf8_lossy(bytes).into_owned().into(),
            Self::Base64 => STANDARD.encode(bytes).into(),
            Self::Base64Url => URL_SAFE_NO_PAD.encode(bytes).into(),
        }
    }

    /// Padding and line breaks don't matter.
    pub(super) fn read(self, text: &str) -> Result<Vec<u8>, Refusal> {
        let bare = || text.replace(['\r', '\n', ' '], "").trim_end_matches('=').to_owned();
        match self {
            Self::Utf8 => Ok(text.as_bytes().to_vec()),
            Self::Base64 => base64::engine::general_purpose::STANDARD_NO_PAD
                .decode(bare())
                .map_err(|error| format!("This is no Base64: {error}.")),
            Self::Base64Url => {
                URL_SAFE_NO_PAD.decode(bare()).map_err(|error| format!("This is no Base64URL: {error}."))
            }
        }
    }
}
