//! Pages with 4D tags: `.shtml` files of the web folder (`docs/WebServer/templates.md`).

use std::sync::Arc;
use std::time::Duration;

use camino::Utf8PathBuf;
use http::request::Parts;
use http::{HeaderValue, Response, StatusCode};
use hyper::body::Incoming;
use tessera_orda::{Run, process_tags};

use crate::body::{self, Body, full, plain};
use crate::code::{self, internal};
use crate::connection::Connection;
use crate::entry::enter;
use crate::service::Site;
use crate::{quotas, session_cookie};

/// Is the path that of a page whose tags are read? Pages asked for as `.html` are sent as they are.
pub(crate) fn has_tags(path: &str) -> bool {
    let extension = path.rsplit('.').next().unwrap_or_default();
    matches!(extension.to_ascii_lowercase().as_str(), "shtml" | "shtm")
}

/// Writes a page in the session of the request.
pub(crate) async fn answer(
    site: &Arc<Site>,
    parts: Parts,
    incoming: Incoming,
    connection: &Connection,
    file: Utf8PathBuf,
) -> Response<Body> {
    let resolved = match enter(site, &parts, connection) {
        Ok(resolved) => resolved,
        Err(refusal) => return refusal,
    };
    let time_max = Duration::from_secs(site.limits.body_seconds);
    let bytes = match body::read_or_refuse(incoming, site.limits.body_bytes, time_max).await {
        Ok(bytes) => bytes,
        Err(refusal) => return refusal,
    };
    let application = Arc::clone(&site.application);
    let work = move |run: &mut Run| {
        let text = std::fs::read(&file).ok()?;
        let text = String::from_utf8_lossy(&text).into_owned();
        let paths = &application.paths;
        let folder = file.parent().unwrap_or(&paths.web_folder);
        let include = |path: &str| {
            let base = if path.starts_with('/') { &paths.web_folder } else { folder };
            let included = paths.inside_web_folder(&base.join(path.trim_start_matches('/')))?;
            std::fs::read(included).ok().map(|text| String::from_utf8_lossy(&text).into_owned())
        };
        Some(process_tags(run, &text, &include))
    };
    let message = Arc::new(code::request(&parts, &bytes));
    let ran = match code::run(site, resolved, connection, message, work).await {
        Ok(ran) => ran,
        Err(refusal) => return refusal,
    };
    let mut response = match ran.value {
        None => return plain(StatusCode::NOT_FOUND, "There is no such page."),
        Some(Ok(page)) => Response::new(full(page)),
        Some(Err(error)) => {
            tracing::warn!(error = %error, "a page could not be written");
            return internal();
        }
    };
    let headers = response.headers_mut();
    headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=UTF-8"));
    headers.insert(http::header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(http::header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    session_cookie::write(&mut response, site, &ran.session, ran.own_cookie, connection.is_secure);
    quotas::send(&site.application, Some(&ran.session), response)
}
