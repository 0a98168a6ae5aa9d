//! Request bodies within a limit, and response bodies.

use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Body as _, Incoming};

/// Any body the server sends.
pub(crate) type Body = UnsyncBoxBody<Bytes, std::io::Error>;

/// A body of known bytes.
pub(crate) fn full(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync()
}

/// A short plain answer.
pub(crate) fn plain(status: StatusCode, text: &str) -> Response<Body> {
    let mut response = Response::new(full(format!("{text}\n")));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static("text/plain; charset=UTF-8"));
    headers.insert(http::header::X_CONTENT_TYPE_OPTIONS, http::HeaderValue::from_static("nosniff"));
    response
}

/// Why a body was not read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum BodyError {
    /// It is longer than allowed.
    TooLarge,
    /// The client went away, or sent nonsense.
    Broken,
}

/// A client that sends more than this beyond the limit is cut off without having read the answer.
const DRAIN_BYTES_MAX: u64 = 16 << 20;
const DRAIN_TIME: Duration = Duration::from_secs(2);

/// Reads a body of at most `bytes_max` bytes.
///
/// A somewhat longer one is read to its end and thrown away: closing on a client that still writes would take the
/// answer away from it.
pub(crate) async fn read(mut body: Incoming, bytes_max: usize) -> Result<Bytes, BodyError> {
    let announced = body.size_hint().lower();
    if announced <= bytes_max as u64 {
        match Limited::new(&mut body, bytes_max).collect().await {
            Ok(collected) => return Ok(collected.to_bytes()),
            Err(error) if error.is::<LengthLimitError>() => {}
            Err(_) => return Err(BodyError::Broken),
        }
    }
    if announced <= DRAIN_BYTES_MAX {
        let _ = tokio::time::timeout(DRAIN_TIME, drain(body)).await;
    }
    Err(BodyError::TooLarge)
}

async fn drain(mut body: Incoming) {
    let mut read = 0;
    while let Some(Ok(frame)) = body.frame().await {
        read += frame.data_ref().map_or(0, |data| data.len() as u64);
        if read > DRAIN_BYTES_MAX {
            break;
        }
    }
}
