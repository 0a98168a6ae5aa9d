//! Keys on elliptic curves.

use p256::elliptic_curve::pkcs8::{
    DecodePrivateKey, DecodePublicKey, EncodePrivateKey, EncodePublicKey, LineEnding,
};

use super::encoding::Hash;
use super::{Chance, Key, Refusal};

/// A curve's keys. The three curves have types of their own, and the same functions. `$first_byte` has the bits that
/// the first byte of a private key may have: 521 bits do not fill their last byte.
macro_rules! curve {
    ($curve:ident, $name:literal, $key:ident, $first_byte:literal) => {
        struct $key {
            private: Option<$curve::SecretKey>,
            public: $curve::PublicKey,
        }

        impl $key {
            fn generate(chance: Chance<'_>) -> Self {
                let mut bytes = $curve::FieldBytes::default();
                loop {
                    chance.fill(&mut bytes);
                    bytes[0] &= $first_byte;
                    if let Ok(private) = $curve::SecretKey::from_slice(&bytes) {
                        return Self { public: private.public_key(), private: Some(private) };
                    }
                }
            }

            fn read(pem: &str) -> Option<Self> {
                let private = $curve::SecretKey::from_pkcs8_pem(pem)
                    .ok()
                    .or_else(|| $curve::SecretKey::from_sec1_pem(pem).ok());
                match private {
                    Some(private) => Some(Self { public: private.public_key(), private: Some(private) }),
                    None => {
                        let public = $curve::PublicKey::from_public_key_pem(pem).ok()?;
                        Some(Self { public, private: None })
                    }
                }
            }
        }

        impl Key for $key {
            fn curve(&self) -> Option<&'static str> {
                Some($name)
            }

            fn private_pem(&self) -> Option<String> {
                let pem = self.private.as_ref()?.to_pkcs8_pem(LineEnding::LF).ok()?;
                Some(pem.to_string())
            }

            fn public_pem(&self) -> Option<String> {
                self.public.to_public_key_pem(LineEnding::LF).ok()
            }

            fn sign(&self, message: &[u8], hash: Hash, _: bool, _: Chance<'_>) -> Result<Vec<u8>, Refusal> {
                use $curve::ecdsa::signature::hazmat::PrehashSigner as _;
                let private = self.private.as_ref().ok_or("The key has no private part to sign with.")?;
                let signer = $curve::ecdsa::SigningKey::from(private);
                let signature: Result<$curve::ecdsa::Signature, _> =
                    signer.sign_prehash(&hash.digest(message));
                // The two numbers one after the other, as web tokens have them.
                signature
                    .map(|signature| signature.to_bytes().to_vec())
                    .map_err(|_| format!("The hash is too short for the curve {}.", $name))
            }

            fn verify(&self, message: &[u8], signature: &[u8], hash: Hash, _: bool) -> Result<(), Refusal> {
                use $curve::ecdsa::signature::hazmat::PrehashVerifier as _;
                let verifier = $curve::ecdsa::VerifyingKey::from(&self.public);
                let signature = $curve::ecdsa::Signature::from_slice(signature);
                signature
                    .and_then(|signature| verifier.verify_prehash(&hash.digest(message), &signature))
                    .map_err(|_| "The signature does not belong to this message and key.".into())
            }
        }
    };
}

curve!(p256, "prime256v1", Prime256, 0xFF);
curve!(p384, "secp384r1", Secp384, 0xFF);
curve!(p521, "secp521r1", Secp521, 0x01);

/// A new key on the curve of a name.
pub(super) fn generate(curve: Option<&str>, chance: Chance<'_>) -> Result<Box<dyn Key>, Refusal> {
    match curve.unwrap_or("prime256v1") {
        "prime256v1" => Ok(Box::new(Prime256::generate(chance))),
        "secp384r1" => Ok(Box::new(Secp384::generate(chance))),
        "secp521r1" => Ok(Box::new(Secp521::generate(chance))),
        other => Err(format!(
            "The curve of a key is \"prime256v1\", \"secp384r1\" or \"secp521r1\", not \"{other}\"."
        )),
    }
}

/// A key from PEM.
pub(super) fn read(pem: &str) -> Option<Box<dyn Key>> {
    let first = Prime256::read(pem).map(|key| Box::new(key) as Box<dyn Key>);
    first
        .or_else(|| Secp384::read(pem).map(|key| Box::new(key) as Box<dyn Key>))
        .or_else(|| Secp521::read(pem).map(|key| Box::new(key) as Box<dyn Key>))
}
