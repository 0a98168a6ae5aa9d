//! Requests that 4D code answers: handlers, 4DACTION, `On Web Connection`, each on a worker thread in the session of
//! the request.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, Response, StatusCode};
use hyper::body::Incoming;
use tessera_model::HttpHandler;
use tessera_orda::{
    LICENSE_REFUSED, RequestInfo, Run, SERVER_BUSY, WebAnswer, WebBody, WebConnection, WebRequest,
};
use tessera_sessions::{Resolved, Secret, Session};
use tessera_values::{Blob, ErrorStack, Text};

use crate::answer;
use crate::body::{self, Body, plain};
use crate::connection::Connection;
use crate::entry::enter;
use crate::options::Passwords;
use crate::service::Site;
use crate::workers::WorkError;
use crate::{quotas, session_cookie};

/// Who is to answer.
#[derive(Clone, Debug)]
pub(crate) enum Answerer {
    /// A function of `HTTPHandlers.json`.
    Handler(Arc<HttpHandler>),
    /// `/4DACTION/Method/Parameter`
    Action { method: String, parameter: String },
    /// `On Web Connection`: `/4DCGI`, and whatever nothing else answers.
    Connection,
}

/// What came of it.
enum Outcome {
    Answered(WebAnswer),
    /// `On Web Authentication` said no.
    Refused,
    /// The project has no code for this.
    NoCode,
    Failed(ErrorStack),
}

/// Error 1827: a singleton or its function that does not exist.
const NO_SINGLETON: i64 = 1827;

/// Could `On Web Connection` or `On Web Authentication` have anything to say?
pub(crate) fn has_connection_code(site: &Site) -> bool {
    let program = &site.application.program;
    program.database_method("onWebConnection").is_some()
}

/// Has code answer a request.
pub(crate) async fn answer(
    site: &Arc<Site>,
    parts: Parts,
    incoming: Incoming,
    connection: &Connection,
    answerer: Answerer,
) -> Response<Body> {
    let credentials = credentials(&parts);
    let asks = !matches!(answerer, Answerer::Handler(_));
    if asks && site.options.passwords == Passwords::Basic && credentials.is_none() {
        return challenge(site);
    }
    let resolved = match enter(site, &parts, connection) {
        Ok(resolved) => resolved,
        Err(refusal) => return refusal,
    };
    let time_max = Duration::from_secs(site.limits.body_seconds);
    let bytes = match body::read_or_refuse(incoming, site.limits.body_bytes, time_max).await {
        Ok(bytes) => bytes,
        Err(refusal) => return refusal,
    };
    let (user, password) =
        credentials.filter(|_| site.options.passwords == Passwords::Basic).unwrap_or_default();
    let told = WebConnection {
        client: connection.client_address.clone(),
        server: connection.server_address(),
        user,
        password,
    };
    let needs_method = site.options.passwords == Passwords::Basic;
    let message = Arc::new(request(&parts, &bytes));
    let work = move |run: &mut Run| {
        if asks && !run.authenticate(&told).unwrap_or(!needs_method) {
            return Outcome::Refused;
        }
        let answered = match &answerer {
            Answerer::Handler(handler) => Some(run.answer_by_handler(handler)),
            Answerer::Action { method, parameter } => run.answer_by_method(method, parameter),
            Answerer::Connection => run.answer_by_connection(&told),
        };
        match answered {
            Some(Ok(answer)) => Outcome::Answered(answer),
            Some(Err(error)) => Outcome::Failed(error),
            None => Outcome::NoCode,
        }
    };
    let ran = match run(site, resolved, connection, message, work).await {
        Ok(ran) => ran,
        Err(refusal) => return refusal,
    };
    let mut response = match ran.value {
        Outcome::Answered(answer) => answer::response(site, &parts, answer).await,
        Outcome::Refused if site.options.passwords == Passwords::Basic => challenge(site),
        Outcome::Refused => plain(StatusCode::UNAUTHORIZED, "On Web Authentication refused this request."),
        Outcome::NoCode => plain(StatusCode::NOT_FOUND, "There is no such page."),
        Outcome::Failed(error) => failed(&error),
    };
    session_cookie::write(&mut response, site, &ran.session, ran.own_cookie, connection.is_secure);
    quotas::send(&site.application, Some(&ran.session), response)
}

