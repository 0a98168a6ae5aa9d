//! Processes of the server: background runs, and the end of the server.

use std::rc::Rc;
use std::time::Duration;

use tessera_values::{ErrorStack, ObjectRef, Text, Value};
use tessera_vm::{Arguments, Parcel, Process};

use super::Command;
use crate::context::Context;
use crate::processes::{self, ProcessInfo, Task};

pub(super) const COMMANDS: &[(u16, Command)] = &[
    (291, quit),
    (317, new_process),
    // None is ever paused (docs/commands/resume-process.md: then it does nothing).
    (320, |_, _, _| Ok(Value::Undefined)),
    // On the server it does the same (docs/commands/execute-on-server.md).
    (373, new_process),
    (322, current_process),
    (311, |_, _, _| Ok(Value::Undefined)),
    (323, delay_process),
    (672, process_aborted),
    (1292, quit),
    (1389, call_worker),
    (1390, kill_worker),
    (1392, current_process_name),
    (1843, process_info),
];

pub(super) const NAMED: &[(&str, Command)] = &[
    ("Process number", process_number),
    ("Process state", process_state),
    ("PROCESS PROPERTIES", process_properties),
    ("Count user processes", count_processes),
    ("Count tasks", count_processes),
];

/// 4D counts time in sixtieths of a second.
const TICKS_PER_SECOND: f64 = 60.0;
/// The longest that one call sleeps: no request may run longer anyway.
const DELAY_TICKS_MAX: i64 = 60 * 60;

/// `Current process`
fn current_process(_: &Rc<Context>, process: &mut Process, _: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(Value::Integer(number_of(process)))
}

/// `Current process name`
fn current_process_name(
    context: &Rc<Context>,
    process: &mut Process,
    _: &mut Arguments,
) -> Result<Value, ErrorStack> {
    Ok(Value::Text(context.application().processes.name_of(process.id().0)))
}

/// How long a process sleeps before it looks whether it must end.
const NAP: Duration = Duration::from_millis(50);

/// `DELAY PROCESS(process; ticks)`: the calling process sleeps. Others can't be delayed from outside.
#[expect(clippy::disallowed_methods, reason = "code asks its own worker thread to sleep")]
fn delay_process(
    _: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let ticks = arguments.integer(1)?.clamp(0, DELAY_TICKS_MAX);
    if arguments.integer(0)? == number_of(process) {
        let mut left = Duration::from_secs_f64(ticks as f64 / TICKS_PER_SECOND);
        while !left.is_zero() {
            process.check_stop()?;
            std::thread::sleep(left.min(NAP));
            left = left.saturating_sub(NAP);
        }
    }
    Ok(Value::Undefined)
}

fn number_of(process: &Process) -> i64 {
    i64::try_from(process.id().0).unwrap_or(i64::MAX)
}

/// The arguments from a position on, without flags, on their way to another process.
fn parcels(arguments: &Arguments, from: usize) -> Result<Vec<Parcel>, ErrorStack> {
    (from..arguments.len())
        .filter(|position| arguments.flag(*position).is_none())
        .map(|position| Parcel::pack(&arguments.value(position)))
        .collect()
}

/// A project method by its name in any letter case.
fn method_named(context: &Context, name: &str) -> Result<Text, ErrorStack> {
    let method = context.application().program.method(name).map(|method| method.name.clone());
    method.ok_or_else(|| ErrorStack::runtime(format!("There is no method {name}.")))
}

/// `New process(method; stack {; name {; arguments…}} {; *})`: runs a method in a process of its own and answers its
/// number. With `*`, a running process of that name is answered instead (`docs/commands-legacy/new-process.md`).
fn new_process(
    context: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let method = method_named(context, &arguments.text(0)?)?;
    let name = arguments.text(2)?;
    let application = context.application();
    if arguments.has_star()
        && let Some(number) = application.processes.number_of(&name)
    {
        return Ok(Value::Integer(number));
    }
    processes::start(application, name, method, parcels(arguments, 3)?).map(Value::Integer)
}

/// `CALL WORKER(name | number; method | formula {; arguments…})` (`docs/commands/call-worker.md`). Nothing happens when
/// no worker has the number.
fn call_worker(
    context: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let Some(name) = worker_named(context, &arguments.value(0)) else { return Ok(Value::Undefined) };
    let task = match arguments.value(1) {
        Value::Text(method) => Task::Method(method_named(context, &method)?),
        formula => Task::Formula(Parcel::pack(&formula)?),
    };
    processes::call_worker(context.application(), &name, task, parcels(arguments, 2)?)?;
    Ok(Value::Undefined)
}

