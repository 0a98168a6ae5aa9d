//! `$directory`: login and logout of default mode, and who is logged in (`docs/REST/$directory.md`).

use std::sync::atomic::{AtomicBool, Ordering};

use tessera_orda::Run;
use tessera_sessions::LoginMode;
use tessera_values::{Text, Value, write_json_string};

use crate::error::RestError;
use crate::json::arguments;
use crate::request::{Request, Response};
use crate::respond::text;

/// Kept in a session: `On REST Authentication` said yes.
#[derive(Debug, Default)]
pub(crate) struct Accepted(AtomicBool);

impl Accepted {
    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    fn set(&self, accepted: bool) {
        self.0.store(accepted, Ordering::Release);
    }
}

pub(super) fn answer(run: &mut Run, function: &str, request: &Request) -> Result<Response, RestError> {
    let application = std::sync::Arc::clone(run.context().application());
    match function {
        "login" => {
            if application.sessions.login_mode() == LoginMode::Force {
                return Err(RestError::login_failed());
            }
            // `On REST Authentication` has said yes on the way here, or there is none and everybody may come in.
            set_idle_minutes(run, request);
            Ok(result("true"))
        }
        "logout" => {
            let session = run.context().session();
            if let Some(accepted) = session.find_attached::<Accepted>() {
                accepted.set(false);
            }
            application.sessions.logout(&session);
            Ok(result("true"))
        }
        "currentuser" => Ok(result(&current_user(run))),
        "currentuserbelongsto" => {
            let groups = arguments::read(super::body_text(request)?)?;
            let name = groups.first().and_then(|group| group.as_text().cloned()).unwrap_or_default();
            Ok(result(if belongs_to(run, &name) { "true" } else { "false" }))
        }
        other => Err(RestError::function_not_found(other)),
    }
}

fn result(json: &str) -> Response {
    Response::json(200, format!("{{\"result\":{json}}}"))
}

/// `session-4D-length`: the idle time in minutes.
fn set_idle_minutes(run: &Run, request: &Request) {
    if let Some(minutes) = request.session_minutes.as_deref().and_then(|text| text.trim().parse().ok()) {
        run.context().kept_session().set_idle_minutes(minutes);
    }
}

/// Older clients log in with an array in the body, `["user","password",seconds]`; headers come first.
pub(crate) fn read_credentials(request: &mut Request) {
    let body = std::str::from_utf8(&request.body).unwrap_or_default();
    if request.user_name.is_some() || !body.trim_start().starts_with('[') {
        return;
    }
    // What is no array of arguments is nobody's name, and the login is refused as such.
    let given = arguments::read(body).unwrap_or_default();
    let text = |at: usize| given.get(at).and_then(|value| value.as_text().map(ToString::to_string));
    request.user_name = text(0);
    request.password = request.password.take().or_else(|| text(1));
    let seconds = given.get(2).and_then(Value::as_integer);
    let minutes = seconds.map(|seconds| (seconds / 60).to_string());
    request.session_minutes = request.session_minutes.take().or(minutes);
}

/// Runs `On REST Authentication`. No value returned means no.
pub(crate) fn authenticate(run: &mut Run, request: &Request) -> Result<bool, RestError> {
    let is_digest = request.hashed_password.is_some();
    let password = request.hashed_password.as_deref().or(request.password.as_deref());
    let arguments = [
        text(request.user_name.as_deref()),
        text(password),
        Value::Boolean(is_digest),
        Value::Text(request.address.clone()),
    ];
    let accepted = match run.call_database_method("onRESTAuthentication", &arguments) {
        Some(result) => matches!(result?, Value::Boolean(true)),
        None => true,
    };
    if accepted {
        run.context().kept_session().attached::<Accepted>().set(true);
        set_idle_minutes(run, request);
    }
    Ok(accepted)
}

/// The answer when `On REST Authentication` said no. `$directory/login` also carries `"result":false`, and not
/// status 200, by which the documented sample page tells success (D).
pub(crate) fn refusal(is_login: bool) -> Result<Response, RestError> {
    let error = RestError::login_failed();
    if !is_login {
        return Err(error);
    }
    let mut body = String::from("{\"result\":false,");
    error.write_member(&mut body);
    body.push('}');
    let mut response = Response::json(error.status, body);
    response.headers.extend(error.headers);
    Ok(response)
}

/// `{"userName":…,"fullName":…,"ID":…}`, or null when nobody is logged in.
fn current_user(run: &Run) -> String {
    let session = run.context().session();
    let name = session.user_name();
    if name.is_empty() && !session.is_logged() {
        return "null".into();
    }
    let mut out = String::from("{\"userName\":");
    write_json_string(&mut out, &name);
    out.push_str(",\"fullName\":");
    write_json_string(&mut out, &name);
    out.push_str(",\"ID\":");
    write_json_string(&mut out, &session.id());
    out.push('}');
    out
}

/// Does the user hold the privilege or role of that name (D27)?
fn belongs_to(run: &Run, name: &Text) -> bool {
    let sessions = &run.context().application().sessions;
    let table = sessions.privileges();
    let held = run.context().privileges();
    let by_role = table.role(name).filter(|role| !role.is_empty());
    table.number(name).is_some_and(|privilege| held.contains(privilege))
        || by_role.is_some_and(|role| role.iter().all(|privilege| held.contains(*privilege)))
}
