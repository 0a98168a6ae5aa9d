//! The project whose code is run: its methods are the inputs, and all commands of the server are there.
//!
//! Code may write files and throw them away. It reaches its project and the folder for temporary files, which is one of
//! our own ([`own_temporary_folder`]).

use std::ops::Range;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use anyhow::Context as _;
use tessera_orda::Application;

use super::Watch;
use super::application::{self, Faults};
use crate::language;

/// Before every seed that is a multiple of this a new project is made, of all inputs up to the next one: what they did
/// to files and data can't drift away.
pub(super) const INPUTS_PER_PROJECT: u64 = 50;

/// Runs this program again with a folder of its own for temporary files, unless it has one; `None` when it has.
pub(super) fn own_temporary_folder(out: &Path, words: &[&str]) -> anyhow::Result<Option<bool>> {
    let folder = out.join("temporary");
    std::fs::create_dir_all(&folder)?;
    let folder = folder.canonicalize()?;
    if std::env::temp_dir() == folder {
        return Ok(None);
    }
    let again =
        Command::new(std::env::current_exe()?).arg("fuzz").args(words).env("TMPDIR", &folder).status()?;
    std::fs::remove_dir_all(&folder)?;
    Ok(Some(again.success()))
}

/// A project of inputs.
pub(super) struct Ground {
    application: Arc<Application>,
    seeds: Range<u64>,
    _folder: tempfile::TempDir,
}

impl Ground {
    /// The project that has the input of this seed, and those after it up to a multiple of [`INPUTS_PER_PROJECT`].
    pub(super) fn of(
        root: &Path,
        out: &Path,
        seed: u64,
        input: impl Fn(u64) -> String,
    ) -> anyhow::Result<Self> {
        let seeds = seed..seed - seed % INPUTS_PER_PROJECT + INPUTS_PER_PROJECT;
        let folder = tempfile::Builder::new().prefix("project").tempdir_in(out)?;
        let sources = folder.path().join("Project/Sources");
        let from = root.join("crates/orda/testdata");
        for (kind, target) in [("methods", "Methods"), ("classes", "Classes")] {
            let target = sources.join(target);
            std::fs::create_dir_all(&target)?;
            for path in language::files(&from.join(kind))? {
                std::fs::copy(&path, target.join(path.file_name().unwrap_or_default()))?;
            }
        }
        std::fs::write(folder.path().join("Project/fuzz.4DProject"), "{}")?;
        std::fs::copy(from.join("catalog.4DCatalog"), sources.join("catalog.4DCatalog"))?;
        let method =
            |name: &str, text: &str| std::fs::write(sources.join(format!("Methods/{name}.4dm")), text);
        // After an error the next line runs, or most inputs would be over with their first line.
        method("goOn", "")?;
        for seed in seeds.clone() {
            method(&name(seed), &format!("ON ERR CALL(\"goOn\")\n{}", input(seed)))?;
        }
        let application = application::open(folder.path(), Faults::Run)?;
        Ok(Self { application, seeds, _folder: folder })
    }

    pub(super) fn has(&self, seed: u64) -> bool {
        self.seeds.contains(&seed)
    }

    /// Runs the input of a seed until it is over or is told to stop.
    pub(super) fn run(&self, seed: u64, watch: &Watch) -> anyhow::Result<()> {
        let run = || self.application.own_run().call_method(&name(seed), &[]);
        let result = watch.during(&self.application.stopping, run);
        // What 4D code raises is its own affair.
        result.map(|_| ()).context("the project has no such method")
    }
}

impl Drop for Ground {
    /// Processes and workers that the code started end.
    fn drop(&mut self) {
        self.application.stop();
    }
}

fn name(seed: u64) -> String {
    format!("input {seed}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_run_with_the_commands_of_the_server() {
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
        let out = tempfile::tempdir().expect("a folder");
        let code = |seed| format!("File(\"/PACKAGE/{seed}.txt\").setText(String(ds.Person.all().length))");
        let ground = Ground::of(root, out.path(), 48, code).expect("a project");
        assert!(ground.has(48) && ground.has(49) && !ground.has(50));
        ground.run(49, &Watch::start()).expect("the method is there");
        let file = ground.application.paths.root.join("49.txt");
        assert_eq!(std::fs::read_to_string(file).expect("a file"), "0");
    }
}
