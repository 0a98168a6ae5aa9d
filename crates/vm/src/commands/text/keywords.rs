//! `GET TEXT KEYWORDS` (`docs/commands/get-text-keywords.md`).

use std::collections::HashSet;

use tessera_values::{ArrayKind, ErrorStack, Text, Value, fold_search};

use crate::arguments::Arguments;
use crate::commands::arrays;
use crate::keywords::keywords;
use crate::process::Process;

/// `GET TEXT KEYWORDS(text; keywords {; *})`: with `*`, each word once, whatever its case and accents. The tags of
/// styled text are no words.
pub(super) fn get_text_keywords(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let text = without_tags(&arguments.text(0)?);
    let mut seen = HashSet::new();
    let is_wanted = |word: &&str| !arguments.has_star() || seen.insert(fold_search(word));
    let words: Vec<Value> = keywords(&text).filter(is_wanted).map(Value::text).collect();
    arrays::fill(arguments, 1, ArrayKind::Text, words)?;
    Ok(Value::Undefined)
}

/// Styled text without its tags: it is what has `<SPAN` in it.
fn without_tags(text: &Text) -> Text {
    if !text.to_ascii_uppercase().contains("<SPAN") {
        return text.clone();
    }
    let mut plain = Text::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once('<') {
        plain.push_str(before);
        rest = after.split_once('>').map_or("", |(_, rest)| rest);
    }
    plain.push_str(rest);
    plain
}
