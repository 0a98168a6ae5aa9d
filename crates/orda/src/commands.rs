//! Commands that need the server: data, session, passwords, files, web server, processes.

use std::rc::Rc;

use tessera_values::{ErrorStack, Value};
use tessera_vm::{Arguments, BuiltInClass, Process};

use crate::context::Context;

mod database;
mod files;
mod http;
mod passwords;
mod processes;
mod sessions;
mod web;

type Command = fn(&Rc<Context>, &mut Process, &mut Arguments) -> Result<Value, ErrorStack>;

/// Finds a command among those of this crate.
fn find(command: u16) -> Option<Command> {
    [
        database::COMMANDS,
        files::COMMANDS,
        passwords::COMMANDS,
        processes::COMMANDS,
        sessions::COMMANDS,
        web::COMMANDS,
    ]
    .iter()
    .flat_map(|family| family.iter())
    .find(|(number, _)| *number == command)
    .map(|(_, command)| *command)
}

pub(crate) fn run(
    context: &Rc<Context>,
    process: &mut Process,
    command: u16,
    arguments: &mut Arguments,
) -> Option<Result<Value, ErrorStack>> {
    find(command).map(|command| command(context, process, arguments))
}

/// A class `4D.name` of this crate.
pub(crate) fn built_in_class(name: &str) -> Option<Value> {
    [files::CLASSES, http::CLASSES, web::CLASSES]
        .into_iter()
        .find_map(|classes| BuiltInClass::find(classes, name))
}
