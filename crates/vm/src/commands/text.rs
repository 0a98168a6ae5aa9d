//! Commands on text (`docs/commands/theme/String.md`).

use tessera_values::{CollectionRef, ErrorStack, Text, Value, fold_search, length, substring};

use super::Command;
use crate::arguments::Arguments;
use crate::limits;
use crate::process::Process;

mod compare;
mod find;
mod keywords;

use find::{Matcher, Sensitivity};

pub(super) const COMMANDS: &[(u16, Command)] = &[
    (12, substring_command),
    (13, uppercase),
    (14, lowercase),
    (15, position),
    (16, length_command),
    (90, char_command),
    (91, character_code),
    (231, insert_string),
    (232, delete_string),
    (233, replace_string),
    (234, change_string),
    (991, localized_string),
    (1141, keywords::get_text_keywords),
    (1149, text_to_array),
    (1554, split_string),
    (1853, trim),
    (1854, trim_start),
    (1855, trim_end),
];

pub(super) const NAMED: &[(&str, Command)] = &[("Compare strings", compare::compare_strings)];

fn length_command(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(Value::Integer(length(&arguments.text(0)?) as i64))
}

// UNSPECIFIED: a first position below 1. Taken: 1.
fn substring_command(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let text = arguments.text(0)?;
    Ok(Value::Text(substring(&text, arguments.integer(1)?, arguments.optional_integer(2)?)))
}

/// Without `*`, accents are dropped (`docs/commands/uppercase.md`).
fn uppercase(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let text = arguments.text(0)?;
    let text = if arguments.has_star() { text } else { without_accents(&text) };
    Ok(Value::Text(text.to_uppercase()))
}

fn lowercase(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let text = arguments.text(0)?;
    let text = if arguments.has_star() { text } else { without_accents(&text) };
    Ok(Value::Text(text.to_lowercase()))
}

/// Letters lose their accents and keep their case; ligatures stay.
fn without_accents(text: &str) -> Text {
    if text.is_ascii() {
        return text.into();
    }
    let mut plain = Text::with_capacity(text.len());
    for c in text.chars() {
        let folded = if c.is_ascii() { String::new() } else { fold_search(c.encode_utf8(&mut [0; 4])) };
        let mut letters = folded.chars();
        match (letters.next(), letters.next()) {
            (Some(letter), None) if c.is_uppercase() => letter.to_uppercase().for_each(|c| plain.push(c)),
            (Some(letter), None) => plain.push(letter),
            _ => plain.push(c),
        }
    }
    plain
}

/// `Position(find; text {; start {; lengthFound}} {; * | options})` (`docs/commands/position.md`).
fn position(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let find = arguments.text(0)?;
    let text = arguments.text(1)?;
    let start = arguments.optional_integer(2)?.unwrap_or(1).max(1) as usize;
    let sensitivity = match arguments.optional_integer(4)? {
        _ if arguments.has_star() => Sensitivity::EXACT,
        Some(options) => Sensitivity::of_options(options),
        None => Sensitivity::DEFAULT,
    };
    let found = Matcher::new(&text, sensitivity).find(&find, start - 1);
    let (at, units) = found.map_or((0, 0), |found| (found.start as i64 + 1, found.len() as i64));
    arguments.write(3, Value::Integer(units));
    Ok(Value::Integer(at))
}

/// `Replace string(source; old; new {; howMany} {; *})` (`docs/commands/replace-string.md`).
fn replace_string(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let (text, old, new) = (arguments.text(0)?, arguments.text(1)?, arguments.text(2)?);
    let count = arguments.optional_integer(3)?.map_or(usize::MAX, |n| n.max(0) as usize);
    if old.is_empty() || count == 0 {
        return Ok(Value::Text(text));
    }
    Ok(Value::Text(if arguments.has_star() {
        limits::replaced(&text, &old, &new, count)?
    } else {
        Matcher::new(&text, Sensitivity::DEFAULT).replace(&old, &new, count)?
    }))
}

