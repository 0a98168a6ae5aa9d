//! Commands that need the server: data, session, passwords, files, web server, processes.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::LazyLock;

use tessera_values::{Array, ArrayKind, ErrorStack, Value};
use tessera_vm::{Arguments, BuiltInClass, Process};

use crate::context::Context;

mod crypto;
mod database;
mod files;
mod formula;
mod http;
mod passwords;
mod pictures;
mod processes;
mod refused;
mod sessions;
mod structure;
mod tags;
mod web;
mod xml;

pub(crate) use files::{OpenDocuments, content_named};
pub(crate) use http::{Answer as HttpAnswer, Sent as HttpSent, send_and_wait as send_http};
pub(crate) use xml::XmlTrees;

type Command = fn(&Rc<Context>, &mut Process, &mut Arguments) -> Result<Value, ErrorStack>;

/// The commands whose token number is known, family by family.
const FAMILIES: &[&[(u16, Command)]] = &[
    database::COMMANDS,
    files::COMMANDS,
    formula::COMMANDS,
    passwords::COMMANDS,
    pictures::COMMANDS,
    processes::COMMANDS,
    refused::COMMANDS,
    http::COMMANDS,
    sessions::COMMANDS,
    structure::COMMANDS,
    tags::COMMANDS,
    web::COMMANDS,
    xml::COMMANDS,
];

/// The commands that only have a number of our own: found by name.
const NAMED: &[&[(&str, Command)]] =
    &[files::NAMED, pictures::NAMED, processes::NAMED, refused::NAMED, web::NAMED];

static TABLE: LazyLock<HashMap<u16, Command>> = LazyLock::new(|| {
    let numbered = FAMILIES.iter().flat_map(|family| family.iter().copied());
    let named = NAMED.iter().flat_map(|family| family.iter()).map(|(name, command)| {
        let number = tessera_syntax::command_by_name(name);
        (number.unwrap_or_else(|| panic!("the table of names has no command {name}")), *command)
    });
    numbered.chain(named).collect()
});

pub(crate) fn run(
    context: &Rc<Context>,
    process: &mut Process,
    command: u16,
    arguments: &mut Arguments,
) -> Option<Result<Value, ErrorStack>> {
    TABLE.get(&command).map(|command| command(context, process, arguments))
}

/// Fills the array variable of an argument with texts.
fn write_texts<T: Into<Value>>(arguments: &Arguments, position: usize, texts: impl IntoIterator<Item = T>) {
    let array = Array::new(ArrayKind::Text, 0);
    array.elements.borrow_mut().extend(texts.into_iter().map(Into::into));
    arguments.write(position, Value::Array(array));
}

/// A class `4D.name` of this crate.
pub(crate) fn built_in_class(name: &str) -> Option<Value> {
    [crypto::CLASSES, files::CLASSES, http::CLASSES, refused::CLASSES, web::CLASSES]
        .into_iter()
        .find_map(|classes| BuiltInClass::find(classes, name))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_command_is_registered_twice_and_every_number_has_a_name() {
        let count: usize = FAMILIES.iter().map(|family| family.len()).sum();
        assert_eq!(TABLE.len(), count + NAMED.iter().map(|family| family.len()).sum::<usize>());
        for (number, _) in FAMILIES.iter().flat_map(|family| family.iter()) {
            assert!(tessera_syntax::command_name(*number).is_some(), "{number}");
        }
    }

    #[test]
    fn how_every_command_is_called_is_written_down() {
        let numbers: BTreeSet<u16> = TABLE.keys().copied().collect();
        for number in numbers {
            let name = tessera_syntax::command_name(number);
            assert!(!tessera_syntax::signatures(number).is_empty(), "{name:?}");
        }
    }
}
