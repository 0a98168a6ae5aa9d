//! `Session` and the commands about other sessions.

use std::rc::Rc;
use std::sync::Arc;

use tessera_sessions::{PoolSize, Session};
use tessera_values::{CollectionRef, ErrorStack, NOBODY, ObjectRef, Properties, Value};
use tessera_vm::{Arguments, Process};

use super::Command;
use crate::context::Context;
use crate::session::{self, SessionObject};

pub(super) const COMMANDS: &[(u16, Command)] = &[
    (342, count_users),
    (182, current_user),
    (1495, process_activity),
    (1714, session),
    (714, is_license_available),
    (1782, license_usage),
    (1839, session_storage),
    (1844, session_info),
];

/// `Count users`: the sessions in which somebody is logged in (`docs/commands/count-users.md`).
fn count_users(context: &Rc<Context>, _: &mut Process, _: &mut Arguments) -> Result<Value, ErrorStack> {
    let counts = context.application().sessions.counts();
    Ok(Value::Integer(counts.sessions.saturating_sub(counts.guests) as i64))
}

/// `Is license available({license})`: the server itself is licensed, and so is what it serves; plug-ins are not there.
fn is_license_available(
    _: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    const WEB: i64 = 808_464_945;
    const REST_TEST: i64 = 808_465_719;
    let license = arguments.optional_integer(0)?;
    Ok(Value::Boolean(license.is_none_or(|license| matches!(license, WEB | REST_TEST))))
}

/// `Session`; Null in web processes of a project that works without sessions (`docs/commands/session.md`).
fn session(context: &Rc<Context>, _: &mut Process, _: &mut Arguments) -> Result<Value, ErrorStack> {
    if context.application().sessions.are_off() && !context.session().is_unrestricted() {
        return Ok(Value::Null);
    }
    Ok(SessionObject::value(context))
}

/// Any live session by its id: that of the request, of the server itself, or one that is kept.
fn live_session(context: &Context, id: &str) -> Option<Arc<Session>> {
    let application = context.application();
    let near = [context.session(), Arc::clone(application.own_session())];
    let near = near.into_iter().find(|session| session.id() == id);
    near.or_else(|| application.sessions.registry().by_id(id))
}

/// `Session storage(id)`: the storage of any live session, Null for an unknown id.
fn session_storage(
    context: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let id = arguments.text(0)?;
    // What is put into the storage of a guest's own session must stay: the session is kept, as by `Session.storage`.
    let found =
        if context.session().id() == id { Some(context.kept_session()) } else { live_session(context, &id) };
    Ok(found.map_or(Value::Null, |session| Value::Object(ObjectRef::Shared(Arc::clone(session.storage())))))
}

/// `Session info(id)`: `.info` of any live session, Null for an unknown id (`docs/commands/session-info.md`).
fn session_info(
    context: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let id = arguments.text(0)?;
    Ok(live_session(context, &id).map_or(Value::Null, |session| Value::Object(session::info(&session))))
}

/// `Process activity({session}; {options})`: who is here (`docs/commands/process-activity.md`). Of processes only the
/// calling one is told: others are requests, over in a moment.
fn process_activity(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    const PROCESSES_ONLY: i64 = 1;
    const SESSIONS_ONLY: i64 = 2;
    let (id, options) = match arguments.value(0) {
        Value::Text(id) => (Some(id), arguments.optional_integer(1)?.unwrap_or_default()),
        _ => (None, arguments.optional_integer(0)?.unwrap_or_default()),
    };
    let own = context.session();
    let sessions = match &id {
        Some(id) => match live_session(context, id) {
            Some(session) => vec![session],
            None => return Ok(Value::Null),
        },
        None => {
            let mut all = context.application().sessions.registry().all();
            for near in [&own, context.application().own_session()] {
                if !all.iter().any(|session| Arc::ptr_eq(session, near)) {
                    all.push(Arc::clone(near));
                }
            }
            all
        }
    };
    let mut activity = Properties::new();
    if options != SESSIONS_ONLY {
        let number = i64::try_from(process.id().0).unwrap_or(i64::MAX);
        let of_session = id.is_none_or(|id| id == own.id());
        let processes = of_session.then(|| {
            let mut properties = Properties::from_iter([
                ("name".into(), Value::text(format!("P_{number}"))),
                ("number".into(), Value::Integer(number)),
                ("ID".into(), Value::Integer(number)),
                ("state".into(), Value::Integer(0)),
            ]);
            if options != PROCESSES_ONLY {
                properties.insert("session".into(), Value::Object(session::info(&own)));
            }
            Value::Object(ObjectRef::from_properties(properties))
        });
        activity.insert("processes".into(), Value::Collection(processes.into_iter().collect()));
    }
    if options != PROCESSES_ONLY {
        let infos = sessions.iter().map(|session| Value::Object(session::info(session)));
        activity.insert("sessions".into(), Value::Collection(infos.collect::<CollectionRef>()));
    }
    Ok(Value::Object(ObjectRef::from_properties(activity)))
}

/// One entry per session that holds a licence, the oldest licence first (`docs/commands/license-usage.md`).
fn license_usage(context: &Rc<Context>, _: &mut Process, _: &mut Arguments) -> Result<Value, ErrorStack> {
    let sessions = &context.application().sessions;
    let used = sessions.licenses().used() as i64;
    let mut held: Vec<_> = sessions
        .registry()
        .all()
        .into_iter()
        .filter_map(|holder| holder.license().map(|license| (license, holder)))
        .collect();
    held.sort_by_key(|(license, _)| license.token);
    let entries = held.into_iter().map(|(license, holder)| {
        let balance = match sessions.licenses().size() {
            PoolSize::Unlimited => Value::Null,
            PoolSize::Limited(size) => Value::Integer(size.saturating_sub(license.used) as i64),
        };
        let session = session::info(&holder);
        for (name, value) in [
            // The names of the object that licences of REST have in older versions.
            ("sessionID", Value::Text(holder.id())),
            ("isDatastore", Value::Boolean(false)),
        ] {
            session.set(NOBODY, name, value).map_err(|error| ErrorStack::runtime(error.to_string()))?;
        }
        let properties = Properties::from_iter([
            // UNSPECIFIED: the number 4D gives to "4D Client"; 0 here.
            ("productId".into(), Value::Integer(0)),
            ("productName".into(), Value::text("4D Client")),
            ("productUsedCount".into(), Value::Integer(license.used as i64)),
            ("productBalance".into(), balance),
            ("globalProductUsedCount".into(), Value::Integer(used)),
            ("token".into(), Value::Integer(i64::try_from(license.token).unwrap_or(i64::MAX))),
            ("time".into(), Value::Text(session::iso(license.since))),
            ("reason".into(), Value::text("REST")),
            ("session".into(), Value::Object(session)),
        ]);
        Ok(Value::Object(ObjectRef::from_properties(properties)))
    });
    Ok(Value::Collection(entries.collect::<Result<CollectionRef, ErrorStack>>()?))
}

fn current_user(context: &Rc<Context>, _: &mut Process, _: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(Value::Text(context.session().user_name()))
}
