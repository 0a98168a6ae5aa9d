//! The administration of a running server: where it is, and the token that opens it, in a file of the data folder
//! that only its owner can read. `serve` writes the file; `sessions` and `explain` read it.

use std::io::Write as _;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};
use tessera_orda::Application;
use tessera_values::Chance as _;
use tessera_web::Admin;
use tokio::task::JoinHandle;

use crate::machine::SystemChance;

const FILE: &str = "tessera-admin.json";

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Access {
    address: String,
    token: String,
}

/// A running administration. It ends, and its file goes, when this is dropped.
pub(crate) struct Office {
    serving: JoinHandle<()>,
    file: Utf8PathBuf,
    access: Access,
}

impl Office {
    /// Begins to serve operators.
    pub(crate) async fn open(application: &Arc<Application>, address: &str) -> Result<Self> {
        let mut secret = [0; 32];
        SystemChance.fill(&mut secret);
        let token: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
        let admin = Admin::bind(Arc::clone(application), address, token.clone()).await?;
        let address = admin.address().context("the administration's port can't be told")?.to_string();
        tracing::info!("administration on http://{address}");
        let access = Access { address, token };
        let file = application.paths.data.join(FILE);
        if let Err(error) = write(&file, &access) {
            tracing::warn!("{file} can't be written, so `tessera sessions` can't reach this server: {error}");
        }
        Ok(Self { serving: tokio::spawn(admin.run()), file, access })
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        self.serving.abort();
        // Another server of the same project may have written its own since.
        if read(&self.file).is_ok_and(|access| access == self.access) {
            let _ = std::fs::remove_file(&self.file);
        }
    }
}

/// Writes the file anew: one that was there keeps its old permissions otherwise.
fn write(file: &Utf8Path, access: &Access) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let text = serde_json::to_string(access).map_err(std::io::Error::other)?;
    options.open(file)?.write_all(text.as_bytes())
}

fn read(file: &Utf8Path) -> Result<Access> {
    Ok(serde_json::from_str(&std::fs::read_to_string(file)?)?)
}

/// The administration of another process that serves the project.
pub(crate) struct Remote(Access);

/// What the server answered: its status and text.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) text: String,
}

impl Remote {
    /// Of the server whose project has this data folder.
    pub(crate) fn find(data: &Utf8Path) -> Result<Self> {
        let file = data.join(FILE);
        match read(&file) {
            Ok(access) => Ok(Self(access)),
            Err(error) => bail!(
                "no running server of this project is known ({file}: {error}). \
                 Start one with `tessera serve`, without --admin off, and as the same user."
            ),
        }
    }

    pub(crate) fn get(&self, path: &str) -> Result<Answer> {
        self.send(|agent, url| agent.get(url), path)
    }

    pub(crate) fn delete(&self, path: &str) -> Result<Answer> {
        self.send(|agent, url| agent.delete(url), path)
    }

    fn send(
        &self,
        method: impl Fn(&ureq::Agent, &str) -> ureq::RequestBuilder<ureq::typestate::WithoutBody>,
        path: &str,
    ) -> Result<Answer> {
        let Access { address, token } = &self.0;
        let agent = ureq::Agent::new_with_config(
            ureq::Agent::config_builder()
                .http_status_as_error(false)
                .timeout_global(Some(std::time::Duration::from_secs(30)))
                .build(),
        );
        let mut answer = method(&agent, &format!("http://{address}{path}"))
            .header("authorization", format!("Bearer {token}"))
            .call()
            .with_context(|| format!("the server at {address} does not answer; it may have been stopped"))?;
        let status = answer.status().as_u16();
        let text = answer.body_mut().read_to_string().context("the server's answer broke off")?;
        Ok(Answer { status, text })
    }
}
