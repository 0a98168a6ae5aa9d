//! What every tracked text file owes its readers: no traces of one machine, no stray white space.

use super::{File, Finding, Tree};

/// Folders of one machine. In halves, or this file would break its own rule.
const MACHINE_PATHS: [&str; 4] =
    [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/tm", "p/pub")];

/// Where packages come from; anything else is the mirror of one machine.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Words of a configuration that points at a mirror.
const MIRRORS: [&str; 3] =
    [concat!("replace-", "with"), concat!("sparse+", "http"), concat!("index-", "url")];

/// Files 4D writes, or that record bytes as they are: their white space is theirs.
const AS_THEY_ARE: [&str; 4] = [".4dm", ".4DCatalog", ".4DSettings", ".4DProject"];
const AS_THEY_ARE_IN: [&str; 3] = ["projects/", "/testdata/", "/template/"];

pub(super) fn check(tree: &Tree, findings: &mut Vec<Finding>) {
    for file in &tree.0 {
        machine(file, findings);
        let is_as_it_is = AS_THEY_ARE.iter().any(|end| file.path.ends_with(end))
            || AS_THEY_ARE_IN.iter().any(|part| file.path.starts_with(part) || file.path.contains(part));
        if !is_as_it_is {
            white_space(file, findings);
        }
    }
}

fn machine(file: &File, findings: &mut Vec<Finding>) {
    let is_lock = file.path.ends_with("Cargo.lock");
    for (number, line) in file.lines() {
        if let Some(path) = MACHINE_PATHS.iter().find(|path| names_path(line, path)) {
            findings.push(Finding::new(
                &file.path,
                number,
                format!("`{path}` is a folder of one machine: make it relative"),
            ));
        }
        let foreign = is_lock && line.starts_with("source = ") && !line.contains(REGISTRY);
        if foreign || MIRRORS.iter().any(|word| line.contains(word)) {
            findings.push(Finding::new(
                &file.path,
                number,
                "names a mirror of one machine: packages come from crates.io",
            ));
        }
    }
}

/// Is the path there from its root on, and not as the middle of a longer one (`homework/…`)?
fn names_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        !line[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || "._-}$".contains(c))
    })
}

fn white_space(file: &File, findings: &mut Vec<Finding>) {
    let mut add = |line, cure: &str| findings.push(Finding::new(&file.path, line, cure));
    for (number, line) in file.lines() {
        if line.ends_with([' ', '\t']) {
            add(number, "ends in white space: remove it");
        }
    }
    if file.shipped_in().is_some() {
        // Tests may hold the text of a 4D file, tabs and all.
        for (number, _) in file.shipped_lines().filter(|(_, line)| line.contains('\t')) {
            add(number, "holds a tab: run cargo fmt, or write \\t");
        }
    }
    if !file.text.is_empty() && !file.text.ends_with('\n') {
        add(file.text.lines().count(), "has no line end at the end of the file: add one");
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::*;

    #[test]
    fn machine_paths_are_found() {
        for path in MACHINE_PATHS {
            assert!(check(&[("README.md", &format!("cd {path}x\n"))])[0].contains("one machine"), "{path}");
            assert!(check(&[("projects/a/a.4dm", &format!("$a:=\"{path}x\"\n"))])[0].contains("one machine"));
        }
        assert!(check(&[("README.md", &format!("docs{}x\n", MACHINE_PATHS[0]))]).is_empty());
    }

    #[test]
    fn mirrors_are_found() {
        let mirrored = "source = \"registry+https://mirror.example/index\"\n";
        assert_eq!(check(&[("Cargo.lock", mirrored)]).len(), 1);
        assert!(check(&[("Cargo.lock", &format!("source = \"{REGISTRY}\"\n"))]).is_empty());
        assert_eq!(check(&[(".cargo/config.toml", &format!("{} = \"mirror\"\n", MIRRORS[0]))]).len(), 1);
    }

    #[test]
    fn white_space_is_found() {
        let found = check(&[("a.md", "a \nb\n\nc")]);
        assert_eq!(
            found,
            [
                "a.md:1: ends in white space: remove it",
                "a.md:4: has no line end at the end of the file: add one"
            ]
        );
        assert!(check(&[("crates/web/src/a.rs", "//! A.\n\tfn a() {}\n")])[0].contains("tab"));
    }

    #[test]
    fn files_of_4d_keep_their_white_space() {
        assert!(
            check(&[("projects/a/a.4dm", "End if \n\t"), ("crates/vm/testdata/a.expected", "a \n")])
                .is_empty()
        );
    }
}
