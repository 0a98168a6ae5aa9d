//! From a project folder to an application: what `serve` and `run` have in common.

use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use camino::Utf8Path;
use tessera_model::{Project, RolesSource, SessionMode};
use tessera_orda::{Application, OpenOptions, build};
use tessera_sessions::{LoginMode, MemoryPool, MemoryRegistry, PrivilegeTable, SessionSettings, Sessions};
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
    let roles = match &project.roles {
        RolesSource::Absent => None,
        RolesSource::Valid(roles, _) => Some(roles.clone()),
        RolesSource::Broken(faults) => {
            report::write_roles_errors(&project, faults);
            if !config.hardening.broken_roles_open {
                bail!("{}", report::roles_faults(&project, faults));
            }
            tracing::error!(
                "roles.json is broken and roles.on_error is \"open\": everybody may do everything, as in 4D"
            );
            None
        }
    };
    if matches!(project.roles, RolesSource::Valid(..)) {
        report::remove_roles_errors(&project);
    }
    let built = build(&project, roles.as_ref());
    for finding in &built.findings {
        for diagnostic in finding.diagnostics.iter().filter(|d| d.severity == tessera_syntax::Severity::Error)
        {
            tracing::warn!("{}", report::one_line(&finding.path, &finding.text, diagnostic));
        }
    }
    for conflict in &built.conflicts {
        tracing::warn!("{conflict}");
    }
    for missing in check::missing_handlers(&project, &built) {
        tracing::warn!("{}: {missing}", project.paths.handlers());
    }
    if let Some(roles) = &roles {
        for fault in roles.check(&check::Resources::new(&built)) {
            tracing::warn!("{}", report::roles_fault(&project, &fault));
        }
    }
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let chance: Arc<dyn Chance> = Arc::new(SystemChance);
    let catalog = Arc::new(built.catalog.clone());
    make_parent(&config.data)?;
    let options =
        tessera_store::Options { durability: config.durability, ..tessera_store::Options::default() };
    let store = tessera_store::open(
        &config.data,
        Arc::clone(&catalog),
        Arc::clone(&clock),
        Arc::clone(&chance),
        options,
    )?;
    let mut settings = SessionSettings::new(match &roles {
        Some(roles) if roles.force_login => LoginMode::Force,
        _ => LoginMode::Default,
    });
    settings.without_sessions = project.settings.session_mode == SessionMode::None;
    settings.sessions_max = config.sessions_max;
    settings.hardening = config.hardening;
    settings.quotas = project.quotas;
    let sessions = Sessions::new(
        Box::new(MemoryRegistry::default()),
        Box::new(MemoryPool::new(config.licenses)),
        Arc::new(PrivilegeTable::new(roles.as_ref())),
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
    let options = OpenOptions { built, catalog, roles, store, sessions, environment, hash_threads };
    Ok((Application::open(project, options)?, config))
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
