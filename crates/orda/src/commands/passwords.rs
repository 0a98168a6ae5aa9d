//! Password hashes (`docs/commands-legacy/generate-password-hash.md`, `verify-password-hash.md`).

use std::rc::Rc;

use tessera_values::{ErrorStack, FourDError, ObjectRef, Text, Value};
use tessera_vm::{Arguments, Process};

use super::Command;
use crate::context::Context;

pub(super) const COMMANDS: &[(u16, Command)] = &[(1533, generate), (1534, verify)];

const DEFAULT_COST: u32 = 10;

/// `Generate password hash(password {; {algorithm; cost}})`. bcrypt sees the first 72 bytes.
/// A wrong option is an error, and the answer is the empty text.
fn generate(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    // It takes a tenth of a second on purpose.
    process.check_stop()?;
    let password = arguments.text(0)?;
    let cost = match arguments.object(1)?.as_ref().map_or(Ok(DEFAULT_COST), cost) {
        Ok(cost) => cost,
        Err(error) => {
            process.answer_and_fail(Value::text(""));
            return Err(error);
        }
    };
    let mut salt = [0; 16];
    context.application().environment.chance.fill(&mut salt);
    let hash = context.application().hashing.run(move || {
        let bytes = bcrypt_bytes(&password);
        bcrypt::hash_with_salt(bytes, cost, salt).map(|parts| parts.format_for_version(bcrypt::Version::TwoB))
    })?;
    hash.map(Value::text)
        .map_err(|error| ErrorStack::runtime(format!("The password can't be hashed: {error}")))
}

fn cost(options: &ObjectRef) -> Result<u32, ErrorStack> {
    let refused = |code, message: String| ErrorStack::single(FourDError::new("4DRT", code, message));
    match options.get("algorithm") {
        None | Some(Value::Undefined | Value::Null) => {}
        Some(Value::Text(name)) if name == "bcrypt" => {}
        Some(_) => return Err(refused(850, "The password algorithm must be \"bcrypt\".".into())),
    }
    match options.get("cost").map(|cost| cost.as_integer()) {
        None => Ok(DEFAULT_COST),
        Some(Some(cost @ 4..=31)) => Ok(cost as u32),
        Some(_) => Err(refused(852, "The cost of a password hash must lie between 4 and 31.".into())),
    }
}

/// What bcrypt looks at: 72 bytes, never half a character.
fn bcrypt_bytes(password: &Text) -> &[u8] {
    let mut end = password.len().min(72);
    while !password.is_char_boundary(end) {
        end -= 1;
    }
    &password.as_bytes()[..end]
}

/// `Verify password hash(password; hash)`: a malformed hash is simply not verified.
fn verify(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    process.check_stop()?;
    let (password, hash) = (arguments.text(0)?, arguments.text(1)?);
    let same = context
        .application()
        .hashing
        .run(move || bcrypt::verify(bcrypt_bytes(&password), &hash).unwrap_or(false))?;
    Ok(Value::Boolean(same))
}
