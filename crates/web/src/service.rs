//! What is served where: every route in one place (sessions-privileges-web section 14.3).

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use camino::Utf8PathBuf;
use http::{Request, Response, StatusCode, Uri};
use hyper::body::Incoming;
use tessera_orda::Application;

use crate::body::{Body, plain};
use crate::metrics::{self, Kind};
use crate::workers::Workers;
use crate::{pages, quotas, rest_adaptor, session_cookie, session_token, static_files};

/// What a client can make grow or hold.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The longest request body.
    pub body_bytes: usize,
    /// The longest request body of a guest in force login.
    pub guest_body_bytes: usize,
    /// The most connections at once.
    pub connections_max: usize,
    /// Seconds a client may take to send its request line and headers.
    pub header_seconds: u64,
    /// Seconds a client may take to send a body.
    pub body_seconds: u64,
}

impl Limits {
    pub(crate) fn header_time(&self) -> Duration {
        Duration::from_secs(self.header_seconds)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 2_000_000,
            guest_body_bytes: 65_536,
            connections_max: 10_000,
            header_seconds: 10,
            body_seconds: 60,
        }
    }
}

/// A project as the web sees it.
pub struct Site {
    /// The project.
    pub application: Arc<Application>,
    /// Limits.
    pub limits: Limits,
    /// Threads for user code.
    pub workers: Workers,
    pub(crate) cookie_name: String,
    pub(crate) web_folder: Utf8PathBuf,
}

impl Site {
    /// A site for a project.
    pub fn new(application: Arc<Application>, limits: Limits, workers: Workers) -> Self {
        let cookie_name = session_cookie::name(&application);
        let web_folder = application.paths.web_folder.clone();
        Self { application, limits, workers, cookie_name, web_folder }
    }
}

/// Answers one request, and counts it.
pub(crate) async fn counted(
    site: Arc<Site>,
    request: Request<Incoming>,
    peer: SocketAddr,
    is_secure: bool,
) -> Response<Body> {
    let began = Instant::now();
    let kind = if is_rest(request.uri().path()) { Kind::Rest } else { Kind::Web };
    let response = answer(site, request, peer, is_secure).await;
    metrics::answered(kind, response.status(), began.elapsed());
    response
}

fn is_rest(path: &str) -> bool {
    path == "/rest" || path.starts_with("/rest/")
}

/// Answers one request.
async fn answer(
    site: Arc<Site>,
    mut request: Request<Incoming>,
    peer: SocketAddr,
    is_secure: bool,
) -> Response<Body> {
    session_token::take(&mut request);
    let path = request.uri().path();
    if request.method() == http::Method::TRACE {
        return plain(StatusCode::METHOD_NOT_ALLOWED, "TRACE is not served.");
    }
    if is_rest(path) && site.application.settings.rest_enabled {
        let (parts, incoming) = request.into_parts();
        return rest_adaptor::answer(&site, parts, incoming, peer, is_secure).await;
    }
    if !matches!(*request.method(), http::Method::GET | http::Method::HEAD) {
        return plain(StatusCode::METHOD_NOT_ALLOWED, "This method is not served here.");
    }
    let Ok(decoded) = percent_encoding::percent_decode_str(path).decode_utf8() else {
        return plain(StatusCode::BAD_REQUEST, "The path is not UTF-8.");
    };
    let home = format!("/{}", site.application.settings.home_page);
    let decoded = if decoded == "/" { home.clone() } else { decoded.into_owned() };
    let Some(file) = static_files::find(&site.web_folder, &decoded) else {
        return plain(StatusCode::NOT_FOUND, "There is no such page.");
    };
    if pages::has_tags(&decoded) {
        let (parts, _) = request.into_parts();
        return pages::answer(&site, &parts, file, peer, is_secure).await;
    }
    if request.uri().path() == "/" {
        let encoded = percent_encoding::utf8_percent_encode(&home, percent_encoding::CONTROLS).to_string();
        match encoded.parse::<Uri>() {
            Ok(uri) => *request.uri_mut() = uri,
            Err(_) => return plain(StatusCode::NOT_FOUND, "There is no such page."),
        }
    }
    let (parts, body) = request.into_parts();
    if let Err(refused) = quotas::admit(&site.application, None, &parts) {
        return refused;
    }
    let response = static_files::answer(&site.web_folder, Request::from_parts(parts, body)).await;
    quotas::send(&site.application, None, response)
}
