//! How Rust files are named, opened and finished.

use super::{File, Finding, Tree};

/// Code and remarks that say "not done yet". Written in halves, or this file would break its own rule.
const UNFINISHED: [&str; 5] = [
    concat!("to", "do!("),
    concat!("unimpl", "emented!("),
    concat!("FIX", "ME"),
    concat!("X", "XX"),
    concat!("db", "g!("),
];

/// Names that say nothing about what is inside.
const NAMELESS: [&str; 6] = ["utils", "util", "helpers", "helper", "common", "misc"];

const LINES_MAX: usize = 600;
const LONGER: &str = "longer than 600 lines because";

pub(super) fn check(tree: &Tree, findings: &mut Vec<Finding>) {
    for file in tree.0.iter().filter(|file| file.path.ends_with(".rs")) {
        name(file, findings);
        if file.path.contains("/src/") {
            header(file, findings);
        }
        if file.shipped_in().is_some() {
            unfinished(file, findings);
        }
    }
}

fn name(file: &File, findings: &mut Vec<Finding>) {
    let mut parts = file.path.rsplit('/');
    let name = parts.next().and_then(|name| name.strip_suffix(".rs")).unwrap_or_default();
    if name == "mod" {
        findings.push(Finding::new(
            &file.path,
            0,
            "move it beside its folder: `query.rs` and `query/`, no `mod.rs`",
        ));
    }
    if let Some(part) = std::iter::once(name).chain(parts).find(|part| NAMELESS.contains(part)) {
        findings.push(Finding::new(
            &file.path,
            0,
            format!("`{part}` says nothing: name it after what it holds"),
        ));
    }
}

fn header(file: &File, findings: &mut Vec<Finding>) {
    if !file.text.starts_with("//!") {
        findings.push(Finding::new(&file.path, 1, "open the module with `//!`: what it is and who calls it"));
    }
    let count = file.text.lines().count();
    // The sentence may run over the end of a line.
    let header: Vec<&str> = file
        .text
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .flat_map(str::split_whitespace)
        .collect();
    if count > LINES_MAX && !header.join(" ").contains(LONGER) {
        findings.push(Finding::new(
            &file.path,
            0,
            format!("has {count} lines: split it, or say in its header \"{LONGER} …\""),
        ));
    }
}

fn unfinished(file: &File, findings: &mut Vec<Finding>) {
    for (number, line) in file.shipped_lines() {
        if let Some(word) = UNFINISHED.iter().find(|word| holds_word(line, word)) {
            findings.push(Finding::new(
                &file.path,
                number,
                format!("`{word}` must not ship: finish it or remove it"),
            ));
        }
    }
}

/// Does the line hold the word, and not just as a part of a longer one?
fn holds_word(line: &str, word: &str) -> bool {
    let is_letter = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let after = if word.ends_with('(') { None } else { line[at + word.len()..].chars().next() };
        !line[..at].chars().next_back().is_some_and(is_letter) && !after.is_some_and(is_letter)
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::*;

    #[test]
    fn unfinished_code_does_not_ship() {
        for word in UNFINISHED {
            let text = format!("//! A.\n\nfn a() {{\n    {word}\n}}\n");
            assert_eq!(check(&[("crates/web/src/a.rs", &text)]).len(), 1, "{word}");
            assert!(check(&[("crates/web/tests/a.rs", &text)]).is_empty());
            assert!(check(&[("crates/web/src/a/tests.rs", &text)]).is_empty());
        }
    }

    #[test]
    fn tests_at_the_end_of_a_file_may_say_so() {
        let text = format!("//! A.\n\n#[cfg(test)]\nmod tests {{\n    // {}\n}}\n", UNFINISHED[2]);
        assert!(check(&[("crates/web/src/a.rs", &text)]).is_empty());
    }

    #[test]
    fn a_longer_word_is_another_word() {
        let word = UNFINISHED[2];
        assert!(!holds_word(&format!("const {word}L: u8 = 1;"), word));
        assert!(!holds_word("my_dbg!(x)", "dbg!("));
        assert!(holds_word(&format!("// {word}: think"), word));
    }

    #[test]
    fn files_are_named_after_what_they_hold() {
        assert!(check(&[("crates/web/src/a/mod.rs", "//! A.\n")])[0].contains("no `mod.rs`"));
        assert!(check(&[("crates/web/src/utils.rs", "//! A.\n")])[0].contains("`utils` says nothing"));
        assert!(
            check(&[("crates/web/tests/common/server.rs", "//! A.\n")])[0].contains("`common` says nothing")
        );
    }

    #[test]
    fn modules_open_with_a_sentence() {
        assert!(check(&[("crates/web/src/a.rs", "use std::fs;\n")])[0].contains("open the module"));
    }

    #[test]
    fn long_files_say_why() {
        let long = "fn a() {}\n".repeat(601);
        assert!(check(&[("xtask/src/a.rs", &format!("//! A.\n{long}"))])[0].contains("has 602 lines"));
        let reasoned = format!("//! A file longer than 600\n//! lines because it is a table.\n{long}");
        assert!(check(&[("xtask/src/a.rs", &reasoned)]).is_empty());
    }
}
