//! `GET Employee(1)/photo?$imageformat=best`: the bytes of a picture or a blob (rest-protocol section 8.6).
//!
//! Bytes that go out as they are stored are read while they are sent; a picture that has to be converted is read whole.

use std::hash::{DefaultHasher, Hash, Hasher};

use bytes::Bytes;
use tessera_model::FieldType;
use tessera_orda::{ContentError, ContentReader, Run, SERVER_BUSY, access};
use tessera_sessions::Action;
use tessera_store::{Columns, Piece, Row};
use tessera_values::{ErrorStack, Picture, Scalar, Text};

use super::read;
use crate::body::{Body, BrokenOff, Pieces};
use crate::error::RestError;
use crate::options::Options;
use crate::picture::{self, Wanted};
use crate::plan::ContentOf;
use crate::request::{Request, Response};

/// What has no type of its own.
const BYTES: &str = "application/octet-stream";
/// How often a value is tried that others save at the same time.
const ATTEMPTS_MAX: usize = 3;

/// Sends the bytes themselves.
pub(super) fn send(
    run: &mut Run,
    of: &ContentOf,
    options: &Options,
    request: &Request,
) -> Result<Response, RestError> {
    let wanted = match (options.image_format.as_deref(), options.binary) {
        (None, true) => Wanted::Original,
        (word, _) => {
            let word = word.unwrap_or("best");
            Wanted::parse(word)
                .ok_or_else(|| RestError::new(400, 1801, format!("The format {word} is not available")))?
        }
    };
    let lengths = Columns::of([of.attribute]).with_lengths();
    for _ in 0..ATTEMPTS_MAX {
        let row = read::row(run, &of.chosen, &lengths)?;
        access::check_attribute(run.context(), of.chosen.dataclass, of.attribute, Action::Read)?;
        let length = row.values.first().and_then(Scalar::as_integer).unwrap_or_default();
        let length = u64::try_from(length).unwrap_or_default();
        let mut headers: Vec<(Text, Text)> = vec![
            ("cache-control".into(), "private, no-cache".into()),
            ("etag".into(), tag(run, &row, length, wanted).into()),
            ("x-content-type-options".into(), "nosniff".into()),
            // A picture may be a drawing with a script in it.
            (
                "content-security-policy".into(),
                "default-src 'none'; style-src 'unsafe-inline'; sandbox".into(),
            ),
        ];
        // Asked before any byte is read.
        let known = Response { status: 200, headers: headers.clone(), body: Vec::new().into() }
            .unless_known(request.if_none_match.as_deref());
        if known.status == 304 {
            return Ok(known);
        }
        let reader = run.read_content(of.chosen.dataclass, of.attribute, &row, length);
        let Some((mime, body)) = body(run, of, wanted, reader, length)? else { continue };
        if options.binary {
            headers.push(("content-disposition".into(), "attachment".into()));
        }
        headers.push(("content-type".into(), mime));
        return Ok(Response { status: 200, headers, body });
    }
    let busy = "The entity is being saved by others. Try again in a moment.";
    Err(ErrorStack::data(SERVER_BUSY, busy).into())
}

/// The bytes and their type; `None` when the entity was saved since it was read.
fn body(
    run: &Run,
    of: &ContentOf,
    wanted: Wanted,
    mut reader: ContentReader,
    length: u64,
) -> Result<Option<(Text, Body)>, RestError> {
    let first = match reader.next() {
        None => return Ok(Some((BYTES.into(), Vec::new().into()))),
        Some(Ok(first)) => first,
        Some(Err(ContentError::Changed)) => return Ok(None),
        Some(Err(ContentError::Failed(error))) => return Err(error.into()),
    };
    let described = run.context().application().catalog.dataclass(of.chosen.dataclass);
    let field = described.attribute(of.attribute).field();
    if field.is_none_or(|field| field.field_type != FieldType::Picture) {
        return Ok(Some((BYTES.into(), in_pieces(first, reader, length))));
    }
    let mime = first.mime.clone().filter(|mime| !mime.is_empty());
    if wanted.is_stored_as(mime.as_deref().unwrap_or_default()) {
        return Ok(Some((mime.unwrap_or_else(|| BYTES.into()), in_pieces(first, reader, length))));
    }
    let mut bytes = first.bytes;
    for part in reader {
        match part {
            Ok(piece) => bytes.extend(piece.bytes),
            Err(ContentError::Changed) => return Ok(None),
            Err(ContentError::Failed(error)) => return Err(error.into()),
        }
    }
    let stored = Picture { mime: mime.unwrap_or_default(), bytes: bytes.into() };
    // UNSPECIFIED (U37): no picture, or one that can't be converted. Taken: nothing, with status 200.
    let sent = picture::encode(&stored, wanted).unwrap_or_default();
    let mime = if sent.mime.is_empty() { BYTES.into() } else { sent.mime };
    Ok(Some((mime, Body::of(sent.bytes.0))))
}

/// Bytes that are read while they are sent, after the first of them.
fn in_pieces(first: Piece, reader: ContentReader, length: u64) -> Body {
    if reader.is_over() {
        return first.bytes.into();
    }
    let rest = reader.map(|part| {
        part.map(|piece| Bytes::from(piece.bytes)).map_err(|error| {
            let reason = match error {
                ContentError::Changed => "the entity was saved meanwhile".to_owned(),
                ContentError::Failed(error) => format!("{:?}", error.errors),
            };
            tracing::warn!(reason, "a picture or blob was broken off");
            BrokenOff
        })
    });
    Body::Pieces(Pieces::new(Some(length), std::iter::once(Ok(first.bytes.into())).chain(rest)))
}

/// What stays the same as long as the bytes do, in this data and no other.
fn tag(run: &Run, row: &Row, length: u64, wanted: Wanted) -> String {
    let mut hasher = DefaultHasher::new();
    run.context().application().store.unique_id().hash(&mut hasher);
    (row.record, row.stamp, length, wanted.name()).hash(&mut hasher);
    format!("\"{:016x}\"", hasher.finish())
}
