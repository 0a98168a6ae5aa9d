//! `tessera serve`

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use camino::Utf8PathBuf;
use tessera_orda::{Application, Startup};
use tessera_web::{AccessLog, Server, Site, Workers};
use tokio::signal::unix::{SignalKind, signal};

use crate::config::{Config, Flags, ServeFlags};
use crate::office::Office;
use crate::watch::{Served, watch};
use crate::{archive, example, open, report};

/// How often sessions are looked through for those whose idle time is over.
const SWEEP: Duration = Duration::from_secs(30);
/// The stack of threads that run 4D code.
const STACK_BYTES: usize = 16 << 20;

/// `tessera serve`
#[derive(Debug, Default, clap::Args)]
#[command(after_help = "Example:\n  tessera serve ~/projects/shop --listen 0.0.0.0:8044 --licenses 25")]
pub(crate) struct Arguments {
    /// The project folder (the one that holds Project/*.4DProject); without one, the example is served
    project: Option<Utf8PathBuf>,
    #[command(flatten)]
    flags: Flags,
    #[command(flatten)]
    serve: ServeFlags,
    /// Serve changes of code, roles and handlers without a restart
    #[arg(long)]
    watch: bool,
}

/// Serves a project until it is told to stop.
pub(crate) fn serve(arguments: &Arguments) -> Result<ExitCode> {
    let path = match &arguments.project {
        Some(path) => path.clone(),
        None => example::find()?,
    };
    let project = open::project(&path)?;
    if !project.web_faults.is_empty() {
        // Without its rules a server would show what they deny.
        bail!("{}", report::web_faults(&project));
    }
    let served = arguments.watch.then(|| Served::new(&project));
    let (application, config) = open::application(project, &arguments.flags, &arguments.serve)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(STACK_BYTES)
        .max_blocking_threads(config.workers + 8)
        .build()
        .context("the threads of the server can't be started")?;
    runtime.block_on(run(application, &config, served))?;
    runtime.shutdown_timeout(Duration::from_secs(1));
    Ok(ExitCode::SUCCESS)
}

async fn run(application: Arc<Application>, config: &Config, served: Option<Served>) -> Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("signals can't be received")?;
    application.web_server.change(|settings| config.http.apply(settings));
    let workers = Arc::new(Workers::new(config.workers, config.queue));
    let mut site = Site::new(Arc::clone(&application), config.limits, workers, config.http.options());
    if let Some(format) = config.http.log() {
        let (folder, clock) = (&application.paths.logs, Arc::clone(&application.environment.clock));
        let log = AccessLog::open(folder, format, clock)
            .with_context(|| format!("the log of requests can't be opened in {folder}"))?;
        site.log = Some(Arc::new(log));
    }
    #[cfg(feature = "otel")]
    {
        site.adopt = Some(crate::traces::adopt);
    }
    // The port is taken first: a second server fails before it runs any start-up code.
    let server = Server::bind(site, &config.listen, config.tls.as_ref()).await?;
    let listening = server.listening().context("the port can't be told")?;
    let office = match &config.admin {
        Some(address) => Some(Office::open(&application, address).await?),
        None => None,
    };
    if config.survive_restart {
        archive::survive_restarts(&application)?;
    }
    database_method(&application, Startup::Start).await;
    application.web_server.set_running();
    introduce(&application, config, &listening.to_string());
    let live = server.live();
    if let Some(served) = served {
        watch(live.clone(), served)?;
    }
    println!("listening on {listening}");
    let sweeper = tokio::spawn(sweep(Arc::clone(&application)));
    server
        .run(async {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            tracing::info!("stopping");
        })
        .await;
    sweeper.abort();
    drop(office);
    database_method(&live.application(), Startup::Stop).await;
    application.stop();
    application.sessions.close_all();
    Ok(())
}

/// Runs `On Server Startup` or `On Server Shutdown`. An error in it is logged; the server goes on, as 4D's does.
async fn database_method(application: &Arc<Application>, which: Startup) {
    let own = Arc::clone(application);
    let result = tokio::task::spawn_blocking(move || own.run_startup(which)).await;
    match result {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            for error in &error.errors {
                let place =
                    error.place.as_ref().map(|(name, line)| format!("{name}:{line}: ")).unwrap_or_default();
                tracing::error!("{which:?}: {place}{error}");
            }
        }
        Err(error) => tracing::error!("{which:?}: {error}"),
    }
}

/// Says who is served and who can log in.
fn introduce(application: &Application, config: &Config, address: &str) {
    tracing::info!(
        "{}: {} dataclasses, {} methods and classes",
        application.name,
        application.catalog.dataclasses().len(),
        application.program.methods().len() + application.program.classes().len()
    );
    if !config.demo.logins.is_empty() {
        eprintln!("People who can log in:");
        for login in &config.demo.logins {
            eprintln!("  {login}");
        }
    }
    if let Some(page) = &config.demo.page {
        eprintln!("Open {address}{page} in a browser.");
    }
}

async fn sweep(application: Arc<Application>) {
    let mut interval = tokio::time::interval(SWEEP);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        interval.tick().await;
        let own = Arc::clone(&application);
        if let Ok(closed @ 1..) = tokio::task::spawn_blocking(move || own.sessions.close_expired()).await {
            tracing::info!(closed, "idle sessions closed");
        }
    }
}
