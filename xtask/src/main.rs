//! Repository tasks: `cargo xtask tidy`, `cargo xtask bench`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool talks to its terminal")]

mod tidy;

use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask tidy                      checks the rules of the repository
cargo xtask tidy --list-unspecified   lists the choices made where 4D's documentation is silent
cargo xtask bench [--quick] [--no-build] [--only CASE]   measures the server against a bare one";

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
        _ => {
            eprintln!("{USAGE}");
            Ok(false)
        }
    }
}
