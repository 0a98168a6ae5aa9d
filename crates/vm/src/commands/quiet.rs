//! Commands that would open a dialog or look at the keyboard: a server without a desktop answers them itself, as a
//! headless 4D does (`docs/Admin/cli.md`).

use tessera_values::{ErrorStack, Value};

use super::Command;
use crate::arguments::Arguments;
use crate::host::Importance;
use crate::process::Process;

pub(super) const COMMANDS: &[(u16, Command)] = &[
    (40, dialog),
    (41, alert),
    (67, nothing),
    (151, nothing),
    (154, nothing),
    (157, nothing),
    (162, alert),
    (163, request),
    (187, zero),
    (188, zero),
    (213, nothing),
    (543, no),
    (545, no),
    (563, no),
    (675, zero),
    (712, no),
];

pub(super) const NAMED: &[(&str, Command)] =
    &[("MESSAGE", message), ("MESSAGES OFF", nothing), ("MESSAGES ON", nothing)];

fn log(process: &Process, arguments: &Arguments) -> Result<(), ErrorStack> {
    let text = arguments.text(0)?;
    process.host().log(Importance::Information, &text);
    Ok(())
}

/// `ALERT(message)` and `CONFIRM(message)`: logged, and answered with the default button.
fn alert(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    log(process, arguments)?;
    process.set_ok(true);
    Ok(Value::Undefined)
}

fn message(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    log(process, arguments)?;
    Ok(Value::Undefined)
}

// UNSPECIFIED: which button answers Request. Taken: OK, with the text the dialog would have proposed.
fn request(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    log(process, arguments)?;
    process.set_ok(true);
    Ok(Value::Text(arguments.text(1)?))
}

/// A form can't be shown; it is as if the user had closed it at once.
fn dialog(process: &mut Process, _: &mut Arguments) -> Result<Value, ErrorStack> {
    process.host().log(Importance::Warning, "DIALOG: a server without a desktop shows no form.");
    process.set_ok(false);
    Ok(Value::Undefined)
}

fn nothing(_: &mut Process, _: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(Value::Undefined)
}

fn zero(_: &mut Process, _: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(Value::Integer(0))
}

fn no(_: &mut Process, _: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(Value::Boolean(false))
}
