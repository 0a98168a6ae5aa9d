//! Feeds the language and the REST protocol with nonsense that looks like 4D: nothing may make them panic, overflow or
//! hang.
//!
//! Inputs are the test data of the crates, changed at random: lines and words are cut out, doubled, exchanged between
//! files, and pieces that mean something to the parser are put in. Each input follows from its seed alone, so what was
//! found is found again: `cargo xtask fuzz TARGET --seed N --inputs 1`.

mod application;
mod calls;
mod ground;
mod requests;
mod served;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tessera_syntax::{Severity, Vocabulary, parse_expression, print};
use tessera_test_support::Dice;
use tessera_vm::SourceKind;

use self::ground::Ground;
use self::requests::Question;
use self::served::Served;
use crate::language::{self, Code};

/// What is fed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    /// Bytes and characters of all kinds.
    Lexer,
    /// What reads like code: parsed, printed, parsed again.
    Parser,
    /// Parsed and compiled.
    Compiler,
    /// Parsed, compiled and run in a project, with all commands there are.
    Vm,
    /// Requests with path, query and body, by guests and others, answered.
    Url,
    /// `$filter`, `$params` and `$orderby` wherever they may stand, answered.
    Filter,
}

impl Target {
    /// How a kept input is called.
    fn extension(self) -> &'static str {
        if matches!(self, Self::Url | Self::Filter) { "txt" } else { "4dm" }
    }
}

const TARGETS: &str = "lexer, parser, compiler, vm, url or filter";

struct Options {
    target: Target,
    time: Duration,
    seed: u64,
    inputs: u64,
}

/// A run of code is told to stop after this.
const RUN_MAX: Duration = Duration::from_millis(100);
/// An input that takes longer than this, and was told to stop, hangs.
const HANG: Duration = Duration::from_secs(10);
const INPUT_BYTES_MAX: usize = 20_000;

/// Pieces that mean something.
const PIECES: [&str; 96] = [
    "If (",
    "Else",
    "End if",
    "Case of",
    ":",
    "End case",
    "While (",
    "End while",
    "Repeat",
    "Until (",
    "For (",
    "For each (",
    "End for",
    "End for each",
    "Use (",
    "End use",
    "Try",
    "Try(",
    "Catch",
    "End try",
    "Begin SQL",
    "End SQL",
    "return",
    "break",
    "continue",
    "var $a : Text",
    "property a; b : Object",
    "Function f($x : Integer)",
    "Class constructor",
    "Class extends P",
    "exposed",
    "Alias a b.c",
    "#DECLARE($a; $b : Text)->$r : Object",
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
    "*=",
    ".",
    "->",
    "?",
    "??",
    "?-",
    "?+",
    "$a",
    "$1",
    "${1}",
    "<>g",
    "Storage",
    "This",
    "Super(",
    "ds",
    "cs.C.new(",
    "4D.Blob.new(",
    "Formula(",
    "Null",
    "True",
    "\"text\"",
    "\"open",
    "0xFF",
    "1e308",
    "9223372036854775807",
    "-1",
    "!2024-01-31!",
    "?10:20:30?",
    "/*",
    "*/",
    "//",
    "\\\n",
    "`",
    "\t",
    "\r\n",
    "\u{a0}",
    "é",
    "😀",
    "\0",
    ":C10",
    ":K8:3",
    "[Employee]",
    "[Employee:1]name:2",
    "ARRAY TEXT($t; 3)",
    "$t{1}",
    "New object(",
    ".push(",
    ".map(",
    "ON ERR CALL(",
    "throw(",
    "OB Copy(",
    "JSON Parse(",
];

/// Fuzzes one target; false when something was found.
pub(crate) fn run(root: &Path, words: &[&str]) -> anyhow::Result<bool> {
    let options = options(words)?;
    let served = match options.target {
        Target::Url | Target::Filter => Some(Served::open(root)?),
        _ => None,
    };
    let out = root.join("target/fuzz");
    std::fs::create_dir_all(&out).with_context(|| out.display().to_string())?;
    if options.target == Target::Vm
        && let Some(found_nothing) = ground::own_temporary_folder(&out, words)?
    {
        return Ok(found_nothing);
    }
    let corpus = corpus(root, options.target)?;
    language::with_deep_stack(|| search(root, &options, &corpus, served, &out))?
}

fn options(words: &[&str]) -> anyhow::Result<Options> {
    let (target, rest) = words.split_first().with_context(|| format!("name a target: {TARGETS}"))?;
    let target = match *target {
        "lexer" => Target::Lexer,
        "parser" => Target::Parser,
        "compiler" => Target::Compiler,
        "vm" => Target::Vm,
        "url" => Target::Url,
        "filter" => Target::Filter,
        other => bail!("there is no target {other}: {TARGETS}"),
    };
    let mut options = Options { target, time: Duration::from_mins(1), seed: 1, inputs: u64::MAX };
    let mut rest = rest.iter();
    while let Some(word) = rest.next() {
        let value = rest.next().with_context(|| format!("{word} needs a value"))?;
        match *word {
            "--minutes" => options.time = Duration::from_secs_f64(value.parse::<f64>()? * 60.0),
            "--seed" => options.seed = value.parse()?,
            "--inputs" => options.inputs = value.parse()?,
            other => bail!("fuzz does not know {other}"),
        }
    }
    Ok(options)
}

