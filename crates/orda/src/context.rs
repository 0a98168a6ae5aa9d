//! [`Context`]: what a running process knows of the server: its session, its connection, its promoted privileges.

use std::any::Any;
use std::cell::{Cell, Ref, RefCell};
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tessera_model::DataclassId;
use tessera_sessions::{PrivilegeId, PrivilegeSet, Session};
use tessera_store::Connection;
use tessera_values::{ErrorStack, Text, Value};
use tessera_vm::bytecode::Routine;
use tessera_vm::{Arguments, Host, Importance, Process, Singletons};

use crate::application::Application;
use crate::commands::{self, OpenDocuments, XmlTrees};
use crate::error::store_error;
use crate::freeze::Stopped;
use crate::run_times;
use crate::selection::Selection;
use crate::web::{PageNews, WebAnswer, WebRequest};

/// The request a process serves, as far as code may ask.
#[derive(Clone, Debug, Default)]
pub struct RequestInfo {
    /// The client's address.
    pub address: Text,
    /// Did it come over TLS?
    pub is_secure: bool,
    /// All of it, where code may ask for it: handlers, 4DACTION, pages.
    pub message: Option<Arc<WebRequest>>,
}

#[derive(Debug)]
struct Promotion {
    /// How deep the call stack was; the promotion ends with that call.
    depth: usize,
    privilege: PrivilegeId,
    /// What `Session.promote` answered; 0 for a promotion by roles.json.
    id: i64,
}

/// The server as one process sees it.
pub struct Context {
    this: Weak<Self>,
    application: Arc<Application>,
    session: RefCell<Arc<Session>>,
    connection: RefCell<Box<dyn Connection>>,
    privileges: RefCell<Arc<PrivilegeSet>>,
    promotions: RefCell<Vec<Promotion>>,
    next_promotion: Cell<i64>,
    free: Cell<u32>,
    free_attributes: Cell<u32>,
    restricting: RefCell<Vec<DataclassId>>,
    lazy: RefCell<Vec<Weak<Selection>>>,
    generation: Cell<u64>,
    page_news: RefCell<PageNews>,
    request: RequestInfo,
    /// The global stamp as it was read after so many writes of this process.
    global_stamp: Cell<Option<(u64, i64)>>,
    /// What `WEB SEND …` commands made; nothing until the first of them runs.
    answer: RefCell<Option<Box<WebAnswer>>>,
    /// The documents that code has open.
    pub(crate) documents: OpenDocuments,
    /// The XML trees that code works on.
    pub(crate) xml: XmlTrees,
    /// The number of the process.
    number: Cell<u64>,
    /// How many entities it has had in memory.
    entities: Cell<u64>,
    began: Instant,
    /// How much of the time since was spent in the database.
    sql_time: Cell<Duration>,
}

impl Context {
    fn new(application: &Arc<Application>, session: Arc<Session>, request: RequestInfo) -> Rc<Self> {
        let connection = application.store.connect();
        let privileges = session.privileges();
        Rc::new_cyclic(|this| Self {
            this: Weak::clone(this),
            application: Arc::clone(application),
            session: RefCell::new(session),
            connection: RefCell::new(connection),
            privileges: RefCell::new(privileges),
            promotions: RefCell::default(),
            next_promotion: Cell::new(1),
            free: Cell::new(0),
            free_attributes: Cell::new(0),
            restricting: RefCell::default(),
            lazy: RefCell::default(),
            generation: Cell::new(0),
            page_news: RefCell::default(),
            request,
            global_stamp: Cell::new(None),
            answer: RefCell::default(),
            documents: OpenDocuments::default(),
            xml: XmlTrees::default(),
            number: Cell::new(0),
            entities: Cell::new(0),
            began: Instant::now(),
            sql_time: Cell::default(),
        })
    }

    /// The context of a process this crate started.
    pub fn of(process: &Process) -> Rc<Self> {
        let host: Rc<dyn Any> = process.host();
        host.downcast().expect("every process of this server has a Context as its host")
    }

    /// The project.
    pub fn application(&self) -> &Arc<Application> {
        &self.application
    }

    /// The session.
    pub fn session(&self) -> Arc<Session> {
        Arc::clone(&self.session.borrow())
    }

