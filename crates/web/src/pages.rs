//! Pages with 4D tags: `.shtml` files of the web folder (`docs/WebServer/templates.md`).

use std::net::SocketAddr;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use http::request::Parts;
use http::{HeaderValue, Response, StatusCode};
use tessera_orda::{RequestInfo, Run, process_tags};

use crate::body::{Body, full, plain};
use crate::rest_adaptor::{busy, internal, mapped};
use crate::service::Site;
use crate::static_files::inside;
use crate::workers::WorkError;
use crate::{quotas, session_cookie, session_token};

/// Is the path that of a page whose tags are read? Pages asked for as `.html` are sent as they are.
pub(crate) fn has_tags(path: &str) -> bool {
    let extension = path.rsplit('.').next().unwrap_or_default();
    matches!(extension.to_ascii_lowercase().as_str(), "shtml" | "shtm")
}

/// Writes a page in the session of the request.
pub(crate) async fn answer(
    site: &Arc<Site>,
    parts: &Parts,
    file: Utf8PathBuf,
    peer: SocketAddr,
    is_secure: bool,
) -> Response<Body> {
    let address = mapped(&peer);
    let resolved = session_token::resolve(
        &site.application,
        &parts.headers,
        &parts.extensions,
        &site.cookie_name,
        &address,
    );
    if let Err(refused) = quotas::admit(&site.application, Some(&resolved.session), parts) {
        return refused;
    }
    let own_cookie = resolved.cookie;
    let (application, root) = (Arc::clone(&site.application), site.web_folder.clone());
    let work = move || {
        let text = std::fs::read(&file).ok()?;
        let text = String::from_utf8_lossy(&text).into_owned();
        let mut run = Run::new(&application, resolved.session, RequestInfo { address, is_secure });
        let folder = file.parent().map_or_else(|| root.clone(), Utf8Path::to_owned);
        let include = |path: &str| {
            let base = if path.starts_with('/') { &root } else { &folder };
            let included = inside(&root, &base.join(path.trim_start_matches('/')))?;
            std::fs::read(included).ok().map(|text| String::from_utf8_lossy(&text).into_owned())
        };
        let written = process_tags(&mut run, &text, &include);
        let session = run.context().session();
        drop(run);
        Some((written, session))
    };
    let (written, session) = match site.workers.run(work).await {
        Ok(Some(answered)) => answered,
        Ok(None) => return plain(StatusCode::NOT_FOUND, "There is no such page."),
        Err(WorkError::Full) => return busy(),
        Err(WorkError::Panicked) => return internal(),
    };
    let mut response = match written {
        Ok(page) => Response::new(full(page)),
        Err(error) => {
            tracing::warn!(error = %error, "a page could not be written");
            return internal();
        }
    };
    let headers = response.headers_mut();
    headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=UTF-8"));
    headers.insert(http::header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(http::header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    session_cookie::write(headers, &site.application, &session, own_cookie, &site.cookie_name, is_secure);
    quotas::send(&site.application, Some(&session), response)
}
