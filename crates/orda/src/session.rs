//! `Session` as code sees it (`docs/API/SessionClass.md`).

use std::any::Any;
use std::rc::Rc;
use std::sync::Arc;

use jiff::Timestamp;
use tessera_sessions::{Grant, Session, SessionKind};
use tessera_values::{CollectionRef, ErrorStack, Native, ObjectRef, Properties, Scope, Text, Value};
use tessera_vm::Process;

use crate::context::Context;
use crate::error::no_license;
use crate::quotas::{QuotaManager, QuotaScope};

/// The session of the running process.
pub(crate) struct SessionObject {
    context: Rc<Context>,
}

impl SessionObject {
    pub(crate) fn value(context: &Rc<Context>) -> Value {
        Value::Native(Rc::new(Self { context: Rc::clone(context) }))
    }

    /// Without a free licence the answer is False and the error waits: inside a `Try` it is thrown at once, otherwise
    /// it is raised when the function returns, so that the client hears of it (402) whatever the code does.
    fn set_privileges(&self, process: &mut Process, argument: &Value) -> Result<Value, ErrorStack> {
        let Some(grant) = grant_of(argument) else { return Ok(Value::Boolean(false)) };
        let sessions = &self.context.application().sessions;
        // Permission to log in is nobody's to refuse here; only a free licence is needed.
        match sessions.set_privileges(&self.context.kept_session(), &grant) {
            Ok(_) => {
                self.context.refresh_privileges();
                Ok(Value::Boolean(true))
            }
            Err(_) if process.is_guarded() => Err(no_license()),
            Err(_) => {
                no_license().errors.into_iter().for_each(|error| process.defer(error));
                Ok(Value::Boolean(false))
            }
        }
    }

    /// Goes on in the session a token leads to. Without one, nothing changes.
    fn restore(&self, token: Option<&str>) -> bool {
        let sessions = &self.context.application().sessions;
        let address = &self.context.request().address;
        let Some(restored) = token.and_then(|token| sessions.redeem(token, address)) else { return false };
        if self.context.session().kind() == SessionKind::Rest {
            restored.session.mark_rest();
        }
        // The answer to this request brings the client into the session.
        restored.send_cookie_with_next_answer();
        self.context.enter_session(restored.session);
        true
    }

    fn function(
        &self,
        process: &mut Process,
        name: &str,
        arguments: &[Value],
    ) -> Option<Result<Value, ErrorStack>> {
        let sessions = &self.context.application().sessions;
        let session = self.context.session();
        let first = arguments.first().cloned().unwrap_or_default();
        if session.is_unrestricted()
            && let Some(answer) = in_stored_procedures(name)
        {
            return Some(Ok(answer));
        }
        Some(match name {
            "setPrivileges" => self.set_privileges(process, &first),
            "clearPrivileges" => {
                sessions.clear_privileges(&session);
                self.context.refresh_privileges();
                Ok(Value::Boolean(true))
            }
            "getPrivileges" => {
                let names = sessions.assigned_names(&session).into_iter().map(Value::Text);
                Ok(Value::Collection(names.collect::<CollectionRef>()))
            }
            "hasPrivilege" => {
                let held = first.as_text().and_then(|name| sessions.privileges().number(name));
                Ok(Value::Boolean(
                    held.is_some_and(|privilege| self.context.privileges().contains(privilege)),
                ))
            }
            "isGuest" => Ok(Value::Boolean(sessions.is_guest(&session))),
            "promote" => {
                let name = first.as_text().cloned().unwrap_or_default();
                Ok(Value::Integer(self.context.promote(process, &name)))
            }
            "demote" => {
                self.context.demote(first.as_integer().unwrap_or_default());
                Ok(Value::Undefined)
            }
            "createOTP" => {
                let session = self.context.kept_session();
                Ok(Value::Text(sessions.create_token(&session, first.as_integer())))
            }
            "restore" => Ok(Value::Boolean(self.restore(first.as_text().map(Text::as_str)))),
            _ => return None,
        })
    }
}

/// What the functions answer where no client is: in start-up methods and workers (`docs/API/SessionClass.md`).
fn in_stored_procedures(name: &str) -> Option<Value> {
    Some(match name {
        "setPrivileges" | "restore" | "isGuest" => Value::Boolean(false),
        "clearPrivileges" | "hasPrivilege" => Value::Boolean(true),
        "getPrivileges" => Value::Collection(std::iter::once(Value::text("WebAdmin")).collect()),
        "createOTP" => Value::text(""),
        "promote" => Value::Integer(0),
        "demote" => Value::Undefined,
        _ => return None,
    })
}

