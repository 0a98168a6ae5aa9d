//! Where engines differ in how a plan is written.

/// The spellings of one engine. Whatever is not here is the same SQL for all.
pub(crate) trait Dialect {
    /// The n-th parameter, from 1.
    fn parameter(&self, number: usize) -> String;

    /// A sub-query that gives the elements of a list parameter.
    fn list(&self, parameter: &str) -> String;

    /// A condition decided by a test parameter: a pattern, a keyword, the content of an object.
    fn test(&self, column: &str, parameter: &str) -> String;

    /// An expression that compares and sorts as 4D text.
    fn text(&self, expression: &str) -> String;

    /// The rank of the kind of a value inside an object, and the value itself; the parameter is a test that holds
    /// the path.
    fn object_value(&self, column: &str, parameter: &str) -> (String, String);

    /// Text that sorts behind every text with this prefix.
    fn prefix_end(&self, prefix: &str) -> String;
}

/// SQLite, with the collation and functions of `sqlite::functions`.
#[derive(Debug)]
pub(crate) struct Sqlite;

impl Dialect for Sqlite {
    fn parameter(&self, number: usize) -> String {
        format!("?{number}")
    }

    fn list(&self, parameter: &str) -> String {
        format!("(SELECT value FROM json_each({parameter}))")
    }

    fn test(&self, column: &str, parameter: &str) -> String {
        format!("tessera_test({column}, {parameter})")
    }

    fn text(&self, expression: &str) -> String {
        format!("{expression} COLLATE FOURD")
    }

    fn object_value(&self, column: &str, parameter: &str) -> (String, String) {
        (format!("tessera_rank({column}, {parameter})"), format!("tessera_value({column}, {parameter})"))
    }

    fn prefix_end(&self, prefix: &str) -> String {
        // U+FFFF has the highest weight of the root collation.
        format!("{prefix}\u{FFFF}")
    }
}