    /// The session, kept from now on because something is about to be stored in it.
    pub fn kept_session(&self) -> Arc<Session> {
        let kept = self.application.sessions.keep(&self.session());
        *self.session.borrow_mut() = Arc::clone(&kept);
        kept
    }

    /// Goes on in another session: that of a session token.
    pub(crate) fn enter_session(&self, session: Arc<Session>) {
        let left = self.session.replace(session);
        // A guest's that holds nothing is forgotten, as at the end of a request.
        self.application.sessions.release(&left);
        self.refresh_privileges();
    }

    /// The request.
    pub fn request(&self) -> &RequestInfo {
        &self.request
    }

    /// Are new entity selections alterable?
    pub(crate) fn makes_alterable(&self) -> bool {
        self.application.selections_alterable.load(Ordering::Relaxed)
    }

    /// The number of the process, different from all others of the server.
    pub(crate) fn number(&self) -> u64 {
        self.number.get()
    }

    /// A number for the next entity in memory.
    pub(crate) fn next_entity(&self) -> u64 {
        self.entities.set(self.entities.get() + 1);
        self.entities.get()
    }

    /// Is a transaction open?
    pub(crate) fn is_in_transaction(&self) -> bool {
        // An entity may be dropped while the connection is used; then nothing is known, and its lock stays.
        self.connection.try_borrow().map_or(true, |connection| connection.level() > 0)
    }

    /// Uses the connection. Never call user code inside.
    pub(crate) fn connection<R>(&self, work: impl FnOnce(&mut dyn Connection) -> R) -> R {
        let _span = tracing::debug_span!("sql").entered();
        let began = Instant::now();
        let result = work(self.connection.borrow_mut().as_mut());
        self.sql_time.set(self.sql_time.get() + began.elapsed());
        result
    }

    /// Milliseconds after 1970.
    pub(crate) fn milliseconds(&self) -> i64 {
        self.application.environment.clock.now().as_millisecond()
    }

    /// What the process may do now.
    pub fn privileges(&self) -> Arc<PrivilegeSet> {
        Arc::clone(&self.privileges.borrow())
    }

    /// Computes the privileges again after the session or the promotions changed.
    pub(crate) fn refresh_privileges(&self) {
        let base = self.session().privileges();
        let promotions = self.promotions.borrow();
        *self.privileges.borrow_mut() = if promotions.is_empty() {
            base
        } else {
            let mut all = base.as_ref().clone();
            for promotion in promotions.iter() {
                all.extend(self.application.sessions.privileges().closure(promotion.privilege));
            }
            Arc::new(all)
        };
    }

    /// Do permissions not apply? In sessions of the server itself, without `roles.json`, and while a restriction is
    /// being computed.
    pub fn is_unrestricted(&self) -> bool {
        self.free.get() > 0
            || !self.application.permissions.are_enabled()
            || self.session.borrow().is_unrestricted()
    }

    /// Is a computed attribute being read? Attributes it uses are not checked for its reader
    /// (`docs/ORDA/privileges.md`).
    pub(crate) fn attributes_are_free(&self) -> bool {
        self.free_attributes.get() > 0
    }

    /// Runs `work` without any permission check.
    pub(crate) fn unchecked<R>(&self, work: impl FnOnce() -> R) -> R {
        counted(&self.free, work)
    }

    /// Runs `work` without checks of attributes.
    pub(crate) fn unchecked_attributes<R>(&self, work: impl FnOnce() -> R) -> R {
        counted(&self.free_attributes, work)
    }

    /// `Session.promote`: the number to give to `demote`; 0 when the name is unknown or already promoted.
    pub(crate) fn promote(&self, process: &mut Process, name: &str) -> i64 {
        let Some(privilege) = self.application.sessions.privileges().number(name) else { return 0 };
        if self.promotions.borrow().iter().any(|promotion| promotion.privilege == privilege) {
            return 0;
        }
        let id = self.next_promotion.get();
        self.next_promotion.set(id + 1);
        self.promotions.borrow_mut().push(Promotion { depth: process.depth(), privilege, id });
        process.watch_frame();
        self.refresh_privileges();
        id
    }

