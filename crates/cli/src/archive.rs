//! Where sessions wait for the next start: `sessions.sqlite` in the project's data folder.

use anyhow::{Context as _, Result};
use camino::Utf8Path;
use tessera_orda::Application;
use tessera_sessions::{Archive, Change};
use tessera_store::TextFile;

const FILE: &str = "sessions.sqlite";

/// From now on people who are logged in survive a restart.
pub(crate) fn survive_restarts(application: &Application) -> Result<()> {
    let folder = &application.paths.data;
    std::fs::create_dir_all(folder).with_context(|| format!("the folder {folder} can't be made"))?;
    let path = folder.join(FILE);
    let file = TextFile::open(path.as_str())
        .with_context(|| format!("sessions can't be kept in {path}; set session.survive_restart = false"))?;
    keep_private(&path)?;
    let resumed = application.sessions.survive_restarts(Box::new(FileArchive(file)));
    tracing::info!(resumed, "sessions survive restarts");
    Ok(())
}

/// It holds what people stored in their sessions.
fn keep_private(path: &Utf8Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let owner_only = std::fs::Permissions::from_mode(0o600);
    for file in [path.to_owned(), format!("{path}-wal").into()] {
        if file.exists() {
            std::fs::set_permissions(&file, owner_only.clone())
                .with_context(|| format!("{file} can't be kept from others"))?;
        }
    }
    Ok(())
}

struct FileArchive(TextFile);

impl Archive for FileArchive {
    fn read(&self) -> Vec<String> {
        match self.0.all() {
            Ok(texts) => texts.into_iter().map(|(_, text)| text).collect(),
            Err(error) => {
                tracing::error!(%error, "sessions of the last run can't be read");
                Vec::new()
            }
        }
    }

    fn write(&self, changes: &[Change]) {
        let changes = changes.iter().map(|change| (change.id.as_str(), change.text.as_deref()));
        if let Err(error) = self.0.write(changes) {
            tracing::error!(%error, "sessions can't be written down; a restart will end them");
        }
    }
}
