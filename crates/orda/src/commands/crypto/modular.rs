//! RSA keys.

use std::convert::Infallible;

use rsa::pkcs1::{DecodeRsaPrivateKey, DecodeRsaPublicKey};
use rsa::pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePrivateKey, EncodePublicKey, LineEnding};
use rsa::rand_core::{TryCryptoRng, TryRng};
use rsa::traits::PublicKeyParts as _;
use rsa::{Oaep, Pkcs1v15Sign, Pss};
use sha2::{Sha256, Sha384, Sha512};

use super::encoding::Hash;
use super::{Chance, Key, Refusal};

/// Sizes in bits. Larger keys take a worker for minutes.
const SIZES: std::ops::RangeInclusive<i64> = 1024..=4096;
const SIZE_DEFAULT: i64 = 2048;

struct Rsa {
    private: Option<rsa::PrivateKey>,
    public: rsa::PublicKey,
}

/// A new key.
pub(super) fn generate(size: Option<i64>, chance: Chance<'_>) -> Result<Box<dyn Key>, Refusal> {
    let size = size.unwrap_or(SIZE_DEFAULT);
    if !SIZES.contains(&size) {
        return Err(format!(
            "The size of an RSA key lies between {} and {} bits.",
            SIZES.start(),
            SIZES.end()
        ));
    }
    let private =
        rsa::PrivateKey::new(&mut Bytes(chance), size as usize).map_err(|error| error.to_string())?;
    Ok(Box::new(Rsa { public: private.to_public_key(), private: Some(private) }))
}

/// A key from PEM: PKCS#8 and PKCS#1, private and public.
pub(super) fn read(pem: &str) -> Option<Box<dyn Key>> {
    let private =
        rsa::PrivateKey::from_pkcs8_pem(pem).ok().or_else(|| rsa::PrivateKey::from_pkcs1_pem(pem).ok());
    let public =
        || rsa::PublicKey::from_public_key_pem(pem).ok().or_else(|| rsa::PublicKey::from_pkcs1_pem(pem).ok());
    let key = match private {
        Some(private) => Rsa { public: private.to_public_key(), private: Some(private) },
        None => Rsa { public: public()?, private: None },
    };
    Some(Box::new(key))
}

impl Rsa {
    fn private(&self) -> Result<&rsa::PrivateKey, Refusal> {
        self.private.as_ref().ok_or_else(|| "The key has no private part.".into())
    }
}

impl Key for Rsa {
    fn size(&self) -> Option<usize> {
        Some(self.public.n().bit_width() as usize)
    }

    fn private_pem(&self) -> Option<String> {
        let pem = self.private.as_ref()?.to_pkcs8_pem(LineEnding::LF).ok()?;
        Some(pem.to_string())
    }

    fn public_pem(&self) -> Option<String> {
        self.public.to_public_key_pem(LineEnding::LF).ok()
    }

    fn sign(&self, message: &[u8], hash: Hash, pss: bool, chance: Chance<'_>) -> Result<Vec<u8>, Refusal> {
        let (key, digest, bytes) = (self.private()?, hash.digest(message), &mut Bytes(chance));
        let signed = match (hash, pss) {
            (Hash::Sha256, false) => key.sign_with_rng(bytes, Pkcs1v15Sign::new::<Sha256>(), &digest),
            (Hash::Sha384, false) => key.sign_with_rng(bytes, Pkcs1v15Sign::new::<Sha384>(), &digest),
            (Hash::Sha512, false) => key.sign_with_rng(bytes, Pkcs1v15Sign::new::<Sha512>(), &digest),
            (Hash::Sha256, true) => key.sign_with_rng(bytes, Pss::<Sha256>::new(), &digest),
            (Hash::Sha384, true) => key.sign_with_rng(bytes, Pss::<Sha384>::new(), &digest),
            (Hash::Sha512, true) => key.sign_with_rng(bytes, Pss::<Sha512>::new(), &digest),
        };
        signed.map_err(|error| format!("The message can't be signed: {error}."))
    }

    fn verify(&self, message: &[u8], signature: &[u8], hash: Hash, pss: bool) -> Result<(), Refusal> {
        let (key, digest) = (&self.public, hash.digest(message));
        let verified = match (hash, pss) {
            (Hash::Sha256, false) => key.verify(Pkcs1v15Sign::new::<Sha256>(), &digest, signature),
            (Hash::Sha384, false) => key.verify(Pkcs1v15Sign::new::<Sha384>(), &digest, signature),
            (Hash::Sha512, false) => key.verify(Pkcs1v15Sign::new::<Sha512>(), &digest, signature),
            (Hash::Sha256, true) => key.verify(Pss::<Sha256>::new(), &digest, signature),
            (Hash::Sha384, true) => key.verify(Pss::<Sha384>::new(), &digest, signature),
            (Hash::Sha512, true) => key.verify(Pss::<Sha512>::new(), &digest, signature),
        };
        verified.map_err(|_| "The signature does not belong to this message and key.".into())
    }

    fn encrypt(&self, message: &[u8], hash: Hash, chance: Chance<'_>) -> Result<Vec<u8>, Refusal> {
        let (key, bytes) = (&self.public, &mut Bytes(chance));
        let encrypted = match hash {
            Hash::Sha256 => key.encrypt(bytes, Oaep::<Sha256>::new(), message),
            Hash::Sha384 => key.encrypt(bytes, Oaep::<Sha384>::new(), message),
            Hash::Sha512 => key.encrypt(bytes, Oaep::<Sha512>::new(), message),
        };
        encrypted.map_err(|error| format!("The message can't be encrypted: {error}."))
    }

    fn decrypt(&self, message: &[u8], hash: Hash, chance: Chance<'_>) -> Result<Vec<u8>, Refusal> {
        let (key, bytes) = (self.private()?, &mut Bytes(chance));
        let plain = match hash {
            Hash::Sha256 => key.oaep_decrypt_with_rng::<Sha256, _>(bytes, message),
            Hash::Sha384 => key.oaep_decrypt_with_rng::<Sha384, _>(bytes, message),
            Hash::Sha512 => key.oaep_decrypt_with_rng::<Sha512, _>(bytes, message),
        };
        plain.map_err(|_| "The message was not encrypted with this key, or not with this hash.".into())
    }
}

/// The server's source of unguessable bytes, as the library wants it.
struct Bytes<'a>(Chance<'a>);

impl TryRng for Bytes<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl TryCryptoRng for Bytes<'_> {}
