//! Commands on dates and times (`docs/commands/theme/Date_and_Time.md`).

use jiff::ZonedDateTime;
use tessera_values::{Date, ErrorStack, Time, Value};

use super::Command;
use crate::arguments::Arguments;
use crate::process::Process;

pub(super) const COMMANDS: &[(u16, Command)] = &[
    (23, |_, arguments| Ok(Value::Integer(arguments.date(0)?.parts().2))),
    (24, |_, arguments| Ok(Value::Integer(arguments.date(0)?.parts().1))),
    (25, |_, arguments| Ok(Value::Integer(arguments.date(0)?.parts().0))),
    (33, current_date),
    (114, |_, arguments| Ok(Value::Integer(arguments.date(0)?.day_number()))),
    (178, current_time),
    (180, time_string),
    (393, add_to_date),
    (458, tick_count),
    (459, milliseconds),
    (1445, timestamp),
];

/// The time of the process's clock in the server's time zone.
fn now(process: &Process) -> ZonedDateTime {
    process.environment().clock.now().to_zoned_datetime(process.environment().time_zone.clone())
}

/// The server's own date; `*` asks for just that.
fn current_date(process: &mut Process, _: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(Value::Date(Date::from_civil(now(process).date())))
}

fn current_time(process: &mut Process, _: &mut Arguments) -> Result<Value, ErrorStack> {
    let time = now(process).time();
    Ok(Value::Time(Time::new(i64::from(time.hour()), i64::from(time.minute()), i64::from(time.second()))))
}

/// `Add to date(date; years; months; days)`
fn add_to_date(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let date = arguments.date(0)?;
    Ok(Value::Date(date.add(arguments.integer(1)?, arguments.integer(2)?, arguments.integer(3)?)))
}

fn time_string(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(Value::text(arguments.time(0)?.to_string()))
}

/// UTC with milliseconds (`docs/commands/timestamp.md`).
fn timestamp(process: &mut Process, _: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(Value::text(format!("{:.3}", process.environment().clock.now())))
}

// UNSPECIFIED: where the count begins. Taken: 1970, for the clock knows nothing of the machine's start.
fn milliseconds(process: &mut Process, _: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(Value::Integer(process.environment().clock.now().as_millisecond()))
}

/// Sixtieths of a second.
fn tick_count(process: &mut Process, _: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(Value::Integer(process.environment().clock.now().as_millisecond() * 60 / 1000))
}