/// The test data of the crates.
fn corpus(root: &Path, target: Target) -> anyhow::Result<Vec<String>> {
    let mut texts = Vec::new();
    for folder in
        ["crates/syntax/testdata", "crates/vm/testdata", "crates/orda/testdata", "crates/cli/testdata"]
    {
        for path in language::files(&root.join(folder))? {
            let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            // What is run must not reach other machines.
            let text = if target == Target::Vm { text.replace("://", "://127.0.0.1:1/") } else { text };
            // A file of cases is many inputs.
            texts.extend(text.split("\n//# ").map(|case| format!("//# {case}")));
        }
    }
    Ok(texts)
}

fn search(
    root: &Path,
    options: &Options,
    corpus: &[String],
    mut served: Option<Served>,
    out: &Path,
) -> anyhow::Result<bool> {
    let watch = Watch::start();
    let started = Instant::now();
    // What was found is reported here, not by the default hook; code may also start threads that panic.
    let panics: Arc<Mutex<Vec<String>>> = Arc::default();
    let hook_panics = Arc::clone(&panics);
    std::panic::set_hook(Box::new(move |panic| {
        hook_panics.lock().unwrap_or_else(PoisonError::into_inner).push(panic.to_string());
    }));
    let mut ground: Option<Ground> = None;
    let (mut count, mut found) = (0, 0);
    while count < options.inputs && started.elapsed() < options.time {
        let seed = options.seed.wrapping_add(count);
        let dice = &mut Dice::new(seed);
        let question = match options.target {
            Target::Url => Some(Question::url(dice)),
            Target::Filter => Some(Question::filter(dice)),
            _ => None,
        };
        let text = question.as_ref().map_or_else(|| input(dice, corpus, options.target), ToString::to_string);
        if options.target == Target::Vm && !ground.as_ref().is_some_and(|ground| ground.has(seed)) {
            // The one before ends first.
            drop(ground.take());
            let input = |seed| input(&mut Dice::new(seed), corpus, options.target);
            ground = Some(Ground::of(root, out, seed, input)?);
        }
        // A crash of the whole process leaves its input behind.
        let current = out.join("current").with_extension(options.target.extension());
        std::fs::write(&current, &text)?;
        let began = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(|| match (&mut served, &question, &ground) {
            (Some(served), Some(question), _) => served.ask(question, seed),
            (_, _, Some(ground)) => ground.run(seed, &watch).map_err(|error| format!("{error:#}")),
            _ => feed(options.target, &text),
        }));
        let panic = panics.lock().unwrap_or_else(PoisonError::into_inner).drain(..).next();
        let problem = match outcome {
            _ if panic.is_some() => panic,
            Err(_) => Some("a panic without a message".to_owned()),
            Ok(Err(problem)) => Some(problem),
            Ok(Ok(())) if began.elapsed() > HANG => Some(format!("took {:?}", began.elapsed())),
            Ok(Ok(())) => None,
        };
        if let Some(problem) = problem {
            found += 1;
            let name = format!("{:?}-{seed}.{}", options.target, options.target.extension());
            let kept: PathBuf = out.join(name.to_lowercase());
            std::fs::write(&kept, &text)?;
            eprintln!("seed {seed}: {problem}\n  input kept in {}", kept.display());
            let per_project = match options.target {
                Target::Url | Target::Filter => Some(served::INPUTS_PER_PROJECT),
                Target::Vm => Some(ground::INPUTS_PER_PROJECT),
                _ => None,
            };
            if let Some(per_project) = per_project {
                // Those before it may have changed what it found.
                let from = seed - seed % per_project;
                eprintln!("  with all that came before it: --seed {from} --inputs {}", seed - from + 1);
            }
        }
        count += 1;
    }
    let _ = std::panic::take_hook();
    println!("{:?}: {count} inputs from seed {}, {found} findings", options.target, options.seed);
    Ok(found == 0)
}

/// One input; an error when the language contradicts itself.
fn feed(target: Target, text: &str) -> Result<(), String> {
    let kind = if text.contains("Function ") { SourceKind::Class } else { SourceKind::Method };
    let code = Code { kind, name: "The input".into(), text: text.to_owned() };
    let vocabulary = Vocabulary::new(["my method"], ["Employee"]);
    match target {
        Target::Lexer => {
            let _ = language::parsed(&code, &vocabulary);
            let _ = parse_expression(text, &vocabulary);
        }
        Target::Parser => {
            let parsed = language::parsed(&code, &vocabulary);
            if parsed.diagnostics.iter().all(|diagnostic| diagnostic.severity != Severity::Error) {
                let printed = print(&parsed.file);
                let again = language::parsed(&Code { text: printed.clone(), ..code }, &vocabulary);
                if print(&again.file) != printed {
                    return Err(format!("printed and read again, it is another:\n{printed}"));
                }
            }
        }
        Target::Compiler => drop(language::program(&[code])),
        Target::Vm | Target::Url | Target::Filter => {}
    }
    Ok(())
}

