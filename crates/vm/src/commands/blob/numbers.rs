//! Numbers in Blobs (`docs/commands/longint-to-blob.md` and its neighbours).

use tessera_values::{ErrorStack, Value};

use crate::arguments::Arguments;
use crate::process::Process;

/// `Macintosh byte ordering`: the most significant byte first; 0 and `PC byte ordering` are ours.
const BIG_ENDIAN: i64 = 1;

fn ordered(mut bytes: Vec<u8>, order: i64) -> Vec<u8> {
    if order == BIG_ENDIAN {
        bytes.reverse();
    }
    bytes
}

/// `INTEGER TO BLOB(number; blob; byte order {; offset | *})`
pub(super) fn integer_to_blob(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let bytes = (arguments.integer(0)? as i16).to_le_bytes().to_vec();
    super::put_at(arguments, 1, 3, &ordered(bytes, arguments.integer(2)?))?;
    Ok(Value::Undefined)
}

/// `LONGINT TO BLOB(number; blob; byte order {; offset | *})`
pub(super) fn longint_to_blob(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let bytes = (arguments.integer(0)? as i32).to_le_bytes().to_vec();
    super::put_at(arguments, 1, 3, &ordered(bytes, arguments.integer(2)?))?;
    Ok(Value::Undefined)
}

/// `REAL TO BLOB(number; blob; format {; offset | *})`: always an IEEE double.
pub(super) fn real_to_blob(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let bytes = arguments.real(0)?.to_le_bytes().to_vec();
    let big = matches!(arguments.integer(2)?, 2);
    super::put_at(arguments, 1, 3, &ordered(bytes, i64::from(big)))?;
    Ok(Value::Undefined)
}

/// The bytes at the offset of the third argument, which moves on; the least significant byte first.
fn take<const N: usize>(arguments: &Arguments, big: bool) -> Result<[u8; N], ErrorStack> {
    let blob = super::bytes(arguments, 0)?;
    let from = arguments.read(2).as_integer().unwrap_or(0).max(0) as usize;
    let found = blob.0.get(from..from.saturating_add(N)).and_then(|bytes| <[u8; N]>::try_from(bytes).ok());
    let mut bytes = found.ok_or_else(|| ErrorStack::runtime("The bytes lie outside the Blob."))?;
    if big {
        bytes.reverse();
    }
    arguments.write(2, Value::Integer((from + N) as i64));
    Ok(bytes)
}

/// `BLOB to integer(blob; byte order {; offset})`
pub(super) fn blob_to_integer(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let big = arguments.integer(1)? == BIG_ENDIAN;
    Ok(Value::Integer(i64::from(i16::from_le_bytes(take(arguments, big)?))))
}

/// `BLOB to longint(blob; byte order {; offset})`
pub(super) fn blob_to_longint(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let big = arguments.integer(1)? == BIG_ENDIAN;
    Ok(Value::Integer(i64::from(i32::from_le_bytes(take(arguments, big)?))))
}

/// `BLOB to real(blob; format {; offset})`
pub(super) fn blob_to_real(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let big = matches!(arguments.integer(1)?, 2);
    Ok(Value::Real(f64::from_le_bytes(take(arguments, big)?)))
}
