//! Blobs made smaller (`docs/commands/compress-blob.md`, `expand-blob.md`, `blob-properties.md`).
//!
//! GZIP is what everybody reads. The compact and the fast mode are Tessera's own, as they are 4D's own there: a mark,
//! the mode, the size when expanded, and a zlib stream.

use std::io::{Read, Write as _};

use flate2::Compression;
use flate2::read::{MultiGzDecoder, ZlibDecoder};
use flate2::write::{GzEncoder, ZlibEncoder};
use tessera_values::{ErrorStack, FourDError, Value};

use crate::arguments::Arguments;
use crate::process::Process;

/// The modes: compact 1, fast 2, GZIP best -1, GZIP fast -2, and 0 for what is not compressed.
const NOT_COMPRESSED: i64 = 0;
const COMPACT: i64 = 1;
const FAST: i64 = 2;
const GZIP_BEST: i64 = -1;
const GZIP_FAST: i64 = -2;

/// Smaller Blobs are left as they are.
const SIZE_MIN: usize = 255;

/// The largest Blob that is expanded: a few kilobytes may hold gigabytes of zeros.
const EXPANDED_MAX: u64 = 256 << 20;

const MARK: &[u8; 4] = b"TSZ1";
/// Mark, mode and size.
const HEAD: usize = 13;

/// The Blob is not compressed, or damaged.
const DAMAGED: i64 = -10_600;

/// How a Blob is compressed, and its size when expanded as its head tells.
fn properties(bytes: &[u8]) -> (i64, u64) {
    if let Some((mode, size)) = bytes
        .strip_prefix(MARK)
        .and_then(|rest| rest.split_first_chunk::<9>())
        .map(|([mode, size @ ..], _)| (i64::from(*mode), u64::from_le_bytes(*size)))
        && matches!(mode, COMPACT | FAST)
    {
        return (mode, size);
    }
    if let ([0x1F, 0x8B, 8, _, _, _, _, _, speed, ..], Some(size)) = (bytes, bytes.last_chunk::<4>()) {
        // RFC 1952: the byte tells how hard the compressor tried.
        let mode = if *speed == 4 { GZIP_FAST } else { GZIP_BEST };
        return (mode, u64::from(u32::from_le_bytes(*size)));
    }
    (NOT_COMPRESSED, bytes.len() as u64)
}

/// `COMPRESS BLOB(blob {; mode})`: what is small or compressed already stays as it is.
pub(super) fn compress(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let blob = super::bytes(arguments, 0)?;
    let (found, _) = properties(&blob.0);
    let is_large = blob.0.len() >= SIZE_MIN;
    process.set_ok(is_large || found != NOT_COMPRESSED);
    if is_large && found == NOT_COMPRESSED {
        let compressed = match arguments.integer(1)? {
            mode @ (GZIP_BEST | GZIP_FAST) => gzip(&blob.0, level(mode)),
            FAST => own(&blob.0, FAST),
            _ => own(&blob.0, COMPACT),
        };
        let compressed = compressed.map_err(|error| damaged(&error.to_string()))?;
        arguments.write(0, Value::Blob(compressed.into()));
    }
    Ok(Value::Undefined)
}

fn level(mode: i64) -> Compression {
    if matches!(mode, FAST | GZIP_FAST) { Compression::fast() } else { Compression::best() }
}

fn gzip(bytes: &[u8], level: Compression) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), level);
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn own(bytes: &[u8], mode: i64) -> std::io::Result<Vec<u8>> {
    let mut head = MARK.to_vec();
    head.push(mode as u8);
    head.extend((bytes.len() as u64).to_le_bytes());
    let mut encoder = ZlibEncoder::new(head, level(mode));
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// `EXPAND BLOB(blob)`
pub(super) fn expand(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    process.set_ok(false);
    let blob = super::bytes(arguments, 0)?;
    let expanded = match properties(&blob.0).0 {
        NOT_COMPRESSED => return Err(damaged("it is not compressed")),
        GZIP_BEST | GZIP_FAST => all_of(MultiGzDecoder::new(&*blob.0))?,
        _ => all_of(ZlibDecoder::new(blob.0.get(HEAD..).unwrap_or_default()))?,
    };
    arguments.write(0, Value::Blob(expanded.into()));
    process.set_ok(true);
    Ok(Value::Undefined)
}

fn all_of(source: impl Read) -> Result<Vec<u8>, ErrorStack> {
    let mut expanded = Vec::new();
    let read = source.take(EXPANDED_MAX + 1).read_to_end(&mut expanded);
    read.map_err(|error| damaged(&error.to_string()))?;
    if expanded.len() as u64 > EXPANDED_MAX {
        return Err(ErrorStack::runtime("The Blob would be larger than 256 MB when expanded."));
    }
    Ok(expanded)
}

fn damaged(why: &str) -> ErrorStack {
    ErrorStack::single(FourDError::new("4DRT", DAMAGED, format!("The Blob can't be expanded: {why}.")))
}

/// `BLOB PROPERTIES(blob; compressed {; expandedSize {; currentSize}})`
pub(super) fn blob_properties(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let blob = super::bytes(arguments, 0)?;
    let (mode, expanded) = properties(&blob.0);
    arguments.write(1, Value::Integer(mode));
    arguments.write(2, Value::Integer(i64::try_from(expanded).unwrap_or(i64::MAX)));
    arguments.write(3, Value::Integer(blob.0.len() as i64));
    Ok(Value::Undefined)
}
