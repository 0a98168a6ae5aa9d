//! Base64, digests and UUIDs (`docs/commands/theme/Tools.md`, `Security.md`).

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use tessera_values::{Blob, ErrorStack, Value};

use super::Command;
use crate::arguments::Arguments;
use crate::process::Process;

pub(super) const COMMANDS: &[(u16, Command)] =
    &[(895, base64_encode), (896, base64_decode), (1066, generate_uuid), (1147, generate_digest)];

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT.with_encode_padding(false));

/// The bytes of a text, as UTF-8, or of a Blob.
fn bytes_of(value: &Value) -> Result<Blob, ErrorStack> {
    match value {
        Value::Text(text) => Ok(Blob(text.as_bytes().into())),
        Value::Blob(blob) => Ok(blob.clone()),
        Value::Undefined | Value::Null => Ok(Blob::default()),
        other => Err(ErrorStack::runtime(format!("A text or a Blob is expected, not {}.", other.kind()))),
    }
}

/// Writes to the second variable when there is one, to the first otherwise; in the type the variable has.
fn write(arguments: &Arguments, bytes: Vec<u8>) {
    let position = usize::from(arguments.len() > 1 && arguments.flag(1).is_none());
    let value = match arguments.read(position) {
        Value::Blob(_) => Value::Blob(bytes.into()),
        _ => Value::text(String::from_utf8_lossy(&bytes).into_owned()),
    };
    arguments.write(position, value);
}

/// `BASE64 ENCODE(toEncode {; encoded} {; *})`: `*` is Base64URL.
fn base64_encode(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let bytes = bytes_of(&arguments.read(0))?;
    let engine = if arguments.has_star() { URL } else { STANDARD };
    write(arguments, engine.encode(&bytes.0).into_bytes());
    Ok(Value::Undefined)
}

/// Both alphabets are read, with or without padding, and line ends are skipped.
fn base64_decode(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let bytes = bytes_of(&arguments.read(0))?;
    let plain: Vec<u8> = bytes
        .0
        .iter()
        .filter(|byte| !byte.is_ascii_whitespace())
        .map(|byte| match byte {
            b'-' => b'+',
            b'_' => b'/',
            byte => *byte,
        })
        .collect();
    let decoded =
        STANDARD.decode(plain).map_err(|error| ErrorStack::runtime(format!("BASE64 DECODE: {error}")))?;
    write(arguments, decoded);
    Ok(Value::Undefined)
}

/// `Generate digest(textOrBlob; algorithm {; *})` (`docs/commands/generate-digest.md`)
fn generate_digest(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let bytes = bytes_of(&arguments.value(0))?.0;
    let digest: Vec<u8> = match arguments.integer(1)? {
        0 => Md5::digest(&bytes).to_vec(),
        1 => Sha1::digest(&bytes).to_vec(),
        3 => Sha256::digest(&bytes).to_vec(),
        4 => Sha512::digest(&bytes).to_vec(),
        other => return Err(ErrorStack::runtime(format!("Generate digest knows no algorithm {other}."))),
    };
    if arguments.has_star() {
        return Ok(Value::text(URL.encode(digest)));
    }
    Ok(Value::text(digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>()))
}

/// `Generate UUID({version})`: 32 hexadecimal digits; version 4 by chance, 7 in the order of time.
// UNSPECIFIED: lower or upper case. Taken: upper, as samples elsewhere show.
fn generate_uuid(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let mut bytes = [0; 16];
    process.environment().chance.fill(&mut bytes);
    let version: u8 = match arguments.optional_integer(0)? {
        None | Some(0 | 4) => 4,
        Some(7) => {
            let now = process.environment().clock.now().as_millisecond();
            bytes[..6].copy_from_slice(&now.to_be_bytes()[2..]);
            7
        }
        Some(other) => return Err(ErrorStack::runtime(format!("There is no UUID version {other}."))),
    };
    bytes[6] = (bytes[6] & 0x0F) | (version << 4);
    bytes[8] = (bytes[8] & 0x3F) | 0x80;
    Ok(Value::text(bytes.iter().map(|byte| format!("{byte:02X}")).collect::<String>()))
}
