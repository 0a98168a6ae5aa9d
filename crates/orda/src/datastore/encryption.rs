//! What a datastore says of its encryption: none of the files Tessera keeps data in are encrypted by it
//! (`docs/API/DataStoreClass.md`).

use tessera_values::{CollectionRef, ErrorStack, FourDError, ObjectRef, Value};

/// `encryptionStatus()`
pub(super) fn status() -> Value {
    Value::Object(ObjectRef::from([
        ("isEncrypted", Value::Boolean(false)),
        ("keyProvided", Value::Boolean(false)),
        ("tables", Value::Object(ObjectRef::new())),
    ]))
}

/// `provideDataKey(passphrase | key)`: no key fits data that is not encrypted; without one the answer is Null.
pub(super) fn provide_key(key: Option<&Value>) -> Result<Value, ErrorStack> {
    const WRONG_KEY: i64 = 4;
    match key {
        None | Some(Value::Undefined | Value::Null) => return Ok(Value::Null),
        Some(Value::Text(_) | Value::Object(_)) => {}
        Some(other) => {
            return Err(ErrorStack::runtime(format!(
                "provideDataKey needs a passphrase or an object with an encodedKey, not {}.",
                other.kind()
            )));
        }
    }
    let text = "The encryption key does not match the data.";
    let error = tessera_vm::error_object(&FourDError::new("dbmg", 2003, text));
    Ok(Value::Object(ObjectRef::from([
        ("success", Value::Boolean(false)),
        ("status", Value::Integer(WRONG_KEY)),
        ("statusText", Value::text(text)),
        ("errors", Value::Collection(CollectionRef::from_vec(vec![error]))),
    ])))
}