    /// `Session.demote`
    pub(crate) fn demote(&self, id: i64) {
        if id != 0 {
            self.promotions.borrow_mut().retain(|promotion| promotion.id != id);
            self.refresh_privileges();
        }
    }

    /// Computes a restriction of a dataclass unless one is being computed already; inside it the dataclass is not
    /// restricted again.
    pub(crate) fn restricting<R>(&self, dataclass: DataclassId, work: impl FnOnce() -> R) -> Option<R> {
        if self.restricting.borrow().contains(&dataclass) {
            return None;
        }
        self.restricting.borrow_mut().push(dataclass);
        let result = work();
        self.restricting.borrow_mut().pop();
        Some(result)
    }

    /// Remembers a selection whose members are not read yet, so that a later write of this process can't change them.
    pub(crate) fn note_lazy(&self, selection: &Rc<Selection>) {
        let mut lazy = self.lazy.borrow_mut();
        if lazy.len() > 64 {
            lazy.retain(|selection| selection.strong_count() > 0);
        }
        lazy.push(Rc::downgrade(selection));
    }

    /// To be called before this process writes.
    pub(crate) fn before_write(&self) -> Result<(), ErrorStack> {
        let lazy = std::mem::take(&mut *self.lazy.borrow_mut());
        for selection in lazy.iter().filter_map(Weak::upgrade) {
            selection.settle()?;
        }
        self.generation.set(self.generation.get() + 1);
        // Whoever has a transaction open began to write before the datastore was held, and is waited for.
        if self.is_in_transaction() {
            return Ok(());
        }
        self.application.freeze.wait_to_write(self.number(), || self.must_stop()).map_err(frozen)
    }

    /// `ds.flushAndLock()`: what is acknowledged is on disk already; from now on others don't write.
    pub(crate) fn freeze(&self) -> Result<(), ErrorStack> {
        let is_first = self.application.freeze.take(self.number(), || self.must_stop()).map_err(frozen)?;
        if !is_first || self.is_in_transaction() {
            return Ok(());
        }
        // An empty transaction of its own begins when everybody else's has ended.
        let over = self.connection(|connection| connection.begin().and_then(|()| connection.commit()));
        over.map_err(|error| {
            self.application.freeze.release(self.number());
            store_error(error)
        })
    }

    /// Has the server to stop, or has a request taken too long?
    fn must_stop(&self) -> bool {
        let application = &self.application;
        let seconds = application.environment.limits.run_seconds_max;
        let is_own = Arc::ptr_eq(&self.session.borrow(), application.own_session());
        application.stopping.load(Ordering::Relaxed)
            || !is_own && seconds > 0 && self.began.elapsed().as_secs() > seconds.unsigned_abs()
    }

    /// Changes with every write of this process; rows read earlier are then read again.
    pub(crate) fn generation(&self) -> u64 {
        self.generation.get()
    }

    /// The global stamp of the data; 0 when no dataclass is tracked (`docs/ORDA/global-stamp.md`). Read once.
    pub fn global_stamp(&self) -> Result<i64, ErrorStack> {
        if !self.application.tracks_changes {
            return Ok(0);
        }
        if let Some((_, stamp)) = self.global_stamp.get().filter(|(then, _)| *then == self.generation()) {
            return Ok(stamp);
        }
        let stamp = self.connection(|connection| connection.global_stamp()).map_err(store_error)?;
        self.global_stamp.set(Some((self.generation(), stamp)));
        Ok(stamp)
    }

    /// Adds to what the page is told.
    pub(crate) fn tell_page<R>(&self, change: impl FnOnce(&mut PageNews) -> R) -> R {
        change(&mut self.page_news.borrow_mut())
    }

    /// What code told the page (`Web Form`).
    pub fn page_news(&self) -> Ref<'_, PageNews> {
        self.page_news.borrow()
    }

    /// Changes the answer that commands make.
    pub(crate) fn answer<R>(&self, change: impl FnOnce(&mut WebAnswer) -> R) -> R {
        change(self.answer.borrow_mut().get_or_insert_default())
    }

    /// Takes the answer that commands made, if any ran.
    pub(crate) fn take_answer(&self) -> Option<WebAnswer> {
        self.answer.take().map(|answer| *answer)
    }

    fn close(&self) {
        // A transaction left open is taken back (`docs/REST/…`: a web process owns no state between requests).
        let mut connection = self.connection.borrow_mut();
        while connection.level() > 0 && connection.rollback().is_ok() {}
        drop(connection);
        self.application.locks.release_process(self.number());
        self.application.freeze.release_process(self.number());
        run_times::add(self.began.elapsed(), self.sql_time.get());
        self.application.sessions.release(&self.session());
    }

    pub(crate) fn rc(&self) -> Rc<Self> {
        self.this.upgrade().expect("a Context lives in an Rc from the start")
    }
}

