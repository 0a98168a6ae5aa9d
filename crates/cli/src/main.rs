//! The tessera command.
//!
//! The only place that reads the environment, the clock of the machine and its random source; everything below gets
//! them as arguments.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command talks to the terminal")]

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod archive;
mod check;
mod config;
mod example;
mod explain;
mod import;
mod machine;
mod migrate;
mod new;
mod office;
mod open;
mod openapi;
mod report;
mod run;
mod serve;
mod sessions;
#[cfg(feature = "otel")]
mod traces;
mod watch;

/// Answers are made of many small pieces that live as long as a request: docs/performance.md has the figures.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// An open server for 4D projects: REST, users and sessions, licences, privileges, and the project's own code.
#[derive(Debug, Parser)]
#[command(
    name = "tessera",
    version,
    about,
    after_help = "Without a command, `tessera` serves the example project."
)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve a project over HTTP
    Serve(serve::Arguments),
    /// Read a project's catalog, roles and code, and say what is wrong
    Check(check::Arguments),
    /// Run one project method against the data and print its result as JSON
    Run(run::Arguments),
    /// Fill the data from CSV or JSON files, or from a running server
    Import(import::Arguments),
    /// Show or close the sessions of a running server
    Sessions(sessions::Arguments),
    /// Say which line of roles.json lets somebody do something, or keeps them from it
    Explain(explain::Arguments),
    /// Print an OpenAPI document of the project's REST API
    Openapi(openapi::OpenApiArguments),
    /// Write a typed client of the project's REST API
    Client(openapi::ClientArguments),
    /// Bring an older project's login up to date
    Migrate(migrate::Arguments),
    /// Write a fresh project: force login, everything restricted, a login page
    New(new::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let _telling = match machine::begin_telling() {
        Ok(telling) => telling,
        Err(error) => return failed(&error),
    };
    let result = match arguments.command.unwrap_or_else(|| Command::Serve(serve::Arguments::default())) {
        Command::Serve(arguments) => serve::serve(&arguments),
        Command::Check(arguments) => check::check(&arguments),
        Command::Run(arguments) => run::run(&arguments),
        Command::Import(arguments) => import::import(&arguments),
        Command::Sessions(arguments) => sessions::sessions(&arguments),
        Command::Explain(arguments) => explain::explain(&arguments),
        Command::Openapi(arguments) => openapi::openapi(&arguments),
        Command::Client(arguments) => openapi::client(&arguments),
        Command::Migrate(arguments) => migrate::migrate(&arguments),
        Command::New(arguments) => new::new(&arguments),
    };
    result.unwrap_or_else(|error| failed(&error))
}

fn failed(error: &anyhow::Error) -> ExitCode {
    eprintln!("tessera: {error:#}");
    ExitCode::from(2)
}
