//! Repository tasks: `cargo xtask tidy`, `cargo xtask clients`, `cargo xtask bench`, `cargo xtask fuzz`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool talks to its terminal")]

#[cfg(feature = "bench")]
mod bench;
#[cfg(feature = "language")]
mod bench_check;
#[cfg(feature = "data")]
mod bench_data;
#[cfg(feature = "language")]
mod bench_vm;
mod clients;
#[cfg(feature = "language")]
mod fuzz;
#[cfg(feature = "language")]
mod language;
mod project;
mod running;
mod tidy;

use std::path::Path;
use std::process::ExitCode;

#[cfg(feature = "language")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const USAGE: &str = "\
cargo xtask tidy                      checks the rules of the repository
cargo xtask tidy --list-unspecified   lists the choices made where 4D's documentation is silent
cargo xtask clients                   runs other people's clients against the server (needs npm and its registry)
cargo xtask bench                     measures the server against a bare one (docs/performance.md)
    --quick                           one second a case instead of five; targets are not enforced
    --no-build                        takes the release binary as it is
    --only WORD                       only cases whose name holds the word
    --rounds N, --connections N       three and sixteen unless told
cargo xtask bench vm [--only WORD]    measures the virtual machine against Lua 5.4
cargo xtask bench data [--rows N]     measures the data layer against SQL by hand, with a million rows
cargo xtask bench check               measures `tessera check`, and how long reading nonsense takes
cargo xtask fuzz TARGET               feeds lexer, parser, compiler, vm, url or filter with nonsense
    --minutes N, --seed N, --inputs N one minute from seed 1 unless told";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &[String]) -> anyhow::Result<bool> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["tidy"] => tidy::run(root),
        ["tidy", "--list-unspecified"] => tidy::list_unspecified(root).map(|()| true),
        ["clients"] => clients::run(root),
        #[cfg(feature = "data")]
        ["bench", "data", options @ ..] => bench_data::run(options),
        #[cfg(not(feature = "data"))]
        ["bench", "data", ..] => again(root, "data", &words),
        #[cfg(feature = "language")]
        ["bench", "vm", options @ ..] => bench_vm::run(root, options),
        #[cfg(feature = "language")]
        ["bench", "check", options @ ..] => bench_check::run(root, options),
        #[cfg(feature = "language")]
        ["fuzz", options @ ..] => fuzz::run(root, options),
        #[cfg(not(feature = "language"))]
        ["bench", "vm" | "check", ..] | ["fuzz", ..] => again(root, "language", &words),
        ["bench", options @ ..] => bench(root, options),
        #[cfg(feature = "bench")]
        ["floor", options @ ..] => bench::floor(options).map(|()| true),
        _ => {
            eprintln!("{USAGE}");
            Ok(false)
        }
    }
}

#[cfg(feature = "bench")]
fn bench(root: &Path, options: &[&str]) -> anyhow::Result<bool> {
    bench::run(root, options)
}

#[cfg(not(feature = "bench"))]
fn bench(root: &Path, options: &[&str]) -> anyhow::Result<bool> {
    again(root, "bench", &[&["bench"], options].concat())
}

/// `tidy` must build in seconds, so everything else is a feature: this builds xtask again with it, optimised.
#[cfg(not(all(feature = "bench", feature = "data", feature = "language")))]
fn again(root: &Path, feature: &str, words: &[&str]) -> anyhow::Result<bool> {
    let status = std::process::Command::new("cargo")
        .args(["run", "--quiet", "--release", "--package", "xtask", "--features", feature, "--"])
        .args(words)
        .current_dir(root)
        .status()?;
    Ok(status.success())
}
