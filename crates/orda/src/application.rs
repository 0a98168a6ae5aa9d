//! [`Application`]: one project made ready to serve, as one immutable value. A changed project is another value.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tessera_model::{Catalog, DataclassId, HttpHandlers, HttpRules, Project, ProjectPaths, Roles, Settings};
use tessera_sessions::{FunctionOwner, Permissions, PrivilegeId, Session, Sessions};
use tessera_store::Store;
use tessera_syntax::Vocabulary;
use tessera_values::{ErrorStack, Text, Value};
use tessera_vm::bytecode::Routine;
use tessera_vm::{Environment, Program};

use crate::build::{Built, FileFinding, build_after};
use crate::classes::{ClassRole, ClassTable};
use crate::context::{RequestInfo, Run};
use crate::datastore::contexts::RemoteContexts;
use crate::freeze::Freeze;
use crate::hashing::HashPool;
use crate::locks::Locks;
use crate::processes::Processes;
use crate::remote::Remotes;
use crate::web::WebServerSettings;

/// Why a project can't be served.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// No thread could be started for password hashes.
    #[error("The threads for password hashes can't be started: {0}")]
    Threads(std::io::Error),
}

/// What an application is made of.
pub struct OpenOptions {
    /// The compiled project.
    pub built: Built,
    /// The checked `roles.json`, unless the project has none.
    pub roles: Option<Roles>,
    /// The data.
    pub store: Arc<dyn Store>,
    /// The sessions.
    pub sessions: Sessions,
    /// Clock, chance, limits.
    pub environment: Environment,
    /// How many threads compute password hashes.
    pub hash_threads: usize,
}

/// A project, ready to serve.
pub struct Application {
    /// The project's name.
    pub name: Text,
    /// Where its folders are.
    pub paths: ProjectPaths,
    /// What its settings file says.
    pub settings: Settings,
    /// Which functions answer which paths.
    pub handlers: HttpHandlers,
    /// What is changed in answers.
    pub rules: HttpRules,
    /// The dataclasses.
    pub catalog: Arc<Catalog>,
    /// The code.
    pub program: Arc<Program>,
    /// The data.
    pub store: Arc<dyn Store>,
    /// The sessions.
    pub sessions: Arc<Sessions>,
    /// Who may do what.
    pub permissions: Permissions,
    /// Locks on entities.
    pub locks: Arc<Locks>,
    /// Datastores of other servers that code opened.
    pub(crate) remotes: Arc<Remotes>,
    /// Is the datastore held by one process?
    pub(crate) freeze: Arc<Freeze>,
    /// Are new entity selections alterable (`ds.makeSelectionsAlterable()`)?
    pub(crate) selections_alterable: Arc<AtomicBool>,
    /// What `ds.setAdminProtection()` was last given.
    pub(crate) admin_protected: Arc<AtomicBool>,
    /// Optimisation contexts that code described.
    pub(crate) remote_contexts: Arc<RemoteContexts>,
    /// Clock, chance, limits, `Storage`.
    pub environment: Arc<Environment>,
    /// Settings of the web server that code may change.
    pub web_server: Arc<WebServerSettings>,
    /// Set when the server stops: running code ends at its next jump or call.
    pub stopping: Arc<AtomicBool>,
    /// Does any dataclass note its changes with a global stamp?
    pub tracks_changes: bool,
    /// Source files with findings.
    pub findings: Vec<FileFinding>,
    /// The names that expressions in texts and pages may use.
    pub(crate) vocabulary: Vocabulary,
    pub(crate) hashing: Arc<HashPool>,
    pub(crate) processes: Processes,
    pub(crate) classes: ClassTable,
    own_session: Arc<Session>,
}

/// Which database method runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Startup {
    /// `On Server Startup`
    Start,
    /// `On Server Shutdown`
    Stop,
}

impl Application {
    /// Makes a project ready.
    pub fn open(project: Project, options: OpenOptions) -> Result<Arc<Self>, OpenError> {
        let OpenOptions { built, roles, store, sessions, environment, hash_threads } = options;
        let permissions = Permissions::new(roles.as_ref(), &built.catalog, &sessions.privileges());
        Ok(Arc::new(Self {
            name: project.name,
            paths: project.paths,
            handlers: project.handlers,
            rules: project.rules,
            classes: ClassTable::new(&built.program, &built.catalog),
            tracks_changes: built.catalog.dataclasses().iter().any(|dataclass| dataclass.tracked),
            catalog: Arc::new(built.catalog),
            program: Arc::new(built.program),
            store,
            permissions,
            locks: Arc::default(),
            remotes: Arc::default(),
            freeze: Arc::default(),
            selections_alterable: Arc::default(),
            admin_protected: Arc::default(),
            remote_contexts: Arc::default(),
            environment: Arc::new(environment),
            web_server: Arc::new(WebServerSettings::new(&project.settings)),
            settings: project.settings,
            stopping: Arc::default(),
            findings: built.findings,
            vocabulary: built.vocabulary,
            processes: Processes::default(),
            hashing: Arc::new(HashPool::new(hash_threads).map_err(OpenError::Threads)?),
            own_session: sessions.stored_procedure(),
            sessions: Arc::new(sessions),
        }))
    }

