//! Words that belong to one layer: SQL to store, wire names to rest, `errCode` to the one place that writes it.

use super::{Finding, Tree};

/// How SQL begins in a string.
const SQL: [&str; 12] = [
    "\"SELECT ",
    "\"INSERT INTO ",
    "\"INSERT OR ",
    "\"UPDATE ",
    "\"DELETE FROM ",
    "\"CREATE TABLE",
    "\"CREATE INDEX",
    "\"CREATE UNIQUE",
    "\"DROP TABLE",
    "\"ALTER TABLE",
    "\"PRAGMA ",
    "\"WITH RECURSIVE",
];

/// Where SQL may stand: a folder, and why.
const SQL_ALLOWED: [(&str, &str); 2] = [
    ("crates/store/src/", "the one crate that speaks to a database"),
    ("crates/vm/src/commands", "names of 4D commands, as DELETE FROM BLOB; vm can't reach a database"),
];

/// Names with two underscores outside rest: a folder, the names, and why.
const WIRE_NAMES_ALLOWED: [(&str, &[&str], &str); 4] = [
    ("crates/orda/src/", &["__KEY", "__STAMP", "__NEW"], "4D code sees them in toObject and fromCollection"),
    (
        "crates/store/src/",
        &["__GlobalStamp", "__DeletedRecords", "__PrimaryKey", "__Stamp", "__TableName", "__TableNumber"],
        "a field and a table that 4D keeps in the catalog itself",
    ),
    (
        "crates/orda/src/remote/wire.rs",
        &[
            "__",
            "__COUNT",
            "__DATACLASS",
            "__DATASET",
            "__ENTITIES",
            "__ENTITY",
            "__ENTITYSET",
            "__ERROR",
            "__STATUS",
            "__deferred",
            "__queryPath",
            "__queryPlan",
        ],
        "what a client of another server's REST protocol reads",
    ),
    (
        "crates/vm/src/commands/json",
        &["__symbols"],
        "JSON Parse adds it for 4D code that asks where each member stood",
    ),
];

/// Where `errCode` may stand, and why.
const ERR_CODE_ALLOWED: [(&str, &str); 5] = [
    ("crates/rest/src/error.rs", "writes it on the wire"),
    ("crates/rest/src/openapi/schema.rs", "describes it"),
    ("crates/orda/src/remote/wire.rs", "reads it in the answers of other servers"),
    ("crates/vm/src/commands/language.rs", "Last errors and throw show it to 4D code"),
    ("crates/orda/src/events/refusal.rs", "4D code returns and reads it in the errors of a save"),
];

pub(super) fn check(tree: &Tree, findings: &mut Vec<Finding>) {
    for file in tree.crates() {
        let path = file.path.as_str();
        let sql_allowed = SQL_ALLOWED.iter().any(|(folder, _)| path.starts_with(folder));
        let err_code_allowed = ERR_CODE_ALLOWED.iter().any(|(allowed, _)| path == *allowed);
        for (number, line) in file.shipped_lines() {
            if line.trim_start().starts_with("//") {
                continue;
            }
            if !sql_allowed && let Some(sql) = SQL.iter().find(|sql| line.contains(*sql)) {
                let cure = format!("{} is SQL: it belongs in crates/store/src", sql[1..].trim_end());
                findings.push(Finding::new(path, number, cure));
            }
            if !err_code_allowed && line.contains("\"errCode") {
                findings.push(Finding::new(path, number, "`errCode` belongs in crates/rest/src/error.rs"));
            }
            if !path.starts_with("crates/rest/src/") {
                for name in wire_names(line).filter(|name| !is_allowed(path, name)) {
                    let cure = format!("`{name}` is a wire name: it belongs in crates/rest/src");
                    findings.push(Finding::new(path, number, cure));
                }
            }
        }
    }
}

/// The names with two underscores that open a string on this line.
fn wire_names(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices("\"__").map(|(at, _)| {
        let name = &line[at + 1..];
        let end = name.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(name.len());
        &name[..end]
    })
}

fn is_allowed(path: &str, name: &str) -> bool {
    WIRE_NAMES_ALLOWED.iter().any(|(folder, names, _)| path.starts_with(folder) && names.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    fn line(path: &str, line: &str) -> usize {
        check(&[(path, &format!("//! A.\n{line}\n"))]).len()
    }

    #[test]
    fn sql_stays_in_store() {
        let sql = "let sql = \"SELECT 1\";";
        assert_eq!(line("crates/orda/src/a.rs", sql), 1);
        assert_eq!(line("crates/store/src/sql/a.rs", sql), 0);
        assert_eq!(line("crates/orda/tests/a.rs", sql), 0);
        assert_eq!(line("crates/vm/src/commands/blob.rs", "(\"DELETE FROM BLOB\", delete)"), 0);
        assert_eq!(line("crates/orda/src/a.rs", "// as in \"SELECT 1\""), 0);
    }

    #[test]
    fn wire_names_stay_in_rest() {
        assert_eq!(line("crates/web/src/a.rs", "push(\"__ENTITIES\")"), 1);
        assert_eq!(line("crates/rest/src/a.rs", "push(\"__ENTITIES\")"), 0);
        assert_eq!(line("crates/orda/src/a.rs", "get(\"__KEY\"); get(\"__KEYS\")"), 1);
    }

    #[test]
    fn error_codes_are_written_in_one_place() {
        assert_eq!(line("crates/orda/src/error.rs", "get(\"errCode\")"), 1);
        assert_eq!(line("crates/rest/src/error.rs", "get(\"errCode\")"), 0);
    }
}
