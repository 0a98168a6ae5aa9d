//! `lock` and `unlock` of an entity, and the same for a client's session.

use std::rc::Rc;

use tessera_values::{ErrorStack, ObjectRef, Properties, Text, Value};

use super::{Entity, State};
use crate::context::Context;
use crate::error::store_error;
use crate::locks::{Holder, Locked, SessionLocks};
use crate::save;

/// `dk reload if stamp changed`
const RELOAD: i64 = 1;

/// What a client says of itself when it locks.
#[derive(Clone, Debug, Default)]
pub struct LockingClient {
    /// The host it addressed.
    pub host: Text,
    /// What it calls itself.
    pub user_agent: Text,
}

/// Why there is no lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LockFailure {
    /// Somebody else holds it (status 3).
    Held(Holder),
    /// The entity changed since it was loaded (status 2).
    StampChanged,
    /// The entity is gone (status 5).
    Gone,
    /// There are too many locks (status 4).
    TooMany,
}

impl LockFailure {
    /// 4D's status number and text (`docs/API/EntityClass.md`).
    pub fn status(&self) -> (i64, &'static str) {
        match self {
            Self::StampChanged => (2, "Stamp has changed"),
            Self::Held(_) => (3, "Already locked"),
            Self::TooMany => (4, "Other error"),
            Self::Gone => (5, "Entity does not exist anymore"),
        }
    }
}

impl Entity {
    fn locked(&self) -> Option<Locked> {
        let state = self.state.borrow();
        state.record.filter(|_| !state.is_dropped).map(|record| (self.dataclass, record))
    }

    /// Who keeps this process from writing the entity.
    pub(crate) fn blocking(&self) -> Option<Holder> {
        let locked = self.locked()?;
        let session = self.context.session();
        self.context.application().locks.blocking(locked, self.context.number(), &session.id())
    }

    /// Locks for the client's session.
    pub fn lock_for_session(&self, client: &LockingClient) -> Result<(), LockFailure> {
        let locked = self.locked().ok_or(LockFailure::Gone)?;
        let session = self.context.kept_session();
        let locks = &self.context.application().locks;
        let holder = Holder::Session {
            id: session.id(),
            host: client.host.clone(),
            address: session.address().clone(),
            user_agent: client.user_agent.clone(),
        };
        session.attached::<SessionLocks>().belong_to(locks, &session.id());
        locks.take(locked, holder).map_err(|held| held.map_or(LockFailure::TooMany, LockFailure::Held))
    }

    /// Gives the session's lock back.
    pub fn unlock_for_session(&self) -> Result<(), LockFailure> {
        let locked = self.locked().ok_or(LockFailure::Gone)?;
        let session = self.context.session();
        let owns = |holder: &Holder| matches!(holder, Holder::Session { id, .. } if *id == session.id());
        match self.context.application().locks.release(locked, owns) {
            Ok(()) | Err(None) => Ok(()),
            Err(Some(holder)) => Err(LockFailure::Held(holder)),
        }
    }

    /// Is what is stored another version than this one? `None` when nothing is.
    fn stored(&self) -> Result<Option<State>, ErrorStack> {
        let key = self.key();
        let row = self
            .context
            .connection(|connection| connection.by_key(self.dataclass, &key, &tessera_store::Columns::all()))
            .map_err(store_error)?;
        let record = self.state.borrow().record;
        Ok(row.filter(|row| Some(row.record) == record).map(|row| State::stored(Rc::new(row))))
    }
}

/// `lock({dk reload if stamp changed})`
pub(super) fn lock(entity: &Rc<Entity>, option: &Value) -> Result<Value, ErrorStack> {
    let reloads = option.as_integer().is_some_and(|option| option & RELOAD != 0);
    let Some(locked) = entity.locked() else { return Ok(failure(&LockFailure::Gone)) };
    let context = &entity.context;
    let holder = Holder::Process {
        process: context.number(),
        name: context.application().processes.name_of(context.number()),
        entity: entity.number,
        user: context.session().user_name(),
    };
    if let Err(held) = context.application().locks.take(locked, holder) {
        return Ok(failure(&held.map_or(LockFailure::TooMany, LockFailure::Held)));
    }
    // Nobody changes it from here on, so what is stored now can be trusted.
    let refused = |failure_is: &LockFailure| {
        release(context, locked, entity.number);
        Ok(failure(failure_is))
    };
    let Some(stored) = entity.stored()? else { return refused(&LockFailure::Gone) };
    let is_stale = stored.stamp != entity.stamp();
    if is_stale && !reloads {
        return refused(&LockFailure::StampChanged);
    }
    if is_stale {
        *entity.state.borrow_mut() = stored;
    }
    entity.holds_lock.set(true);
    let mut properties = Properties::from_iter([("success".into(), Value::Boolean(true))]);
    if reloads {
        properties.insert("wasReloaded".into(), Value::Boolean(is_stale));
    }
    Ok(Value::Object(ObjectRef::from_properties(properties)))
}

/// `unlock()`: only the entity that locked can.
pub(super) fn unlock(entity: &Rc<Entity>) -> Value {
    let released = entity.locked().is_some_and(|locked| release(&entity.context, locked, entity.number));
    if released {
        entity.holds_lock.set(false);
    }
    Value::Object(std::iter::once(("success".into(), Value::Boolean(released))).collect())
}

fn release(context: &Context, locked: Locked, entity: u64) -> bool {
    let number = context.number();
    let owns = |holder: &Holder| matches!(holder, Holder::Process { process, entity: held, .. } if *process == number && *held == entity);
    context.application().locks.release(locked, owns).is_ok()
}

impl Drop for Entity {
    /// A lock ends with the entity that took it, unless a transaction is open, which keeps its locks to the end.
    fn drop(&mut self) {
        if !self.holds_lock.get() || self.context.is_in_transaction() {
            return;
        }
        let state = self.state.get_mut();
        if let Some(record) = state.record {
            release(&self.context, (self.dataclass, record), self.number);
        }
    }
}

/// `{success: False; status; statusText; lockKind…}`
pub(crate) fn failure(failure: &LockFailure) -> Value {
    let (status, text) = failure.status();
    let mut properties = save::failure_properties(status, text);
    if let LockFailure::Held(holder) = failure {
        properties.extend(describe(holder));
    }
    Value::Object(ObjectRef::from_properties(properties))
}

/// `lockKind`, `lockKindText` and `lockInfo` of whoever holds a lock.
pub fn describe(holder: &Holder) -> [(Text, Value); 3] {
    let (kind, text, info) = match holder {
        Holder::Process { process, name, user, .. } => (
            1,
            "Locked by record",
            vec![
                ("task_id", Value::Integer(i64::try_from(*process).unwrap_or(i64::MAX))),
                ("user_name", Value::Text(user.clone())),
                ("user4d_alias", Value::Text(user.clone())),
                ("user4d_id", Value::Integer(0)),
                ("host_name", Value::text("")),
                ("task_name", Value::Text(name.clone())),
                ("client_version", Value::text("")),
            ],
        ),
        Holder::Session { host, address, user_agent, .. } => (
            7,
            "Locked by session",
            vec![
                ("host", Value::Text(host.clone())),
                ("IPAddr", Value::Text(address.clone())),
                ("userAgent", Value::Text(user_agent.clone())),
            ],
        ),
    };
    let info = info.into_iter().map(|(name, value)| (Text::from(name), value)).collect::<Properties>();
    [
        ("lockKind".into(), Value::Integer(kind)),
        ("lockKindText".into(), Value::text(text)),
        ("lockInfo".into(), Value::Object(ObjectRef::from_properties(info))),
    ]
}
