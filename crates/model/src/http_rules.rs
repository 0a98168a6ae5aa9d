//! `Project/Sources/HTTPRules.json`: what is changed in answers, by the path asked for (`docs/WebServer/http-rules.md`).
//!
//! Only what the rules say is found here; `web` applies it to the answer.

use fancy_regex::Regex;
use tessera_values::Text;

use crate::json::{Json, Node};
use crate::web_file::{Entries, WebFileFault, WebFileProblem};

/// The rules of a project, in the order of the file.
#[derive(Clone, Debug, Default)]
pub struct HttpRules {
    rules: Vec<HttpRule>,
}

/// One rule.
#[derive(Clone, Debug)]
pub struct HttpRule {
    pattern: Regex,
    /// What it does to the answer's headers, in the order remove, add, set.
    pub headers: Vec<HeaderChange>,
    /// Access denied, or allowed again after an earlier rule denied it.
    pub deny_access: Option<bool>,
    /// Where to send the client instead.
    pub redirect: Option<Text>,
    /// The status of the answer.
    pub status: Option<u16>,
}

/// A change of one header. Names are in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderChange {
    /// It is taken away.
    Remove(Text),
    /// It is added to those of the same name.
    Add(Text, Text),
    /// It replaces those of the same name.
    Set(Text, Text),
}

impl HttpRules {
    /// Reads the file's text. Rules with a fault are left out.
    ///
    /// ```
    /// use tessera_model::HttpRules;
    ///
    /// let (rules, faults) = HttpRules::parse(r#"[{"regexPattern": "^/private/", "denyAccess": true}]"#);
    /// assert!(faults.is_empty());
    /// assert_eq!(rules.matching("/private/x").count(), 1);
    /// assert_eq!(rules.matching("/public").count(), 0);
    /// ```
    pub fn parse(text: &str) -> (Self, Vec<WebFileFault>) {
        let (rules, faults) = Entries::read(text, rule);
        (Self { rules }, faults)
    }

    /// No rules at all?
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The rules whose pattern is found in a path, in order.
    pub fn matching<'r>(&'r self, path: &'r str) -> impl Iterator<Item = &'r HttpRule> {
        // A rule may deny access: one whose pattern gives up on a path applies.
        self.rules.iter().filter(move |rule| rule.pattern.is_match(path).unwrap_or(true))
    }
}

fn rule(entries: &mut Entries<'_>, entry: &Node, path: &str) -> Option<HttpRule> {
    // The text of the page says the first, its examples the second.
    let name = if entry.get("RegExPattern").is_some() { "RegExPattern" } else { "regexPattern" };
    if entry.get(name).is_none() {
        entries.add(entry.offset, path, WebFileProblem::Missing { name: "regexPattern" });
    }
    let (source, offset) = entries.optional_text(entry, name, path)?;
    let pattern = entries.regex(&source, offset, &format!("{path}.{name}"));
    let mut headers = Vec::new();
    removed(entries, entry, path, &mut headers);
    changed(entries, entry, "addHeaders", path, HeaderChange::Add, &mut headers);
    changed(entries, entry, "setHeaders", path, HeaderChange::Set, &mut headers);
    let deny_access = match entry.get("denyAccess") {
        None => None,
        Some(Node { value: Json::Boolean(deny), .. }) => Some(*deny),
        Some(node) => {
            entries.wrong(node, &format!("{path}.denyAccess"), "true or false");
            None
        }
    };
    let redirect = entries.optional_text(entry, "redirect", path);
    if let Some((target, offset)) = &redirect
        && !is_value(target)
    {
        let problem = WebFileProblem::Header { name: "Location".into() };
        entries.add(*offset, &format!("{path}.redirect"), problem);
    }
    let status = match entry.get("status") {
        None => None,
        Some(Node { value: Json::Number(number), .. })
            if (200.0..600.0).contains(number) && number.fract() == 0.0 =>
        {
            Some(*number as u16)
        }
        Some(node) => {
            entries.wrong(node, &format!("{path}.status"), "a status from 200 to 599");
            None
        }
    };
    Some(HttpRule {
        pattern: pattern?,
        headers,
        deny_access,
        redirect: redirect.map(|(target, _)| target),
        status,
    })
}

fn removed(entries: &mut Entries<'_>, entry: &Node, path: &str, headers: &mut Vec<HeaderChange>) {
    let path = format!("{path}.removeHeaders");
    let Some(node) = entry.get("removeHeaders") else { return };
    let names = match &node.value {
        Json::List(names) => names.as_slice(),
        Json::Text(_) => std::slice::from_ref(node),
        _ => return entries.wrong(node, &path, "a text or a list of texts"),
    };
    for name in names {
        match &name.value {
            Json::Text(text) => headers.push(HeaderChange::Remove(text.to_lowercase())),
            _ => entries.wrong(name, &path, "a text"),
        }
    }
}

fn changed(
    entries: &mut Entries<'_>,
    entry: &Node,
    member: &str,
    path: &str,
    change: fn(Text, Text) -> HeaderChange,
    headers: &mut Vec<HeaderChange>,
) {
    let path = format!("{path}.{member}");
    match entry.get(member) {
        None => {}
        Some(Node { value: Json::Object(members), .. }) => {
            for (name, node) in members {
                match &node.value {
                    Json::Text(value) if is_name(name) && is_value(value) => {
                        headers.push(change(name.to_lowercase(), value.clone()));
                    }
                    Json::Text(_) => {
                        let problem = WebFileProblem::Header { name: name.clone() };
                        entries.add(node.offset, &path, problem);
                    }
                    _ => entries.wrong(node, &path, "a text"),
                }
            }
        }
        Some(node) => entries.wrong(node, &path, "an object"),
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

fn is_value(value: &str) -> bool {
    value.bytes().all(|byte| byte == b'\t' || byte >= 32 && byte != 127)
}

#[cfg(test)]
mod tests {
    use super::*;

    // S165
    #[test]
    fn every_rule_whose_pattern_is_found_counts_in_order() {
        let (rules, faults) = HttpRules::parse(
            r#"[{"regexPattern":"/(.*)","removeHeaders":"Server","setHeaders":{"Allow":"GET"}},
                {"comment":"x","RegExPattern":"/rest/","addHeaders":{"Allow":"POST"},"removeHeaders":["A","B"]},
                {"regexPattern":"^/old","redirect":"https://example.org/","status":301}]"#,
        );
        assert_eq!(faults, []);
        let of = |path: &str| rules.matching(path).map(|rule| rule.headers.len()).collect::<Vec<_>>();
        assert_eq!(of("/rest/x"), [2, 3]);
        assert_eq!(of("/older"), [2, 0]);
        let last = rules.matching("/old").last().map(|rule| (rule.redirect.clone(), rule.status));
        assert_eq!(last, Some((Some("https://example.org/".into()), Some(301))));
    }

    #[test]
    fn faults_name_the_member() {
        let (rules, faults) = HttpRules::parse(
            "[{\"regexPattern\":\"a\",\n\"status\":99},{\"denyAccess\":true},\
             {\"regexPattern\":\"(\"},{\"regexPattern\":\"a\",\"setHeaders\":{\"a b\":\"c\",\"d\":\"e\\n\"}}]",
        );
        assert_eq!(rules.rules.len(), 2);
        let paths: Vec<_> = faults.iter().map(|fault| (fault.line, fault.path.as_str())).collect();
        assert_eq!(
            paths,
            [
                (2, "[0].status"),
                (2, "[1]"),
                (2, "[2].regexPattern"),
                (2, "[3].setHeaders"),
                (2, "[3].setHeaders")
            ]
        );
    }
}
