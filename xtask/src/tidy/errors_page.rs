//! `docs/errors.md` lists every error code a client can meet. Without that page there is nothing to check.

use super::{Finding, Tree};

const PAGE: &str = "docs/errors.md";

/// Where codes are made: a file or folder, and the calls whose arguments hold one.
const MADE_IN: [(&str, &[&str]); 2] =
    [("crates/rest/src/error.rs", &["Self::new(", ".and("]), ("crates/rest/src/", &["RestError::new("])];

/// Where codes have names: `pub const DATACLASS_NOT_FOUND: i64 = 1800;`.
const NAMED_IN: &str = "crates/orda/src/error.rs";

pub(super) fn check(tree: &Tree, findings: &mut Vec<Finding>) {
    let Some(page) = tree.find(PAGE) else { return };
    let listed: Vec<&str> = page.text.split(|c: char| !c.is_ascii_digit() && c != '-').collect();
    let mut missing: Vec<(i64, &str, usize)> = Vec::new();
    for file in tree.crates() {
        let mut codes = Vec::new();
        for (place, calls) in MADE_IN {
            if file.path.starts_with(place) {
                codes.extend(calls.iter().flat_map(|call| made(&file.text, call)));
            }
        }
        if file.path == NAMED_IN {
            codes.extend(made(&file.text, "i64 = "));
        }
        let not_listed = codes.into_iter().filter(|(code, _)| !listed.contains(&code.to_string().as_str()));
        missing
            .extend(not_listed.map(|(code, at)| (code, file.path.as_str(), file.text[..at].lines().count())));
    }
    missing.sort_unstable();
    missing.dedup_by_key(|(code, ..)| *code);
    for (code, path, line) in missing {
        findings.push(Finding::new(PAGE, 0, format!("does not list error {code} of {path}:{line}: add it")));
    }
}

/// The numbers among the first two arguments of each call that are no HTTP status, and where each call is.
fn made(text: &str, call: &str) -> Vec<(i64, usize)> {
    let number =
        |argument: &str| argument.trim().trim_end_matches([';', ')']).replace('_', "").parse::<i64>().ok();
    text.match_indices(call)
        .filter_map(|(at, _)| {
            let arguments = &text[at + call.len()..];
            let arguments =
                &arguments[..arguments.find('\n').map_or(arguments.len(), |_| arguments.len().min(200))];
            let code = arguments
                .split([',', '\n'])
                .filter(|argument| !argument.trim().is_empty())
                .take(2)
                .filter_map(number);
            code.filter(|code| !(100..600).contains(code)).last().map(|code| (code, at))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::*;

    const REST: (&str, &str) = (
        "crates/rest/src/error.rs",
        "//! A.\nfn a() {\n    Self::new(404, 1543, \"x\");\n    Self::new(\n        404,\n        1805,\n        \"x\",\n    )\n    .and(1804, \"x\");\n}\n",
    );

    #[test]
    fn calls_over_one_and_many_lines_are_read() {
        let codes: Vec<i64> = made(REST.1, "Self::new(").into_iter().map(|(code, _)| code).collect();
        assert_eq!(codes, [1543, 1805]);
        assert_eq!(made(REST.1, ".and(").len(), 1);
        assert_eq!(made("pub const A: i64 = -20_503;\n", "i64 = ")[0].0, -20503);
        assert!(made("Self::new(404, NAMED, \"1\")", "Self::new(").is_empty());
    }

    #[test]
    fn a_code_that_is_not_listed_is_found() {
        let found = check(&[REST, ("docs/errors.md", "| 1543 | 1805 |\n")]);
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("docs/errors.md: does not list error 1804"));
    }

    #[test]
    fn without_the_page_nothing_is_checked() {
        assert!(check(&[REST]).is_empty());
    }
}
