//! What `HTTPHandlers.json` and `HTTPRules.json` have in common: a list of objects whose faults have a place.

use fancy_regex::{Regex, RegexBuilder};
use tessera_values::Text;

use crate::json::{Json, Node};
use crate::xml::position;

/// How much matching one path may try: the pattern is the project's, the path anybody's.
const BACKTRACK_MAX: usize = 100_000;

/// Something wrong in `HTTPHandlers.json` or `HTTPRules.json`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{line}:{column}: {path}{}{problem}", if path.is_empty() { "" } else { ": " })]
pub struct WebFileFault {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// The way to it, for instance `[3].verbs`; empty for the file itself.
    pub path: String,
    /// What is wrong.
    pub problem: WebFileProblem,
}

/// What can be wrong in `HTTPHandlers.json` or `HTTPRules.json`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebFileProblem {
    /// The file is not JSON.
    #[error("this is not valid JSON: {expected} expected")]
    Syntax {
        /// What could stand here.
        expected: &'static str,
    },
    /// A value of another kind.
    #[error("{expected} expected")]
    WrongKind {
        /// The kind.
        expected: &'static str,
    },
    /// A member that has to be there.
    #[error("{name} is missing")]
    Missing {
        /// Its name.
        name: &'static str,
    },
    /// A pattern that is no regular expression.
    #[error("this is no regular expression: {reason}")]
    Pattern {
        /// What the reader of patterns says.
        reason: String,
    },
    /// A pattern for what the server answers itself.
    #[error("{prefix} is answered by the server itself and can't have a handler")]
    Reserved {
        /// The beginning of the path.
        prefix: &'static str,
    },
    /// A name or value that no HTTP header can have.
    #[error("{name} with this value is no HTTP header")]
    Header {
        /// The name.
        name: Text,
    },
}

/// Reads one file's entries, noting every fault on the way.
pub(crate) struct Entries<'t> {
    text: &'t str,
    pub(crate) faults: Vec<WebFileFault>,
}

impl<'t> Entries<'t> {
    /// Reads the list and gives each of its objects to `entry`, with the way to it.
    pub(crate) fn read<T>(
        text: &'t str,
        mut entry: impl FnMut(&mut Self, &Node, &str) -> Option<T>,
    ) -> (Vec<T>, Vec<WebFileFault>) {
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        let mut entries = Entries { text, faults: Vec::new() };
        let mut found = Vec::new();
        match Node::parse(text) {
            Err(fault) => {
                entries.add(fault.offset, "", WebFileProblem::Syntax { expected: fault.expected });
            }
            Ok(Node { value: Json::List(items), .. }) => {
                for (index, item) in items.iter().enumerate() {
                    let path = format!("[{index}]");
                    match item.value {
                        Json::Object(_) => found.extend(entry(&mut entries, item, &path)),
                        _ => entries.wrong(item, &path, "an object"),
                    }
                }
            }
            Ok(file) => entries.wrong(&file, "", "a list"),
        }
        (found, entries.faults)
    }

    pub(crate) fn add(&mut self, offset: usize, path: &str, problem: WebFileProblem) {
        let (line, column) = position(self.text, offset);
        self.faults.push(WebFileFault { line, column, path: path.to_owned(), problem });
    }

    pub(crate) fn wrong(&mut self, node: &Node, path: &str, expected: &'static str) {
        self.add(node.offset, path, WebFileProblem::WrongKind { expected });
    }

    /// A text that may be missing.
    pub(crate) fn optional_text(&mut self, entry: &Node, name: &str, path: &str) -> Option<(Text, usize)> {
        match entry.get(name)? {
            Node { value: Json::Text(text), offset } => Some((text.clone(), *offset)),
            node => {
                self.wrong(node, &format!("{path}.{name}"), "a text");
                None
            }
        }
    }

    /// A text that has to be there.
    pub(crate) fn text(&mut self, entry: &Node, name: &'static str, path: &str) -> Option<Text> {
        if entry.get(name).is_none() {
            self.add(entry.offset, path, WebFileProblem::Missing { name });
        }
        self.optional_text(entry, name, path).map(|(text, _)| text)
    }

    // UNSPECIFIED: whether case counts. Taken: no, so that another spelling of a word of the server, such as `/REST`,
    // does not walk around a rule.
    /// A regular expression written at `offset`.
    pub(crate) fn regex(&mut self, pattern: &str, offset: usize, path: &str) -> Option<Regex> {
        match RegexBuilder::new(pattern).case_insensitive(true).backtrack_limit(BACKTRACK_MAX).build() {
            Ok(regex) => Some(regex),
            Err(error) => {
                self.add(offset, path, WebFileProblem::Pattern { reason: error.to_string() });
                None
            }
        }
    }
}
