//! The project's HTTP rules (`HTTPRules.json`) on one request: access before it is routed, headers and status after.

use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, DATE, LOCATION, SET_COOKIE, VARY};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use tessera_model::{HeaderChange, HttpRule, HttpRules};

use crate::answer::location;
use crate::body::{Body, plain};

/// The rules that concern one path, in order.
pub(crate) struct Ruling<'r>(Vec<&'r HttpRule>);

impl<'r> Ruling<'r> {
    /// Those of a path.
    pub(crate) fn of(rules: &'r HttpRules, path: &'r str) -> Self {
        Self(rules.matching(path).collect())
    }

    /// The answer instead of the one asked for: denied or sent elsewhere. The last rule that says something counts.
    pub(crate) fn instead(&self) -> Option<Response<Body>> {
        if self.0.iter().rev().find_map(|rule| rule.deny_access) == Some(true) {
            return Some(plain(StatusCode::FORBIDDEN, "Access is denied."));
        }
        let target = self.0.iter().rev().find_map(|rule| rule.redirect.as_ref())?;
        let mut response = plain(StatusCode::FOUND, "This is somewhere else.");
        response.headers_mut().insert(LOCATION, location(target)?);
        Some(response)
    }

    /// Changes the answer, whoever gave it.
    pub(crate) fn change(&self, response: &mut Response<Body>) {
        if let Some(status) = self.0.iter().rev().find_map(|rule| rule.status)
            && let Ok(status) = StatusCode::from_u16(status)
        {
            *response.status_mut() = status;
        }
        for change in self.0.iter().flat_map(|rule| &rule.headers) {
            change_header(response.headers_mut(), change);
        }
    }
}

/// What belongs to the answer itself stays: changes of it are ignored (S166).
fn change_header(headers: &mut HeaderMap, change: &HeaderChange) {
    let (HeaderChange::Remove(name) | HeaderChange::Add(name, _) | HeaderChange::Set(name, _)) = change;
    let Ok(name) = HeaderName::from_bytes(name.as_bytes()) else { return };
    if [DATE, CONTENT_LENGTH, CONTENT_ENCODING].contains(&name) {
        return;
    }
    match change {
        HeaderChange::Remove(_) if name != VARY && name != SET_COOKIE => {
            headers.remove(name);
        }
        HeaderChange::Set(_, value) if name != VARY && name != SET_COOKIE => {
            if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
                headers.insert(name, value);
            }
        }
        HeaderChange::Set(_, value) | HeaderChange::Add(_, value)
            if name == SET_COOKIE || matches!(change, HeaderChange::Add(..)) =>
        {
            if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
                headers.append(name, value);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::full;

    fn answered(rules: &str, path: &str) -> Response<Body> {
        let (rules, faults) = HttpRules::parse(rules);
        assert_eq!(faults, []);
        let ruling = Ruling::of(&rules, path);
        let mut response = ruling.instead().unwrap_or_else(|| {
            let mut response = Response::new(full("page"));
            for (name, value) in [(VARY, "a"), (SET_COOKIE, "a=b"), (DATE, "today")] {
                response.headers_mut().insert(name, HeaderValue::from_static(value));
            }
            response
        });
        ruling.change(&mut response);
        response
    }

    fn all(response: &Response<Body>, name: &str) -> Vec<String> {
        let values = response.headers().get_all(name);
        values.iter().map(|value| value.to_str().expect("text").to_owned()).collect()
    }

    // S165
    #[test]
    fn the_last_rule_that_says_something_counts() {
        let rules = r#"[{"regexPattern":"^/private","denyAccess":true},
            {"regexPattern":"^/private/open","denyAccess":false},
            {"regexPattern":"^/old","redirect":"https://a.org/"},
            {"regexPattern":"^/old/gone","redirect":"/new page","status":301},
            {"regexPattern":"/","setHeaders":{"X-A":"1"},"addHeaders":{"Allow":"GET"}},
            {"regexPattern":"^/rest","setHeaders":{"x-a":"2"},"addHeaders":{"Allow":"POST"}},
            {"regexPattern":"^/moved","removeHeaders":["X-A"],"status":503}]"#;
        let status = |path: &str| answered(rules, path).status().as_u16();
        assert_eq!(status("/private/x"), 403);
        assert_eq!(status("/PRIVATE/x"), 403);
        assert_eq!(status("/private/open/x"), 200);
        assert_eq!((status("/old"), status("/old/gone"), status("/moved")), (302, 301, 503));
        assert_eq!(all(&answered(rules, "/old/gone"), "location"), ["/new%20page"]);
        assert_eq!(all(&answered(rules, "/rest"), "x-a"), ["2"]);
        assert_eq!(all(&answered(rules, "/rest"), "allow"), ["GET", "POST"]);
        assert_eq!(all(&answered(rules, "/moved"), "x-a"), [""; 0]);
    }

    // S166
    #[test]
    fn headers_of_the_answer_itself_stay() {
        let rules = r#"[{"regexPattern":"/","removeHeaders":["Vary","Set-Cookie","Date"],
            "setHeaders":{"Vary":"b","Date":"never","Content-Length":"1","Set-Cookie":"c=d"},
            "addHeaders":{"Vary":"c","Content-Encoding":"x","Set-Cookie":"e=f"}}]"#;
        let response = answered(rules, "/");
        assert_eq!(all(&response, "vary"), ["a", "c"]);
        assert_eq!(all(&response, "date"), ["today"]);
        assert_eq!(all(&response, "set-cookie"), ["a=b", "e=f", "c=d"]);
        assert!(!response.headers().contains_key(CONTENT_ENCODING));
        assert!(!response.headers().contains_key(CONTENT_LENGTH));
    }
}
