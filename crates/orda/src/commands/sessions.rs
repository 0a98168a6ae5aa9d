//! `Session` and the commands about other sessions.

use std::rc::Rc;
use std::sync::Arc;

use tessera_values::{CollectionRef, ErrorStack, ObjectRef, Properties, Value};
use tessera_vm::{Arguments, Process};

use super::Command;
use crate::context::Context;
use crate::session::{self, SessionObject};

pub(super) const COMMANDS: &[(u16, Command)] =
    &[(1714, session), (1839, session_storage), (1782, license_usage), (182, current_user)];

/// `Session`; Null in web processes of a project that works without sessions (`docs/commands/session.md`).
fn session(context: &Rc<Context>, _: &mut Process, _: &mut Arguments) -> Result<Value, ErrorStack> {
    if context.application().sessions.are_off() && !context.session().is_unrestricted() {
        return Ok(Value::Null);
    }
    Ok(SessionObject::value(context))
}

/// `Session storage(id)`: the storage of any live session, Null for an unknown id.
fn session_storage(
    context: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let id = arguments.text(0)?;
    let own = context.session();
    let found =
        if *own.id() == id { Some(own) } else { context.application().sessions.registry().by_id(&id) };
    Ok(found.map_or(Value::Null, |session| Value::Object(ObjectRef::Shared(Arc::clone(session.storage())))))
}

/// One entry per session that holds a licence (`docs/commands/license-usage.md`).
fn license_usage(context: &Rc<Context>, _: &mut Process, _: &mut Arguments) -> Result<Value, ErrorStack> {
    let sessions = &context.application().sessions;
    let used = sessions.licenses().used() as i64;
    let entries =
        sessions.registry().all().into_iter().filter(|session| session.holds_license()).map(|holder| {
            let properties = Properties::from_iter([
                ("productName".into(), Value::text("4D Client")),
                ("productUsedCount".into(), Value::Integer(1)),
                ("globalProductUsedCount".into(), Value::Integer(used)),
                ("time".into(), Value::Text(session::iso(holder.created()))),
                ("reason".into(), Value::text("REST")),
                ("session".into(), session::info(&holder)),
            ]);
            Value::Object(ObjectRef::from_properties(properties))
        });
    Ok(Value::Collection(entries.collect::<CollectionRef>()))
}

fn current_user(context: &Rc<Context>, _: &mut Process, _: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(Value::Text(context.session().user_name()))
}
