//! From a project folder to an application: what `serve` and `run` have in common.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use camino::Utf8Path;
use tessera_model::{Project, Roles, RolesSource, SessionMode};
use tessera_orda::{Application, Built, OpenOptions, build};
use tessera_sessions::{MemoryPool, MemoryRegistry, SessionSettings, Sessions};
use tessera_store::Store;
use tessera_syntax::Severity;
use tessera_values::{Chance, Clock};
use tessera_vm::Environment;

use crate::config::{Config, Flags, ServeFlags};
use crate::machine::{SystemChance, SystemClock};
use crate::{check, report};

/// Opens a project with its settings.
pub(crate) fn project(path: &Utf8Path) -> Result<Project> {
    let project = Project::open(path)?;
    for warning in &project.warnings {
        tracing::warn!("{warning}");
    }
    for warning in &project.catalog.warnings {
        tracing::warn!("catalog, line {}: {}", warning.line, warning.reason);
    }
    Ok(project)
}

/// Makes a project ready: checks its roles, compiles its code, opens its data.
pub(crate) fn application(
    project: Project,
    flags: &Flags,
    serve: &ServeFlags,
) -> Result<(Arc<Application>, Config)> {
    let config = Config::load(&project, flags, serve)?;
    let roles = match sound_roles(&project) {
        Ok(roles) => roles.cloned(),
        Err(faults) if !config.hardening.broken_roles_open => bail!("{faults}"),
        Err(_) => {
            tracing::error!(
                "roles.json is broken and roles.on_error is \"open\": everybody may do everything, as in 4D"
            );
            None
        }
    };
    let built = build(&project, roles.as_ref());
    tell(&project, &built, roles.as_ref());
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let chance: Arc<dyn Chance> = Arc::new(SystemChance);
    let store = store(&project, &config)?;
    let settings = SessionSettings {
        hardening: config.hardening,
        quotas: project.quotas,
        without_sessions: project.settings.session_mode == SessionMode::None,
        sessions_max: config.sessions_max,
    };
    let sessions = Sessions::new(
        Box::new(MemoryRegistry::default()),
        Box::new(MemoryPool::new(config.licenses)),
        roles.as_ref(),
        settings,
        Arc::clone(&clock),
        Arc::clone(&chance),
    );
    let seed = config.random_seed.unwrap_or_else(|| {
        let mut bytes = [0; 8];
        chance.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    });
    let mut environment = Environment::new(clock, chance, jiff::tz::TimeZone::system(), seed);
    environment.limits.run_seconds_max = config.run_seconds;
    let hash_threads = std::thread::available_parallelism().map_or(1, usize::from);
    let options = OpenOptions { built, roles, store, sessions, environment, hash_threads };
    Ok((Application::open(project, options)?, config))
}

/// Opens the data of a project, creating or migrating it to fit the structure.
pub(crate) fn store(project: &Project, config: &Config) -> Result<Arc<dyn Store>> {
    make_parent(&config.data)?;
    let catalog = Arc::new(project.catalog.clone());
    let (clock, chance) = (Arc::new(SystemClock), Arc::new(SystemChance));
    Ok(tessera_store::open(&config.data, catalog, clock, chance, config.store.clone())?)
}

/// The roles of a project; when the file is broken, what is wrong in it. That is also written to the logs.
pub(crate) fn sound_roles(project: &Project) -> Result<Option<&Roles>, String> {
    match &project.roles {
        RolesSource::Absent => Ok(None),
        RolesSource::Valid(roles, _) => {
            report::remove_roles_errors(project);
            Ok(Some(roles))
        }
        RolesSource::Broken(faults) => {
            report::write_roles_errors(project, faults);
            Err(report::roles_faults(project, faults))
        }
    }
}

/// Tells what is wrong in a project that can be served all the same.
pub(crate) fn tell(project: &Project, built: &Built, roles: Option<&Roles>) {
    for finding in &built.findings {
        for diagnostic in finding.diagnostics.iter().filter(|d| d.severity == Severity::Error) {
            tracing::warn!("{}", report::one_line(&finding.path, &finding.text, diagnostic));
        }
    }
    for conflict in &built.conflicts {
        tracing::warn!("{conflict}");
    }
    for missing in check::missing_handlers(project, built) {
        tracing::warn!("{}: {missing}", project.paths.handlers());
    }
    for fault in roles.map(|roles| roles.check(&check::Resources::new(built))).unwrap_or_default() {
        tracing::warn!("{}", report::roles_fault(project, &fault));
    }
}

/// The folder of a new SQLite file.
fn make_parent(url: &str) -> Result<()> {
    let file = url.strip_prefix("sqlite:").unwrap_or(url);
    if file.contains("://") {
        return Ok(());
    }
    let Some(folder) = Utf8Path::new(file).parent().filter(|folder| !folder.as_str().is_empty()) else {
        return Ok(());
    };
    std::fs::create_dir_all(folder).with_context(|| {
        format!("the folder {folder} for the data can't be made; give another place with --data")
    })
}
