//! `$4DSID` in the address of a request: a session token (`docs/WebServer/sessions.md`, "Session token (OTP)").
//!
//! It is taken out of the query before anything else sees it: pages, REST, handlers and logs (S099).

use http::request::Parts;
use http::uri::PathAndQuery;
use http::{Request, Uri};
use percent_encoding::percent_decode_str;

/// The name of the parameter.
const NAME: &str = "$4DSID";

/// The token a request came with, kept among its extensions.
#[derive(Clone, Debug)]
pub(crate) struct SessionToken(String);

/// Takes the token out of the request's address.
pub(crate) fn take<B>(request: &mut Request<B>) {
    let Some(query) = request.uri().query() else { return };
    let Some((token, rest)) = split(query) else { return };
    let path = request.uri().path();
    let target = if rest.is_empty() { path.to_owned() } else { format!("{path}?{rest}") };
    let mut parts = request.uri().clone().into_parts();
    // Parts of a query make a query.
    let Ok(target) = target.parse::<PathAndQuery>() else { return };
    parts.path_and_query = Some(target);
    if let Ok(uri) = Uri::from_parts(parts) {
        *request.uri_mut() = uri;
        request.extensions_mut().insert(SessionToken(token));
    }
}

/// The first token of a query, and the query without any; `None` when there is none.
fn split(query: &str) -> Option<(String, String)> {
    let is_token = |part: &&str| {
        let name = part.split_once('=').map_or(*part, |(name, _)| name);
        percent_decode_str(name).eq(NAME.bytes())
    };
    let token = query.split('&').find(is_token)?;
    let value = token.split_once('=').map_or("", |(_, value)| value);
    let value = percent_decode_str(value).decode_utf8_lossy().into_owned();
    let rest: Vec<&str> = query.split('&').filter(|part| !is_token(part)).collect();
    Some((value, rest.join("&")))
}

/// The token that was taken out of a request's address.
pub(crate) fn of(parts: &Parts) -> Option<&str> {
    parts.extensions.get::<SessionToken>().map(|token| token.0.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(target: &str, expected: &str, token: Option<&str>) {
        let mut request = Request::builder().uri(target).body(()).unwrap();
        take(&mut request);
        assert_eq!(request.uri().to_string(), expected);
        assert_eq!(request.extensions().get::<SessionToken>().map(|t| t.0.as_str()), token);
    }

    #[test]
    fn the_token_leaves_the_address() {
        // S099
        check("/a?$4DSID=AB", "/a", Some("AB"));
        check("/a?x=1&$4DSID=AB&y=2", "/a?x=1&y=2", Some("AB"));
        check("/a?%244DSID=A%42", "/a", Some("AB"));
        check("/a?$4DSID=A&b&$4DSID=C", "/a?b", Some("A"));
        check("/a?$4DSID", "/a", Some(""));
    }

    #[test]
    fn other_addresses_stay_as_they_are() {
        check("/a", "/a", None);
        check("/a?q=$4DSID&$4dsidx=1", "/a?q=$4DSID&$4dsidx=1", None);
    }
}
