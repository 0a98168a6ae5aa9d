//! Requests that pages of other sites cause: CORS (`docs/settings/web.md`) and the check of writes (H8).
//!
//! Routes never see any of this: a request is refused before it is routed, and headers are added to whatever came of
//! it.

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HOST, ORIGIN,
    VARY,
};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};
use tessera_model::Cors;
use tessera_orda::{SameSite, WebSettings};

use crate::body::{Body, full, plain};
use crate::target::after_word;

/// What browsers tell of where a request comes from.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Whether a request may be routed.
pub(crate) enum Judgement {
    /// It is nobody else's business.
    Own,
    /// A page of another origin may read the answer.
    Allowed {
        /// That origin.
        origin: HeaderValue,
        /// With the visitor's cookies?
        with_cookies: bool,
    },
    /// It was answered here: a preflight, or a refusal.
    Answered(Response<Body>),
}

/// Judges a request before it is routed.
pub(crate) fn judge(settings: &WebSettings, checks_writes: bool, parts: &Parts) -> Judgement {
    let origin = parts.headers.get(ORIGIN).filter(|_| settings.cors.enabled);
    let judgement = match origin {
        Some(origin) if !is_own(parts, origin) => by_cors(&settings.cors, parts, origin),
        _ => Judgement::Own,
    };
    // With a strict cookie a foreign page's request is a stranger's, who can do no harm in anybody's name.
    if matches!(judgement, Judgement::Own)
        && checks_writes
        && settings.same_site != SameSite::Strict
        && writes(parts)
        && is_foreign(parts)
    {
        let text =
            "A page of another site may not change anything here. Allow its origin with CORS if it should.";
        return Judgement::Answered(plain(StatusCode::FORBIDDEN, text));
    }
    judgement
}

impl Judgement {
    /// Lets the page that asked read the answer.
    pub(crate) fn tell(self, headers: &mut HeaderMap) {
        if let Self::Allowed { origin, with_cookies } = self {
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            headers.append(VARY, HeaderValue::from_static("Origin"));
            if with_cookies {
                headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
            }
        }
    }
}

fn by_cors(cors: &Cors, parts: &Parts, origin: &HeaderValue) -> Judgement {
    let asked = parts.headers.get(ACCESS_CONTROL_REQUEST_METHOD).filter(|_| parts.method == Method::OPTIONS);
    let method = asked.and_then(|method| method.to_str().ok()).unwrap_or(parts.method.as_str());
    let rule = origin.to_str().ok().and_then(|origin| cors.allows(origin, method));
    let Some(rule) = rule else {
        return Judgement::Answered(plain(StatusCode::FORBIDDEN, "This origin is not allowed here."));
    };
    let allowed = Judgement::Allowed { origin: origin.clone(), with_cookies: !rule.is_for_all() };
    let Some(asked) = asked else { return allowed };
    let mut response = Response::new(full(""));
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, asked.clone());
    if let Some(wanted) = parts.headers.get(ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, wanted.clone());
    }
    allowed.tell(headers);
    Judgement::Answered(response)
}

/// Is the origin this server, as the client calls it? The scheme is not compared: TLS may end before this server.
fn is_own(parts: &Parts, origin: &HeaderValue) -> bool {
    let host = match parts.headers.get(HOST) {
        Some(host) => host.to_str().ok(),
        None => parts.uri.authority().map(http::uri::Authority::as_str),
    };
    let origin = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
    match (origin, host) {
        (Some((scheme, authority)), Some(host)) => {
            let default_port = if scheme == "https" { ":443" } else { ":80" };
            let bare = |authority: &str| {
                authority.strip_suffix(default_port).unwrap_or(authority).to_ascii_lowercase()
            };
            bare(authority) == bare(host)
        }
        _ => false,
    }
}

