//! A project served to test clients.

use std::cell::Cell;
use std::sync::Arc;

use serde_json::Value as Json;
use tessera_model::{Project, RolesSource, SessionMode};
use tessera_orda::{Application, OpenOptions, build};
use tessera_rest::{Request, Response, prepare};
use tessera_sessions::{Hardening, MemoryPool, MemoryRegistry, PoolSize, SessionSettings, Sessions};
use tessera_test_support::{Postgres, SequenceChance, TempProject};
use tessera_values::{Chance, Clock, ManualClock, Value};
use tessera_vm::Environment;

thread_local! {
    /// Where the data of the thread's next servers is, unless it is a file in the project.
    static POSTGRES: Cell<Option<&'static Postgres>> = const { Cell::new(None) };
}

/// Runs a test whose servers have their data on PostgreSQL, where that is installed.
pub(crate) fn on_postgres(test: fn()) {
    if let Some(postgres) = Postgres::shared() {
        POSTGRES.set(Some(postgres));
        test();
    }
}

/// A served project.
pub(crate) struct Server {
    pub(crate) application: Arc<Application>,
    pub(crate) clock: Arc<ManualClock>,
    _folder: TempProject,
}

impl Server {
    pub(crate) fn new(folder: TempProject) -> Self {
        Self::with_licenses(folder, PoolSize::Unlimited)
    }

    pub(crate) fn with_licenses(folder: TempProject, licenses: PoolSize) -> Self {
        Self::with(folder, licenses, Hardening::default())
    }

    pub(crate) fn with(folder: TempProject, licenses: PoolSize, hardening: Hardening) -> Self {
        let project = Project::open(folder.path()).unwrap();
        let roles = match &project.roles {
            RolesSource::Absent => None,
            RolesSource::Valid(roles, _) => Some(roles.clone()),
            RolesSource::Broken(faults) => panic!("{faults:?}"),
        };
        let built = build(&project, roles.as_ref());
        for finding in &built.findings {
            assert!(finding.diagnostics.is_empty(), "{}: {:?}", finding.path, finding.diagnostics);
        }
        let clock = Arc::new(ManualClock::new(1_700_000_000));
        let chance: Arc<dyn Chance> = Arc::new(SequenceChance::new());
        let file = || folder.path().join("data.sqlite").into_string();
        let store = tessera_store::open(
            &POSTGRES.get().map_or_else(file, Postgres::url),
            Arc::new(project.catalog.clone()),
            Arc::clone(&clock) as Arc<dyn Clock>,
            Arc::clone(&chance),
            tessera_store::Options::default(),
        )
        .unwrap();
        let sessions = Sessions::new(
            Box::new(MemoryRegistry::default()),
            Box::new(MemoryPool::new(licenses)),
            roles.as_ref(),
            SessionSettings {
                without_sessions: project.settings.session_mode == SessionMode::None,
                hardening,
                quotas: project.quotas,
                ..SessionSettings::default()
            },
            Arc::clone(&clock) as Arc<dyn Clock>,
            Arc::clone(&chance),
        );
        let environment =
            Environment::new(Arc::clone(&clock) as Arc<dyn Clock>, chance, jiff::tz::TimeZone::UTC, 1);
        let options = OpenOptions { built, roles, store, sessions, environment, hash_threads: 1 };
        Self { application: Application::open(project, options).unwrap(), clock, _folder: folder }
    }

    /// A client without cookie.
    pub(crate) fn client(&self) -> Client {
        Client { application: Arc::clone(&self.application), cookie: None }
    }

    /// Runs a project method as the server itself.
    pub(crate) fn run(&self, method: &str) -> Value {
        self.application.own_run().call_method(method, &[]).unwrap().unwrap()
    }

    pub(crate) fn licenses_used(&self) -> usize {
        self.application.sessions.licenses().used()
    }

    /// Lets minutes pass.
    pub(crate) fn minutes(&self, minutes: i64) {
        self.clock.advance(minutes * 60);
    }
}

/// A client that keeps its cookie, as a browser does.
#[derive(Clone)]
pub(crate) struct Client {
    application: Arc<Application>,
    pub(crate) cookie: Option<String>,
}

impl Client {
    pub(crate) fn send(&mut self, request: Request) -> Answer {
        let resolved = self.application.sessions.resolve(self.cookie.as_deref(), &request.address);
        let (mut response, session) = prepare(&self.application, resolved.session, request).respond();
        response.body = response.body.gathered().unwrap().into();
        let new_cookie = self.application.sessions.take_cookie(&session).map(|secret| secret.value());
        if new_cookie.is_some() {
            self.cookie.clone_from(&new_cookie);
        }
        Answer { response, new_cookie, session_id: session.id().to_string() }
    }

    #[track_caller]
    pub(crate) fn get(&mut self, target: &str) -> Answer {
        self.send(Request::get(target))
    }

    #[track_caller]
    pub(crate) fn post(&mut self, target: &str, body: &str) -> Answer {
        self.send(Request::post(target, body))
    }

    /// Logs in through `authentify` with a name.
    #[track_caller]
    pub(crate) fn login(&mut self, name: &str) -> Answer {
        let body = format!("[\"{name}\"]");
        let answer = self.post("/$catalog/authentify", &body);
        assert_eq!(answer.status(), 200, "{}", answer.response.text());
        answer
    }
}

/// An answer and what came with it.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) response: Response,
    pub(crate) new_cookie: Option<String>,
    pub(crate) session_id: String,
}

impl Answer {
    pub(crate) fn status(&self) -> u16 {
        self.response.status
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.response.bytes().unwrap()
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Json {
        let text = self.response.text();
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// The codes of `__ERROR`, the cause first.
    #[track_caller]
    pub(crate) fn codes(&self) -> Vec<i64> {
        let json = self.json();
        let errors = json["__ERROR"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|error| error["errCode"].as_i64().unwrap()).collect()
    }

    /// Checks status and first error code.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16, code: i64) {
        assert_eq!(self.status(), status, "{}", self.response.text());
        assert_eq!(self.codes().first(), Some(&code), "{}", self.response.text());
    }

    /// Checks for success and gives the JSON.
    #[track_caller]
    pub(crate) fn ok(&self) -> Json {
        assert_eq!(self.status(), 200, "{}", self.response.text());
        self.json()
    }
}