/// Tells a run to stop when it takes too long.
struct Watch {
    /// What tells the run that is watched.
    stop: Arc<Mutex<Arc<AtomicBool>>>,
    /// Milliseconds since the start at which the run has to end; 0 while nothing runs.
    deadline: Arc<AtomicU64>,
    started: Instant,
}

impl Watch {
    fn start() -> Self {
        let watch = Self { stop: Arc::default(), deadline: Arc::default(), started: Instant::now() };
        let (stop, deadline, started) = (Arc::clone(&watch.stop), Arc::clone(&watch.deadline), watch.started);
        std::thread::spawn(move || {
            loop {
                std::thread::park_timeout(RUN_MAX / 4);
                let deadline = deadline.load(Ordering::Relaxed);
                if deadline != 0 && started.elapsed().as_millis() as u64 > deadline {
                    stop.lock().unwrap_or_else(PoisonError::into_inner).store(true, Ordering::Relaxed);
                }
            }
        });
        watch
    }

    fn during<R>(&self, stop: &Arc<AtomicBool>, work: impl FnOnce() -> R) -> R {
        stop.store(false, Ordering::Relaxed);
        self.stop.lock().unwrap_or_else(PoisonError::into_inner).clone_from(stop);
        let deadline = (self.started.elapsed() + RUN_MAX).as_millis() as u64;
        self.deadline.store(deadline, Ordering::Relaxed);
        let result = work();
        self.deadline.store(0, Ordering::Relaxed);
        result
    }
}

/// The input of a seed.
fn input(dice: &mut Dice, corpus: &[String], target: Target) -> String {
    let any = |dice: &mut Dice| corpus[dice.below(corpus.len())].clone();
    let mut text = any(dice);
    for _ in 0..=dice.below(8) {
        if target == Target::Vm && dice.below(2) == 0 {
            let call = calls::call(dice);
            text = changed_line(dice, &text, |_, line| Some(format!("{call}\n{line}")));
            continue;
        }
        text = match dice.below(if target == Target::Lexer { 9 } else { 7 }) {
            0 => changed_line(dice, &text, |_, _| None),
            1 => changed_line(dice, &text, |_, line| Some(format!("{line}\n{line}"))),
            2 => {
                let other = any(dice);
                let lines: Vec<&str> = other.lines().collect();
                let taken = if lines.is_empty() { String::new() } else { (*dice.pick(&lines)).to_owned() };
                changed_line(dice, &text, |_, line| Some(format!("{line}\n{taken}")))
            }
            3 => changed_word(dice, &text, |dice| (*dice.pick(&PIECES)).to_owned()),
            4 => changed_word(dice, &text, |_| String::new()),
            5 => {
                let other = any(dice);
                let words: Vec<&str> = other.split_whitespace().collect();
                let taken = if words.is_empty() { String::new() } else { (*dice.pick(&words)).to_owned() };
                changed_word(dice, &text, |_| taken)
            }
            6 => {
                let piece = (*dice.pick(&PIECES)).to_owned();
                changed_line(dice, &text, |_, line| Some(format!("{line}\n{piece}")))
            }
            7 => {
                let at = boundary(&text, dice.below(text.len() + 1));
                let character = char::from_u32(dice.below(0x3000) as u32).unwrap_or('?');
                format!("{}{character}{}", &text[..at], &text[at..])
            }
            _ => {
                let (from, to) = (
                    boundary(&text, dice.below(text.len() + 1)),
                    boundary(&text, dice.below(text.len() + 1)),
                );
                format!("{}{}", &text[..from.min(to)], &text[from.max(to)..])
            }
        };
        text.truncate(boundary(&text, INPUT_BYTES_MAX));
    }
    text
}

/// The character border at or before a byte.
fn boundary(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn changed_line(
    dice: &mut Dice,
    text: &str,
    change: impl FnOnce(&mut Dice, &str) -> Option<String>,
) -> String {
    let mut lines: Vec<String> = text.lines().map(ToOwned::to_owned).collect();
    if lines.is_empty() {
        return text.to_owned();
    }
    let at = dice.below(lines.len());
    match change(dice, &lines[at].clone()) {
        Some(line) => lines[at] = line,
        None => drop(lines.remove(at)),
    }
    lines.join("\n")
}

fn changed_word(dice: &mut Dice, text: &str, change: impl FnOnce(&mut Dice) -> String) -> String {
    let words: Vec<(usize, &str)> =
        text.split_whitespace().map(|word| (word.as_ptr().addr() - text.as_ptr().addr(), word)).collect();
    if words.is_empty() {
        return change(dice);
    }
    let (at, word) = words[dice.below(words.len())];
    format!("{}{}{}", &text[..at], change(dice), &text[at + word.len()..])
}
