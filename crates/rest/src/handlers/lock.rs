//! `$lock` (`docs/REST/$lock.md`): a lock of the client's session on one entity. Whether it is got or not, the status
//! is 200.

use std::rc::Rc;

use tessera_orda::{Entity, LockFailure, LockingClient, Run, describe_holder};
use tessera_sessions::Action;
use tessera_values::{DateForm, write_json_string};

use super::read;
use crate::error::RestError;
use crate::json::level;
use crate::json::value::{push, write_any};
use crate::plan::Chosen;
use crate::request::{Request, Response};

pub(super) fn answer(
    run: &mut Run,
    chosen: &Chosen,
    locks: bool,
    request: &Request,
) -> Result<Response, RestError> {
    // Who may not change an entity has no use for keeping others from it (U43).
    tessera_orda::access::check(run.context(), chosen.dataclass, Action::Update)?;
    let result = match read::row(run, chosen, &level::shown()) {
        Ok(row) => {
            let entity = Entity::from_row(&Rc::clone(run.context()), chosen.dataclass, row);
            if locks {
                entity.lock_for_session(&LockingClient {
                    host: request.host.as_deref().unwrap_or_default().into(),
                    user_agent: request.user_agent.as_deref().unwrap_or_default().into(),
                })
            } else {
                entity.unlock_for_session()
            }
        }
        Err(error) if error.status == 404 => Err(LockFailure::Gone),
        Err(error) => return Err(error),
    };
    let mut body = String::from("{\"result\":");
    match result {
        Ok(()) => body.push_str("true,\"__STATUS\":{\"success\":true}}"),
        Err(failure) => {
            body.push_str("false,\"__STATUS\":{");
            write_failure(&mut body, &failure);
            body.push_str("}}");
        }
    }
    Ok(Response::json(200, body))
}

/// `"status":3,"statusText":"Already locked","lockKind":7,…`
pub(super) fn write_failure(out: &mut String, failure: &LockFailure) {
    let (status, text) = failure.status();
    push(out, format_args!("\"status\":{status},\"statusText\":\"{text}\""));
    if let LockFailure::Held(holder) = failure {
        for (name, value) in describe_holder(holder) {
            out.push(',');
            write_json_string(out, &name);
            out.push(':');
            write_any(out, &value, DateForm::Midnight);
        }
    }
}
