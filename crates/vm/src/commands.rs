//! The commands that need no server: a table from command number to function.
//!
//! What is not found here is asked of the [`crate::Host`]; what nobody knows raises an error that names the command,
//! and only when the line runs.

use std::sync::LazyLock;

use tessera_syntax::Family;
use tessera_values::{ErrorStack, FourDError, Value};

use crate::arguments::Arguments;
use crate::process::Process;

mod arrays;
mod blob;
mod calendar;
pub(crate) mod charset;
mod collection;
mod conversion;
mod encoding;
mod format;
mod formula;
mod json;
mod language;
mod math;
mod objects;
mod pointers;
mod quiet;
mod regex;
mod system;
mod text;
mod waiting;
mod writes;

pub(crate) use blob::{blob_function, new_blob};
pub(crate) use collection::collection_function;
pub use collection::is_collection_function;
pub use language::error_object;
pub(crate) use writes::writes_argument;

/// A command: takes its arguments, answers a value (undefined for those that answer nothing).
pub(crate) type Command = fn(&mut Process, &mut Arguments) -> Result<Value, ErrorStack>;

/// The commands whose token number is known, family by family.
const FAMILIES: &[&[(u16, Command)]] = &[
    arrays::COMMANDS,
    blob::COMMANDS,
    calendar::COMMANDS,
    conversion::COMMANDS,
    encoding::COMMANDS,
    format::COMMANDS,
    formula::COMMANDS,
    json::COMMANDS,
    language::COMMANDS,
    math::COMMANDS,
    objects::COMMANDS,
    pointers::COMMANDS,
    quiet::COMMANDS,
    regex::COMMANDS,
    system::COMMANDS,
    text::COMMANDS,
    waiting::COMMANDS,
];

/// The commands that only have a number of our own, which may change: found by name.
const NAMED: &[&[(&str, Command)]] = &[
    arrays::NAMED,
    blob::NAMED,
    json::NAMED,
    language::NAMED,
    math::NAMED,
    objects::NAMED,
    pointers::NAMED,
    quiet::NAMED,
    text::NAMED,
    waiting::NAMED,
];

static TABLE: LazyLock<Vec<Option<Command>>> = LazyLock::new(|| {
    let numbered = FAMILIES.iter().flat_map(|family| family.iter().copied());
    let named = NAMED.iter().flat_map(|family| family.iter()).map(|(name, command)| {
        let number = tessera_syntax::command_by_name(name);
        (number.unwrap_or_else(|| panic!("the table of names has no command {name}")), *command)
    });
    let mut table = Vec::new();
    for (number, command) in numbered.chain(named) {
        let number = usize::from(number);
        if table.len() <= number {
            table.resize(number + 1, None);
        }
        table[number] = Some(command);
    }
    table
});

/// Runs a command.
pub(crate) fn run(
    process: &mut Process,
    command: u16,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    if let Some(Some(function)) = TABLE.get(usize::from(command)) {
        return function(process, arguments);
    }
    let host = process.host();
    if let Some(result) = host.command(process, command, arguments) {
        return result;
    }
    Err(refusal(command))
}

/// 4D's number for a command that is not implemented (from general knowledge; no page lists it).
const NOT_IMPLEMENTED: i64 = 33;

/// Why a command can't run.
fn refusal(command: u16) -> ErrorStack {
    let name = tessera_syntax::command_name(command).map_or_else(|| command.to_string(), ToOwned::to_owned);
    let message = match tessera_syntax::command_family(command) {
        Family::Desktop | Family::Quiet => format!("{name} is not available on a server without a desktop."),
        Family::Record => {
            format!("{name} belongs to the record language, which is not supported; use ORDA.")
        }
        Family::Server | Family::Unknown => format!("The command {name} is not available."),
    };
    ErrorStack::single(FourDError::new("4DRT", NOT_IMPLEMENTED, message))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_command_is_registered_twice_and_every_number_has_a_name() {
        let mut seen = HashSet::new();
        for (number, _) in FAMILIES.iter().flat_map(|family| family.iter()) {
            assert!(seen.insert(*number), "{:?}", tessera_syntax::command_name(*number));
            assert!(tessera_syntax::command_name(*number).is_some(), "{number}");
        }
        assert!(TABLE.len() > 1000);
    }

    #[test]
    fn how_every_command_is_called_is_written_down() {
        for (number, name, _) in tessera_syntax::commands() {
            if TABLE.get(usize::from(number)).is_some_and(Option::is_some) {
                assert!(!tessera_syntax::signatures(number).is_empty(), "{name}");
            }
        }
    }

    #[test]
    fn refusals_name_the_command_and_its_kind() {
        let message = |number| refusal(number).errors[0].message.to_string();
        assert_eq!(message(603), "OBJECT SET VISIBLE is not available on a server without a desktop.");
        assert_eq!(message(277), "QUERY belongs to the record language, which is not supported; use ORDA.");
        assert_eq!(message(719), "The command DOM Parse XML source is not available.");
        assert_eq!(message(59_999), "The command 59999 is not available.");
    }
}
