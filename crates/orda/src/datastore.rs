//! The datastore as code sees it: `ds` (`docs/API/DataStoreClass.md`).

use std::any::Any;
use std::rc::Rc;
use std::sync::atomic::Ordering;

use tessera_values::{CollectionRef, ErrorStack, Native, ObjectRef, Properties, Scope, Text, Value};
use tessera_vm::Process;

use crate::context::Context;
use crate::dataclass::DataclassObject;
use crate::error::store_error;
use crate::user_function;

pub(crate) mod contexts;
mod encryption;

/// `ds`
pub(crate) struct DatastoreObject {
    context: Rc<Context>,
}

impl DatastoreObject {
    pub(crate) fn value(context: &Rc<Context>) -> Value {
        Value::Native(Rc::new(Self { context: Rc::clone(context) }))
    }

    fn function(&self, name: &str, arguments: &[Value]) -> Option<Result<Value, ErrorStack>> {
        let context = &self.context;
        let done = |result: Result<(), tessera_store::StoreError>| {
            result.map(|()| Value::Undefined).map_err(store_error)
        };
        Some(match name {
            "startTransaction" => {
                if let Err(error) = context.before_write() {
                    return Some(Err(error));
                }
                done(context.connection(|connection| connection.begin()))
            }
            // Without an open level both do nothing.
            "validateTransaction" | "cancelTransaction" if context.connection(|c| c.level() == 0) => {
                Ok(Value::Undefined)
            }
            "validateTransaction" => done(context.connection(|connection| connection.commit())),
            "cancelTransaction" => {
                if let Err(error) = context.before_write() {
                    return Some(Err(error));
                }
                done(context.connection(|connection| connection.rollback()))
            }
            // Without tracked dataclasses there is no stamp (O210).
            "getGlobalStamp" if !context.application().tracks_changes => Ok(Value::Integer(0)),
            "getGlobalStamp" => {
                context.connection(|c| c.global_stamp()).map(Value::Integer).map_err(store_error)
            }
            "setGlobalStamp" => {
                let stamp = arguments.first().and_then(Value::as_integer).unwrap_or_default();
                done(context.connection(|connection| connection.set_global_stamp(stamp)))
            }
            "getInfo" => Ok(info()),
            "flushAndLock" => context.freeze().map(|()| Value::Undefined),
            "unlock" => {
                context.application().freeze.release(context.number());
                Ok(Value::Undefined)
            }
            "locked" => Ok(Value::Boolean(context.application().freeze.is_held())),
            "makeSelectionsAlterable" => {
                context.application().selections_alterable.store(true, Ordering::Relaxed);
                Ok(Value::Undefined)
            }
            "encryptionStatus" => Ok(encryption::status()),
            "provideDataKey" => encryption::provide_key(arguments.first()),
            "isAdminProtected" => {
                Ok(Value::Boolean(context.application().admin_protected.load(Ordering::Relaxed)))
            }
            "setAdminProtection" => self.protect(arguments.first()),
            "startRequestLog" => start_request_log(arguments),
            "stopRequestLog" => Ok(Value::Undefined),
            "getRequestLog" => Ok(Value::Collection(CollectionRef::new())),
            "setRemoteContextInfo" => contexts::set(context, arguments).map(|()| Value::Undefined),
            "getRemoteContextInfo" => contexts::get(context, arguments.first()),
            "getAllRemoteContexts" => Ok(context.application().remote_contexts.all()),
            "clearAllRemoteContexts" => {
                context.application().remote_contexts.clear();
                Ok(Value::Undefined)
            }
            _ => return None,
        })
    }
}

impl DatastoreObject {
    /// `setAdminProtection(status)`. The administration address shows no data in any case; what was said last is
    /// remembered until the server ends.
    fn protect(&self, status: Option<&Value>) -> Result<Value, ErrorStack> {
        let Some(status) = status.and_then(Value::as_boolean) else {
            return Err(ErrorStack::runtime("setAdminProtection needs True or False."));
        };
        self.context.application().admin_protected.store(status, Ordering::Relaxed);
        Ok(Value::Undefined)
    }
}

/// `startRequestLog({file {; options} | count})`: what clients of 4D's own network protocol ask, of whom there are none.
fn start_request_log(arguments: &[Value]) -> Result<Value, ErrorStack> {
    match arguments.first() {
        None | Some(Value::Undefined | Value::Null | Value::Native(_)) => {}
        Some(count) if count.as_integer().is_some() => {}
        Some(other) => {
            return Err(ErrorStack::runtime(format!(
                "startRequestLog needs a 4D.File or a number of requests, not {}.",
                other.kind()
            )));
        }
    }
    tracing::info!(
        "ds.startRequestLog: only 4D's own clients make such requests; http.log notes those of REST"
    );
    Ok(Value::Undefined)
}

fn info() -> Value {
    let properties = Properties::from_iter([
        ("type".into(), Value::text("4D")),
        ("networked".into(), Value::Boolean(false)),
        ("localID".into(), Value::text("")),
    ]);
    Value::Object(ObjectRef::from_properties(properties))
}

impl Native for DatastoreObject {
    fn class_name(&self) -> &'static str {
        "cs.DataStore"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn get(self: Rc<Self>, scope: &mut dyn Scope, name: &str) -> Result<Value, ErrorStack> {
        let process = Process::of(scope);
        let application = self.context.application();
        if let Some(dataclass) = application.catalog.dataclass_named(name) {
            return Ok(DataclassObject::value(&self.context, dataclass.id));
        }
        Ok(user_function::value(process, application.classes.datastore(), name))
    }

    fn call(
        self: Rc<Self>,
        scope: &mut dyn Scope,
        name: &str,
        arguments: &[Value],
    ) -> Option<Result<Value, ErrorStack>> {
        let process = Process::of(scope);
        if let Some(result) = self.function(name, arguments) {
            return Some(result);
        }
        let class = self.context.application().classes.datastore();
        user_function::call(process, class, name, self, arguments)
    }

    fn keys(self: Rc<Self>, _scope: &mut dyn Scope) -> Vec<Text> {
        self.context
            .application()
            .catalog
            .dataclasses()
            .iter()
            .map(|dataclass| dataclass.name.clone())
            .collect()
    }

    fn is_same(&self, other: &dyn Native) -> bool {
        other.as_any().is::<Self>()
    }
}
