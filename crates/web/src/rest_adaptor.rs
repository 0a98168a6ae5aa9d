//! HTTP to `tessera_rest` and back.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST, IF_NONE_MATCH, USER_AGENT};
use http::request::Parts;
use http::{HeaderName, HeaderValue, Response, StatusCode};
use hyper::body::Incoming;
use tessera_orda::multipart::is_multipart;
use tessera_rest::{Method, Pieces, Request, prepare};
use tessera_sessions::{LoginMode, Session};
use tessera_values::Text;

use crate::body::{self, Body, full, not_allowed};
use crate::code::{busy, internal};
use crate::connection::Connection;
use crate::entry::enter;
use crate::pieces::{self, Maker};
use crate::service::Site;
use crate::workers::{WorkError, guarded};
use crate::{quotas, session_cookie};

/// Answers a request under `/rest`.
pub(crate) async fn answer(
    site: &Arc<Site>,
    parts: Parts,
    incoming: Incoming,
    connection: &Connection,
) -> Response<Body> {
    let method = match parts.method {
        http::Method::GET | http::Method::HEAD => Method::Get,
        http::Method::POST => Method::Post,
        http::Method::PUT => Method::Put,
        http::Method::DELETE => Method::Delete,
        _ => return not_allowed("GET, HEAD, POST, PUT, DELETE", "This method is not served here."),
    };
    let resolved = match enter(site, &parts, connection) {
        Ok(resolved) => resolved,
        Err(refusal) => return refusal,
    };
    // A guest has nothing to send but its name and password.
    let is_guest =
        site.application.sessions.login_mode() == LoginMode::Force && !resolved.session.is_logged();
    let bytes_max = if is_guest { site.limits.guest_body_bytes } else { site.limits.body_bytes };
    let time_max = Duration::from_secs(site.limits.body_seconds);
    let bytes = match body::read_or_refuse(incoming, bytes_max, time_max).await {
        Ok(bytes) => bytes,
        Err(refusal) => return refusal,
    };
    site.application.sessions.received(&resolved.session, bytes.len() as u64);
    let request = request(&parts, method, bytes, connection);
    let prepared = match guarded(|| prepare(&site.application, Arc::clone(&resolved.session), request)) {
        Ok(prepared) => prepared,
        Err(_) => return internal(),
    };
    let answered = if prepared.needs_worker() {
        site.workers.run(move || prepared.respond()).await
    } else {
        guarded(|| prepared.respond())
    };
    let (answer, session) = match answered {
        Ok(answered) => answered,
        Err(WorkError::Full) => return busy(),
        Err(WorkError::Panicked) => return internal(),
    };
    let tessera_rest::Response { status, headers, body } = answer;
    let body = match body {
        tessera_rest::Body::Whole(bytes) => full(bytes),
        tessera_rest::Body::Pieces(pieces) => in_pieces(site, &session, pieces),
    };
    let mut response = http(status, &headers, body);
    session_cookie::write(&mut response, site, &session, resolved.cookie, connection.is_secure);
    quotas::send(&site.application, Some(&session), response)
}

/// A body that is made while it is sent. Where its length is not known before, each piece is measured by itself.
fn in_pieces(site: &Site, session: &Arc<Session>, pieces: Pieces) -> Body {
    let (application, session) = (Arc::clone(&site.application), Arc::clone(session));
    let is_measured = pieces.length().is_some();
    pieces::body(Maker {
        pieces,
        workers: Arc::clone(&site.workers),
        patience: site.limits.send_time(),
        admits: Box::new(move |bytes| {
            is_measured || application.sessions.send(Some(&session), bytes).is_ok()
        }),
    })
}

/// An answer of REST as HTTP.
pub(crate) fn http(status: u16, written: &[(Text, Text)], body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    for (name, value) in written {
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_bytes(value.as_bytes()))
        {
            headers.insert(name, value);
        }
    }
    response
}

/// The headers of `$directory/login` (rest-protocol section 1.6).
const USER_NAME: HeaderName = HeaderName::from_static("username-4d");
const PASSWORD: HeaderName = HeaderName::from_static("password-4d");
const HASHED_PASSWORD: HeaderName = HeaderName::from_static("hashed-password-4d");
const SESSION_MINUTES: HeaderName = HeaderName::from_static("session-4d-length");

fn request(parts: &Parts, method: Method, body: Bytes, connection: &Connection) -> Request {
    let header = |name: HeaderName| {
        // Header values are bytes; 4D clients send UTF-8.
        parts.headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    let kind = parts.headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    let path = parts.uri.path();
    let query = parts.uri.query().unwrap_or_default();
    // Only who waits for a lock hears of its holder; all other requests are spared two copies.
    let locks = query.contains("lock") || query.contains("LOCK");
    Request {
        method,
        path: path.get("/rest".len()..).unwrap_or_default().to_owned(),
        query: query.to_owned(),
        body: body.into(),
        multipart: kind.filter(|kind| is_multipart(kind)).and_then(|_| header(CONTENT_TYPE)),
        user_name: header(USER_NAME),
        password: header(PASSWORD),
        hashed_password: header(HASHED_PASSWORD),
        session_minutes: header(SESSION_MINUTES),
        if_none_match: header(IF_NONE_MATCH),
        host: locks.then(|| header(HOST)).flatten(),
        user_agent: locks.then(|| header(USER_AGENT)).flatten(),
        address: connection.client_address.clone(),
        is_secure: connection.is_secure,
    }
}
