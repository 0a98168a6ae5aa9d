//! `tessera import`: fills the data from files, or from a running server that speaks the REST protocol.
//!
//! Rows go to the store as they are: no code of the project runs, keys stay what they were, and sequences go on after
//! the highest. Files are all or nothing; from a server, what came stays, so that a long import can go on after an
//! interruption.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Result, bail, ensure};
use camino::Utf8PathBuf;
use tessera_model::{Catalog, Dataclass};

use crate::config::{Config, Flags, ServeFlags};
use crate::open;

mod files;
mod progress;
mod remote;
mod values;
mod write;

use write::Writer;

/// `tessera import`
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  tessera import ~/projects/shop --from exports/            # Customers.csv, Orders.json … by their names
  tessera import ~/projects/shop --from people.csv --into Customers --existing replace
  TESSERA_IMPORT_PASSWORD=… tessera import ~/projects/shop --from https://4d.example.com/rest --user admin

CSV files begin with a line of attribute names; dates are 2026-01-31, booleans true or false, an empty value is Null.
JSON files hold a list of objects, one object per line, or an answer of the REST API.
Pictures and blobs are Base64.")]
pub(crate) struct Arguments {
    /// The project folder
    project: Utf8PathBuf,
    /// A CSV or JSON file, a folder of them, or the REST address of a running server
    #[arg(long, value_name = "SOURCE")]
    from: String,
    /// The dataclass that a single file is for; without it, the file's name says so
    #[arg(long, value_name = "DATACLASS")]
    into: Option<String>,
    /// Only these dataclasses, separated by commas
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    only: Vec<String>,
    /// What becomes of a row whose key is there already
    #[arg(long, value_enum, default_value_t = Existing::Fail)]
    existing: Existing,
    /// Keep the good rows when others are bad
    #[arg(long)]
    partial: bool,
    #[command(flatten)]
    csv: files::CsvArguments,
    #[command(flatten)]
    remote: remote::RemoteArguments,
    #[command(flatten)]
    flags: Flags,
}

/// What becomes of a row whose key is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Existing {
    /// It is a fault
    Fail,
    /// It is left out
    Skip,
    /// It takes the place of what is there
    Replace,
}

/// Imports, and tells how it went.
pub(crate) fn import(arguments: &Arguments) -> Result<ExitCode> {
    let project = open::project(&arguments.project)?;
    let catalog = Arc::new(project.catalog.clone());
    for name in arguments.only.iter().chain(&arguments.into) {
        dataclass_named(&catalog, name)?;
    }
    let config = Config::load(&project, &arguments.flags, &ServeFlags::default())?;
    let store = open::store(&project, &config)?;
    let wanted = |dataclass: &Dataclass| {
        arguments.only.is_empty()
            || arguments.only.iter().any(|name| dataclass.name.eq_ignore_ascii_case(name))
    };
    let mut writer = Writer::new(&catalog, store.connect(), arguments.existing, arguments.partial);
    let is_sound = if arguments.from.contains("://") {
        ensure!(
            arguments.into.is_none(),
            "--into is for a single file; a server tells its dataclasses itself"
        );
        remote::import(arguments, &project.paths.data, &catalog, &wanted, &mut writer)?
    } else {
        files::import(arguments, &catalog, &wanted, &mut writer)?
    };
    Ok(ExitCode::from(u8::from(!is_sound)))
}

/// A dataclass by its name; the case does not count.
fn dataclass_named<'c>(catalog: &'c Catalog, name: &str) -> Result<&'c Dataclass> {
    let found = catalog.dataclass_named(name);
    let found =
        found.or_else(|| catalog.dataclasses().iter().find(|one| one.name.eq_ignore_ascii_case(name)));
    let Some(found) = found else {
        let all: Vec<&str> = catalog.dataclasses().iter().map(|dataclass| dataclass.name.as_str()).collect();
        bail!("there is no dataclass {name}. There are: {}", all.join(", "));
    };
    Ok(found)
}
