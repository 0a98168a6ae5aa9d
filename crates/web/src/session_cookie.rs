//! The session cookie (sessions-privileges-web section 3.2): its name, reading it, sending it.

use cookie::{Cookie, SameSite};
use http::header::{COOKIE, REFERRER_POLICY, SET_COOKIE};
use http::{HeaderMap, HeaderValue, Response};
use tessera_orda::Application;
use tessera_sessions::{Secret, Session};

use crate::access_log::User;
use crate::body::Body;
use crate::service::Site;

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
            .flat_map(|header| header.split(';'))
            .filter_map(|pair| pair.split_once('='))
            .find(|(name, _)| name.trim() == wanted)
            .map(|(_, value)| value.trim().to_owned())
    };
    find(name).or_else(|| find(OLD_NAME))
}

/// Adds the cookie to an answer when the session has one to send, and notes for the log whose session it is. What the
/// session itself has comes first: it is newer than the cookie of one who came in with a session token.
pub(crate) fn write(
    response: &mut Response<Body>,
    site: &Site,
    session: &Session,
    own: Option<Secret>,
    is_secure: bool,
) {
    let application = &site.application;
    if own.is_some() {
        // The address had a token in it: it is nobody else's business where the client goes next (hardening H12).
        response.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    }
    if let Some(secret) = application.sessions.take_cookie(session).or(own)
        && let Ok(value) =
            HeaderValue::from_str(&build(application, session, &secret, &site.cookie_name, is_secure))
    {
        response.headers_mut().append(SET_COOKIE, value);
    }
    if site.log.is_some() {
        response.extensions_mut().insert(User(session.user_name()));
    }
}

fn build(
    application: &Application,
    session: &Session,
    secret: &Secret,
    name: &str,
    is_secure: bool,
) -> String {
    let settings = application.web_server.get();
    let same_site = match settings.same_site {
        tessera_orda::SameSite::Strict => SameSite::Strict,
        tessera_orda::SameSite::None if !application.sessions.hardening().same_site_at_least_lax => {
            SameSite::None
        }
        tessera_orda::SameSite::Lax | tessera_orda::SameSite::None => SameSite::Lax,
    };
    // The browser keeps the cookie as long as the server keeps an idle session.
    let lifetime = cookie::time::Duration::minutes(session.idle_minutes());
    let mut cookie = Cookie::build((name.to_owned(), secret.value()))
        .path(settings.cookie_path.as_str())
        .http_only(true)
        .secure(is_secure)
        .same_site(same_site)
        .max_age(lifetime);
    if !settings.cookie_domain.is_empty() {
        cookie = cookie.domain(settings.cookie_domain.as_str());
    }
    cookie.build().to_string()
}
