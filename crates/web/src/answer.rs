//! From the answer that code made to HTTP.

use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};
use http_body_util::BodyExt;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use tessera_orda::{WebAnswer, WebBody};
use tessera_values::Text;
use tower::ServiceExt;
use tower_http::services::ServeFile;

use crate::body::{Body, full, plain};
use crate::code;
use crate::service::Site;

/// What a URL in a header can't hold. Percent signs stay: the URL may be encoded already.
const LOCATION: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`');
/// The most headers a raw answer may have.
const RAW_HEADERS_MAX: usize = 100;

/// Sends what code made.
pub(crate) async fn response(site: &Site, parts: &Parts, answer: WebAnswer) -> Response<Body> {
    let is_empty = code::is_empty(&answer);
    let WebAnswer { status, headers, body } = answer;
    let mut response = match body {
        // A file that `WEB SEND FILE` did not find.
        WebBody::Nothing if status == 404 => plain(StatusCode::NOT_FOUND, "There is no such page."),
        WebBody::Nothing => Response::new(full("")),
        WebBody::Bytes(blob) => Response::new(full(blob.0.to_vec())),
        WebBody::File(file) => return sent_file(parts, &file, &headers).await,
        WebBody::Raw(bytes) => return raw(&bytes),
    };
    if is_empty {
        *response.status_mut() = StatusCode::NO_CONTENT;
    } else if let Ok(status) = StatusCode::from_u16(status) {
        *response.status_mut() = status;
    }
    let written = response.headers_mut();
    add(written, &headers);
    // Pages that code writes are somebody's own.
    written.entry(http::header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if site.options.security_headers {
        written.insert(http::header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    }
    response
}

fn add(written: &mut HeaderMap, headers: &[(Text, Text)]) {
    for (name, value) in headers {
        let value = match name.as_str() {
            "location" => location(value),
            _ => HeaderValue::from_bytes(value.as_bytes()).ok(),
        };
        if let (Ok(name), Some(value)) = (HeaderName::from_bytes(name.as_bytes()), value) {
            if name == http::header::SET_COOKIE {
                written.append(name, value);
            } else {
                written.insert(name, value);
            }
        }
    }
}

/// A URL as a header holds it.
pub(crate) fn location(url: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(&utf8_percent_encode(url, LOCATION).to_string()).ok()
}

/// A file of the web folder, with ranges and dates.
async fn sent_file(parts: &Parts, file: &camino::Utf8Path, headers: &[(Text, Text)]) -> Response<Body> {
    let mut parts = parts.clone();
    // Whatever the verb was that made code send a file, the file itself is read.
    if parts.method != Method::HEAD {
        parts.method = Method::GET;
    }
    let request = http::Request::from_parts(parts, ());
    let served = ServeFile::new(file).oneshot(request).await;
    let mut response = match served {
        Ok(response) => response.map(|body| body.map_err(std::io::Error::other).boxed_unsync()),
        Err(never) => match never {},
    };
    add(response.headers_mut(), headers);
    response
}

/// An answer whose status line and headers code wrote itself. What can't be read as HTTP is sent as bytes.
fn raw(bytes: &[u8]) -> Response<Body> {
    let mut headers = [httparse::EMPTY_HEADER; RAW_HEADERS_MAX];
    let mut head = httparse::Response::new(&mut headers);
    let Ok(httparse::Status::Complete(length)) = head.parse(bytes) else {
        return Response::new(full(bytes.to_vec()));
    };
    let mut response = Response::new(full(bytes[length..].to_vec()));
    if let Some(Ok(status)) = head.code.map(StatusCode::from_u16) {
        *response.status_mut() = status;
    }
    for header in head.headers.iter() {
        let (name, value) =
            (HeaderName::from_bytes(header.name.as_bytes()), HeaderValue::from_bytes(header.value));
        // How the answer travels is decided by the connection.
        if let (Ok(name), Ok(value)) = (name, value)
            && !matches!(name.as_str(), "connection" | "content-length" | "transfer-encoding" | "keep-alive")
        {
            response.headers_mut().append(name, value);
        }
    }
    response
}