/// What came of running code for a request.
pub(crate) struct Ran<T> {
    pub(crate) value: T,
    pub(crate) session: Arc<Session>,
    /// The cookie of one who came in with a session token.
    pub(crate) own_cookie: Option<Secret>,
}

/// Runs 4D code for a request, on a worker thread, in the request's session.
pub(crate) async fn run<T: Send + 'static>(
    site: &Arc<Site>,
    resolved: Resolved,
    connection: &Connection,
    message: Arc<WebRequest>,
    work: impl FnOnce(&mut Run) -> T + Send + 'static,
) -> Result<Ran<T>, Response<Body>> {
    site.application.sessions.received(&resolved.session, message.body.0.len() as u64);
    let own_cookie = resolved.cookie;
    let application = Arc::clone(&site.application);
    let info = RequestInfo {
        address: connection.client_address.clone(),
        is_secure: connection.is_secure,
        message: Some(message),
    };
    let work = move || {
        let mut run = Run::new(&application, resolved.session, info);
        let result = work(&mut run);
        let session = run.context().session();
        drop(run);
        (result, session)
    };
    match site.workers.run(work).await {
        Ok((value, session)) => Ok(Ran { value, session, own_cookie }),
        Err(WorkError::Full) => Err(busy()),
        Err(WorkError::Panicked) => Err(internal()),
    }
}

/// A request as code reads it.
pub(crate) fn request(parts: &Parts, bytes: &Bytes) -> WebRequest {
    let headers = parts.headers.iter().map(|(name, value)| {
        // Header values are bytes; whoever sends more than ASCII sends UTF-8.
        (name.as_str().into(), String::from_utf8_lossy(value.as_bytes()).as_ref().into())
    });
    WebRequest {
        verb: parts.method.as_str().into(),
        target: parts.uri.path_and_query().map_or("/", |target| target.as_str()).into(),
        version: format!("{:?}", parts.version).into(),
        headers: headers.collect(),
        body: Blob(bytes.as_ref().into()),
    }
}

/// Name and password of HTTP Basic.
fn credentials(parts: &Parts) -> Option<(Text, Text)> {
    let header = parts.headers.get(http::header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = header.split_once(' ')?;
    let decoded = base64::prelude::BASE64_STANDARD.decode(encoded.trim()).ok()?;
    let decoded = String::from_utf8(decoded).ok()?;
    let (user, password) = decoded.split_once(':')?;
    scheme.eq_ignore_ascii_case("basic").then(|| (user.into(), password.into()))
}

fn challenge(site: &Site) -> Response<Body> {
    let mut response = plain(StatusCode::UNAUTHORIZED, "A name and a password are needed.");
    let name: String = site.application.name.chars().filter(char::is_ascii_alphanumeric).collect();
    if let Ok(value) = HeaderValue::from_str(&format!("Basic realm=\"{name}\", charset=\"UTF-8\"")) {
        response.headers_mut().insert(http::header::WWW_AUTHENTICATE, value);
    }
    response
}

/// Code that ended with an error. What it was goes to the log, since a page's visitor can do nothing about it.
fn failed(error: &ErrorStack) -> Response<Body> {
    tracing::warn!(error = %error, "code that answers a request failed");
    let has = |code: i64| error.errors.iter().any(|error| error.code == code);
    if has(NO_SINGLETON) {
        let message = error.errors.first().map(|error| error.message.clone()).unwrap_or_default();
        plain(StatusCode::INTERNAL_SERVER_ERROR, &message)
    } else if has(LICENSE_REFUSED) {
        plain(StatusCode::PAYMENT_REQUIRED, "The maximum number of sessions has been reached.")
    } else if has(SERVER_BUSY) {
        busy()
    } else {
        plain(StatusCode::INTERNAL_SERVER_ERROR, "The code for this page failed. The error was logged.")
    }
}

pub(crate) fn busy() -> Response<Body> {
    let mut response = plain(StatusCode::SERVICE_UNAVAILABLE, "The server is busy. Try again in a moment.");
    response.headers_mut().insert(http::header::RETRY_AFTER, HeaderValue::from_static("1"));
    response
}

pub(crate) fn internal() -> Response<Body> {
    plain(StatusCode::INTERNAL_SERVER_ERROR, "The server failed to answer. The fault was logged.")
}

/// A code's answer that sent nothing at all has no content (S156).
pub(crate) fn is_empty(answer: &WebAnswer) -> bool {
    answer.status == 200 && answer.body == WebBody::Nothing
}
