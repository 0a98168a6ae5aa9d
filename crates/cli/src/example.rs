//! The example project: in the repository, or unpacked from the command itself.

use anyhow::{Context as _, Result, bail};
use camino::Utf8PathBuf;
use rust_embed::RustEmbed;

use crate::machine::current_folder;

/// Where the example lies in the repository.
const PATH: &str = "projects/crm";

#[derive(RustEmbed)]
#[folder = "../../projects/crm"]
#[exclude = "Data/*"]
struct Crm;

/// Finds the example: in the current folder or above it, or else in a fresh folder it is unpacked to.
pub(crate) fn find() -> Result<Utf8PathBuf> {
    let here = current_folder().context("the current folder can't be told; name a project")?;
    if let Some(found) =
        here.ancestors().map(|folder| folder.join(PATH)).find(|path| path.join("Project").is_dir())
    {
        return Ok(found);
    }
    let folder = here.join("tessera-example");
    if folder.join("Project").is_dir() {
        return Ok(folder);
    }
    if folder.exists() {
        bail!("{folder} exists and is no project; name a project to serve, or start in another folder");
    }
    for name in Crm::iter() {
        let Some(file) = Crm::get(&name) else { continue };
        let path = folder.join(name.as_ref());
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).with_context(|| format!("{parent} can't be made"))?;
        }
        std::fs::write(&path, file.data).with_context(|| format!("{path} can't be written"))?;
    }
    eprintln!("The example project was unpacked to {folder}.");
    Ok(folder)
}
