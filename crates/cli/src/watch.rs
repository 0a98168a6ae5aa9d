//! `tessera serve --watch`: what changes in the project's folder is served without a restart.
//!
//! Code, `roles.json`, `HTTPHandlers.json`, `HTTPRules.json` and `QuotaManager.json` are read again. A state that can't
//! be served is told to the log, and the last good one stays in force (DESIGN D1). Structure and settings need a
//! restart: data is open under the one, sockets under the other.

use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use camino::Utf8Path;
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tessera_model::{Catalog, Project, Quotas, Settings};
use tessera_web::Live;

use crate::{open, report};

/// Editors and checkouts write several files, and each in several steps: a change is over when nothing happened for so
/// long.
const QUIET: Duration = Duration::from_millis(150);
/// A folder that never rests is read after this time nevertheless.
const LONGEST: Duration = Duration::from_secs(2);

/// What a changed project is compared with.
pub(crate) struct Served {
    catalog: Catalog,
    settings: Settings,
    quotas: Quotas,
}

impl Served {
    /// The project as it is served from the start.
    pub(crate) fn new(project: &Project) -> Self {
        Self { catalog: project.catalog.clone(), settings: project.settings.clone(), quotas: project.quotas }
    }

    /// Serves the project as it is in its folder now.
    fn reload(&mut self, live: &Live) -> Result<()> {
        let application = live.application();
        let project = open::project(&application.paths.root)?;
        if !project.web_faults.is_empty() {
            bail!("{}", report::web_faults(&project));
        }
        if project.catalog != self.catalog {
            bail!("the structure has changed. Restart the server to migrate the data");
        }
        if project.settings != self.settings {
            tracing::warn!("the settings have changed. Restart the server to use them");
        }
        let roles = open::sound_roles(&project).map_err(anyhow::Error::msg)?.cloned();
        let built = application.build(&project, roles.as_ref());
        open::tell(&project, &built, roles.as_ref());
        let quotas = project.quotas;
        live.replace(application.replaced_by(project, built, roles.as_ref()));
        // Only a change of the file counts: code may have set others.
        if quotas != self.quotas {
            application.sessions.set_quotas(quotas);
            self.quotas = quotas;
        }
        Ok(())
    }
}

/// Watches the folder of the project for as long as the process lives.
pub(crate) fn watch(live: Live, mut served: Served) -> Result<()> {
    let paths = live.application().paths.clone();
    // One that waits says as much as a thousand do.
    let (sender, changes) = sync_channel(1);
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        if event.as_ref().map_or(true, is_change) {
            // It is full, or nobody receives any more because the server stops.
            let _ = sender.try_send(());
        }
    })
    .context("changes of files can't be watched")?;
    let sources = paths.project_file.parent().unwrap_or(&paths.root).to_owned();
    follow(&mut watcher, &sources, RecursiveMode::Recursive)?;
    if sources != paths.root {
        // So that a folder that is put in the place of another is noticed.
        follow(&mut watcher, &paths.root, RecursiveMode::NonRecursive)?;
    }
    tracing::info!("watching {sources}");
    let work = move || {
        while wait(&changes) {
            if let Err(error) = follow(&mut watcher, &sources, RecursiveMode::Recursive) {
                tracing::warn!("{error:#}");
            }
            match served.reload(&live) {
                Ok(()) => tracing::info!("the project was read again"),
                Err(error) => tracing::error!("the last good state of the project stays in force: {error:#}"),
            }
        }
    };
    std::thread::Builder::new().name("watch".into()).spawn(work).context("a thread can't be started")?;
    Ok(())
}

fn follow(watcher: &mut RecommendedWatcher, folder: &Utf8Path, mode: RecursiveMode) -> Result<()> {
    watcher.watch(folder.as_std_path(), mode).with_context(|| {
        format!(
            "{folder} can't be watched; on Linux, fs.inotify.max_user_watches limits how many folders are"
        )
    })
}

/// Reading a file is an event as well, and reloading reads all of them.
fn is_change(event: &notify::Event) -> bool {
    !matches!(event.kind, EventKind::Access(_))
}

/// Waits for a change and for its end. False when nobody watches any more.
fn wait(changes: &Receiver<()>) -> bool {
    if changes.recv().is_err() {
        return false;
    }
    let began = Instant::now();
    while began.elapsed() < LONGEST {
        match changes.recv_timeout(QUIET) {
            Ok(()) => {}
            Err(RecvTimeoutError::Timeout) => return true,
            Err(RecvTimeoutError::Disconnected) => return false,
        }
    }
    true
}
