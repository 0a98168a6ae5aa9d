//! Files of the web folder, sent as they are.

use camino::{Utf8Path, Utf8PathBuf};
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tower::ServiceExt;
use tower_http::services::ServeDir;

use crate::body::{Body, plain};

/// The file a path names below `root`, when there is one and no link leads out of it (S157).
pub(crate) fn inside(root: &Utf8Path, path: &Utf8Path) -> Option<Utf8PathBuf> {
    let root = root.canonicalize_utf8().ok()?;
    let file = path.canonicalize_utf8().ok()?;
    (file.starts_with(&root) && file.is_file()).then_some(file)
}

/// The file a decoded request path names. Hidden files and parents are refused before the disk is asked.
pub(crate) fn find(root: &Utf8Path, path: &str) -> Option<Utf8PathBuf> {
    let relative = path.trim_start_matches('/');
    let is_plain =
        relative.split('/').all(|part| !part.starts_with('.') && !part.contains(['\\', '\0', ':']));
    if !is_plain { None } else { inside(root, &root.join(relative)) }
}

/// Sends a file with ranges, dates and its type.
pub(crate) async fn answer(root: &Utf8Path, request: Request<Incoming>) -> Response<Body> {
    let served = ServeDir::new(root).append_index_html_on_directories(false).oneshot(request).await;
    let mut response = match served {
        Ok(response) => response.map(|body| body.map_err(std::io::Error::other).boxed_unsync()),
        Err(never) => match never {},
    };
    if response.status() == StatusCode::NOT_FOUND {
        return plain(StatusCode::NOT_FOUND, "There is no such page.");
    }
    response.headers_mut().insert(http::header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
