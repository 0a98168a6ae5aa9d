//! Where engines differ in how a plan is written.

use crate::schema::Naming;

/// The spellings of one engine. Whatever is not here is the same SQL for all.
pub(crate) trait Dialect {
    /// What things are called.
    fn naming(&self) -> Naming;

    /// The n-th parameter, from 1.
    fn parameter(&self, number: usize) -> String;

    /// Is the expression one of a list parameter?
    fn is_in(&self, expression: &str, parameter: &str) -> String;

    /// A direction to sort in, with Null before every value.
    fn direction(&self, descending: bool) -> &'static str;

    /// At most so many rows, after skipping some.
    fn window(&self, limit: Option<&str>, skip: Option<&str>) -> String;

    /// What keeps the selected rows from others until the transaction ends.
    fn locking(&self) -> &'static str;

    /// How tests are decided.
    fn tests(&self) -> Tests;

    /// An expression that compares and sorts as 4D text, where no key column does.
    fn text(&self, expression: &str) -> String;

    /// How many bytes an expression has.
    fn length(&self, expression: &str) -> String;

    /// Text that sorts behind every text with this prefix.
    fn prefix_end(&self, prefix: &str) -> String {
        // U+FFFF has the highest weight of the root collation.
        format!("{prefix}\u{FFFF}")
    }
}

/// Who decides a condition that only Rust code can decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tests {
    /// The engine calls back for each row.
    Called,
    /// Candidates are read and tested first; the statement gets the records that passed.
    Before,
}

/// SQLite, with the collation and functions of `sqlite::functions`.
#[derive(Debug)]
pub(crate) struct Sqlite;

impl Dialect for Sqlite {
    fn naming(&self) -> Naming {
        Naming { bytes_max: usize::MAX, text_keys: false }
    }

    fn parameter(&self, number: usize) -> String {
        format!("?{number}")
    }

    fn is_in(&self, expression: &str, parameter: &str) -> String {
        format!("{expression} IN (SELECT value FROM json_each({parameter}))")
    }

    fn direction(&self, descending: bool) -> &'static str {
        if descending { " DESC" } else { "" }
    }

    fn window(&self, limit: Option<&str>, skip: Option<&str>) -> String {
        let skip = skip.map_or_else(String::new, |skip| format!(" OFFSET {skip}"));
        format!(" LIMIT {}{skip}", limit.unwrap_or("-1"))
    }

    fn locking(&self) -> &'static str {
        // There is one writer.
        ""
    }

    fn tests(&self) -> Tests {
        Tests::Called
    }

    fn text(&self, expression: &str) -> String {
        format!("{expression} COLLATE FOURD")
    }

    fn length(&self, expression: &str) -> String {
        format!("length({expression})")
    }
}

/// PostgreSQL, with the key columns of `schema::TextKeys`.
#[derive(Debug)]
pub(crate) struct Postgres;

impl Dialect for Postgres {
    fn naming(&self) -> Naming {
        // PostgreSQL cuts names after 63 bytes.
        Naming { bytes_max: 63, text_keys: true }
    }

    fn parameter(&self, number: usize) -> String {
        format!("${number}")
    }

    fn is_in(&self, expression: &str, parameter: &str) -> String {
        format!("{expression} = ANY({parameter})")
    }

    fn direction(&self, descending: bool) -> &'static str {
        if descending { " DESC NULLS LAST" } else { " NULLS FIRST" }
    }

    fn window(&self, limit: Option<&str>, skip: Option<&str>) -> String {
        let limit = limit.map_or_else(String::new, |limit| format!(" LIMIT {limit}"));
        let skip = skip.map_or_else(String::new, |skip| format!(" OFFSET {skip}"));
        format!("{limit}{skip}")
    }

    fn locking(&self) -> &'static str {
        " FOR UPDATE"
    }

    fn tests(&self) -> Tests {
        Tests::Before
    }

    fn text(&self, expression: &str) -> String {
        expression.to_owned()
    }

    fn length(&self, expression: &str) -> String {
        format!("octet_length({expression})::bigint")
    }
}
