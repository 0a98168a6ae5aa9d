//! Quotas at the edge: what comes in and goes out is measured, and refused with 429 when it is too much
//! (`docs/WebServer/quotas.md`). For any kind of request.

use std::sync::Arc;

use http::request::Parts;
use http::{Response, StatusCode};
use hyper::body::Body as _;
use tessera_orda::Application;
use tessera_sessions::{QuotaReached, Session};

use crate::body::{Body, full};
use crate::rest_adaptor;

/// Lets a request in. Nothing of it has run yet.
#[expect(clippy::result_large_err, reason = "the refusal is the answer to the client")]
pub(crate) fn admit(
    application: &Application,
    session: Option<&Arc<Session>>,
    parts: &Parts,
) -> Result<(), Response<Body>> {
    application.sessions.admit(session, head_bytes(parts)).map_err(refusal)
}

/// The length of request line and headers, as HTTP/1.1 writes them.
fn head_bytes(parts: &Parts) -> u64 {
    let headers: usize =
        parts.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    let target = parts.uri.path_and_query().map_or(1, |target| target.as_str().len());
    (parts.method.as_str().len() + target + " HTTP/1.1".len() + 5 + headers) as u64
}

/// Measures an answer. One that does not fit into what is left is not sent.
pub(crate) fn send(
    application: &Application,
    session: Option<&Arc<Session>>,
    response: Response<Body>,
) -> Response<Body> {
    // A file is read while it is sent; its length is in the head.
    let told = response.headers().get(http::header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    let bytes = told.and_then(|length| length.parse().ok()).unwrap_or(response.body().size_hint().lower());
    match application.sessions.send(session, bytes) {
        Ok(()) => response,
        Err(reached) => {
            let mut refused = refusal(reached);
            // A login that happened still needs its cookie.
            if let Some(cookie) = response.headers().get(http::header::SET_COOKIE) {
                refused.headers_mut().insert(http::header::SET_COOKIE, cookie.clone());
            }
            refused
        }
    }
}

fn refusal(reached: QuotaReached) -> Response<Body> {
    let answer = tessera_rest::quota_reached(reached);
    let body = full(answer.bytes().unwrap_or_default().to_vec());
    let mut response = rest_adaptor::http(answer.status, &answer.headers, body);
    *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    response
}