    /// Compiles a changed state of the project that is being served.
    pub fn build(&self, project: &Project, roles: Option<&Roles>) -> Built {
        build_after(project, roles, Some(&self.program))
    }

    /// The application with other code, roles, handlers and rules; settings and structure stay. It shares data,
    /// sessions and `Storage` with this one, in which requests that began may end. From now on sessions hold what the
    /// new roles say.
    pub fn replaced_by(&self, project: Project, built: Built, roles: Option<&Roles>) -> Arc<Self> {
        self.sessions.set_roles(roles);
        self.processes.retire();
        Arc::new(Self {
            name: self.name.clone(),
            paths: self.paths.clone(),
            settings: self.settings.clone(),
            handlers: project.handlers,
            rules: project.rules,
            permissions: Permissions::new(roles, &built.catalog, &self.sessions.privileges()),
            classes: ClassTable::new(&built.program, &built.catalog),
            catalog: Arc::new(built.catalog),
            program: Arc::new(built.program),
            findings: built.findings,
            vocabulary: built.vocabulary,
            store: Arc::clone(&self.store),
            sessions: Arc::clone(&self.sessions),
            locks: Arc::clone(&self.locks),
            remotes: Arc::clone(&self.remotes),
            freeze: Arc::clone(&self.freeze),
            selections_alterable: Arc::clone(&self.selections_alterable),
            admin_protected: Arc::clone(&self.admin_protected),
            remote_contexts: Arc::clone(&self.remote_contexts),
            environment: Arc::clone(&self.environment),
            web_server: Arc::clone(&self.web_server),
            stopping: Arc::clone(&self.stopping),
            tracks_changes: self.tracks_changes,
            // Workers run the code they began with: calls from now on go to new ones.
            processes: Processes::default(),
            hashing: Arc::clone(&self.hashing),
            own_session: Arc::clone(&self.own_session),
        })
    }

    /// The session in which code runs that no client asked for.
    pub fn own_session(&self) -> &Arc<Session> {
        &self.own_session
    }

    /// A run without a client: start-up, workers, `tessera run`. It may take as long as it likes.
    pub fn own_run(self: &Arc<Self>) -> Run {
        let mut run = Run::new(self, Arc::clone(&self.own_session), RequestInfo::default());
        run.process().run_without_deadline();
        run
    }

    /// Runs a database method of the server's life, if the project has it.
    pub fn run_startup(self: &Arc<Self>, which: Startup) -> Result<(), ErrorStack> {
        let name = match which {
            Startup::Start => "onServerStartup",
            Startup::Stop => "onServerShutdown",
        };
        let Some(routine) = self.program.database_method(name).cloned() else { return Ok(()) };
        self.own_run().call(&routine, Value::Undefined, &[]).map(|_| ())
    }

    /// Ends running code at its next jump or call.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// Must user code run to read entities of this dataclass? Then the request needs a worker.
    pub fn runs_code_to_read(&self, dataclass: DataclassId) -> bool {
        self.classes.of(dataclass).restrict.is_some()
    }

    /// Is `name` the class of a dataclass although the project has no file for it?
    pub(crate) fn is_implicit_class(&self, name: &str) -> bool {
        name == "DataStore"
            || self.catalog.dataclasses().iter().any(|dataclass| {
                name.strip_prefix(dataclass.name.as_str())
                    .is_some_and(|rest| matches!(rest, "" | "Entity" | "Selection"))
            })
    }

    /// Whom a compiled function belongs to, as permissions see it.
    pub(crate) fn owner_of<'r>(&self, routine: &'r Routine) -> Option<(FunctionOwner<'r>, &'r str)> {
        let (class_name, function) = routine.name.split_once('.')?;
        let owner = match self.classes.role(routine.class?) {
            ClassRole::Datastore => FunctionOwner::Datastore,
            ClassRole::Dataclass(id) | ClassRole::Entity(id) | ClassRole::Selection(id) => {
                FunctionOwner::Dataclass(id)
            }
            ClassRole::Other => FunctionOwner::Singleton(class_name),
        };
        Some((owner, function))
    }

    /// The privileges `roles.json` promotes while a function runs.
    pub(crate) fn promoted(&self, routine: &Routine) -> &[PrivilegeId] {
        self.owner_of(routine).map_or(&[], |(owner, function)| self.permissions.promoted(owner, function))
    }
}
