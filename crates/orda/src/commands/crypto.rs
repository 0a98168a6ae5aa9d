//! `4D.CryptoKey`: key pairs that sign and encrypt, as for JSON web tokens (`docs/API/CryptoKeyClass.md`).
//!
//! [`elliptic`] and [`modular`] hold the two families of keys; here is what code sees of them. Keys may be shared
//! between processes.

use std::any::Any;
use std::rc::Rc;
use std::sync::Arc;

use tessera_values::{
    CollectionRef, ErrorStack, FourDError, Native, ObjectRef, Scope, SharedNative, Text, Value,
};
use tessera_vm::{Arguments, BuiltInClass, Process};

mod elliptic;
mod encoding;
mod modular;

use encoding::{Encoding, Hash};

pub(super) const CLASSES: &[BuiltInClass] =
    &[BuiltInClass { name: "CryptoKey", parent: Some("Object"), new: Some(new) }];

/// Why a key can't do what it is asked, in words for people.
type Refusal = String;

/// What a key can do.
trait Key: Send + Sync {
    /// The name of the curve.
    fn curve(&self) -> Option<&'static str> {
        None
    }
    /// The size in bits.
    fn size(&self) -> Option<usize> {
        None
    }
    /// The private key as PEM, if it is known.
    fn private_pem(&self) -> Option<String>;
    /// The public key as PEM.
    fn public_pem(&self) -> Option<String>;
    fn sign(&self, message: &[u8], hash: Hash, pss: bool, chance: Chance<'_>) -> Result<Vec<u8>, Refusal>;
    fn verify(&self, message: &[u8], signature: &[u8], hash: Hash, pss: bool) -> Result<(), Refusal>;
    fn encrypt(&self, _message: &[u8], _hash: Hash, _chance: Chance<'_>) -> Result<Vec<u8>, Refusal> {
        Err("ECDSA keys sign; they can't encrypt.".into())
    }
    fn decrypt(&self, _message: &[u8], _hash: Hash, _chance: Chance<'_>) -> Result<Vec<u8>, Refusal> {
        Err("ECDSA keys sign; they can't decrypt.".into())
    }
}

/// Where unguessable bytes come from.
type Chance<'a> = &'a dyn tessera_values::Chance;

/// A key and how code asked for it.
struct CryptoKey {
    /// `RSA`, `ECDSA` or `PEM`.
    kind: Text,
    key: Box<dyn Key>,
    pem: Option<Text>,
}

/// `4D.CryptoKey.new(settings)`
fn new(process: &mut Process, arguments: &Arguments) -> Result<Value, ErrorStack> {
    let Some(settings) = arguments.object(0)? else {
        return Err(refused("4D.CryptoKey.new() needs an object with the type of the key."));
    };
    let setting = |name: &str| settings.get(name).and_then(|value| value.as_text().cloned());
    let kind = setting("type").unwrap_or_default();
    let chance = process.environment().chance.as_ref();
    let pem = setting("pem").filter(|_| kind.eq_ignore_ascii_case("PEM"));
    let key: Result<Box<dyn Key>, Refusal> = match kind.to_uppercase().as_str() {
        "RSA" => modular::generate(settings.get("size").and_then(|size| size.as_integer()), chance),
        "ECDSA" => elliptic::generate(setting("curve").as_deref(), chance),
        "PEM" => read_pem(pem.as_deref().unwrap_or_default()),
        _ => Err(format!("The type of a key is \"RSA\", \"ECDSA\" or \"PEM\", not \"{kind}\".")),
    };
    let key = CryptoKey { kind: kind.to_uppercase(), key: key.map_err(refused)?, pem };
    Ok(Value::Native(Rc::new(KeyObject(Arc::new(key)))))
}

fn read_pem(pem: &str) -> Result<Box<dyn Key>, Refusal> {
    modular::read(pem).or_else(|| elliptic::read(pem)).ok_or_else(|| {
        "This is no private or public key in PEM form, of RSA or of a curve that is known.".into()
    })
}

fn refused(message: impl Into<Text>) -> ErrorStack {
    ErrorStack::runtime(message)
}

impl SharedNative for CryptoKey {
    fn to_local(self: Arc<Self>) -> Rc<dyn Native> {
        Rc::new(KeyObject(self))
    }

    fn class_name(&self) -> &'static str {
        "4D.CryptoKey"
    }
}

struct KeyObject(Arc<CryptoKey>);

