//! `Match regex` (`docs/commands/match-regex.md`).

use fancy_regex::{Captures, Regex, RegexBuilder};
use tessera_values::{ArrayKind, ErrorStack, FourDError, Value, length, substring};

use super::{Command, arrays};
use crate::arguments::Arguments;
use crate::process::Process;

pub(super) const COMMANDS: &[(u16, Command)] = &[(1019, match_regex)];

/// How much one match may try before it fails with an error.
const BACKTRACK_MAX: usize = 1_000_000;

/// The error of a pattern that can't be read (from general knowledge; no page lists it).
const BAD_PATTERN: i64 = -1;

fn failure(error: &fancy_regex::Error) -> ErrorStack {
    ErrorStack::single(FourDError::new("4DRT", BAD_PATTERN, format!("Match regex: {error}")))
}

fn compile(pattern: &str) -> Result<Regex, ErrorStack> {
    RegexBuilder::new(pattern).backtrack_limit(BACKTRACK_MAX).build().map_err(|error| failure(&error))
}

/// `Match regex(pattern; text)` needs the whole text to match; `Match regex(pattern; text; start {; position; length}
/// {; *})` searches, or with `*` looks at the start only.
fn match_regex(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let (pattern, text) = (arguments.text(0)?, arguments.text(1)?);
    let text = text.as_str();
    if !arguments.is_given(2) {
        let regex = compile(&format!("^(?:{pattern})$"))?;
        let found = regex.find(text).map_err(|error| failure(&error))?;
        // `$` also stands before a final line end, which belongs to the text.
        return Ok(Value::Boolean(
            found.is_some_and(|found| found.start() == 0 && found.end() == text.len()),
        ));
    }
    let anchored = arguments.has_star();
    let regex = compile(&pattern)?;
    let start = substring(text, 1, Some(arguments.integer(2)?.max(1) - 1)).len();
    let captures = regex.captures_from_pos(text, start).map_err(|error| failure(&error))?;
    let captures =
        captures.filter(|captures| !anchored || captures.get(0).is_some_and(|whole| whole.start() == start));
    // With `*`, a later match hides none at the start: the search goes from left to right.
    write_places(arguments, text, captures.as_ref())?;
    Ok(Value::Boolean(captures.is_some()))
}

/// Variables take the place of the whole match, arrays also those of the groups.
fn write_places(
    arguments: &Arguments,
    text: &str,
    captures: Option<&Captures<'_, str>>,
) -> Result<(), ErrorStack> {
    let place = |group: usize| match captures.and_then(|captures| captures.get(group)) {
        Some(found) => (length(&text[..found.start()]) as i64 + 1, length(found.as_str()) as i64),
        None => (0, 0),
    };
    let groups = captures.map_or(1, Captures::len);
    for (position, take) in [(3, (|place| place.0) as fn((i64, i64)) -> i64), (4, |place| place.1)] {
        if position >= arguments.len() || arguments.flag(position).is_some() {
            continue;
        }
        match arguments.read(position) {
            Value::Array(array) => {
                let values = (1..groups).map(|group| Value::Integer(take(place(group))));
                arrays::fill(arguments, position, ArrayKind::Integer, values)?;
                if let Some(whole) = array.elements.borrow_mut().first_mut() {
                    *whole = Value::Integer(take(place(0)));
                }
            }
            _ => arguments.write(position, Value::Integer(take(place(0)))),
        }
    }
    Ok(())
}

/// Does a pattern match somewhere in a text?
pub(super) fn contains(pattern: &str, text: &str) -> Result<bool, ErrorStack> {
    compile(pattern)?.is_match(text).map_err(|error| failure(&error))
}
