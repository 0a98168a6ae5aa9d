//! The session cookie (sessions-privileges-web section 3.2): its name, reading it, sending it.

use cookie::{Cookie, SameSite};
use http::header::{COOKIE, REFERRER_POLICY, SET_COOKIE};
use http::{HeaderMap, HeaderValue};
use tessera_orda::Application;
use tessera_sessions::{Secret, Session};

/// `4DSID_` and the project's name, with `_` for what a cookie name may not hold.
pub(crate) fn name(application: &Application) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    let project: String = application.name.chars().map(|c| if allowed(c) { c } else { '_' }).collect();
    format!("4DSID_{project}")
}

/// The name older clients use (S047).
const OLD_NAME: &str = "WASID4D";

/// The value of the session cookie a request carries.
pub(crate) fn read(headers: &HeaderMap, name: &str) -> Option<String> {
    let find = |wanted: &str| {
        headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|header| header.to_str().ok())
            .flat_map(|header| Cookie::split_parse(header.to_owned()))
            .filter_map(Result::ok)
            .find(|cookie| cookie.name() == wanted)
            .map(|cookie| cookie.value().to_owned())
    };
    find(name).or_else(|| find(OLD_NAME))
}

/// Adds the cookie to an answer when the session has one to send. What the session itself has comes first: it is newer
/// than the cookie of one who came in with a session token.
pub(crate) fn write(
    headers: &mut HeaderMap,
    application: &Application,
    session: &Session,
    own: Option<Secret>,
    name: &str,
    is_secure: bool,
) {
    if own.is_some() {
        // The address had a token in it: it is nobody else's business where the client goes next (hardening H12).
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    }
    if let Some(secret) = application.sessions.take_cookie(session).or(own)
        && let Ok(value) = HeaderValue::from_str(&build(application, session, &secret, name, is_secure))
    {
        headers.append(SET_COOKIE, value);
    }
}

fn build(
    application: &Application,
    session: &Session,
    secret: &Secret,
    name: &str,
    is_secure: bool,
) -> String {
    let same_site = match application.web_server.same_site().as_deref() {
        Some("None") if !application.sessions.hardening().same_site_at_least_lax => SameSite::None,
        Some("Lax" | "None") => SameSite::Lax,
        _ => SameSite::Strict,
    };
    // The browser keeps the cookie as long as the server keeps an idle session.
    let lifetime = cookie::time::Duration::minutes(session.idle_minutes());
    Cookie::build((name.to_owned(), secret.value()))
        .path("/")
        .http_only(true)
        .secure(is_secure)
        .same_site(same_site)
        .max_age(lifetime)
        .build()
        .to_string()
}
