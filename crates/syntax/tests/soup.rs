//! Nothing may make the parser panic, hang or overflow its stack.

#[path = "support/dump.rs"]
mod dump;

use proptest::prelude::*;
use tessera_syntax::{FileKind, Severity, Vocabulary, parse, parse_expression, parse_statements, print};

/// Pieces that mean something to the parser.
const PIECES: [&str; 72] = [
    "If",
    "Else",
    "End if",
    "Case of",
    ":",
    "End case",
    "While",
    "End while",
    "Repeat",
    "Until",
    "For",
    "For each",
    "End for",
    "End for each",
    "Use",
    "End use",
    "Try",
    "Catch",
    "End try",
    "Begin SQL",
    "End SQL",
    "return",
    "break",
    "var",
    "property",
    "Function",
    "Class constructor",
    "Class extends",
    "exposed",
    "Alias",
    "#DECLARE",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "[[",
    "]]",
    ";",
    ":=",
    "+=",
    ".",
    "->",
    "?",
    "??",
    "?-",
    "$a",
    "$1",
    "${",
    "<>b",
    "foo",
    "New object",
    ":C1471",
    "Is text:K8:3",
    "[Employee:1]",
    "\"t\\n\"",
    "\"",
    "!2024-01-31!",
    "!",
    "?10:00:00?",
    "12",
    "0xFF",
    "1e5",
    "/*",
    "*/",
    "//",
    "\\",
    "\n",
    " ",
    "Formula(",
    "C_TEXT(",
];

fn read(text: &str) {
    let vocabulary = Vocabulary::new(["my method"], ["Employee"]);
    for kind in [FileKind::Method, FileKind::Class] {
        let parsed = parse(text, kind, &vocabulary);
        for found in &parsed.diagnostics {
            let span = found.span.start as usize..found.span.end as usize;
            assert!(text.get(span).is_some(), "{found:?} points outside the text");
        }
        let printed = print(&parsed.file);
        if parsed.diagnostics.iter().all(|found| found.severity == Severity::Warning) {
            let again = parse(&printed, kind, &vocabulary);
            assert_eq!(dump::file(&again.file), dump::file(&parsed.file), "{printed}");
        }
    }
    parse_expression(text, &vocabulary);
    parse_statements(text, &vocabulary);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_text_is_survived(text in "\\PC{0,200}") {
        read(&text);
    }

    #[test]
    fn random_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        read(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn token_soup_is_survived(pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..120)) {
        read(&pieces.concat());
        read(&pieces.join(" "));
    }
}

const NONSENSE: [&str; 20] = [
    "(",
    "[",
    "{",
    "- ",
    "->",
    "$a.",
    "a ",
    "1+",
    "?-1",
    "?",
    "\"",
    "/*",
    "If (True)\n",
    ")\n",
    "$a{",
    "x\\\n",
    "//a\\\n",
    "f(;",
    "[a]b ",
    "$c[[",
];

#[test]
fn a_megabyte_of_nonsense_takes_linear_time() {
    let text = NONSENSE.concat().repeat(1_000_000 / NONSENSE.concat().len());
    assert!(!parse(&text, FileKind::Method, &Vocabulary::default()).diagnostics.is_empty());
}

#[test]
fn long_repetitions_take_linear_time() {
    for piece in NONSENSE {
        parse(&piece.repeat(100_000 / piece.len()), FileKind::Method, &Vocabulary::default());
    }
    for closing in ["End while\n", "Catch\n"] {
        let text = format!("{}{}", "If (True)\n".repeat(20_000), closing.repeat(20_000));
        parse(&text, FileKind::Method, &Vocabulary::default());
    }
}

#[test]
fn deep_nesting_is_refused_not_overflowed() {
    let vocabulary = Vocabulary::default();
    for (open, close) in
        [("(", ")"), ("[", "]"), ("{a: ", "}"), ("Try(", ")"), ("-", ""), ("f(", ")"), ("$a[", "]")]
    {
        let text = format!("$x:={}1{}", open.repeat(400), close.repeat(400));
        let found = parse(&text, FileKind::Method, &vocabulary).diagnostics;
        assert_eq!(found.len(), 1, "{open}");
        assert_eq!(found[0].code, "syntax/expression-too-deep");
    }
    let chain = format!("$x:=1{}", "+1".repeat(5000));
    assert_eq!(
        parse(&chain, FileKind::Method, &vocabulary).diagnostics[0].code,
        "syntax/expression-too-deep"
    );
    let chain = format!("$x:=1{}", "+1".repeat(490));
    let parsed = parse(&chain, FileKind::Method, &vocabulary);
    assert!(parsed.diagnostics.is_empty() && print(&parsed.file).len() > chain.len());
    let blocks = format!("{}{}", "If (True)\n".repeat(512), "End if\n".repeat(512));
    assert!(parse(&blocks, FileKind::Method, &vocabulary).diagnostics.is_empty());
    let blocks = format!("{}{}", "If (True)\n".repeat(600), "End if\n".repeat(600));
    let found = parse(&blocks, FileKind::Method, &vocabulary).diagnostics;
    assert_eq!(found.iter().map(|found| found.code).collect::<Vec<_>>(), ["syntax/too-many-blocks"]);
}
