//! What the disk says of a document (`docs/commands/get-document-properties.md`, `set-document-properties.md`).

use std::fs::{FileTimes, OpenOptions};
use std::rc::Rc;
use std::time::SystemTime;

use tessera_values::{ErrorStack, Value};
use tessera_vm::{Arguments, Process};

use super::document::moment_as;
use super::place::{NOT_FOUND, Place, failure, system_failure};
use crate::context::Context;

fn place(context: &Context, arguments: &Arguments) -> Result<Place, ErrorStack> {
    let Value::Text(path) = arguments.read(0) else {
        return Err(ErrorStack::runtime("The name of a document is expected."));
    };
    let place = Place::of_document(&context.application().paths, &path)?;
    if !place.path().is_file() {
        return Err(failure(NOT_FOUND, format!("{} does not exist.", place.shown())));
    }
    Ok(place)
}

/// `GET DOCUMENT PROPERTIES(document; locked; invisible; createdOn; createdAt; modifiedOn; modifiedAt)`
pub(super) fn get(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let place = place(context, arguments)?;
    let found = std::fs::metadata(place.path()).map_err(|error| system_failure(&place, &error))?;
    let modified = found.modified().ok();
    let created = found.created().ok().or(modified);
    let is_hidden = place.path().file_name().is_some_and(|name| name.starts_with('.'));
    arguments.write(1, Value::Boolean(found.permissions().readonly()));
    arguments.write(2, Value::Boolean(is_hidden));
    for (position, moment) in [(3, created), (5, modified)] {
        arguments.write(position, moment_as(process, moment, true));
        arguments.write(position + 1, moment_as(process, moment, false));
    }
    Ok(Value::Undefined)
}

/// `SET DOCUMENT PROPERTIES(document; locked; invisible; createdOn; createdAt; modifiedOn; modifiedAt)`
// UNSPECIFIED: systems that let nobody change when a file was created, and hide files by their names. Taken: the lock
// and the time of the last change are set, the rest stays.
pub(super) fn set(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let place = place(context, arguments)?;
    let locked = arguments.boolean(1)?;
    let fails = |error: std::io::Error| system_failure(&place, &error);
    let mut permissions = std::fs::metadata(place.path()).map_err(fails)?.permissions();
    if let Some(date) = arguments.date(5)?.civil() {
        let at = date
            .to_datetime(jiff::civil::Time::midnight())
            .checked_add(jiff::SignedDuration::from_secs(arguments.time(6)?.seconds()))
            .and_then(|moment| moment.to_zoned_datetime(process.environment().time_zone.clone()));
        let at = at.ok().and_then(|moment| SystemTime::try_from(moment.timestamp()).ok());
        let at = at.ok_or_else(|| ErrorStack::runtime("The time of the last change is not valid."))?;
        let file = OpenOptions::new().write(true).open(place.path()).map_err(fails)?;
        file.set_times(FileTimes::new().set_modified(at)).map_err(fails)?;
    }
    if permissions.readonly() != locked {
        permissions.set_readonly(locked);
        std::fs::set_permissions(place.path(), permissions).map_err(fails)?;
    }
    Ok(Value::Undefined)
}
