//! `4D.QuotaManager` (`docs/API/QuotaManagerClass.md`): `Session.quotas` and `WEB Server.quotas`.

use std::any::Any;
use std::rc::Rc;

use tessera_model::{PerTime, Quotas, Rates};
use tessera_sessions::{EntitySetLimits, OwnEntitySetLimits};
use tessera_values::{ErrorStack, Native, ObjectRef, Properties, Scope, Text, Value};

use crate::context::Context;

/// Whose quotas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum QuotaScope {
    /// The server's, with those each session has by default.
    Server,
    /// Those of the session's entity sets.
    Session,
}

/// The object.
pub(crate) struct QuotaManager {
    context: Rc<Context>,
    scope: QuotaScope,
}

impl QuotaManager {
    pub(crate) fn value(context: &Rc<Context>, scope: QuotaScope) -> Value {
        Value::Native(Rc::new(Self { context: Rc::clone(context), scope }))
    }

    fn current(&self) -> Value {
        let sessions = &self.context.application().sessions;
        let used = match self.scope {
            QuotaScope::Server => sessions.used_by_all(),
            QuotaScope::Session => sessions.used_by(&self.context.session()),
        };
        let mut current = usage(&used);
        if self.scope == QuotaScope::Server {
            let counts = sessions.counts();
            current.insert("nbSessions".into(), Value::Integer(counts.sessions as i64));
            current.insert("nbGuestSessions".into(), Value::Integer(counts.guests as i64));
        }
        Value::Object(ObjectRef::from_properties(current))
    }

    fn own(&self) -> EntitySetLimits {
        let session = self.context.session();
        session.find_attached::<OwnEntitySetLimits>().map(|own| own.get()).unwrap_or_default()
    }

    fn change(&self, name: &str, limit: Option<u64>) -> bool {
        let sessions = &self.context.application().sessions;
        match self.scope {
            QuotaScope::Server => {
                let mut quotas = sessions.quotas();
                let Some(place) = quotas.named(name) else { return false };
                *place = limit;
                sessions.set_quotas(quotas);
                true
            }
            QuotaScope::Session => {
                let mut changed = self.own();
                let Some(place) = entity_set_limit(&mut changed, name) else { return false };
                *place = limit;
                let own = self.context.kept_session().attached::<OwnEntitySetLimits>();
                own.change(|own| *own = changed);
                true
            }
        }
    }
}

fn entity_set_limit<'l>(limits: &'l mut EntitySetLimits, name: &str) -> Option<&'l mut Option<u64>> {
    match name {
        "nbEntitySets" => Some(&mut limits.count_max),
        "defaultEntitySetTimeout" => Some(&mut limits.default_seconds),
        "maxEntitySetTimeout" => Some(&mut limits.seconds_max),
        _ => None,
    }
}

fn usage(used: &Rates) -> Properties {
    let of = |name: &str, per: &PerTime| {
        [("PerMin", per.minute), ("PerHour", per.hour)].map(|(time, used)| {
            (Text::from(format!("{name}{time}")), Value::Integer(used.unwrap_or_default() as i64))
        })
    };
    let all = [("nbRequests", &used.requests), ("inBytes", &used.in_bytes), ("outBytes", &used.out_bytes)];
    all.iter().flat_map(|(name, per)| of(name, per)).collect()
}

/// A limit: a whole number above 0; undefined takes it away.
fn limit_of(name: &str, value: &Value) -> Result<Option<u64>, ErrorStack> {
    if matches!(value, Value::Undefined | Value::Null) {
        return Ok(None);
    }
    let number =
        value.as_integer().and_then(|number| u64::try_from(number).ok()).filter(|number| *number > 0);
    match number {
        Some(number) => Ok(Some(number)),
        None => Err(ErrorStack::runtime(format!("The quota {name} must be a whole number above 0."))),
    }
}

/// The quotas of an object, as `WEB Server.start` takes them.
pub(crate) fn from_object(object: &ObjectRef) -> Result<Quotas, ErrorStack> {
    let mut quotas = Quotas::default();
    for name in Quotas::names() {
        if let Some(value) = object.get(name)
            && let Some(place) = quotas.named(name)
        {
            *place = limit_of(name, &value)?;
        }
    }
    Ok(quotas)
}

impl Native for QuotaManager {
    fn class_name(&self) -> &'static str {
        "4D.QuotaManager"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn get(self: Rc<Self>, _scope: &mut dyn Scope, name: &str) -> Result<Value, ErrorStack> {
        if name == "currentValues" {
            return Ok(self.current());
        }
        let limit = match self.scope {
            QuotaScope::Server => {
                self.context.application().sessions.quotas().named(name).and_then(|place| *place)
            }
            QuotaScope::Session => {
                // What holds, whether code said it or not.
                let sessions = &self.context.application().sessions;
                let mut limits = sessions.entity_set_limits(&self.context.session());
                let limit = entity_set_limit(&mut limits, name).and_then(|place| *place);
                // No limit is 0 here (`docs/API/QuotaManagerClass.md`, nbEntitySets).
                limit.or_else(|| (name == "nbEntitySets").then_some(0))
            }
        };
        Ok(limit.map_or(Value::Undefined, |limit| Value::Integer(i64::try_from(limit).unwrap_or(i64::MAX))))
    }

    fn set(self: Rc<Self>, _scope: &mut dyn Scope, name: &str, value: Value) -> Result<(), ErrorStack> {
        if self.change(name, limit_of(name, &value)?) {
            Ok(())
        } else {
            Err(ErrorStack::runtime(format!("There is no quota \"{name}\" that can be set here.")))
        }
    }

    fn keys(self: Rc<Self>, _scope: &mut dyn Scope) -> Vec<Text> {
        match self.scope {
            QuotaScope::Server => Quotas::names().map(Text::from).collect(),
            QuotaScope::Session => {
                ["nbEntitySets", "defaultEntitySetTimeout", "maxEntitySetTimeout"].map(Text::from).into()
            }
        }
    }
}
