//! A datastore of another server, as code sees it.

use std::any::Any;
use std::rc::Rc;
use std::sync::Arc;

use tessera_values::{ErrorStack, Native, Scope, Text, Value};

use super::connection::Connection;
use super::content;
use super::dataclass::RemoteDataclass;
use super::wire;
use crate::context::Context;

/// Functions of a datastore that only one's own has.
const REFUSED: [&str; 17] = [
    "startTransaction",
    "validateTransaction",
    "cancelTransaction",
    "encryptionStatus",
    "provideDataKey",
    "flushAndLock",
    "locked",
    "unlock",
    "getGlobalStamp",
    "setGlobalStamp",
    "setAdminProtection",
    "isAdminProtected",
    "setRemoteContextInfo",
    "getRemoteContextInfo",
    "getAllRemoteContexts",
    "clearAllRemoteContexts",
    "makeSelectionsAlterable",
];

/// `ds("localID")`
pub(super) struct RemoteDatastore {
    context: Rc<Context>,
    connection: Arc<Connection>,
}

impl RemoteDatastore {
    pub(super) fn value(context: &Rc<Context>, connection: Arc<Connection>) -> Value {
        Value::Native(Rc::new(Self { context: Rc::clone(context), connection }))
    }

    fn function(&self, name: &str, arguments: &[Value]) -> Result<Value, ErrorStack> {
        let connection = &self.connection;
        match name {
            "getInfo" => return Ok(connection.info()),
            "getRequestLog" => return Ok(connection.log.lock().value()),
            "startRequestLog" => {
                match arguments.first() {
                    None | Some(Value::Undefined | Value::Null) => connection.log.lock().start(None),
                    Some(value) if value.as_integer().is_some() => {
                        connection.log.lock().start(value.as_integer());
                    }
                    _ => return Err(wire::refused("A request log in a file")),
                }
                return Ok(Value::Undefined);
            }
            "stopRequestLog" => {
                connection.log.lock().stop();
                return Ok(Value::Undefined);
            }
            _ => {}
        }
        if connection.catalog().has_function(name) {
            let path = format!("$catalog/{}?$method=entityset", wire::encoded(name));
            let answer = connection.post(
                &self.context,
                &path,
                content::arguments(&self.context, connection, arguments)?,
            )?;
            return wire::result(&self.context, connection, answer);
        }
        if REFUSED.contains(&name) {
            return Err(wire::refused(name));
        }
        Err(wire::unknown_function(name, &format!("the datastore \"{}\"", connection.local_id)))
    }
}

impl Native for RemoteDatastore {
    fn class_name(&self) -> &'static str {
        "4D.DataStoreImplementation"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn get(self: Rc<Self>, _scope: &mut dyn Scope, name: &str) -> Result<Value, ErrorStack> {
        let class = self.connection.catalog().dataclass(name);
        Ok(class
            .map_or(Value::Undefined, |class| RemoteDataclass::value(&self.context, &self.connection, class)))
    }

    fn call(
        self: Rc<Self>,
        _scope: &mut dyn Scope,
        name: &str,
        arguments: &[Value],
    ) -> Option<Result<Value, ErrorStack>> {
        Some(self.function(name, arguments))
    }

    fn keys(self: Rc<Self>, _scope: &mut dyn Scope) -> Vec<Text> {
        self.connection.catalog().dataclasses.iter().map(|dataclass| dataclass.name.clone()).collect()
    }

    fn is_same(&self, other: &dyn Native) -> bool {
        let other = other.as_any().downcast_ref::<Self>();
        other.is_some_and(|other| Arc::ptr_eq(&self.connection, &other.connection))
    }
}