/// The forms of `setPrivileges`; `None` for anything else.
fn grant_of(argument: &Value) -> Option<Grant> {
    match argument {
        Value::Text(names) => Some(Grant::from_text(names)),
        Value::Collection(names) => Some(Grant { privileges: texts(names), ..Grant::default() }),
        Value::Object(object) => Some(Grant {
            privileges: listed(object, "privileges"),
            roles: listed(object, "roles"),
            user_name: object.get("userName").and_then(|name| name.as_text().cloned()),
        }),
        _ => None,
    }
}

fn listed(object: &ObjectRef, name: &str) -> Vec<Text> {
    match object.get(name) {
        Some(Value::Text(names)) => Grant::from_text(&names).privileges,
        Some(Value::Collection(names)) => texts(&names),
        _ => Vec::new(),
    }
}

fn texts(names: &CollectionRef) -> Vec<Text> {
    Grant::names(names.to_vec().iter().filter_map(|name| name.as_text().cloned()))
}

/// ISO 8601 with milliseconds and `Z`.
pub(crate) fn iso(time: Timestamp) -> Text {
    let milliseconds = time.as_millisecond().rem_euclid(1000);
    let whole =
        Timestamp::from_second(time.as_millisecond().div_euclid(1000)).unwrap_or(Timestamp::UNIX_EPOCH);
    format!("{}.{milliseconds:03}Z", whole.strftime("%Y-%m-%dT%H:%M:%S")).into()
}

/// `Session.info`, computed anew each time (`docs/API/SessionClass.md`).
pub(crate) fn info(session: &Session) -> ObjectRef {
    let (kind, host) = match session.kind() {
        SessionKind::Rest => ("rest", "browser"),
        SessionKind::Web => ("web", "browser"),
        // UNSPECIFIED: 4D knows "windows" and "mac".
        SessionKind::StoredProcedure => ("storedProcedure", "linux"),
    };
    let address = match session.address().as_str() {
        "::ffff:127.0.0.1" | "::1" => Value::text("localhost"),
        _ => Value::Text(session.address().clone()),
    };
    ObjectRef::from_properties(Properties::from_iter([
        ("type".into(), Value::text(kind)),
        ("userName".into(), Value::Text(session.user_name())),
        ("machineName".into(), Value::text("")),
        ("systemUserName".into(), Value::text("")),
        ("IPAddress".into(), address),
        ("hostType".into(), Value::text(host)),
        ("creationDateTime".into(), Value::Text(iso(session.created()))),
        ("state".into(), Value::text("active")),
        ("ID".into(), Value::Text(session.id())),
        ("persistentID".into(), Value::text("")),
    ]))
}

impl Native for SessionObject {
    fn class_name(&self) -> &'static str {
        "4D.Session"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn get(self: Rc<Self>, _scope: &mut dyn Scope, name: &str) -> Result<Value, ErrorStack> {
        let session = self.context.session();
        Ok(match name {
            "id" => Value::Text(session.id()),
            "userName" => Value::Text(session.user_name()),
            "storage" => {
                let session = self.context.kept_session();
                Value::Object(ObjectRef::Shared(Arc::clone(session.storage())))
            }
            "idleTimeout" => Value::Integer(session.idle_minutes()),
            "expirationDate" => Value::Text(iso(session.expiration())),
            "info" => Value::Object(info(&session)),
            // REST sessions only (`docs/API/SessionClass.md`, 21 R4).
            "quotas" if session.kind() == SessionKind::Rest => {
                QuotaManager::value(&self.context, QuotaScope::Session)
            }
            _ => Value::Undefined,
        })
    }

    fn set(self: Rc<Self>, _scope: &mut dyn Scope, name: &str, value: Value) -> Result<(), ErrorStack> {
        match (name, value.as_integer()) {
            ("idleTimeout", Some(minutes)) => {
                self.context.kept_session().set_idle_minutes(minutes);
                Ok(())
            }
            _ => Err(ErrorStack::runtime(format!("The property \"{name}\" of Session is read-only."))),
        }
    }

    fn call(
        self: Rc<Self>,
        scope: &mut dyn Scope,
        name: &str,
        arguments: &[Value],
    ) -> Option<Result<Value, ErrorStack>> {
        self.function(Process::of(scope), name, arguments)
    }

    fn is_same(&self, other: &dyn Native) -> bool {
        other.as_any().is::<Self>()
    }
}
