//! What is served where: every route in one place (sessions-privileges-web section 14.3).

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use tessera_model::HandlerMatch;
use tessera_orda::Application;
use tracing::field::Empty;
use tracing::{Instrument as _, Span};

use crate::access_log::{self, AccessLog, Line, User};
use crate::body::{Body, not_allowed, plain};
use crate::code::{self, Answerer};
use crate::connection::Connection;
use crate::metrics::{self, Kind};
use crate::options::Options;
use crate::origin::{self, Judgement};
use crate::rules::Ruling;
use crate::target::{after_word, plain_path};
use crate::workers::Workers;
use crate::{compress, error_page, pages, quotas, rest_adaptor, session_cookie, session_token, static_files};

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
    /// Seconds a client may go without taking anything of its answer.
    pub send_seconds: u64,
}

impl Limits {
    pub(crate) fn header_time(&self) -> Duration {
        Duration::from_secs(self.header_seconds)
    }

    pub(crate) fn send_time(&self) -> Duration {
        Duration::from_secs(self.send_seconds)
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
            send_seconds: 60,
        }
    }
}

/// A project as the web sees it. A request keeps the one it began with.
#[derive(Clone)]
pub struct Site {
    /// The project.
    pub application: Arc<Application>,
    /// Limits.
    pub limits: Limits,
    /// Threads for user code.
    pub workers: Arc<Workers>,
    /// What the administrator decides.
    pub options: Options,
    /// Where requests are written down; nowhere when `None`.
    pub log: Option<Arc<AccessLog>>,
    /// Puts the span of a request into the trace of its caller, whom the headers name.
    pub adopt: Option<fn(&Span, &HeaderMap)>,
    pub(crate) cookie_name: String,
}

impl Site {
    /// A site for a project.
    pub fn new(
        application: Arc<Application>,
        limits: Limits,
        workers: Arc<Workers>,
        options: Options,
    ) -> Self {
        let cookie_name = session_cookie::name(&application);
        Self { application, limits, workers, options, log: None, adopt: None, cookie_name }
    }
}

/// Answers one request, and counts it.
pub(crate) async fn counted(
    site: Arc<Site>,
    mut request: Request<Incoming>,
    connection: Connection,
) -> Result<Response<Body>, Infallible> {
    session_token::take(&mut request);
    let began = Instant::now();
    let kind = if after_word(request.uri().path(), "rest").is_some() { Kind::Rest } else { Kind::Web };
    let span = tracing::debug_span!(
        "request",
        otel.kind = "server",
        http.request.method = %request.method(),
        url.path = request.uri().path(),
        http.response.status_code = Empty,
    );
    if let Some(adopt) = site.adopt {
        adopt(&span, request.headers());
    }
    // Only who keeps a log pays for it.
    let asked =
        site.log.as_ref().map(|_| (request.method().clone(), request.uri().clone(), request.version()));
    let response = if site.options.compression && compress::is_wanted(request.headers()) {
        let answered = compress::answered(request, |request| answer(&site, request, &connection));
        answered.instrument(span.clone()).await
    } else {
        answer(&site, request, &connection).instrument(span.clone()).await
    };
    span.record("http.response.status_code", response.status().as_u16());
    let took = began.elapsed();
    metrics::answered(kind, response.status(), took);
    let (Some(log), Some((method, target, version))) = (&site.log, asked) else {
        return Ok(response);
    };
    let line = Line {
        client: connection.client,
        user: response.extensions().get::<User>().map(|user| user.0.clone()),
        method,
        target,
        version,
        status: response.status(),
        bytes: 0,
        milliseconds: 0,
    };
    Ok(access_log::logged(response, Arc::clone(log), line, began))
}

