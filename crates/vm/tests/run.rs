//! Runs the cases under `testdata/run`: code and the value it returns.
//!
//! The time is 2023-11-14T22:13:20Z; the time zone is UTC, or that of Paris when the title names it. Where the title says
//! that the server stops, the process is asked to end from the start and must do so.

#![expect(clippy::unwrap_used, reason = "a case that can't be read fails the test")]

use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use tessera_syntax::{FileKind, LineIndex, Vocabulary, parse};
use tessera_test_support::{Dice, check_cases, code_files};
use tessera_values::{Chance, DateForm, ManualClock, Value, write_json};
use tessera_vm::{Environment, NoHost, Process, Source, SourceKind, compile};

struct Counting;

impl Chance for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for (value, byte) in (1_u8..).zip(bytes) {
            *byte = value;
        }
    }
}

fn source(kind: SourceKind, name: &str, text: &str, vocabulary: &Vocabulary) -> Source {
    let file_kind = if kind == SourceKind::Class { FileKind::Class } else { FileKind::Method };
    let parsed = parse(text, file_kind, vocabulary);
    assert!(parsed.diagnostics.is_empty(), "{name}: {:?}\n{text}", parsed.diagnostics);
    Source { kind, name: name.into(), file: parsed.file, lines: LineIndex::new(text) }
}

/// The result of a case as JSON, or its error message.
fn run(code: &str, title: &str, library: &[(SourceKind, String, String)]) -> Result<String, String> {
    let methods =
        library.iter().filter(|(kind, ..)| *kind == SourceKind::Method).map(|(_, name, _)| name.as_str());
    let vocabulary = Vocabulary::new(methods, [""; 0]);
    let mut sources: Vec<Source> =
        library.iter().map(|(kind, name, text)| source(*kind, name, text, &vocabulary)).collect();
    sources.push(source(SourceKind::Method, "the case", code, &vocabulary));
    let program = Arc::new(compile(&sources, None, &|_, _| false));
    let clock = Arc::new(ManualClock::new(1_700_000_000));
    let zone = if title.contains("Paris") { "CET-1CEST,M3.5.0,M10.5.0/3" } else { "UTC0" };
    let environment =
        Arc::new(Environment::new(clock, Arc::new(Counting), jiff::tz::TimeZone::posix(zone).unwrap(), 1));
    let mut process = Process::new(Arc::clone(&program), Rc::new(NoHost), environment);
    process.stop_when(Arc::new(AtomicBool::new(title.contains("the server stops"))));
    let routine = Arc::clone(&program.method("the case").unwrap().routine);
    match process.call(&routine, Value::Undefined, &[]) {
        Ok(value) => {
            let mut out = String::new();
            match value {
                Value::Undefined => out.push_str("undefined"),
                value => write_json(&mut out, &value, DateForm::Day).unwrap(),
            }
            Ok(out)
        }
        Err(error) => Err(error.errors.iter().map(|error| format!("{}\n", error.message)).collect()),
    }
}

fn library() -> Vec<(SourceKind, String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let of = |kind: SourceKind, name: &str| {
        code_files(&folder.join(name)).into_iter().map(move |(name, text)| (kind, name, text))
    };
    of(SourceKind::Method, "methods").chain(of(SourceKind::Class, "classes")).collect()
}

/// An expression over `$1.value`, with the variable `$limit`.
fn expression(dice: &mut Dice, depth: usize) -> String {
    const LEAVES: [&str; 12] = [
        "$1.value",
        "$1.value",
        "This.value",
        "$1.value.a",
        "$1.value.c.d",
        "$1.value.none",
        "$limit",
        "7",
        "-1",
        "2.5",
        "\"b\"",
        "True",
    ];
    const OPERATORS: [&str; 13] = ["+", "-", "*", "/", "%", "\\", "=", "#", "<", ">=", ">", "&", "|"];
    if depth == 0 || dice.one_in(4) {
        return (*dice.pick(&LEAVES)).to_owned();
    }
    let (left, right) = (expression(dice, depth - 1), expression(dice, depth - 1));
    format!("({left}{}{right})", dice.pick(&OPERATORS))
}

#[test]
fn a_callback_gives_the_same_as_an_expression_and_as_a_call() {
    const ELEMENTS: [&str; 9] = [
        "12",
        "-3",
        "2.5",
        "\"b\"",
        "\"text\"",
        "Null",
        "True",
        "!2024-02-29!",
        "{a: 4; b: \"x\"; c: {d: 9}}",
    ];
    let mut dice = Dice::new(1);
    let mut results = 0;
    for _ in 0..400 {
        let (expression, element) = (expression(&mut dice, 2), *dice.pick(&ELEMENTS));
        let map = |formula: &str| {
            let code = format!(
                "var $limit : Integer\n$limit:=5\nreturn [{element}; {element}].map(Formula({formula}))"
            );
            run(&code, "", &[])
        };
        // A choice makes it more than an expression.
        let (quick, called) = (map(&expression), map(&format!("True ? {expression} : Null")));
        assert_eq!(quick, called, "{expression} of {element}");
        results += usize::from(quick.is_ok());
    }
    assert!(results > 100, "only {results} of the expressions had a value");
}

#[test]
fn every_case_gives_its_result() {
    let library = library();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/run");
    let count = check_cases(&folder, |case| run(&case.code, &case.title, &library));
    println!("{count} cases");
}

#[test]
fn a_method_may_have_more_variables_than_the_interpreter_sees_at_once() {
    // One variable less than the view holds, as many, and far more; each method calls the one before it.
    let wide = |count: usize, inner: &str| {
        let mut code = String::from("#DECLARE($n : Integer)->$sum : Integer\n");
        for number in 0..count {
            code += &format!("var $v{number} : Integer\n$v{number}:=$n+{number}\n");
        }
        code += "$sum:=0\nFor ($i; 1; 3)\n$sum:=$sum+$i\nEnd for\nTry\nthrow(\"x\")\nCatch\n$sum:=$sum+100\nEnd try\n";
        for number in 0..count {
            code += &format!("$sum:=$sum+$v{number}\n");
        }
        code + &format!("$sum:=$sum+{inner}\n")
    };
    let of = |count: i64, inner: i64| count + count * (count - 1) / 2 + 106 + inner;
    let mut library = Vec::new();
    let (mut inner, mut expected) = (String::from("0"), 0);
    for count in [200, 250, 255, 256, 257, 600] {
        let name = format!("wide{count}");
        library.push((SourceKind::Method, name.clone(), wide(count, &inner)));
        expected = of(count as i64, expected);
        inner = format!("{name}(1)");
    }
    library.push((SourceKind::Method, "small".into(), "return wide600(1)\n".into()));
    let result =
        run("return small+New collection(1; 2).map(Formula(wide600($1.value))).length", "", &library);
    assert_eq!(result, Ok((expected + 2).to_string()));
}
