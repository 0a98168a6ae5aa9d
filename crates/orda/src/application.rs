//! [`Application`]: one project made ready to serve, as one immutable value.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tessera_model::{Catalog, DataclassId, HttpHandlers, HttpRules, Project, ProjectPaths, Roles, Settings};
use tessera_sessions::{FunctionOwner, Permissions, PrivilegeId, Session, Sessions};
use tessera_store::Store;
use tessera_syntax::Vocabulary;
use tessera_values::{ClassId, ErrorStack, Text, Value};
use tessera_vm::bytecode::Routine;
use tessera_vm::{Environment, Program};

use crate::build::{Built, FileFinding};
use crate::context::{RequestInfo, Run};
use crate::events::EntityEvents;
use crate::hashing::HashPool;
use crate::locks::Locks;
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
    /// The catalog of `built`, as the store was opened with it.
    pub catalog: Arc<Catalog>,
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

/// What a class is to the datastore.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClassRole {
    Datastore,
    Dataclass(DataclassId),
    Entity(DataclassId),
    Selection(DataclassId),
    Other,
}

/// The classes that belong to one dataclass, and their names as code sees them.
#[derive(Clone, Debug, Default)]
pub(crate) struct DataclassClasses {
    pub(crate) dataclass_name: Text,
    pub(crate) entity_name: Text,
    pub(crate) selection_name: Text,
    pub(crate) dataclass: Option<ClassId>,
    pub(crate) entity: Option<ClassId>,
    pub(crate) selection: Option<ClassId>,
    pub(crate) restrict: Option<Arc<Routine>>,
    pub(crate) events: Option<Arc<EntityEvents>>,
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
    pub sessions: Sessions,
    /// Who may do what.
    pub permissions: Permissions,
    /// Locks on entities.
    pub locks: Arc<Locks>,
    /// Clock, chance, limits, `Storage`.
    pub environment: Arc<Environment>,
    /// Settings of the web server that code may change.
    pub web_server: WebServerSettings,
    /// Set when the server stops: running code ends at its next jump or call.
    pub stopping: Arc<AtomicBool>,
    /// Does any dataclass note its changes with a global stamp?
    pub tracks_changes: bool,
    /// Source files with findings.
    pub findings: Vec<FileFinding>,
    /// The names that expressions in texts and pages may use.
    pub(crate) vocabulary: Vocabulary,
    pub(crate) hashing: HashPool,
    roles_of_classes: Vec<ClassRole>,
    classes: Vec<DataclassClasses>,
    datastore_class: Option<ClassId>,
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
        let OpenOptions { built, catalog, roles, store, sessions, environment, hash_threads } = options;
        let program = built.program;
        let permissions = Permissions::new(roles.as_ref(), &catalog, sessions.privileges());
        let mut roles_of_classes = vec![ClassRole::Other; program.classes().len()];
        let mut classes = vec![DataclassClasses::default(); catalog.dataclasses().len()];
        let mut set = |class: Option<ClassId>, role| {
            if let Some(class) = class {
                roles_of_classes[class.0 as usize] = role;
            }
            class
        };
        let id = |name: &str| program.class(name).map(|class| class.id);
        let datastore_class = set(id("DataStore"), ClassRole::Datastore);
        for dataclass in catalog.dataclasses() {
            let entry = &mut classes[dataclass.id.index()];
            let name = &dataclass.name;
            entry.dataclass_name = format!("cs.{name}").into();
            entry.entity_name = format!("cs.{name}Entity").into();
            entry.selection_name = format!("cs.{name}Selection").into();
            entry.dataclass = set(id(&dataclass.name), ClassRole::Dataclass(dataclass.id));
            entry.entity = set(id(&format!("{}Entity", dataclass.name)), ClassRole::Entity(dataclass.id));
            entry.selection =
                set(id(&format!("{}Selection", dataclass.name)), ClassRole::Selection(dataclass.id));
            entry.events = entry
                .entity
                .and_then(|class| EntityEvents::of(program.class_by_id(class), dataclass))
                .map(Arc::new);
            let restrict = entry.dataclass.map(|class| program.class_by_id(class));
            entry.restrict = restrict
                .and_then(|class| class.events.get(&("restrict".into(), Text::new())))
                .map(|function| Arc::clone(&function.routine));
        }
        let tracks_changes = catalog.dataclasses().iter().any(|dataclass| dataclass.tracked);
        let web_server = WebServerSettings::new(&project.settings);
        let own_session = sessions.stored_procedure();
        Ok(Arc::new(Self {
            name: project.name,
            paths: project.paths,
            settings: project.settings,
            handlers: project.handlers,
            rules: project.rules,
            catalog,
            program: Arc::new(program),
            store,
            sessions,
            permissions,
            locks: Arc::default(),
            environment: Arc::new(environment),
            web_server,
            stopping: Arc::default(),
            tracks_changes,
            findings: built.findings,
            vocabulary: built.vocabulary,
            hashing: HashPool::new(hash_threads).map_err(OpenError::Threads)?,
            roles_of_classes,
            classes,
            datastore_class,
            own_session,
        }))
    }

    /// The session in which code runs that no client asked for.
    pub fn own_session(&self) -> &Arc<Session> {
        &self.own_session
    }

    /// A run without a client: start-up, workers, `tessera run`.
    pub fn own_run(self: &Arc<Self>) -> Run {
        Run::new(self, Arc::clone(&self.own_session), RequestInfo::default())
    }

    /// Runs a database method of the server's life, if the project has it.
    pub fn run_startup(self: &Arc<Self>, which: Startup) -> Result<(), ErrorStack> {
        let name = match which {
            Startup::Start => "onServerStartup",
            Startup::Stop => "onServerShutdown",
        };
        let Some(routine) = self.program.database_method(name).cloned() else { return Ok(()) };
        self.own_run().process().call(&routine, Value::Undefined, &[]).map(|_| ())
    }

    /// Ends running code at its next jump or call.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    pub(crate) fn role(&self, class: ClassId) -> ClassRole {
        self.roles_of_classes.get(class.0 as usize).copied().unwrap_or(ClassRole::Other)
    }

    pub(crate) fn classes(&self, dataclass: DataclassId) -> &DataclassClasses {
        &self.classes[dataclass.index()]
    }

    pub(crate) fn datastore_class(&self) -> Option<ClassId> {
        self.datastore_class
    }

    /// Must user code run to read entities of this dataclass? Then the request needs a worker.
    pub fn runs_code_to_read(&self, dataclass: DataclassId) -> bool {
        self.classes(dataclass).restrict.is_some()
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
        let owner = match self.role(routine.class?) {
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