/// The name of a worker that is meant by its name, or by the number of its process.
fn worker_named(context: &Context, worker: &Value) -> Option<Text> {
    match worker {
        Value::Text(name) => Some(name.clone()),
        number => {
            let info = context.application().processes.info(number.as_integer()?)?;
            info.is_worker.then_some(info.name)
        }
    }
}

/// `KILL WORKER({name | number})`: without a parameter, the worker that is running.
fn kill_worker(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let worker = if arguments.is_empty() { Value::Integer(number_of(process)) } else { arguments.value(0) };
    if let Some(name) = worker_named(context, &worker) {
        processes::kill_worker(context.application(), &name);
    }
    Ok(Value::Undefined)
}

/// The kinds and states of processes (`docs/commands/process-info.md`).
const OTHER_USER_PROCESS: i64 = 4;
const WORKER_PROCESS: i64 = 5;
const MAIN_PROCESS: i64 = -1;
const DOES_NOT_EXIST: i64 = -100;
const EXECUTING: i64 = 0;

/// What is known of a process; of requests only the one that asks.
fn known(context: &Context, process: &Process, number: i64) -> Option<(ProcessInfo, i64)> {
    if let Some(info) = context.application().processes.info(number) {
        let kind = if info.is_worker { WORKER_PROCESS } else { OTHER_USER_PROCESS };
        return Some((info, kind));
    }
    (number == number_of(process)).then(|| {
        let name = format!("P_{number}").into();
        let since = process.environment().clock.now();
        (ProcessInfo { number, name, is_worker: false, since }, MAIN_PROCESS)
    })
}

/// `Process info(number)`: Null for a number that no process has (`docs/commands/process-info.md`).
// UNSPECIFIED: what the system's own numbers and times mean on this server. Taken: the process's number, and 0.
fn process_info(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let Some((info, kind)) = known(context, process, arguments.integer(0)?) else { return Ok(Value::Null) };
    Ok(Value::Object(ObjectRef::from([
        ("number", Value::Integer(info.number)),
        ("name", Value::Text(info.name)),
        ("sessionID", Value::Text(context.session().id())),
        ("ID", Value::Integer(info.number)),
        ("visible", Value::Boolean(false)),
        ("type", Value::Integer(kind)),
        ("state", Value::Integer(EXECUTING)),
        ("creationDateTime", Value::Text(crate::session::iso(info.since))),
        ("preemptive", Value::Boolean(true)),
        ("systemID", Value::text(info.number.to_string())),
        ("cpuUsage", Value::Real(0.0)),
        ("cpuTime", Value::Real(0.0)),
    ])))
}

/// `Process state(number)`
fn process_state(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let known = known(context, process, arguments.integer(0)?);
    Ok(Value::Integer(if known.is_some() { EXECUTING } else { DOES_NOT_EXIST }))
}

/// `Process number(name)`: 0 when none is running under the name.
fn process_number(
    context: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let name = arguments.text(0)?;
    Ok(Value::Integer(context.application().processes.number_of(&name).unwrap_or(0)))
}

/// `Count user processes` and `Count tasks`: those that code started, and this one.
fn count_processes(
    context: &Rc<Context>,
    process: &mut Process,
    _: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let all = context.application().processes.all();
    let own = all.iter().any(|info| info.number == number_of(process));
    Ok(Value::Integer((all.len() + usize::from(!own)) as i64))
}

/// `PROCESS PROPERTIES(number; name; state; time)`
fn process_properties(
    context: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let known = known(context, process, arguments.integer(0)?);
    let state = if known.is_some() { EXECUTING } else { DOES_NOT_EXIST };
    arguments.write(1, Value::Text(known.map(|(info, _)| info.name).unwrap_or_default()));
    arguments.write(2, Value::Integer(state));
    arguments.write(3, Value::Integer(0));
    Ok(Value::Undefined)
}

/// `Process aborted`: is the server about to end it?
fn process_aborted(context: &Rc<Context>, _: &mut Process, _: &mut Arguments) -> Result<Value, ErrorStack> {
    let stopping = &context.application().stopping;
    Ok(Value::Boolean(stopping.load(std::sync::atomic::Ordering::Relaxed)))
}

/// `QUIT 4D` and `RESTART 4D`: code does not stop a server that others use; it is noted in the log.
fn quit(_: &Rc<Context>, _: &mut Process, _: &mut Arguments) -> Result<Value, ErrorStack> {
    tracing::warn!("QUIT 4D was called and ignored: stop the server from outside");
    Ok(Value::Undefined)
}
