//! Files of the web folder, sent as they are.

use camino::Utf8Path;
use http::request::Parts;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::BodyExt;
use tower::ServiceExt;
use tower_http::services::ServeFile;

use crate::body::{Body, plain};

/// Sends a file with ranges, dates, `ETag` and its type.
pub(crate) async fn answer(parts: Parts, file: &Utf8Path) -> Response<Body> {
    let served = ServeFile::new(file).oneshot(Request::from_parts(parts, ())).await;
    let mut response = match served {
        Ok(response) => response.map(|body| body.map_err(std::io::Error::other).boxed_unsync()),
        Err(never) => match never {},
    };
    if response.status() == StatusCode::NOT_FOUND {
        return plain(StatusCode::NOT_FOUND, "There is no such page.");
    }
    let headers = response.headers_mut();
    // Kept, but asked about each time: a page that was changed shows at once, and an unchanged one is not sent.
    headers.insert(http::header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(http::header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
