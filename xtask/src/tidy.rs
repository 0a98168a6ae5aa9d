//! The repository's own rules. Each failure is one line that names the file and the cure.
//!
//! A rule is a function from the tracked files to findings; nothing here reads the disk but [`Tree::of_repository`],
//! so every rule is tested on a tree of two lines. Called by `cargo xtask tidy`, in CI and by hand.

mod errors_page;
mod layers;
mod manifests;
mod source;
mod text;
mod unspecified;

use std::fmt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, ensure};

/// One rule broken in one place.
#[derive(Debug, PartialEq)]
pub(crate) struct Finding {
    path: String,
    line: usize,
    cure: String,
}

impl Finding {
    fn new(path: &str, line: usize, cure: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, cure: cure.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.cure),
            line => write!(f, "{}:{line}: {}", self.path, self.cure),
        }
    }
}

/// A tracked text file.
pub(crate) struct File {
    path: String,
    text: String,
}

impl File {
    /// The lines with their numbers, from 1.
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text
            .split('\n')
            .enumerate()
            .map(|(index, line)| (index + 1, line.strip_suffix('\r').unwrap_or(line)))
    }

    /// The crate's folder when this is Rust code that ships: under `src`, and not a test.
    fn shipped_in(&self) -> Option<&str> {
        let (folder, inside) = self.path.split_once("/src/")?;
        let is_test = self.path.ends_with("/tests.rs") || inside.split('/').any(|part| part == "tests");
        (self.path.ends_with(".rs") && !is_test).then_some(folder)
    }

    /// The lines of Rust code that ships, up to the tests at the end of a file.
    fn shipped_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let end = self.text.find("#[cfg(test)]\nmod tests {").unwrap_or(self.text.len());
        self.text[..end].lines().enumerate().map(|(index, line)| (index + 1, line))
    }
}

/// The tracked text files of the repository.
pub(crate) struct Tree(Vec<File>);

impl Tree {
    /// What `git ls-files` lists under `root`, without files that are no text or were just deleted.
    fn of_repository(root: &Path) -> anyhow::Result<Self> {
        let listed = Command::new("git")
            .args(["ls-files", "-z"])
            .current_dir(root)
            .output()
            .context("git could not be started; tidy asks it for the list of files")?;
        ensure!(listed.status.success(), "git ls-files: {}", String::from_utf8_lossy(&listed.stderr).trim());
        let names = String::from_utf8(listed.stdout).context("a file name is not UTF-8")?;
        let files = names.split('\0').filter(|name| !name.is_empty()).filter_map(|name| {
            let bytes = std::fs::read(root.join(name)).ok()?;
            let text = String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))?;
            Some(File { path: name.to_owned(), text })
        });
        Ok(Self(files.collect()))
    }

    #[cfg(test)]
    fn of(files: &[(&str, &str)]) -> Self {
        Self(
            files
                .iter()
                .map(|(path, text)| File { path: (*path).to_owned(), text: (*text).to_owned() })
                .collect(),
        )
    }

    fn find(&self, path: &str) -> Option<&File> {
        self.0.iter().find(|file| file.path == path)
    }

    /// Rust code that ships, of the server's crates.
    fn crates(&self) -> impl Iterator<Item = &File> {
        self.0.iter().filter(|file| file.shipped_in().is_some_and(|folder| folder.starts_with("crates/")))
    }
}

/// All rules on one tree, in the order of the files.
fn findings(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for rule in [manifests::check, source::check, text::check, layers::check, errors_page::check] {
        rule(tree, &mut findings);
    }
    findings.sort_by(|a, b| (&a.path, a.line).cmp(&(&b.path, b.line)));
    findings
}

/// Prints what is wrong; true when nothing is.
pub(crate) fn run(root: &Path) -> anyhow::Result<bool> {
    let tree = Tree::of_repository(root)?;
    let findings = findings(&tree);
    for finding in &findings {
        println!("{finding}");
    }
    match findings.len() {
        0 => println!("{} files are tidy.", tree.0.len()),
        count => println!("{count} rules broken in {} files.", tree.0.len()),
    }
    Ok(findings.is_empty())
}

/// Prints every choice made where 4D's documentation is silent.
pub(crate) fn list_unspecified(root: &Path) -> anyhow::Result<()> {
    for (path, line, text) in unspecified::list(&Tree::of_repository(root)?) {
        println!("{path}:{line}: {text}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The findings of all rules on these files, printed.
    pub(super) fn check(files: &[(&str, &str)]) -> Vec<String> {
        findings(&Tree::of(files)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_clean_tree_has_no_findings() {
        assert!(
            check(&[("crates/web/src/lib.rs", "//! Sockets.\n\nfn main() {}\n"), ("a.md", "Text.\n")])
                .is_empty()
        );
    }

    #[test]
    fn findings_come_in_the_order_of_the_files() {
        let found = check(&[("crates/web/src/b.rs", "fn b() {}"), ("crates/web/src/a.rs", "//! A. \n")]);
        assert_eq!(found.len(), 3);
        assert!(found[0].starts_with("crates/web/src/a.rs:1: ends in white space"));
    }
}
