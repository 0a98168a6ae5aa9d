//! How 4D's own commands and functions are called: from a written form to how many arguments fit.
//!
//! The forms of all commands are one table, `names/signatures.txt`. A form is shown to people as it is written there,
//! so that what is counted and what is said can't differ.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::LazyLock;

use crate::names::command_by_name;

/// One way of calling something: `Substring(source; first {; count})`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    form: &'static str,
    least: usize,
    most: usize,
}

impl Signature {
    /// Reads a form. Braces hold what may be left out, `…` stands for more of the same. A name without parentheses
    /// takes no argument.
    pub fn read(form: &'static str) -> Self {
        let (mut least, mut most) = (0_usize, 0_usize);
        let mut depth = 0_usize;
        let inside = form.split_once('(').map_or("", |(_, rest)| rest.strip_suffix(')').unwrap_or(rest));
        for piece in inside.split_inclusive(['{', '}', ';']) {
            let (text, end) = match piece.char_indices().next_back() {
                Some((at, end @ ('{' | '}' | ';'))) => (&piece[..at], Some(end)),
                _ => (piece, None),
            };
            match text.trim() {
                "" => {}
                "…" => most = usize::MAX,
                _ => {
                    most = most.saturating_add(1);
                    least += usize::from(depth == 0);
                }
            }
            match end {
                Some('{') => depth += 1,
                Some('}') => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        Self { form, least, most }
    }

    /// As it is written.
    pub fn form(&self) -> &'static str {
        self.form
    }

    /// What is called.
    pub fn name(&self) -> &'static str {
        self.form.split('(').next().unwrap_or_default()
    }

    /// How many arguments it takes, flags such as `*` included.
    pub fn arguments(&self) -> RangeInclusive<usize> {
        self.least..=self.most
    }
}

/// The forms of a command; none where nobody wrote them down.
pub fn signatures(command: u16) -> &'static [Signature] {
    SIGNATURES.get(&command).map_or(&[], Vec::as_slice)
}

static SIGNATURES: LazyLock<HashMap<u16, Vec<Signature>>> = LazyLock::new(|| {
    let mut table: HashMap<u16, Vec<Signature>> = HashMap::new();
    for signature in read_table() {
        if let Some(command) = command_by_name(signature.name()) {
            table.entry(command).or_default().push(signature);
        }
    }
    table
});

fn read_table() -> impl Iterator<Item = Signature> {
    let lines = include_str!("names/signatures.txt").lines();
    lines.filter(|line| !line.starts_with('#') && !line.is_empty()).map(Signature::read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(form: &'static str, least: usize, most: usize) {
        assert_eq!(Signature::read(form).arguments(), least..=most, "{form}");
    }

    #[test]
    fn forms_tell_how_many_arguments_fit() {
        check("Milliseconds()", 0, 0);
        check("length", 0, 0);
        check("Abs(number)", 1, 1);
        check("Current date({*})", 0, 1);
        check("Substring(source; first {; count})", 2, 3);
        check("Position(find; text {; start {; lengthFound {; options}}} {; *})", 2, 6);
        check("LOG EVENT({output;} message {; importance})", 1, 3);
        check("Table(table | pointer)", 1, 1);
        check("New object({property; value {; …}})", 0, usize::MAX);
        check("SORT ARRAY(array {; …} {; > | <})", 1, usize::MAX);
    }

    #[test]
    fn every_line_of_the_table_names_a_command() {
        for signature in read_table() {
            assert!(command_by_name(signature.name()).is_some(), "{}", signature.form());
            assert!(signature.form().ends_with(')'), "{}", signature.form());
        }
        let forms: Vec<_> = signatures(1019).iter().map(Signature::form).collect();
        assert_eq!(forms[0], "Match regex(pattern; text)");
        assert_eq!(forms.len(), 2);
    }
}
