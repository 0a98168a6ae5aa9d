//! `Compare strings` (`docs/commands/compare-strings.md`).

use std::cmp::Ordering;

use icu_collator::options::{CaseLevel, CollatorOptions, Strength};
use icu_collator::{CollatorBorrowed, CollatorPreferences};
use tessera_values::{ErrorStack, Value, text_compare};

use super::find::{ACCENT_INSENSITIVE, CASE_INSENSITIVE, CHARACTER_CODES};
use crate::arguments::Arguments;
use crate::process::Process;

/// `Compare strings(a; b {; options})`: -1, 0 or 1. Without options, the order of `<`.
pub(super) fn compare_strings(_: &mut Process, arguments: &mut Arguments) -> Result<Value, ErrorStack> {
    let (a, b) = (arguments.text(0)?, arguments.text(1)?);
    let order = match arguments.optional_integer(2)? {
        None => text_compare(&a, &b),
        Some(options) if options & CHARACTER_CODES != 0 && options & CASE_INSENSITIVE != 0 => {
            a.to_ascii_lowercase().encode_utf16().cmp(b.to_ascii_lowercase().encode_utf16())
        }
        Some(options) if options & CHARACTER_CODES != 0 => a.encode_utf16().cmp(b.encode_utf16()),
        Some(options) => collate(&a, &b, options),
    };
    Ok(Value::Integer(match order {
        Ordering::Less => -1,
        Ordering::Equal => 0,
        Ordering::Greater => 1,
    }))
}

/// What `sk case insensitive` and `sk diacritic insensitive` don't switch off counts.
fn collate(a: &str, b: &str, options: i64) -> Ordering {
    let mut collation = CollatorOptions::default();
    let (strength, case) = match (options & CASE_INSENSITIVE != 0, options & ACCENT_INSENSITIVE != 0) {
        (true, true) => return text_compare(a, b),
        (true, false) => (Strength::Secondary, CaseLevel::Off),
        (false, true) => (Strength::Primary, CaseLevel::On),
        (false, false) => (Strength::Tertiary, CaseLevel::Off),
    };
    collation.strength = Some(strength);
    collation.case_level = Some(case);
    match CollatorBorrowed::try_new(CollatorPreferences::default(), collation) {
        Ok(collator) => collator.compare(a, b),
        Err(_) => a.cmp(b),
    }
}
