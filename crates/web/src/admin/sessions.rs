//! Live sessions for `tessera sessions`.

use http::{HeaderValue, Response, StatusCode};
use serde_json::{Value, json};
use tessera_orda::Application;
use tessera_sessions::{PoolSize, Session, SessionKind};

use crate::body::{Body, full, plain};

/// Every kept session, the oldest first, and the licences.
pub(super) fn list(application: &Application) -> Response<Body> {
    let mut sessions = application.sessions.registry().all();
    sessions.sort_by_cached_key(|session| (session.created(), session.id()));
    sessions.dedup_by(|a, b| a.id() == b.id());
    let licenses = application.sessions.licenses();
    let size = match licenses.size() {
        PoolSize::Unlimited => Value::Null,
        PoolSize::Limited(size) => json!(size),
    };
    let sessions: Vec<Value> = sessions.iter().map(|session| describe(application, session)).collect();
    let body = json!({"licenses": {"used": licenses.used(), "size": size}, "sessions": sessions});
    let mut response = Response::new(full(body.to_string()));
    let kind = HeaderValue::from_static("application/json; charset=UTF-8");
    response.headers_mut().insert(http::header::CONTENT_TYPE, kind);
    response
}

fn describe(application: &Application, session: &Session) -> Value {
    let view = session.view();
    let privileges: Vec<String> =
        application.sessions.assigned_names(session).iter().map(ToString::to_string).collect();
    json!({
        "id": view.id.as_str(),
        "kind": match view.kind {
            SessionKind::Rest => "rest",
            SessionKind::Web => "web",
            SessionKind::StoredProcedure => "storedProcedure",
        },
        "user": view.user_name.as_str(),
        "address": view.address.as_str(),
        "created": view.created.to_string(),
        "expires": view.expiration.to_string(),
        "logged": view.logged,
        "license": view.license,
        "privileges": privileges,
    })
}

/// Ends a session as its idle time would: its licence is free and its cookie leads nowhere.
pub(super) fn close(application: &Application, id: &str) -> Response<Body> {
    match application.sessions.registry().by_id(id) {
        Some(session) => {
            application.sessions.close(&session);
            tracing::info!(session.id = %session.id(), user = %session.user_name(), "closed by an operator");
            plain(StatusCode::OK, "closed")
        }
        None => plain(StatusCode::NOT_FOUND, "There is no such session."),
    }
}
