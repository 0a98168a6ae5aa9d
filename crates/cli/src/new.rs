//! `tessera new`

use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use camino::{Utf8Path, Utf8PathBuf};
use rust_embed::RustEmbed;
use tessera_values::Chance as _;

use crate::machine::SystemChance;

/// `tessera new`
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  tessera new shop\n  tessera run shop addUser '\"me@example.com\"' '\"my secret\"'\n  tessera serve shop"
)]
pub(crate) struct Arguments {
    /// The folder to make; its name is the project's name
    folder: Utf8PathBuf,
}

#[derive(RustEmbed)]
#[folder = "template"]
struct Template;

/// Writes a fresh project.
pub(crate) fn new(arguments: &Arguments) -> Result<ExitCode> {
    let folder = &arguments.folder;
    let name = folder.file_name().filter(|name| !name.starts_with('.')).context("the folder needs a name")?;
    if folder.exists()
        && folder.read_dir_utf8().with_context(|| format!("{folder} can't be read"))?.next().is_some()
    {
        bail!("{folder} is not empty; name a new folder");
    }
    for entry in Template::iter() {
        let Some(file) = Template::get(&entry) else { continue };
        let text = String::from_utf8_lossy(&file.data);
        let path = folder.join(entry.replace("NAME", name));
        write(&path, &fill(&text, name))?;
    }
    println!(
        "{folder} is ready. Make the first user and serve it:\n\
         \n  tessera run {folder} addUser '\"me@example.com\"' '\"my secret\"'\
         \n  tessera serve {folder}"
    );
    Ok(ExitCode::SUCCESS)
}

fn write(path: &Utf8Path, text: &str) -> Result<()> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).with_context(|| format!("{parent} can't be made"))?;
    }
    std::fs::write(path, text).with_context(|| format!("{path} can't be written"))
}

/// Puts the name and fresh uuids into a template: the same word becomes the same uuid.
fn fill(text: &str, name: &str) -> String {
    let mut filled = text.replace("{{name}}", &xml(name));
    while let Some(start) = filled.find("{{uuid ") {
        let Some(length) = filled[start..].find("}}") else { break };
        let word = filled[start..start + length + 2].to_owned();
        filled = filled.replace(&word, &uuid());
    }
    filled
}

fn xml(name: &str) -> String {
    name.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

fn uuid() -> String {
    let mut bytes = [0; 16];
    SystemChance.fill(&mut bytes);
    // Version 4, variant 1, as every tool that reads them expects.
    bytes[6] = bytes[6] & 0x0F | 0x40;
    bytes[8] = bytes[8] & 0x3F | 0x80;
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_word_becomes_the_same_uuid() {
        let filled = fill("{{uuid a}} {{uuid b}} {{uuid a}} {{name}}", "x&y");
        let words: Vec<&str> = filled.split(' ').collect();
        assert_eq!(words[0], words[2]);
        assert_ne!(words[0], words[1]);
        assert_eq!((words[0].len(), words[3]), (32, "x&amp;y"));
    }
}
