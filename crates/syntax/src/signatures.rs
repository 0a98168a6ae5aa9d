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
    counts: Counts,
}

/// How many arguments fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Counts {
    /// A bit for each number of arguments that is written out.
    written: u64,
    /// How many arguments "more of the same" are: two where names have values.
    more: Option<usize>,
}

/// More arguments than a form writes out.
const WRITTEN_MAX: u32 = 63;

impl Counts {
    const NONE: Self = Self { written: 1, more: None };

    /// Reads up to the end of the braces that are open. `around` is how many arguments the braces around them hold;
    /// nothing outside all braces.
    fn read(form: &mut std::iter::Peekable<std::str::Chars<'_>>, around: Option<usize>) -> Self {
        let mut counts = Self::NONE;
        let mut arguments = 0_usize;
        loop {
            let mut text = String::new();
            while let Some(c) = form.next_if(|c| !matches!(c, '{' | '}' | ';')) {
                text.push(c);
            }
            match text.trim() {
                "" => {}
                "…" => counts.more = Some(around.unwrap_or(1).max(1)),
                _ => {
                    arguments += 1;
                    counts.written <<= 1;
                }
            }
            match form.next() {
                Some('{') => {
                    let inside = around.map_or(1, |_| arguments);
                    counts = counts.and_perhaps(Self::read(form, Some(inside)));
                }
                Some(';') => {}
                _ => return counts,
            }
        }
    }

    /// These, and those of braces that may be left out.
    fn and_perhaps(self, braces: Self) -> Self {
        let with = (0..=WRITTEN_MAX).filter(|count| braces.written >> count & 1 == 1);
        let written =
            with.fold(self.written, |all, count| all | self.written.checked_shl(count).unwrap_or(0));
        Self { written, more: self.more.or(braces.more) }
    }
}

impl Signature {
    /// Reads a form. Braces hold what may be left out, `…` stands for more of the same: of what the braces around it
    /// hold, so that pairs come in pairs. A name without parentheses takes no argument.
    pub fn read(form: &'static str) -> Self {
        let inside = form.split_once('(').map_or("", |(_, rest)| rest.strip_suffix(')').unwrap_or(rest));
        Self { form, counts: Counts::read(&mut inside.chars().peekable(), None) }
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
        let most = if self.counts.more.is_some() { usize::MAX } else { self.most() };
        self.counts.written.trailing_zeros() as usize..=most
    }

    /// May it be called with so many?
    pub fn takes(&self, count: usize) -> bool {
        let is_written = u32::try_from(count)
            .is_ok_and(|count| count <= WRITTEN_MAX && self.counts.written >> count & 1 == 1);
        let beyond = count.checked_sub(self.most()).filter(|beyond| *beyond > 0);
        is_written || self.counts.more.zip(beyond).is_some_and(|(more, beyond)| beyond.is_multiple_of(more))
    }

    /// The most arguments that are written out.
    fn most(&self) -> usize {
        self.counts.written.ilog2() as usize
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
    fn what_comes_in_pairs_is_taken_in_pairs() {
        let counts = |form| (0..8).filter(|count| Signature::read(form).takes(*count)).collect::<Vec<_>>();
        assert_eq!(counts("New object({property; value {; …}})"), [0, 2, 4, 6]);
        assert_eq!(counts("OB SET(object; property; value {; property; value {; …}})"), [3, 5, 7]);
        assert_eq!(counts("DOM Create XML Ref(root {; nameSpace {; name; value {; …}}})"), [1, 2, 4, 6]);
        assert_eq!(counts("New collection({value {; …}})"), [0, 1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(counts("LOAD VARIABLES(document; variable {; …})"), [2, 3, 4, 5, 6, 7]);
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
