//! `Project/Sources/HTTPHandlers.json`: which function answers which path (`docs/WebServer/http-request-handler.md`).
//!
//! Whether the class and the function exist is not this file's business: it knows no code.

use std::sync::Arc;

use fancy_regex::Regex;
use tessera_values::Text;

use crate::json::Node;
use crate::web_file::{Entries, WebFileFault, WebFileProblem};

/// The handlers of a project, in the order of the file.
#[derive(Clone, Debug, Default)]
pub struct HttpHandlers {
    entries: Vec<Arc<HttpHandler>>,
}

/// One entry: a pattern, its verbs, and the function that answers.
#[derive(Clone, Debug)]
pub struct HttpHandler {
    /// The class, without `cs.`.
    pub class: Text,
    /// Its function.
    pub function: Text,
    pattern: Pattern,
    /// In upper case; empty for all.
    verbs: Vec<String>,
}

#[derive(Clone, Debug)]
enum Pattern {
    /// With one slash at the beginning and none at the end.
    Prefix(String),
    Regex(Regex),
}

/// What the handlers say of a request.
#[derive(Clone, Debug)]
pub enum HandlerMatch<'h> {
    /// This one answers.
    Handler(&'h Arc<HttpHandler>),
    /// The path is a handler's, but no handler takes the verb: these are taken.
    OtherVerb(Vec<&'h str>),
    /// None is concerned.
    None,
}

/// What the server answers itself, before or instead of handlers.
const RESERVED: [&str; 5] = ["/rest", "/$lib/renderer", "/$shared", "/4DACTION", "/4DCGI"];

impl HttpHandlers {
    /// Reads the file's text. Entries with a fault are left out.
    ///
    /// ```
    /// use tessera_model::{HandlerMatch, HttpHandlers};
    ///
    /// let text = r#"[{"class": "Shop", "method": "start", "pattern": "start", "verbs": "get, post"}]"#;
    /// let (handlers, faults) = HttpHandlers::parse(text);
    /// assert!(faults.is_empty());
    /// assert!(matches!(handlers.find("/start/x", "GET"), HandlerMatch::Handler(_)));
    /// assert!(matches!(handlers.find("/start", "PUT"), HandlerMatch::OtherVerb(_)));
    /// ```
    pub fn parse(text: &str) -> (Self, Vec<WebFileFault>) {
        let (entries, faults) = Entries::read(text, handler);
        (Self { entries }, faults)
    }

    /// No handlers at all?
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// All handlers, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &HttpHandler> {
        self.entries.iter().map(Arc::as_ref)
    }

    /// The first handler whose pattern and verbs match.
    pub fn find(&self, path: &str, verb: &str) -> HandlerMatch<'_> {
        // `//docs` is asked for by the documentation's own examples.
        let slashes = path.len() - path.trim_start_matches('/').len();
        let path = &path[slashes.saturating_sub(1)..];
        let mut verbs = Vec::new();
        for handler in self.entries.iter().filter(|handler| handler.pattern.matches(path)) {
            if handler.takes(verb) {
                return HandlerMatch::Handler(handler);
            }
            for verb in &handler.verbs {
                if !verbs.contains(&verb.as_str()) {
                    verbs.push(verb);
                }
            }
        }
        if verbs.is_empty() { HandlerMatch::None } else { HandlerMatch::OtherVerb(verbs) }
    }
}

impl HttpHandler {
    fn takes(&self, verb: &str) -> bool {
        self.verbs.is_empty() || self.verbs.iter().any(|known| known.eq_ignore_ascii_case(verb))
    }
}

