//! `tessera sessions`

use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use camino::Utf8PathBuf;
use serde_json::Value as Json;
use tessera_model::ProjectPaths;

use crate::office::{Answer, Remote};

/// `tessera sessions`
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  tessera sessions ~/projects/shop list\n  \
                        tessera sessions ~/projects/shop close 0B3F2C4D5E6F708192A3B4C5D6E7F809")]
pub(crate) struct Arguments {
    /// The project folder that is being served
    project: Utf8PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Show live sessions and licences
    List {
        /// The server's own JSON instead of a table
        #[arg(long)]
        json: bool,
    },
    /// End a session: its licence is free and its cookie leads nowhere
    Close {
        /// The session's id, as `list` shows it
        id: String,
    },
}

/// Asks the running server.
pub(crate) fn sessions(arguments: &Arguments) -> Result<ExitCode> {
    let paths = ProjectPaths::find(&arguments.project)?;
    let server = Remote::find(&paths.data)?;
    match &arguments.command {
        Command::List { json } => list(&server, *json),
        Command::Close { id } => close(&server, id),
    }
}

fn list(server: &Remote, as_json: bool) -> Result<ExitCode> {
    let answer = server.get("/sessions")?;
    let text = expect(answer, 200)?;
    if as_json {
        println!("{text}");
        return Ok(ExitCode::SUCCESS);
    }
    let answer: Json = serde_json::from_str(&text).context("the server's answer can't be understood")?;
    let licenses = &answer["licenses"];
    let size = licenses["size"].as_u64().map_or_else(|| "unlimited".into(), |size| size.to_string());
    let sessions = answer["sessions"].as_array().map(Vec::as_slice).unwrap_or_default();
    println!("{} sessions; licences: {} of {size}", sessions.len(), licenses["used"]);
    if sessions.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    println!("{:32}  {:7}  {:24}  {:22}  {:20}  privileges", "id", "licence", "user", "address", "expires");
    for session in sessions {
        let text = |name: &str| session[name].as_str().unwrap_or_default();
        let user = match (text("user"), session["logged"] == true) {
            ("", false) => "(guest)",
            ("", true) => "(no name)",
            (name, _) => name,
        };
        let expires: String = text("expires").chars().take(19).chain(['Z']).collect();
        let privileges: Vec<&str> =
            session["privileges"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
        let license = if session["license"] == true { "yes" } else { "no" };
        println!(
            "{:32}  {license:7}  {user:24}  {:22}  {expires:20}  {}",
            text("id"),
            text("address"),
            privileges.join(", ")
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn close(server: &Remote, id: &str) -> Result<ExitCode> {
    // The id becomes part of a path.
    if id.len() != 32 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        bail!("\"{id}\" is no session id: 32 hex digits, as `tessera sessions PROJECT list` shows them");
    }
    let answer = server.delete(&format!("/sessions/{}", id.to_ascii_uppercase()))?;
    if answer.status == 404 {
        eprintln!("tessera: there is no session {id}");
        return Ok(ExitCode::FAILURE);
    }
    expect(answer, 200)?;
    println!("closed {id}");
    Ok(ExitCode::SUCCESS)
}

fn expect(answer: Answer, status: u16) -> Result<String> {
    if answer.status == status {
        return Ok(answer.text);
    }
    bail!("the server refused ({}): {}", answer.status, answer.text.trim())
}
