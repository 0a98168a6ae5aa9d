//! `tessera run`

use std::process::ExitCode;

use anyhow::{Result, bail};
use camino::Utf8PathBuf;
use tessera_values::{DateForm, ErrorStack, Value, parse_relaxed, write_json};

use crate::config::{Flags, ServeFlags};
use crate::open;

/// `tessera run`
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  tessera run ~/projects/shop addProduct '\"Chair\"' 49.5")]
pub(crate) struct Arguments {
    /// The project folder
    project: Utf8PathBuf,
    /// The project method
    method: String,
    /// Its arguments as JSON; what is no JSON is a text
    arguments: Vec<String>,
    #[command(flatten)]
    flags: Flags,
}

/// The stack of the thread that runs the method.
const STACK_BYTES: usize = 64 << 20;

/// Runs one method and prints its result.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let project = open::project(&arguments.project)?;
    let (application, _) = open::application(project, &arguments.flags, &ServeFlags::default())?;
    if application.program.method(&arguments.method).is_none() {
        bail!("{} has no method {}", application.name, arguments.method);
    }
    let (method, texts) = (arguments.method.clone(), arguments.arguments.clone());
    let worker = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(move || {
        let values: Vec<Value> = texts.iter().map(|text| argument(text)).collect();
        let mut run = application.own_run();
        let result = run.call_method(&method, &values).unwrap_or(Ok(Value::Undefined));
        result.map(|value| json(&value))
    })?;
    match worker.join() {
        Ok(Ok(result)) => {
            println!("{result}");
            Ok(ExitCode::SUCCESS)
        }
        Ok(Err(error)) => {
            print_stack(&error);
            Ok(ExitCode::from(1))
        }
        Err(_) => bail!("the method made the virtual machine panic; this is a fault of tessera"),
    }
}

fn argument(text: &str) -> Value {
    parse_relaxed(text).unwrap_or_else(|_| Value::text(text))
}

fn json(value: &Value) -> String {
    let mut out = String::new();
    match write_json(&mut out, value, DateForm::Day) {
        Ok(()) => out,
        Err(_) => "null".into(),
    }
}

fn print_stack(stack: &ErrorStack) {
    for error in &stack.errors {
        match &error.place {
            Some((name, line)) => eprintln!("{name}:{line}: {error}"),
            None => eprintln!("{error}"),
        }
    }
}
