//! Request bodies within a limit, and response bodies.

use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};

/// Any body the server sends.
pub(crate) type Body = UnsyncBoxBody<Bytes, std::io::Error>;

/// A body of known bytes.
pub(crate) fn full(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync()
}

/// Marks an answer the server gave by itself, whose place an error page may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OwnAnswer;

/// A short plain answer.
pub(crate) fn plain(status: StatusCode, text: &str) -> Response<Body> {
    let mut response = Response::new(full(format!("{text}\n")));
    *response.status_mut() = status;
    response.extensions_mut().insert(OwnAnswer);
    let headers = response.headers_mut();
    headers.insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static("text/plain; charset=UTF-8"));
    headers.insert(http::header::X_CONTENT_TYPE_OPTIONS, http::HeaderValue::from_static("nosniff"));
    response
}

/// A method that is not served, and those that are.
pub(crate) fn not_allowed(allowed: &str, text: &str) -> Response<Body> {
    let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, text);
    if let Ok(allowed) = http::HeaderValue::from_str(allowed) {
        response.headers_mut().insert(http::header::ALLOW, allowed);
    }
    response
}

/// Why a body was not read.
#[derive(Debug, PartialEq, Eq)]
enum BodyError {
    /// It is longer than allowed.
    TooLarge,
    /// It did not come in time.
    Slow,
    /// The client went away, or sent nonsense.
    Broken,
}

/// Reads a body, or says why it was not read.
pub(crate) async fn read_or_refuse<B>(
    body: B,
    bytes_max: usize,
    time_max: Duration,
) -> Result<Bytes, Response<Body>>
where
    B: hyper::body::Body<Data = Bytes, Error: std::error::Error + Send + Sync + 'static> + Unpin,
{
    read(body, bytes_max, time_max).await.map_err(|error| match error {
        BodyError::TooLarge => {
            plain(StatusCode::PAYLOAD_TOO_LARGE, &format!("The body is longer than {bytes_max} bytes."))
        }
        BodyError::Slow => plain(StatusCode::REQUEST_TIMEOUT, "The body did not come in time."),
        BodyError::Broken => plain(StatusCode::BAD_REQUEST, "The body could not be read."),
    })
}

/// A client that sends more than this beyond the limit is cut off without having read the answer.
const DRAIN_BYTES_MAX: u64 = 16 << 20;
const DRAIN_TIME: Duration = Duration::from_secs(2);

/// Reads a body of at most `bytes_max` bytes, within `time_max`.
///
/// A somewhat longer one is read to its end and thrown away: closing on a client that still writes would take the
/// answer away from it.
async fn read<B>(mut body: B, bytes_max: usize, time_max: Duration) -> Result<Bytes, BodyError>
where
    B: hyper::body::Body<Data = Bytes, Error: std::error::Error + Send + Sync + 'static> + Unpin,
{
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    let announced = body.size_hint().lower();
    if announced <= bytes_max as u64 {
        match tokio::time::timeout(time_max, Limited::new(&mut body, bytes_max).collect()).await {
            Ok(Ok(collected)) => return Ok(collected.to_bytes()),
            Ok(Err(error)) if error.is::<LengthLimitError>() => {}
            Ok(Err(_)) => return Err(BodyError::Broken),
            Err(_) => return Err(BodyError::Slow),
        }
    }
    if announced <= DRAIN_BYTES_MAX {
        let _ = tokio::time::timeout(DRAIN_TIME, drain(body)).await;
    }
    Err(BodyError::TooLarge)
}

async fn drain(mut body: impl hyper::body::Body<Data = Bytes> + Unpin) {
    let mut read = 0;
    while let Some(Ok(frame)) = body.frame().await {
        read += frame.data_ref().map_or(0, |data| data.len() as u64);
        if read > DRAIN_BYTES_MAX {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use hyper::body::Frame;

    use super::*;

    /// So many bytes, and then silence.
    struct Stalled(usize);

    impl hyper::body::Body for Stalled {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            if self.0 == 0 {
                return Poll::Pending;
            }
            let bytes = vec![b'x'; std::mem::take(&mut self.0)];
            Poll::Ready(Some(Ok(Frame::data(bytes.into()))))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_does_not_come_is_not_waited_for() {
        let time_max = Duration::from_mins(1);
        assert_eq!(read(Stalled(3), 10, time_max).await, Err(BodyError::Slow));
        assert_eq!(read(Stalled(11), 10, time_max).await, Err(BodyError::TooLarge));
        assert_eq!(read(Full::new(Bytes::from("short")), 10, time_max).await, Ok(Bytes::from("short")));
    }
}