impl Pattern {
    fn matches(&self, path: &str) -> bool {
        match self {
            Self::Prefix(prefix) => path
                .strip_prefix(prefix.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
            // A pattern that gives up on a path does not match it.
            Self::Regex(regex) => regex.is_match(path).unwrap_or(false),
        }
    }
}

fn handler(entries: &mut Entries<'_>, entry: &Node, path: &str) -> Option<Arc<HttpHandler>> {
    let class = entries.text(entry, "class", path);
    let function = entries.text(entry, "method", path);
    let pattern = pattern(entries, entry, path);
    let verbs = entries.optional_text(entry, "verbs", path).map(|(verbs, _)| verbs).unwrap_or_default();
    let verbs = verbs.split(',').map(str::trim).filter(|verb| !verb.is_empty());
    Some(Arc::new(HttpHandler {
        class: class?,
        function: function?,
        pattern: pattern?,
        verbs: verbs.map(str::to_ascii_uppercase).collect(),
    }))
}

/// The pattern; of both kinds, `regexPattern` counts.
fn pattern(entries: &mut Entries<'_>, entry: &Node, path: &str) -> Option<Pattern> {
    let regex = entries.optional_text(entry, "regexPattern", path);
    if let Some((source, offset)) = regex {
        let path = format!("{path}.regexPattern");
        if let Some(prefix) = reserved(source.trim_start_matches('^').trim_start_matches('\\')) {
            entries.add(offset, &path, WebFileProblem::Reserved { prefix });
            return None;
        }
        // Anchored at the beginning only: `/docs/(past|today)` also answers `/docs/today/latest`.
        return entries.regex(&format!("^(?:{source})"), offset, &path).map(Pattern::Regex);
    }
    if entry.get("regexPattern").is_none() && entry.get("pattern").is_none() {
        entries.add(entry.offset, path, WebFileProblem::Missing { name: "pattern" });
    }
    let (source, offset) = entries.optional_text(entry, "pattern", path)?;
    let prefix = format!("/{}", source.trim_matches('/'));
    if let Some(reserved) = reserved(&prefix) {
        entries.add(offset, &format!("{path}.pattern"), WebFileProblem::Reserved { prefix: reserved });
        return None;
    }
    // The prefix of everything is the empty one.
    Some(Pattern::Prefix(if prefix == "/" { String::new() } else { prefix }))
}

/// The reserved beginning a pattern has.
fn reserved(pattern: &str) -> Option<&'static str> {
    let plain = pattern.replace("\\$", "$");
    RESERVED.into_iter().find(|prefix| {
        plain.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
            && !plain[prefix.len()..].starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn read(text: &str) -> HttpHandlers {
        let (handlers, faults) = HttpHandlers::parse(text);
        assert!(faults.is_empty(), "{faults:?}");
        handlers
    }

    fn found(handlers: &HttpHandlers, path: &str, verb: &str) -> String {
        match handlers.find(path, verb) {
            HandlerMatch::Handler(handler) => handler.function.to_string(),
            HandlerMatch::OtherVerb(_) => "other verb".into(),
            HandlerMatch::None => "none".into(),
        }
    }

    // S160
    #[test]
    fn the_first_entry_with_pattern_and_verb_answers() {
        let handlers = read(
            r#"[{"class":"A","method":"invoice","regexPattern":"/docs/invoices/(past|today)","verbs":"GET"},
                {"class":"A","method":"others","regexPattern":"/docs/invoices/(past|today)"},
                {"class":"A","method":"docs","pattern":"/docs/","regexPattern":"/docs"},
                {"class":"A","method":"start","pattern":"start/here"}]"#,
        );
        assert_eq!(found(&handlers, "/docs/invoices/today/latest", "GET"), "invoice");
        assert_eq!(found(&handlers, "/docs/invoices/past", "DELETE"), "others");
        assert_eq!(found(&handlers, "//docs/invoices/past", "GET"), "invoice");
        assert_eq!(found(&handlers, "/docsandmore", "GET"), "docs");
        assert_eq!(found(&handlers, "/x/docs", "GET"), "none");
        assert_eq!(found(&handlers, "/start/here", "GET"), "start");
        assert_eq!(found(&handlers, "/start/here/", "GET"), "start");
        assert_eq!(found(&handlers, "/start/hereafter", "GET"), "none");
    }

    // S161
    #[test]
    fn verbs_have_no_case_and_without_verbs_all_are_taken() {
        let handlers = read(
            r#"[{"class":"A","method":"some","pattern":"some","verbs":"get, Post"},
                {"class":"A","method":"all","pattern":"all"}]"#,
        );
        assert_eq!(found(&handlers, "/some", "POST"), "some");
        assert_eq!(found(&handlers, "/some", "PUT"), "other verb");
        assert_eq!(found(&handlers, "/all", "BREW"), "all");
    }

    // S162
    #[test]
    fn patterns_of_the_server_itself_are_refused_with_their_place() {
        for pattern in ["rest", "/rest/x", "4daction", "$lib/renderer", "$shared", "4DCGI"] {
            let text = format!("[\n {{\"class\":\"A\",\"method\":\"b\",\"pattern\":\"{pattern}\"}}]");
            let (handlers, faults) = HttpHandlers::parse(&text);
            assert!(handlers.is_empty(), "{pattern}");
            assert!(matches!(faults[0].problem, WebFileProblem::Reserved { .. }), "{pattern}");
            assert_eq!((faults[0].line, faults[0].column), (2, 38), "{pattern}");
        }
        let (_, faults) = HttpHandlers::parse(r#"[{"class":"A","method":"b","regexPattern":"^/REST/x"}]"#);
        assert!(matches!(faults[0].problem, WebFileProblem::Reserved { prefix: "/rest" }));
        assert!(!read(r#"[{"class":"A","method":"b","pattern":"restaurant"}]"#).is_empty());
    }

    #[test]
    fn faults_name_the_entry() {
        let text = r#"[3, {"class":"A","pattern":"a"}, {"class":"A","method":"b","regexPattern":"("}]"#;
        let (handlers, faults) = HttpHandlers::parse(text);
        assert!(handlers.is_empty());
        let paths: Vec<_> = faults.iter().map(|fault| fault.path.as_str()).collect();
        assert_eq!(paths, ["[0]", "[1]", "[2].regexPattern"]);
        assert!(matches!(HttpHandlers::parse("[").1[0].problem, WebFileProblem::Syntax { .. }));
    }

    #[test]
    fn a_path_can_not_make_a_pattern_try_without_end() {
        let handlers = read(r#"[{"class":"A","method":"b","regexPattern":"/(a+)+(?=b)c"}]"#);
        assert_eq!(found(&handlers, &format!("/{}", "a".repeat(60)), "GET"), "none");
    }
}
