//! Datastores of other servers: `Open datastore` and `ds("localID")` (`docs/commands/open-datastore.md`).
//!
//! They speak the REST protocol as a client. A selection is an entity set of the other server, read page by page; an
//! entity holds what the other server sent, and sends back what was assigned. Which permissions hold is the other
//! server's affair.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use parking_lot::Mutex;
use tessera_values::{ErrorStack, Text, Value};

use crate::context::Context;

mod catalog;
mod connection;
mod content;
mod dataclass;
mod datastore;
mod entity;
mod log;
mod query;
mod selection;
mod wire;

use connection::{Connection, Login};
use datastore::RemoteDatastore;

/// The most datastores that are open at once.
const REMOTES_MAX: usize = 100;

/// The open datastores of other servers, by their local ids.
#[derive(Default)]
pub(crate) struct Remotes(Mutex<BTreeMap<Text, Arc<Connection>>>);

impl Remotes {
    fn find(&self, local_id: &str) -> Option<Arc<Connection>> {
        self.0.lock().get(local_id).cloned()
    }

    fn keep(&self, connection: &Arc<Connection>) -> Result<(), ErrorStack> {
        let mut open = self.0.lock();
        if open.len() >= REMOTES_MAX && !open.contains_key(&connection.local_id) {
            return Err(ErrorStack::runtime(format!("{REMOTES_MAX} remote datastores are open already.")));
        }
        open.insert(connection.local_id.clone(), Arc::clone(connection));
        Ok(())
    }
}

/// `ds("localID")`: Null when nothing of the name is open.
pub(crate) fn opened(context: &Rc<Context>, local_id: &str) -> Value {
    let found = context.application().remotes.find(local_id);
    found.map_or(Value::Null, |connection| RemoteDatastore::value(context, connection))
}

/// `Open datastore(connectionInfo; localID)`: one that is open under this id is used again.
pub(crate) fn open(context: &Rc<Context>, info: &Value, local_id: &Text) -> Result<Value, ErrorStack> {
    if local_id.is_empty() {
        return Err(ErrorStack::runtime("Open datastore needs a local id as its second parameter."));
    }
    let remotes = &context.application().remotes;
    if let Some(connection) = remotes.find(local_id) {
        return Ok(RemoteDatastore::value(context, connection));
    }
    let connection = Arc::new(Connection::open(context, Login::read(info)?, local_id.clone())?);
    remotes.keep(&connection)?;
    Ok(RemoteDatastore::value(context, connection))
}