impl KeyObject {
    /// Runs one of the four functions: message, options, and for `verify` the signature between them.
    fn run(&self, process: &Process, name: &str, arguments: &[Value]) -> Result<Value, ErrorStack> {
        let text =
            |at: usize| arguments.get(at).and_then(|value| value.as_text()).cloned().unwrap_or_default();
        let options = match arguments.last() {
            Some(Value::Object(options)) => options.clone(),
            _ => ObjectRef::new(),
        };
        let hash = Hash::of(&options).map_err(refused)?;
        let pss = options.get("pss").and_then(|pss| pss.as_boolean()).unwrap_or(false);
        let chance = process.environment().chance.as_ref();
        let key = &self.0.key;
        let encoding =
            |option: &str, default: Encoding| Encoding::of(&options, option, default).map_err(refused);
        match name {
            "sign" => {
                let signature = key.sign(text(0).as_bytes(), hash, pss, chance).map_err(refused)?;
                Ok(Value::Text(encoding("encoding", Encoding::Base64)?.write(&signature)))
            }
            "verify" => {
                let signature = encoding("encoding", Encoding::Base64)?.read(&text(1));
                let verified = signature.and_then(|bytes| key.verify(text(0).as_bytes(), &bytes, hash, pss));
                Ok(status(verified.map(|()| None)))
            }
            "encrypt" => {
                let message =
                    encoding("encodingDecrypted", Encoding::Utf8)?.read(&text(0)).map_err(refused)?;
                let encrypted = key.encrypt(&message, hash, chance).map_err(refused)?;
                Ok(Value::Text(encoding("encodingEncrypted", Encoding::Base64)?.write(&encrypted)))
            }
            _ => {
                let message = encoding("encodingEncrypted", Encoding::Base64)?.read(&text(0));
                let plain = message.and_then(|bytes| key.decrypt(&bytes, hash, chance));
                let encoding = encoding("encodingDecrypted", Encoding::Utf8)?;
                Ok(status(plain.map(|plain| Some(encoding.write(&plain)))))
            }
        }
    }
}

/// `{success; result; errors}`
fn status(outcome: Result<Option<Text>, Refusal>) -> Value {
    let (success, mut properties) = match outcome {
        Ok(result) => (true, result.map(|result| ("result", Value::Text(result)))),
        Err(message) => {
            let error = tessera_vm::error_object(&FourDError::new("4DRT", CRYPTO_ERROR, message));
            (false, Some(("errors", Value::Collection(CollectionRef::from_vec(vec![error])))))
        }
    };
    let mut all = tessera_values::Properties::from_iter([("success".into(), Value::Boolean(success))]);
    all.extend(properties.take().map(|(name, value)| (name.into(), value)));
    Value::Object(ObjectRef::from_properties(all))
}

// UNSPECIFIED: the numbers of errors of keys. Taken: one of the language's own.
const CRYPTO_ERROR: i64 = tessera_values::RUNTIME_ERROR;

impl Native for KeyObject {
    fn class_name(&self) -> &'static str {
        "4D.CryptoKey"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn get(self: Rc<Self>, _: &mut dyn Scope, name: &str) -> Result<Value, ErrorStack> {
        let key = &self.0.key;
        let found = match name {
            "type" => Some(Value::Text(self.0.kind.clone())),
            "curve" => key.curve().map(Value::text),
            "size" => key.size().map(|bits| Value::Integer(bits as i64)),
            "pem" => self.0.pem.clone().map(Value::Text),
            _ => None,
        };
        Ok(found.unwrap_or_default())
    }

    fn call(
        self: Rc<Self>,
        scope: &mut dyn Scope,
        name: &str,
        arguments: &[Value],
    ) -> Option<Result<Value, ErrorStack>> {
        let key = &self.0.key;
        match name {
            "getPrivateKey" => Some(Ok(Value::text(key.private_pem().unwrap_or_default()))),
            "getPublicKey" => Some(Ok(Value::text(key.public_pem().unwrap_or_default()))),
            "sign" | "verify" | "encrypt" | "decrypt" => Some(self.run(Process::of(scope), name, arguments)),
            _ => None,
        }
    }

    fn to_shared(&self) -> Option<Arc<dyn SharedNative>> {
        Some(Arc::clone(&self.0) as Arc<dyn SharedNative>)
    }

    fn is_same(&self, other: &dyn Native) -> bool {
        other.as_any().downcast_ref::<Self>().is_some_and(|other| Arc::ptr_eq(&self.0, &other.0))
    }
}