/// Would the request change something? By its method, or by the REST option that changes data whatever the method.
fn writes(parts: &Parts) -> bool {
    let reads = matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE);
    if !reads {
        return true;
    }
    let query = parts.uri.query().unwrap_or_default();
    after_word(parts.uri.path(), "rest").is_some()
        && query.split('&').filter_map(|option| option.split_once('=')).any(|(name, value)| {
            let decoded =
                |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().to_lowercase();
            decoded(name) == "$method" && matches!(decoded(value).as_str(), "update" | "delete")
        })
}

/// Did a page of another site cause it? A client that is no browser sends neither header.
fn is_foreign(parts: &Parts) -> bool {
    match parts.headers.get(SEC_FETCH_SITE).map(HeaderValue::as_bytes) {
        Some(b"same-origin" | b"none") => false,
        Some(_) => true,
        None => parts.headers.get(ORIGIN).is_some_and(|origin| !is_own(parts, origin)),
    }
}

#[cfg(test)]
mod tests {
    use http::Request;
    use tessera_model::CorsRule;

    use super::*;

    #[track_caller]
    fn check(
        settings: &WebSettings,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        expected: Option<u16>,
    ) {
        let mut request = Request::builder().method(method).uri(target).header("host", "shop.org");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (parts, ()) = request.body(()).expect("a request").into_parts();
        let found = match judge(settings, true, &parts) {
            Judgement::Own => None,
            Judgement::Allowed { .. } => Some(200),
            Judgement::Answered(response) => Some(response.status().as_u16()),
        };
        assert_eq!(found, expected, "{method} {target} {headers:?}");
    }

    // S181
    #[test]
    fn writes_from_other_sites_are_refused_when_the_cookie_would_come_along() {
        let lax = WebSettings { same_site: SameSite::Lax, ..WebSettings::default() };
        let evil = [("origin", "https://evil.org")];
        check(&lax, "POST", "/rest/$catalog/authentify", &evil, Some(403));
        check(&lax, "DELETE", "/rest/A(1)", &[("origin", "null")], Some(403));
        check(&lax, "POST", "/4DACTION/x", &[("sec-fetch-site", "same-site")], Some(403));
        check(&lax, "GET", "/rest/A?$method=delete", &evil, Some(403));
        check(&lax, "GET", "/rest/A?%24Method=UPDATE", &evil, Some(403));
        check(&lax, "GET", "/rest/A", &evil, None);
        check(&lax, "POST", "/rest/A", &[("origin", "https://shop.org")], None);
        check(&lax, "POST", "/rest/A", &[("origin", "http://SHOP.org:80")], None);
        check(&lax, "POST", "/rest/A", &[("sec-fetch-site", "same-origin")], None);
        check(&lax, "POST", "/rest/A", &[], None);
        check(&WebSettings::default(), "POST", "/rest/A", &evil, None);
        let rule = CorsRule { host: "evil.org".into(), methods: "post".into() };
        let cors = Cors { enabled: true, rules: vec![rule] };
        let allowed = WebSettings { cors, ..lax };
        check(&allowed, "POST", "/rest/A", &evil, Some(200));
        check(&allowed, "PUT", "/rest/A", &evil, Some(403));
    }

    // S167
    #[test]
    fn cors_off_is_ignored_and_on_refuses_strangers() {
        let evil = [("origin", "https://evil.org")];
        check(&WebSettings::default(), "GET", "/", &evil, None);
        let rule = CorsRule { host: "*.friend.org".into(), methods: "get;put".into() };
        let on = WebSettings { cors: Cors { enabled: true, rules: vec![rule] }, ..WebSettings::default() };
        check(&on, "GET", "/", &evil, Some(403));
        check(&on, "GET", "/", &[], None);
        check(&on, "POST", "/", &[("origin", "https://shop.org")], None);
        check(&on, "GET", "/", &[("origin", "https://a.friend.org")], Some(200));
        check(&on, "POST", "/", &[("origin", "https://a.friend.org")], Some(403));
        let preflight =
            |method| [("origin", "https://a.friend.org"), ("access-control-request-method", method)];
        check(&on, "OPTIONS", "/", &preflight("PUT"), Some(204));
        check(&on, "OPTIONS", "/", &preflight("POST"), Some(403));
    }
}
