//! How a request comes in, whatever it asks for: with which session, and whether the quotas have room for it.
//!
//! Nothing of its body has been read by then.

use std::sync::Arc;

use http::Response;
use http::request::Parts;
use tessera_sessions::Resolved;

use crate::body::Body;
use crate::connection::Connection;
use crate::service::Site;
use crate::{quotas, session_cookie, session_token};

/// The session of a request, or the refusal of a quota.
#[expect(clippy::result_large_err, reason = "the refusal is the answer to the client")]
pub(crate) fn enter(
    site: &Arc<Site>,
    parts: &Parts,
    connection: &Connection,
) -> Result<Resolved, Response<Body>> {
    let cookie = session_cookie::read(&parts.headers, &site.cookie_name);
    let token = session_token::of(parts);

    let resolved =
        site.application.sessions.resolve_with_token(cookie.as_deref(), token, &connection.client_address);
    quotas::admit(&site.application, Some(&resolved.session), parts)?;
    Ok(resolved)
}
