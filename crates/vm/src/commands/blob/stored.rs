//! Variables in Blobs (`docs/commands/variable-to-blob.md`, `blob-to-variable.md`).

use tessera_values::{ErrorStack, Value};

use crate::arguments::Arguments;
use crate::process::Process;
use crate::stored;

/// `VARIABLE TO BLOB(variable; blob {; offset | *})`
pub(super) fn variable_to_blob(
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    process.set_ok(false);
    let bytes = stored::write(&arguments.value(0))?;
    super::put_at(arguments, 1, 2, &bytes)?;
    process.set_ok(true);
    Ok(Value::Undefined)
}

/// `BLOB TO VARIABLE(blob; variable {; offset})`: the offset moves on to the next variable. Where none is stored, the
/// variable stays what it is and `OK` is 0.
pub(super) fn blob_to_variable(
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let blob = super::bytes(arguments, 0)?;
    let offset = arguments.read(2).as_integer().unwrap_or(0).max(0) as usize;
    let found = blob.0.get(offset..).and_then(stored::read);
    process.set_ok(found.is_some());
    if let Some((value, length)) = found {
        arguments.write(1, value);
        arguments.write(2, Value::Integer((offset + length) as i64));
    }
    Ok(Value::Undefined)
}