/// Answers one request: what comes before and after every route.
async fn answer(site: &Arc<Site>, request: Request<Incoming>, connection: &Connection) -> Response<Body> {
    let (parts, incoming) = request.into_parts();
    let settings = site.application.web_server.get();
    let is_rest = site.application.settings.rest_enabled && after_word(parts.uri.path(), "rest").is_some();
    let rules = &site.application.rules;
    // Whoever has no rules pays nothing for them.
    let path = if rules.is_empty() { None } else { plain_path(parts.uri.path()) };
    let ruling = path.as_deref().map(|path| Ruling::of(rules, path));
    let instead = ruling.as_ref().and_then(Ruling::instead);
    let judgement = origin::judge(&settings, site.options.origin_check, &parts);
    let mut response = match (instead, judgement) {
        (Some(response), _) | (None, Judgement::Answered(response)) => response,
        (None, judgement) => {
            let mut response = if parts.method == Method::TRACE && !settings.trace {
                not_allowed("GET, HEAD, POST, PUT, DELETE", "TRACE is not served.")
            } else if is_rest {
                rest_adaptor::answer(site, parts, incoming, connection).await
            } else {
                // Boxed, so that requests of REST do not carry the room for all of it.
                let response = Box::pin(route(site, parts, incoming, connection)).await;
                error_page::replace(site, response).await
            };
            judgement.tell(response.headers_mut());
            response
        }
    };
    if settings.hsts_enabled
        && let Ok(value) = HeaderValue::from_str(&format!("max-age={}", settings.hsts_max_age))
    {
        response.headers_mut().insert(http::header::STRICT_TRANSPORT_SECURITY, value);
    }
    if let Some(ruling) = ruling {
        ruling.change(&mut response);
    }
    response
}

/// Finds who answers: the first line that matches does (S151). REST came before.
async fn route(
    site: &Arc<Site>,
    parts: Parts,
    incoming: Incoming,
    connection: &Connection,
) -> Response<Body> {
    let Some(path) = plain_path(parts.uri.path()) else {
        return plain(StatusCode::BAD_REQUEST, "The path is not UTF-8.");
    };
    if ["$lib", "$shared"].iter().any(|word| after_word(&path, word).is_some()) {
        return plain(StatusCode::NOT_FOUND, "The page renderer is not part of this server.");
    }
    match site.application.handlers.find(&path, parts.method.as_str()) {
        HandlerMatch::Handler(handler) => {
            let answerer = Answerer::Handler(Arc::clone(handler));
            return code::answer(site, parts, incoming, connection, answerer).await;
        }
        HandlerMatch::OtherVerb(verbs) => {
            let verbs = verbs.join(", ").to_ascii_uppercase();
            return not_allowed(&verbs, "No handler of this path takes this method.");
        }
        HandlerMatch::None => {}
    }
    if let Some(action) = after_word(&path, "4DACTION") {
        let (method, parameter) = action.split_once('/').unwrap_or((action, ""));
        let answerer = Answerer::Action { method: method.into(), parameter: parameter.into() };
        return code::answer(site, parts, incoming, connection, answerer).await;
    }
    if after_word(&path, "4DCGI").is_some() {
        return code::answer(site, parts, incoming, connection, Answerer::Connection).await;
    }
    if after_word(&path, "4DWEBTEST").is_some() {
        return plain(StatusCode::OK, "The web server answers.");
    }
    // The other addresses for administrators show too much to everybody (H22), and SOAP is not spoken.
    if ["4DSTATS", "4DHTMLSTATS", "4DCACHECLEAR", "4DWSDL", "4DSOAP"]
        .iter()
        .any(|word| after_word(&path, word).is_some())
    {
        return plain(StatusCode::NOT_FOUND, "There is no such page.");
    }
    let home = format!("/{}", site.application.settings.home_page);
    let file_path = if path == "/" { &home } else { &path };
    if let Some(file) = site.application.paths.web_file(file_path) {
        return if !matches!(parts.method, Method::GET | Method::HEAD) && !pages::has_tags(file_path) {
            not_allowed("GET, HEAD", "A file can only be read.")
        } else if pages::has_tags(file_path) {
            pages::answer(site, parts, incoming, connection, file).await
        } else {
            if let Err(refused) = quotas::admit(&site.application, None, &parts) {
                return refused;
            }
            let response = static_files::answer(parts, &file).await;
            quotas::send(&site.application, None, response)
        };
    }
    if code::has_connection_code(site) {
        return code::answer(site, parts, incoming, connection, Answerer::Connection).await;
    }
    if matches!(parts.method, Method::GET | Method::HEAD) {
        plain(StatusCode::NOT_FOUND, "There is no such page.")
    } else {
        not_allowed("GET, HEAD", "This method is not served here.")
    }
}
