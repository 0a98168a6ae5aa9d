//! The commands that need no server: a table from command number to function.
//!
//! What is not found here is asked of the [`crate::Host`]; what nobody knows raises an error that names the command,
//! and only when the line runs.

use std::collections::HashMap;
use std::sync::LazyLock;

use tessera_values::{Blob, CollectionRef, ErrorStack, Value};

use crate::arguments::Arguments;
use crate::process::Process;

mod language;

/// A command: takes its arguments, answers a value (undefined for those that answer nothing).
pub(crate) type Command = fn(&mut Process, &mut Arguments) -> Result<Value, ErrorStack>;

/// The tables of all command families.
const FAMILIES: &[&[(u16, Command)]] = &[language::COMMANDS];

static TABLE: LazyLock<HashMap<u16, Command>> =
    LazyLock::new(|| FAMILIES.iter().flat_map(|family| family.iter().copied()).collect());

/// Runs a command.
pub(crate) fn run(
    process: &mut Process,
    command: u16,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    if let Some(function) = TABLE.get(&command) {
        return function(process, arguments);
    }
    let host = process.host();
    if let Some(result) = host.command(process, command, arguments) {
        return result;
    }
    Err(refusal(command))
}

/// Why a command can't run.
fn refusal(command: u16) -> ErrorStack {
    ErrorStack::runtime(format!("The command {command} is not available."))
}

/// Does the command write to the variable given at this position? Such arguments are passed as pointers.
pub(crate) fn writes_argument(_command: u16, _position: usize) -> bool {
    false
}

/// A function of a collection.
pub(crate) fn collection_function(
    _process: &mut Process,
    _collection: &CollectionRef,
    name: &str,
    _arguments: &[Value],
) -> Result<Value, ErrorStack> {
    Err(crate::member::unknown_function(name, "Collection"))
}

/// A function of a 4D.Blob.
pub(crate) fn blob_function(_blob: &Blob, name: &str, _arguments: &[Value]) -> Result<Value, ErrorStack> {
    Err(crate::member::unknown_function(name, "4D.Blob"))
}

/// A class `4D.name` that the language itself has.
pub(crate) fn built_in_class(_name: &str) -> Option<Value> {
    None
}
