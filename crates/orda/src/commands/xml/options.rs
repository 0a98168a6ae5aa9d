//! `XML SET OPTIONS` and `XML GET OPTIONS` (`docs/commands/xml-set-options.md`).

use std::rc::Rc;

use tessera_values::{ErrorStack, Value};
use tessera_vm::{Arguments, Process};

use super::tree::fault;
use crate::context::Context;

/// The selectors.
const STRING_ENCODING: i64 = 1;
const DATE_ENCODING: i64 = 2;
const TIME_ENCODING: i64 = 3;
const INDENTATION: i64 = 4;
const BINARY_ENCODING: i64 = 5;
const PICTURE_ENCODING: i64 = 6;
const EXTERNAL_ENTITIES: i64 = 7;
const CASE_SENSITIVITY: i64 = 8;
const BYTE_ORDER_MARK: i64 = 9;
const LINE_ENDING: i64 = 10;

/// How dates and times are written; the numbers are those of the constants.
pub(super) const ISO: i64 = 1;
pub(super) const LOCAL: i64 = 2;
pub(super) const DATETIME_LOCAL: i64 = 3;
pub(super) const UTC: i64 = 4;
pub(super) const DATETIME_UTC: i64 = 5;
pub(super) const DATETIME_LOCAL_ABSOLUTE: i64 = 6;
pub(super) const SECONDS: i64 = 7;
pub(super) const DURATION: i64 = 8;

/// The second value of an option that has two.
const OTHER: i64 = 2;
/// The values of options with a default of the server.
const ENABLED: i64 = 1;
const CR: i64 = 2;
const CRLF: i64 = 3;

/// The options of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Options([i64; 10]);

impl Default for Options {
    fn default() -> Self {
        Self([1, ISO, DATETIME_LOCAL_ABSOLUTE, 1, 1, 1, 2, 1, 0, 0])
    }
}

impl Options {
    fn place(selector: i64) -> Result<usize, ErrorStack> {
        usize::try_from(selector - 1)
            .ok()
            .filter(|place| *place < 10)
            .ok_or_else(|| fault(format!("There is no XML option {selector}.")))
    }

    fn get(self, selector: i64) -> i64 {
        Self::place(selector).map_or(0, |place| self.0[place])
    }

    fn set(&mut self, selector: i64, value: i64) -> Result<(), ErrorStack> {
        let place = Self::place(selector)?;
        if selector == EXTERNAL_ENTITIES && value == ENABLED {
            return Err(fault("External entities are not read: a document could read the server's files."));
        }
        self.0[place] = value;
        Ok(())
    }

    /// All on one line.
    #[cfg(test)]
    pub(super) fn without_indentation() -> Self {
        let mut options = Self::default();
        options.0[INDENTATION as usize - 1] = OTHER;
        options
    }

    /// Texts are put in as they are.
    pub(super) fn is_raw(self) -> bool {
        self.get(STRING_ENCODING) == OTHER
    }

    pub(super) fn dates(self) -> i64 {
        self.get(DATE_ENCODING)
    }

    pub(super) fn times(self) -> i64 {
        self.get(TIME_ENCODING)
    }

    pub(super) fn indents(self) -> bool {
        self.get(INDENTATION) != OTHER
    }

    /// Bytes get the head of a data URI.
    pub(super) fn uses_data_uri(self) -> bool {
        self.get(BINARY_ENCODING) == OTHER
    }

    /// Pictures stay in their own format.
    pub(super) fn keeps_codec(self) -> bool {
        self.get(PICTURE_ENCODING) == OTHER
    }

    pub(super) fn ignores_case(self) -> bool {
        self.get(CASE_SENSITIVITY) == OTHER
    }

    pub(super) fn has_mark(self) -> bool {
        self.get(BYTE_ORDER_MARK) == ENABLED
    }

    /// The text with the line ends that are wanted: LF on this system.
    pub(super) fn with_line_ends(self, text: String) -> String {
        match self.get(LINE_ENDING) {
            CR => text.replace('\n', "\r"),
            CRLF => text.replace('\n', "\r\n"),
            _ => text,
        }
    }
}

/// Uses the options of what the first argument names: a tree by an element, or an open document.
fn with_options<R>(
    context: &Context,
    target: &Value,
    work: impl FnOnce(&mut Options) -> R,
) -> Result<R, ErrorStack> {
    match target {
        Value::Text(reference) => {
            let reference = context.xml.find(reference)?;
            context.xml.with(reference.tree, |tree| work(&mut tree.options))
        }
        document => {
            let document = context.documents.get(document.as_integer().unwrap_or(0))?;
            Ok(work(&mut document.borrow_mut().sax.options))
        }
    }
}

/// `XML SET OPTIONS(element | document; selector; value {; …})`
pub(super) fn set_options(
    context: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    // External entities are an option of the process: nothing needs to be named.
    let names_nothing = matches!(arguments.value(0), Value::Text(text) if text.is_empty());
    for position in (1..arguments.len()).step_by(2) {
        let (selector, value) = (arguments.integer(position)?, arguments.integer(position + 1)?);
        if selector == EXTERNAL_ENTITIES && names_nothing {
            Options::default().set(selector, value)?;
        } else {
            with_options(context, &arguments.value(0), |options| options.set(selector, value))??;
        }
    }
    Ok(Value::Undefined)
}

/// `XML GET OPTIONS(element | document; selector; value {; …})`
pub(super) fn get_options(
    context: &Rc<Context>,
    _: &mut Process,
    arguments: &mut Arguments,
) -> Result<Value, ErrorStack> {
    for position in (1..arguments.len()).step_by(2) {
        let selector = arguments.read(position).as_integer().unwrap_or(0);
        Options::place(selector)?;
        let value = with_options(context, &arguments.read(0), |options| options.get(selector))?;
        arguments.write(position + 1, Value::Integer(value));
    }
    Ok(Value::Undefined)
}
