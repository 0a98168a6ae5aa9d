//! What processes wait for each other with: signals and semaphores.

use std::time::Duration;

use tessera_values::{ErrorStack, Value};

use super::Command;
use crate::arguments::Arguments;
use crate::process::Process;
use crate::program::lower;
use crate::signal::new_signal;

pub(super) const COMMANDS: &[(u16, Command)] =
    &[(143, semaphore), (144, clear_semaphore), (1641, |_, arguments| new_signal(arguments.text(0)?))];

pub(super) const NAMED: &[(&str, Command)] = &[("Test semaphore", test_semaphore)];

/// 4D counts time in sixtieths of a second.
const TICKS_PER_SECOND: f64 = 60.0;
/// No call waits longer than an hour.
const TICKS_MAX: i64 = 60 * 60 * 60;

/// `Semaphore(name {; ticks})`: False when this process holds it now, True when another one does.
fn semaphore(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let name = lower(&arguments.text(0)?);
    let ticks = arguments.integer(1)?.clamp(0, TICKS_MAX);
    let patience = Duration::from_secs_f64(ticks as f64 / TICKS_PER_SECOND);
    process.has_semaphores = true;
    let semaphores = &process.environment().shared.semaphores;
    semaphores.set(name, process.id(), patience, &|| process.check_stop()).map(Value::Boolean)
}

/// `CLEAR SEMAPHORE(name)`: only who set it clears it.
fn clear_semaphore(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    process.environment().shared.semaphores.clear(&lower(&arguments.text(0)?), process.id());
    Ok(Value::Undefined)
}

/// `Test semaphore(name)`: is it set, without setting it.
fn test_semaphore(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(Value::Boolean(process.environment().shared.semaphores.is_set(&lower(&arguments.text(0)?))))
}
