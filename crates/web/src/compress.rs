//! Compressed answers for clients that take them: text and JSON beyond a kilobyte, be it a file or REST.

use std::convert::Infallible;

use http::header::{ACCEPT_ENCODING, CONTENT_TYPE};
use http::{Extensions, HeaderMap, HeaderValue, Request, Response, StatusCode, Version};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tower::ServiceExt;
use tower_http::CompressionLevel;
use tower_http::compression::Compression;
use tower_http::compression::predicate::{Predicate, SizeAbove};

use crate::body::Body;

/// Shorter answers would not gain anything (`docs/API/WebServerClass.md`, `HTTPCompressionThreshold`).
const BYTES_MIN: u64 = 1024;

/// What answers are compressed with. The client's `q` values decide; where they are the same, Zstandard is taken.
const CODINGS: [&[u8]; 2] = [b"zstd", b"gzip"];

/// May the answer to this request be compressed at all?
pub(crate) fn is_wanted(headers: &HeaderMap) -> bool {
    headers.get_all(ACCEPT_ENCODING).iter().any(|value| {
        value.as_bytes().windows(4).any(|word| CODINGS.iter().any(|coding| word.eq_ignore_ascii_case(coding)))
    })
}

/// Answers with `answer` and compresses what is worth it.
pub(crate) async fn answered<F>(
    request: Request<Incoming>,
    answer: impl FnOnce(Request<Incoming>) -> F,
) -> Response<Body>
where
    F: Future<Output = Response<Body>>,
{
    let mut answer = Some(answer);
    let service = tower::service_fn(|request| {
        let answered = answer.take().map(|answer| answer(request));
        async move {
            Ok::<_, Infallible>(match answered {
                Some(answered) => answered.await,
                None => unreachable!("one request is answered once"),
            })
        }
    });
    let compressed = Compression::new(service)
        .quality(CompressionLevel::Fastest)
        .compress_when(SizeAbove::new(BYTES_MIN).and(is_text))
        .oneshot(request)
        .await;
    match compressed {
        Ok(response) => response.map(|body| body.map_err(std::io::Error::other).boxed_unsync()),
        Err(never) => match never {},
    }
}

/// Pictures and archives are compressed already.
fn is_text(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    let kind = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let end = kind.iter().position(|byte| *byte == b';').unwrap_or(kind.len());
    let kind = kind[..end].trim_ascii();
    kind.starts_with(b"text/")
        || [b"json".as_slice(), b"xml", b"javascript"].iter().any(|known| kind.ends_with(known))
}
