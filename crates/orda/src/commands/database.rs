//! `ds` and database parameters.

use std::rc::Rc;

use tessera_model::DataclassId;
use tessera_values::{ErrorStack, Value};
use tessera_vm::{Arguments, Process};

use super::Command;
use crate::context::Context;
use crate::datastore::DatastoreObject;
use crate::error::store_error;
use crate::remote;

pub(super) const COMMANDS: &[(u16, Command)] = &[
    (1482, ds),
    (1452, open_datastore),
    (642, set_database_parameter),
    (643, get_database_parameter),
    (239, start),
    (240, validate),
    (241, cancel),
];

/// The selector of the next autosequence number (`docs/commands-legacy/set-database-parameter.md`).
const TABLE_SEQUENCE_NUMBER: i64 = 31;

fn ds(context: &Rc<Context>, _: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    match arguments.value(0) {
        Value::Undefined => Ok(DatastoreObject::value(context)),
        Value::Text(local_id) if local_id.is_empty() => Ok(DatastoreObject::value(context)),
        Value::Text(local_id) => Ok(remote::opened(context, &local_id)),
        other => Err(ErrorStack::runtime(format!("ds needs a local id, not {}.", other.kind()))),
    }
}

/// `Open datastore(connectionInfo; localID)` (`docs/commands/open-datastore.md`)
fn open_datastore(
    context: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    remote::open(context, &arguments.value(0), &arguments.text(1)?)
}

fn transaction(
    context: &Rc<Context>,
    work: impl FnOnce(&mut dyn tessera_store::Connection) -> Result<(), tessera_store::StoreError>,
) -> Result<Value, ErrorStack> {
    context.before_write()?;
    context.connection(work).map(|()| Value::Undefined).map_err(store_error)
}

fn start(context: &Rc<Context>, _: &mut Process, _: &mut Arguments) -> Result<Value, ErrorStack> {
    transaction(context, |connection| connection.begin())
}

fn validate(context: &Rc<Context>, _: &mut Process, _: &mut Arguments) -> Result<Value, ErrorStack> {
    transaction(context, |connection| if connection.level() > 0 { connection.commit() } else { Ok(()) })
}

fn cancel(context: &Rc<Context>, _: &mut Process, _: &mut Arguments) -> Result<Value, ErrorStack> {
    transaction(context, |connection| if connection.level() > 0 { connection.rollback() } else { Ok(()) })
}

/// The dataclass of a table argument: its number, or its name.
fn table(context: &Context, value: &Value) -> Option<DataclassId> {
    let catalog = &context.application().catalog;
    let table = match value {
        Value::Text(name) => catalog.table_named(name),
        value => catalog.table_numbered(value.as_integer().and_then(|n| u32::try_from(n).ok())?),
    };
    table?.dataclass
}

/// `SET DATABASE PARAMETER({table;} selector; value)`: sequence numbers are set, other selectors have no meaning on
/// this server and are noted in the log.
fn set_database_parameter(
    context: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let with_table = arguments.len() > 2;
    let selector = arguments.integer(usize::from(with_table))?;
    if with_table && selector == TABLE_SEQUENCE_NUMBER {
        let Some(dataclass) = table(context, &arguments.value(0)) else {
            return Err(ErrorStack::runtime("SET DATABASE PARAMETER: there is no such table."));
        };
        let next = arguments.integer(2)?;
        context.connection(|connection| connection.set_sequence(dataclass, next)).map_err(store_error)?;
    } else {
        tracing::info!(selector, "SET DATABASE PARAMETER has no meaning here and was ignored");
    }
    Ok(Value::Undefined)
}

fn get_database_parameter(
    context: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let with_table = arguments.len() > 1;
    let selector = arguments.integer(usize::from(with_table))?;
    if with_table
        && selector == TABLE_SEQUENCE_NUMBER
        && let Some(dataclass) = table(context, &arguments.value(0))
    {
        return context.connection(|c| c.sequence(dataclass)).map(Value::Integer).map_err(store_error);
    }
    Ok(Value::Integer(0))
}
