//! Processes of the server: background runs, and the end of the server.

use std::rc::Rc;

use tessera_values::{ErrorStack, Scalar, Value};
use tessera_vm::{Arguments, Process};

use super::Command;
use crate::context::Context;

pub(super) const COMMANDS: &[(u16, Command)] = &[(317, new_process), (291, quit), (1292, quit)];

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
    let started = thread.spawn(move || {
        let mut run = application.own_run();
        let arguments: Vec<Value> = given.iter().map(Scalar::to_value).collect();
        if let Some(Err(error)) = run.call_method(&method, &arguments) {
            tracing::warn!(method = %method, error = %error, "a background process ended with an error");
        }
    });
    match started {
        Ok(_) => Ok(Value::Integer(1)),
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