/// The error of a process that waited for the datastore in vain.
fn frozen(_: Stopped) -> ErrorStack {
    ErrorStack::runtime("The datastore is locked by another process.")
}

fn counted<R>(counter: &Cell<u32>, work: impl FnOnce() -> R) -> R {
    struct Leave<'c>(&'c Cell<u32>);
    impl Drop for Leave<'_> {
        fn drop(&mut self) {
            self.0.set(self.0.get() - 1);
        }
    }
    counter.set(counter.get() + 1);
    let _leave = Leave(counter);
    work()
}

impl Host for Context {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn command(
        &self,
        process: &mut Process,
        command: u16,
        arguments: &mut Arguments,
    ) -> Option<Result<Value, ErrorStack>> {
        commands::run(&self.rc(), process, command, arguments)
    }

    fn built_in_class(&self, name: &str) -> Option<Value> {
        commands::built_in_class(name)
    }

    fn implicit_class(&self, name: &str) -> Option<Value> {
        self.application.is_implicit_class(name).then(|| crate::dataclass::ImplicitClass::value(name))
    }

    fn entered(&self, process: &mut Process, routine: &Arc<Routine>) -> Result<(), ErrorStack> {
        let promoted = self.application.promoted(routine);
        if !promoted.is_empty() {
            let depth = process.depth();
            self.promotions.borrow_mut().extend(promoted.iter().map(|privilege| Promotion {
                depth,
                privilege: *privilege,
                id: 0,
            }));
            self.refresh_privileges();
        }
        Ok(())
    }

    fn left(&self, process: &mut Process, _routine: &Arc<Routine>) {
        let depth = process.depth();
        self.promotions.borrow_mut().retain(|promotion| promotion.depth <= depth);
        self.refresh_privileges();
    }

    fn session_singletons(&self) -> Option<Arc<Singletons>> {
        Some(self.kept_session().attached::<Singletons>())
    }

    fn query_collection(
        &self,
        _process: &mut Process,
        elements: &[Value],
        arguments: &[Value],
    ) -> Result<Vec<usize>, ErrorStack> {
        crate::query::collection_query(elements, arguments)
    }

    fn log(&self, importance: Importance, message: &str) {
        match importance {
            Importance::Information => tracing::info!(target: "project", "{message}"),
            Importance::Warning => tracing::warn!(target: "project", "{message}"),
            Importance::Error => tracing::error!(target: "project", "{message}"),
        }
    }
}

/// One run of the project for one session. When it ends, open transactions are taken back and a guest's session that
/// holds nothing is forgotten.
pub struct Run {
    context: Rc<Context>,
    process: Process,
}

impl Run {
    /// Begins a run.
    pub fn new(application: &Arc<Application>, session: Arc<Session>, request: RequestInfo) -> Self {
        let context = Context::new(application, session, request);
        let host: Rc<dyn Host> = context.clone();
        let mut process =
            Process::new(Arc::clone(&application.program), host, Arc::clone(&application.environment));
        process.stop_when(Arc::clone(&application.stopping));
        context.number.set(process.id().0);
        Self { context, process }
    }

    /// The context.
    pub fn context(&self) -> &Rc<Context> {
        &self.context
    }

    /// The process.
    pub fn process(&mut self) -> &mut Process {
        &mut self.process
    }

    /// Runs a routine that somebody outside of the language asked for.
    pub(crate) fn call(
        &mut self,
        routine: &Arc<Routine>,
        this: Value,
        arguments: &[Value],
    ) -> Result<Value, ErrorStack> {
        let _span = tracing::debug_span!("code", function = %routine.name).entered();
        self.process.call(routine, this, arguments)
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        self.context.close();
    }
}
