//! `ds` and database parameters.

use std::rc::Rc;

use tessera_model::DataclassId;
use tessera_sessions::Action;
use tessera_store::{DropError, DropRecords};
use tessera_values::{ErrorStack, Value};
use tessera_vm::{Arguments, Process};

use super::Command;
use crate::access;
use crate::context::Context;
use crate::datastore::DatastoreObject;
use crate::error::store_error;
use crate::remote;
use crate::restrict;
use crate::selection::Selection;

pub(super) const COMMANDS: &[(u16, Command)] = &[
    (1482, ds),
    (1452, open_datastore),
    (642, set_database_parameter),
    (643, get_database_parameter),
    (239, start),
    (240, validate),
    (241, cancel),
    // Acknowledged writes are on disk, and the engine minds its own cache.
    (297, |_, _, _| Ok(Value::Undefined)),
    (1399, |_, _, _| Ok(Value::Undefined)),
    (1051, truncate_table),
    (1104, set_database_localization),
    (1293, indexes_stay),
    (1294, indexes_stay),
    (1386, |_, _, _| Ok(Value::Undefined)),
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

/// `PAUSE INDEXES(table)`, `RESUME INDEXES(table {; *})`: the engine keeps its indexes as it writes; nothing of what a
/// query finds depends on them (`docs/commands/pause-indexes.md`).
fn indexes_stay(
    context: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let known = super::structure::table_of(context, &arguments.value(0)).is_some();
    if known { Ok(Value::Undefined) } else { Err(ErrorStack::runtime("There is no such table.")) }
}

/// `SET DATABASE LOCALIZATION(language {; *})`: `OK` is 0, since texts come in one language only
/// (`docs/commands/set-database-localization.md`).
fn set_database_localization(
    _: &Rc<Context>,
    process: &mut Process,
    _: &mut Arguments,
) -> Result<Value, ErrorStack> {
    process.set_ok(false);
    Ok(Value::Undefined)
}

/// The dataclass of a table argument: its number, its name, or a pointer to it.
fn table(context: &Context, value: &Value) -> Option<DataclassId> {
    super::structure::table_of(context, value)?.dataclass
}

/// `TRUNCATE TABLE(table)`: drops every entity and tells no event of it; inside a transaction it does nothing but set
/// `OK` to 0 (`docs/commands/truncate-table.md`).
// UNSPECIFIED: rights, which this command of the record language knows nothing of. Taken: those of `drop()`; and what
// relations say of drops holds, so that no entity is left pointing at nothing.
fn truncate_table(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    process.set_ok(false);
    let Some(dataclass) = table(context, &arguments.value(0)) else {
        return Err(ErrorStack::runtime("TRUNCATE TABLE: there is no such table."));
    };
    access::check(context, dataclass, Action::Drop)?;
    access::check(context, dataclass, Action::Read)?;
    if context.is_in_transaction() {
        return Ok(Value::Undefined);
    }
    let filter = restrict::filter(process, context, dataclass)?;
    let all = Selection::lazy(context, dataclass, filter, Vec::new());
    let records = all.records()?;
    let (locks, number, session) = (&context.application().locks, context.number(), context.session().id());
    if records.iter().any(|record| locks.blocking((dataclass, *record), number, &session).is_some()) {
        return Err(ErrorStack::runtime("TRUNCATE TABLE: entities of the table are locked."));
    }
    context.before_write()?;
    let drop = DropRecords { dataclass, records: records.iter().map(|record| (*record, None)).collect() };
    context.connection(|connection| connection.drop_records(drop)).map_err(|error| match error {
        DropError::Store(error) => store_error(error),
        _ => ErrorStack::runtime("TRUNCATE TABLE: other entities still refer to entities of the table."),
    })?;
    process.set_ok(true);
    Ok(Value::Undefined)
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
    // A second argument may be the text of a parameter too.
    let with_table = arguments.len() > 1 && table(context, &arguments.value(0)).is_some();
    let selector = arguments.integer(usize::from(with_table))?;
    if with_table
        && selector == TABLE_SEQUENCE_NUMBER
        && let Some(dataclass) = table(context, &arguments.value(0))
    {
        return context.connection(|c| c.sequence(dataclass)).map(Value::Integer).map_err(store_error);
    }
    Ok(Value::Integer(0))
}
