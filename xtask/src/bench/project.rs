//! The 4D projects that are measured, as folders of their own.
//!
//! `xtask/projects/items` has one dataclass of ten thousand entities, one user, and everything restricted. It fills
//! itself when it is served for the first time.

use std::fs;
use std::path::Path;

use anyhow::Context as _;

/// Entities of the dataclass `Item`, as `fillDatabase.4dm` makes them.
pub(super) const ROWS: usize = 10_000;
/// Cities they are in: a filter by city finds a hundred.
pub(super) const CITIES: usize = 100;
/// Who logs in.
pub(super) const EMAIL: &str = "bench@example.com";
/// With what.
pub(super) const PASSWORD: &str = "bench-secret";

/// Copies a project without its data and logs.
pub(super) fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| from.display().to_string())? {
        let entry = entry?;
        let name = entry.file_name();
        if name == "Data" || name == "Logs" {
            continue;
        }
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to.join(name))?;
        } else {
            fs::copy(entry.path(), to.join(name))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_project_fills_itself_as_the_cases_expect() {
        let code = include_str!("../../projects/items/Project/Sources/Methods/fillDatabase.4dm");
        assert!(
            code.contains(&format!("For ($i; 1; {ROWS})")) && code.contains(&format!("String($i%{CITIES})"))
        );
        assert!(code.contains(EMAIL) && code.contains(PASSWORD));
    }
}