fn insert_string(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let (text, what, at) = (arguments.text(0)?, arguments.text(1)?, arguments.integer(2)?.max(1));
    Ok(Value::Text(splice(&text, at, 0, &what)?))
}

fn delete_string(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let (text, at, count) = (arguments.text(0)?, arguments.integer(1)?.max(1), arguments.integer(2)?);
    Ok(Value::Text(splice(&text, at, count.max(0), "")?))
}

/// Overwrites as many characters as the new text has.
fn change_string(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let (text, new, at) = (arguments.text(0)?, arguments.text(1)?, arguments.integer(2)?);
    if at < 1 || at > length(&text) as i64 || new.is_empty() {
        return Ok(Value::Text(text));
    }
    Ok(Value::Text(splice(&text, at, length(&new) as i64, &new)?))
}

/// The text with `count` characters from `at` on replaced.
fn splice(text: &str, at: i64, count: i64, with: &str) -> Result<Text, ErrorStack> {
    limits::check_text(text.len() + with.len())?;
    let mut spliced = substring(text, 1, Some(at - 1));
    spliced.push_str(with);
    spliced.push_str(&substring(text, at.saturating_add(count), None));
    Ok(spliced)
}

/// A text is taken as it is, since constants such as `Tab` are texts here.
// UNSPECIFIED: half of a surrogate pair has no text of its own. Taken: U+FFFD.
fn char_command(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    if let Value::Text(text) = arguments.value(0) {
        return Ok(Value::Text(substring(&text, 1, Some(1))));
    }
    let code = u32::try_from(arguments.integer(0)?).ok();
    let c = code.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER);
    Ok(Value::text(c.to_string()))
}

fn character_code(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let text = arguments.text(0)?;
    Ok(Value::Integer(text.encode_utf16().next().map_or(0, i64::from)))
}

/// Options of `Split string` (`docs/commands/split-string.md`).
const IGNORE_EMPTY: i64 = 1;
const TRIM_SPACES: i64 = 2;

/// `Split string(text; separator {; options})`; an empty separator splits into characters.
fn split_string(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let (text, separator, options) = (arguments.text(0)?, arguments.text(1)?, arguments.integer(2)?);
    let pieces: Vec<&str> = if separator.is_empty() {
        text.char_indices().map(|(at, c)| &text[at..at + c.len_utf8()]).collect()
    } else {
        text.split(separator.as_str()).collect()
    };
    limits::check_collection(pieces.len())?;
    let pieces =
        pieces.into_iter().map(|piece| if options & TRIM_SPACES != 0 { piece.trim() } else { piece });
    let kept = pieces.filter(|piece| options & IGNORE_EMPTY == 0 || !piece.is_empty());
    Ok(Value::Collection(kept.map(Value::from).collect::<CollectionRef>()))
}

fn trim(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(Value::text(arguments.text(0)?.trim()))
}

fn trim_start(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(Value::text(arguments.text(0)?.trim_start()))
}

fn trim_end(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    Ok(Value::text(arguments.text(0)?.trim_end()))
}

// UNSPECIFIED: XLIFF files are not read. Taken: the text is not found, which gives the empty text and OK 0.
fn localized_string(process: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    arguments.text(0)?;
    process.set_ok(false);
    Ok(Value::text(""))
}

/// `TEXT TO ARRAY(text; array; width; font; size)`: without fonts there are no widths to break lines at, so only the
/// line ends of the text count.
// UNSPECIFIED: what a server without fonts answers.
fn text_to_array(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let text = arguments.text(0)?;
    let lines = text.replace("\r\n", "\n").replace("\r", "\n");
    super::arrays::fill(arguments, 1, tessera_values::ArrayKind::Text, lines.split('\n').map(Value::from))?;
    Ok(Value::Undefined)
}
