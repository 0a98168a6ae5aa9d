//! `tessera migrate`: what 4D's "Activate REST authentication through ds.authentify() function" button does
//! (`docs/settings/web.md`), on the files of a project.

use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use camino::{Utf8Path, Utf8PathBuf};
use serde_json::{Value as Json, json};
use tessera_model::{Project, RolesSource, SourceKind};
use tessera_orda::build;

use crate::report;

/// `tessera migrate`
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  tessera migrate force-login ~/projects/shop --dry-run")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// From On REST Authentication to ds.authentify(): forceLogin on, the database method put away
    ForceLogin {
        /// The project folder
        project: Utf8PathBuf,
        /// Say what would be done, and do nothing
        #[arg(long)]
        dry_run: bool,
    },
}

/// One change of a file.
#[derive(Debug)]
enum Change {
    Write { file: Utf8PathBuf, text: String, what: &'static str },
    Move { from: Utf8PathBuf, to: Utf8PathBuf },
}

/// Changes the project's files, or says what would change.
pub(crate) fn migrate(arguments: &Arguments) -> Result<ExitCode> {
    let Command::ForceLogin { project, dry_run } = &arguments.command;
    let project = Project::open(project)?;
    let changes = changes(&project)?;
    if changes.is_empty() {
        println!("Nothing to do: forceLogin is on, and there is no On REST Authentication.");
    }
    for change in &changes {
        if *dry_run {
            println!("would {}", change.sentence());
        } else {
            change.make()?;
            println!("{}", change.sentence());
        }
    }
    let built = build(&project, project.roles.roles());
    let login =
        built.program.class("DataStore").and_then(|class| built.program.function(class.id, "authentify"));
    match login {
        Some(function) if function.modifiers.exposed => {}
        Some(_) => {
            println!("Note: authentify in the DataStore class is not exposed, so nobody can log in yet.");
        }
        None => println!(
            "Note: nobody can log in yet. The DataStore class needs an `exposed Function authentify` that calls \
             Session.setPrivileges(); `tessera new FOLDER` writes a project that has one."
        ),
    }
    if changes.iter().any(|change| matches!(change, Change::Move { .. })) {
        println!("Note: clients that log in by $directory/login have to call $catalog/authentify instead.");
    }
    Ok(ExitCode::SUCCESS)
}

fn changes(project: &Project) -> Result<Vec<Change>> {
    let mut changes = Vec::new();
    let file = project.paths.roles();
    match &project.roles {
        RolesSource::Broken(faults) => bail!(
            "roles.json is broken; mend it first:\n  {}",
            faults.iter().map(|fault| report::roles_fault(project, fault)).collect::<Vec<_>>().join("\n  ")
        ),
        RolesSource::Absent => {
            let fresh = json!({
                "forceLogin": true,
                "permissions": {"allowed": []},
                "privileges": [],
                "roles": [],
            });
            changes.push(Change::Write { file, text: pretty(&fresh)?, what: "write, with forceLogin on" });
        }
        RolesSource::Valid(roles, _) if !roles.force_login => {
            let text = std::fs::read_to_string(&file).with_context(|| format!("{file} can't be read"))?;
            let text = with_force_login(&text).with_context(|| format!("{file} can't be changed"))?;
            changes.push(Change::Write { file, text, what: "switch forceLogin on in" });
        }
        RolesSource::Valid(..) => {}
    }
    let methods = project.sources.iter().filter(|source| source.kind == SourceKind::DatabaseMethod);
    for method in methods.filter(|method| method.name.eq_ignore_ascii_case("onRESTAuthentication")) {
        let trash = project.paths.root.join("Trash");
        let to = free_name(&trash, method.path.file_name().unwrap_or("onRESTAuthentication.4dm"));
        changes.push(Change::Move { from: method.path.clone(), to });
    }
    Ok(changes)
}

/// The text with `forceLogin` true. Where it can be, nothing else in the file is touched.
fn with_force_login(text: &str) -> Result<String> {
    const MEMBER: &str = "\"forceLogin\"";
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let mut wanted: Json = serde_json::from_str(text)?;
    let members = wanted.as_object_mut().context("it holds no object")?;
    members.insert("forceLogin".into(), Json::Bool(true));
    let edited = match text.find(MEMBER) {
        Some(at) => {
            let (before, after) = text.split_at(at + MEMBER.len());
            format!("{before}{}", after.replacen("false", "true", 1))
        }
        None => text.replacen('{', "{\n\t\"forceLogin\": true,", 1),
    };
    // A member of the same name further in, or an empty object, would have been edited wrongly.
    match serde_json::from_str::<Json>(&edited) {
        Ok(json) if json == wanted => Ok(edited),
        _ => pretty(&wanted),
    }
}

/// As 4D writes it: with tabs.
fn pretty(json: &Json) -> Result<String> {
    let mut out = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(b"\t");
    serde::Serialize::serialize(json, &mut serde_json::Serializer::with_formatter(&mut out, formatter))?;
    out.push(b'\n');
    Ok(String::from_utf8(out)?)
}

/// A name that no file of the folder has yet.
fn free_name(folder: &Utf8Path, name: &str) -> Utf8PathBuf {
    let numbered = (2_u32..).map(|number| folder.join(format!("{number} {name}")));
    std::iter::once(folder.join(name)).chain(numbered).find(|path| !path.exists()).unwrap_or_default()
}

impl Change {
    fn sentence(&self) -> String {
        match self {
            Self::Write { file, what, .. } => format!("{what} {file}"),
            Self::Move { from, to } => format!("move {from} to {to}"),
        }
    }

    fn make(&self) -> Result<()> {
        match self {
            Self::Write { file, text, .. } => {
                // A full disk must not leave half a roles.json.
                let beside = file.with_extension("json.new");
                std::fs::write(&beside, text)
                    .and_then(|()| std::fs::rename(&beside, file))
                    .with_context(|| format!("{file} can't be written"))
            }
            Self::Move { from, to } => to
                .parent()
                .map_or(Ok(()), std::fs::create_dir_all)
                .and_then(|()| std::fs::rename(from, to))
                .with_context(|| format!("{from} can't be moved to {to}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn edited(text: &str, expected: &str) {
        assert_eq!(with_force_login(text).unwrap(), expected);
    }

    #[test]
    fn only_the_flag_changes() {
        edited("{ \"roles\":[],\n\"forceLogin\" :  false}", "{ \"roles\":[],\n\"forceLogin\" :  true}");
        edited("{\n\t\"roles\": []\n}\n", "{\n\t\"forceLogin\": true,\n\t\"roles\": []\n}\n");
        edited("\u{FEFF}{\"roles\": []}", "{\n\t\"forceLogin\": true,\"roles\": []}");
    }

    #[test]
    fn a_file_that_would_be_edited_wrongly_is_written_anew() {
        edited("{}", "{\n\t\"forceLogin\": true\n}\n");
        let inner = "{\"x\": {\"forceLogin\": 1, \"y\": false}}";
        let expected =
            "{\n\t\"x\": {\n\t\t\"forceLogin\": 1,\n\t\t\"y\": false\n\t},\n\t\"forceLogin\": true\n}\n";
        edited(inner, expected);
    }
}
