//! What the server says of itself, and its log (`docs/commands/theme/System_Environment.md`).

use tessera_syntax::Family;
use tessera_values::{ErrorStack, ObjectRef, Value};

use super::Command;
use crate::arguments::Arguments;
use crate::host::Importance;
use crate::process::Process;

pub(super) const COMMANDS: &[(u16, Command)] = &[
    (483, machine),
    (484, machine),
    (492, |_, _| Ok(Value::Boolean(false))),
    (493, application_version),
    (494, |_, _| Ok(Value::Integer(SERVER))),
    (495, |_, _| Ok(Value::Integer(VERSION_64_BIT))),
    (538, command_name),
    (667, log_event),
    (994, get_system_format),
    (1009, |_, _| Ok(Value::text("en"))),
    (1571, system_info),
    (1572, |_, _| Ok(Value::Boolean(false))),
    (1573, |_, _| Ok(Value::Boolean(false))),
    (1599, application_info),
];

/// `4D Server`
const SERVER: i64 = 5;

// UNSPECIFIED: what Version type answers on another server. Taken: 64 bit version.
const VERSION_64_BIT: i64 = 1;

/// `Application version({build {; *}})`: demos refuse to start below a version; this one is as new as the pages we
/// follow.
// UNSPECIFIED: the number of the build on another server. Taken: 0.
fn application_version(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    arguments.write(0, Value::Integer(0));
    Ok(Value::text(if arguments.has_star() { "F0021000" } else { "2100" }))
}

// UNSPECIFIED: names of the machine and its user. Taken: the server's own name; code has no business with them.
fn machine(_: &mut Process, _: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(Value::text("Tessera"))
}

/// `LOG EVENT({output;} message {; importance})`: every output is the server's log.
fn log_event(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let first = usize::from(!matches!(arguments.value(0), Value::Text(_)));
    let message = arguments.text(first)?;
    let importance = match arguments.integer(first + 1)? {
        0 => Importance::Information,
        1 => Importance::Warning,
        _ => Importance::Error,
    };
    process.host().log(importance, &message);
    Ok(Value::Undefined)
}

/// `Command name(number {; info {; theme}})`: bit 0 of the info says that preemptive processes may run it, which here
/// is true of all that run (`docs/commands/command-name.md`).
// UNSPECIFIED: the themes, which only 4D's own pages know. Taken: the empty text.
fn command_name(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let number = u16::try_from(arguments.integer(0)?).ok();
    let name = number.and_then(tessera_syntax::command_name);
    process.set_ok(name.is_some());
    let runs = number.is_some_and(|number| {
        matches!(tessera_syntax::command_family(number), Family::Server | Family::Quiet)
    });
    arguments.write(1, Value::Integer(i64::from(runs)));
    arguments.write(2, Value::text(""));
    Ok(Value::text(name.unwrap_or_default()))
}

// UNSPECIFIED: the system's formats on a server; the numbers of the constants are unknown too. Taken: the decimal
// separator for whatever is asked.
fn get_system_format(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    arguments.write(1, Value::text("."));
    Ok(Value::Undefined)
}

fn system_info(_: &mut Process, _: &mut Arguments) -> Result<Value, ErrorStack> {
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get() as i64);
    Ok(Value::Object(ObjectRef::from([
        ("machineName", Value::text("Tessera")),
        ("osVersion", Value::text("Linux")),
        ("osLanguage", Value::text("en")),
        ("cores", Value::Integer(threads)),
        ("cpuThreads", Value::Integer(threads)),
        ("processor", Value::text(std::env::consts::ARCH)),
    ])))
}

fn application_info(_: &mut Process, _: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(Value::Object(ObjectRef::from([
        ("headless", Value::Boolean(true)),
        ("launchedAsService", Value::Boolean(false)),
        ("volumeShadowCopyStatus", Value::Integer(0)),
        ("newConnectionsAllowed", Value::Boolean(true)),
    ])))
}
