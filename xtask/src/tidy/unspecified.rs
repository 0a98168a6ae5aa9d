//! The choices made where 4D's documentation is silent: every `UNSPECIFIED:` comment, for `COMPATIBILITY.md`.

use super::Tree;

const MARK: &str = concat!("UNSPECI", "FIED:");

/// Path, line and the whole remark, which may run over several comment lines.
pub(super) fn list(tree: &Tree) -> Vec<(&str, usize, String)> {
    let mut found = Vec::new();
    for file in tree.0.iter().filter(|file| file.shipped_in().is_some()) {
        let lines: Vec<&str> = file.text.lines().collect();
        for (index, line) in lines.iter().enumerate() {
            let Some((_, text)) = line.split_once(MARK) else { continue };
            let mut text = text.trim().to_owned();
            for next in &lines[index + 1..] {
                let Some(next) = comment(next) else { break };
                if next.is_empty() || next.contains(MARK) || text.ends_with('.') {
                    break;
                }
                text = format!("{text} {next}");
            }
            found.push((file.path.as_str(), index + 1, text));
        }
    }
    found
}

/// The text of a comment line.
fn comment(line: &str) -> Option<&str> {
    line.trim_start().strip_prefix("//").map(|text| text.trim_start_matches(['/', '!']).trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remark_is_read_to_its_end() {
        let text = format!("//! A.\n// {MARK} what happens\n// at the end.\n// More.\nfn a() {{}}\n");
        let tree = Tree::of(&[("crates/vm/src/a.rs", &text)]);
        assert_eq!(list(&tree), [("crates/vm/src/a.rs", 2, "what happens at the end.".to_owned())]);
    }
}
