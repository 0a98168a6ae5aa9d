//! A project in a folder as an application, with its data beside it.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use tessera_model::{Project, RolesSource, SessionMode};
use tessera_orda::{Application, OpenOptions, build};
use tessera_sessions::{Hardening, MemoryPool, MemoryRegistry, PoolSize, SessionSettings, Sessions};
use tessera_store::Durability;
use tessera_test_support::SequenceChance;
use tessera_values::{Chance, Clock, ManualClock};
use tessera_vm::Environment;

/// What becomes of faults in the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Faults {
    /// They raise their errors when they are run.
    Run,
    /// The project is not opened.
    Refused,
}

/// Opens it.
pub(super) fn open(folder: &Path, faults: Faults) -> anyhow::Result<Arc<Application>> {
    let path = folder.to_str().context("the temporary folder has no UTF-8 name")?;
    let project = Project::open(path.as_ref())?;
    let roles = match &project.roles {
        RolesSource::Absent => None,
        RolesSource::Valid(roles, _) => Some(roles.clone()),
        RolesSource::Broken(faults) => bail!("{faults:?}"),
    };
    let built = build(&project, roles.as_ref());
    let fault = built.findings.iter().find(|finding| !finding.diagnostics.is_empty());
    if let Some(finding) = fault.filter(|_| faults == Faults::Refused) {
        bail!("{}: {:?}", finding.path, finding.diagnostics);
    }
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::new(1_700_000_000));
    let chance: Arc<dyn Chance> = Arc::new(SequenceChance::new());
    let store = tessera_store::open(
        &format!("{path}/data.sqlite"),
        Arc::new(project.catalog.clone()),
        Arc::clone(&clock),
        Arc::clone(&chance),
        // Nobody pulls the plug here.
        tessera_store::Options { durability: Durability::Relaxed, ..tessera_store::Options::default() },
    )?;
    let sessions = Sessions::new(
        Box::new(MemoryRegistry::default()),
        Box::new(MemoryPool::new(PoolSize::Unlimited)),
        roles.as_ref(),
        SessionSettings {
            without_sessions: project.settings.session_mode == SessionMode::None,
            hardening: Hardening::default(),
            quotas: project.quotas,
            ..SessionSettings::default()
        },
        Arc::clone(&clock),
        Arc::clone(&chance),
    );
    let environment = Environment::new(clock, chance, jiff::tz::TimeZone::UTC, 1);
    let options = OpenOptions { built, roles, store, sessions, environment, hash_threads: 1 };
    Ok(Application::open(project, options)?)
}
