//! Cookie secrets: what a client proves its session with.
//!
//! The secret of a kept session is 256 random bits; only its hash is stored. A guest that stored nothing costs no
//! memory: its secret carries its own age and a seal, so that the server recognises it without a table
//! (COMPATIBILITY.md, "Guests").

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use tessera_values::{Chance, Text};

use crate::registry::SecretHash;

/// The number of random bytes in a guest's secret.
const GUEST_RANDOM: usize = 16;
/// Where the seal of a guest's secret begins: after the random bytes and four bytes of age.
const GUEST_SEALED: usize = GUEST_RANDOM + 4;
/// The bytes of any secret.
const SECRET_BYTES: usize = 32;

/// The value of a session cookie: 64 upper-case hex digits. Never logged: it has no `Debug` that shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; SECRET_BYTES]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// 256 random bits.
    pub fn random(chance: &dyn Chance) -> Self {
        let mut bytes = [0; SECRET_BYTES];
        chance.fill(&mut bytes);
        Self(bytes)
    }

    /// Reads a cookie value; `None` when it can't be one.
    pub fn parse(value: &str) -> Option<Self> {
        unhex(value).map(Self)
    }

    /// The cookie value.
    pub fn value(&self) -> String {
        hex(&self.0)
    }

    /// What is stored instead of it.
    pub fn hash(&self) -> SecretHash {
        SecretHash(Sha256::digest(self.0).into())
    }
}

/// Upper-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    bytes
        .iter()
        .flat_map(|byte| [DIGITS[usize::from(byte >> 4)] as char, DIGITS[usize::from(byte & 15)] as char])
        .collect()
}

/// Reads any number of bytes from hex.
pub(crate) fn unhex_all(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    pairs.map(unhex_pair).collect()
}

fn unhex_pair(pair: &[u8]) -> Option<u8> {
    let (high, low) = (DIGIT[usize::from(pair[0])], DIGIT[usize::from(pair[1])]);
    ((high | low) < 16).then_some(high << 4 | low)
}

/// The digit of each character; anything from 16 on is none. Each request looks at 64 of them.
const DIGIT: [u8; 256] = {
    let mut digits = [0xF0; 256];
    let mut digit = 0;
    while digit < 16 {
        let c = b"0123456789ABCDEF"[digit as usize];
        digits[c as usize] = digit;
        digits[c.to_ascii_lowercase() as usize] = digit;
        digit += 1;
    }
    digits
};

/// Reads as many bytes from hex; `None` when it is no hex, or longer or shorter.
pub(crate) fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != N * 2 {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = unhex_pair(pair)?;
    }
    Some(bytes)
}

/// A public session id: 32 upper-case hex digits for people. Kept as bytes, since there are many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SessionId(pub(crate) [u8; 16]);

impl SessionId {
    pub(crate) fn random(chance: &dyn Chance) -> Self {
        let mut bytes = [0; 16];
        chance.fill(&mut bytes);
        Self(bytes)
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        unhex(text).map(Self)
    }

    pub(crate) fn text(self) -> Text {
        hex(&self.0).into()
    }
}

/// Seals and opens guests' secrets. The key is random at every start, so a restart forgets all guests.
pub(crate) struct GuestSeal {
    key: [u8; 32],
}

/// A guest as its cookie tells it.
pub(crate) struct GuestToken {
    /// The same for every cookie of this guest.
    pub(crate) random: [u8; GUEST_RANDOM],
    /// When this cookie was made, in minutes since 1970.
    pub(crate) minute: u32,
}

impl GuestToken {
    /// The public session id: 32 upper-case hex digits that do not tell the secret.
    pub(crate) fn id(&self) -> SessionId {
        let mut digest = Sha256::new();
        digest.update(b"tessera guest id");
        digest.update(self.random);
        let digest: [u8; 32] = digest.finalize().into();
        SessionId(std::array::from_fn(|position| digest[position]))
    }
}

impl GuestSeal {
    pub(crate) fn new(chance: &dyn Chance) -> Self {
        let mut key = [0; 32];
        chance.fill(&mut key);
        Self { key }
    }

    pub(crate) fn new_guest(chance: &dyn Chance, minute: u32) -> GuestToken {
        let mut random = [0; GUEST_RANDOM];
        chance.fill(&mut random);
        GuestToken { random, minute }
    }

    pub(crate) fn seal(&self, token: &GuestToken) -> Secret {
        let mut bytes = [0; SECRET_BYTES];
        bytes[..GUEST_RANDOM].copy_from_slice(&token.random);
        bytes[GUEST_RANDOM..GUEST_SEALED].copy_from_slice(&token.minute.to_be_bytes());
        let seal = self.mac(&bytes[..GUEST_SEALED]);
        bytes[GUEST_SEALED..].copy_from_slice(&seal[..SECRET_BYTES - GUEST_SEALED]);
        Secret(bytes)
    }

    pub(crate) fn open(&self, secret: &Secret) -> Option<GuestToken> {
        let (sealed, seal) = secret.0.split_at(GUEST_SEALED);
        let expected = self.mac(sealed);
        if !bool::from(expected[..seal.len()].ct_eq(seal)) {
            return None;
        }
        let random = sealed[..GUEST_RANDOM].try_into().ok()?;
        let minute = u32::from_be_bytes(sealed[GUEST_RANDOM..].try_into().ok()?);
        Some(GuestToken { random, minute })
    }

    fn mac(&self, bytes: &[u8]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC takes a key of any length");
        mac.update(bytes);
        mac.finalize().into_bytes().into()
    }
}
