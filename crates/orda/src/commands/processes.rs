//! Processes of the server: background runs, and the end of the server.

use std::rc::Rc;
use std::time::Duration;

use tessera_values::{ErrorStack, Scalar, Value};
use tessera_vm::{Arguments, Process};

use super::Command;
use crate::context::Context;

pub(super) const COMMANDS: &[(u16, Command)] = &[
    (291, quit),
    (317, new_process),
    (322, current_process),
    (323, delay_process),
    (1292, quit),
    (1392, current_process_name),
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
    _: &Rc<Context>,
    process: &mut Process,
    _: &mut Arguments,
) -> Result<Value, ErrorStack> {
    Ok(Value::text(format!("P_{}", number_of(process))))
}

/// `DELAY PROCESS(process; ticks)`: the calling process sleeps. Others can't be delayed from outside.
#[expect(clippy::disallowed_methods, reason = "code asks its own worker thread to sleep")]
fn delay_process(
    _: &Rc<Context>,
    process: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let ticks = arguments.integer(1)?.clamp(0, DELAY_TICKS_MAX);
    if arguments.integer(0)? == number_of(process) {
        std::thread::sleep(Duration::from_secs_f64(ticks as f64 / TICKS_PER_SECOND));
    }
    Ok(Value::Undefined)
}

fn number_of(process: &Process) -> i64 {
    i64::try_from(process.id().0).unwrap_or(i64::MAX)
}

/// `New process(method; stack; name; arguments…)`: runs a method on its own. Its number is the process's id.
/// Arguments are copied; objects can't be passed yet.
fn new_process(
    context: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    let name = arguments.text(0)?;
    let application = std::sync::Arc::clone(context.application());
    let Some(method) = application.program.method(&name).map(|method| method.name.clone()) else {
        return Err(ErrorStack::runtime(format!("There is no method {name}.")));
    };
    let mut given = Vec::new();
    for position in 3..arguments.len() {
        if arguments.flag(position).is_some() {
            continue;
        }
        let value = arguments.value(position);
        given.push(Scalar::from_value(&value).ok_or_else(|| {
            ErrorStack::runtime(format!("{} can't be passed to another process.", value.kind()))
        })?);
    }
    let thread = std::thread::Builder::new().name(format!("process-{method}")).stack_size(8 << 20);
    let (tell, number) = std::sync::mpsc::channel();
    let started = thread.spawn(move || {
        let mut run = application.own_run();
        let _ = tell.send(number_of(run.process()));
        let arguments: Vec<Value> = given.iter().map(Scalar::to_value).collect();
        if let Some(Err(error)) = run.call_method(&method, &arguments) {
            tracing::warn!(method = %method, error = %error, "a background process ended with an error");
        }
    });
    match started {
        Ok(_) => Ok(Value::Integer(number.recv().unwrap_or(0))),
        Err(error) => {
            tracing::error!(error = %error, "no thread for a background process");
            Ok(Value::Integer(0))
        }
    }
}

/// `QUIT 4D` and `RESTART 4D`: code does not stop a server that others use; it is noted in the log.
fn quit(_: &Rc<Context>, _: &mut Process, _: &mut Arguments) -> Result<Value, ErrorStack> {
    tracing::warn!("QUIT 4D was called and ignored: stop the server from outside");
    Ok(Value::Undefined)
}
