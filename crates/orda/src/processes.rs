//! The processes that code starts: those of `New process`, which end with their method, and workers, which wait for
//! further calls (`docs/Develop/processes.md`).
//!
//! Each is a thread with a run of its own in the server's own session.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use parking_lot::{Condvar, Mutex};
use tessera_values::{ErrorStack, Text, Value};
use tessera_vm::Parcel;

use crate::application::Application;
use crate::context::Run;

/// Processes that code may have under way at once.
const PROCESSES_MAX: usize = 500;
/// Calls that may wait for one worker.
const CALLS_MAX: usize = 100_000;
/// The stack of a process.
const STACK_BYTES: usize = 8 << 20;
/// How often an idle worker looks whether the server stops.
const IDLE_SLICE: Duration = Duration::from_secs(1);

/// What a process runs.
pub(crate) enum Task {
    /// A project method, by its name.
    Method(Text),
    /// A formula.
    Formula(Parcel),
}

/// What a worker is asked to do.
struct Call {
    task: Task,
    arguments: Vec<Parcel>,
}

/// What is known of a process of the server.
#[derive(Clone, Debug)]
pub(crate) struct ProcessInfo {
    pub(crate) number: i64,
    pub(crate) name: Text,
    pub(crate) is_worker: bool,
    pub(crate) since: jiff::Timestamp,
}

/// The calls that wait for a worker. `None` once it must end.
#[derive(Default)]
struct Mailbox {
    calls: Mutex<Option<VecDeque<Call>>>,
    arrived: Condvar,
    /// No more calls come: its worker ends when the last one is done.
    retired: AtomicBool,
}

/// The processes that code started.
#[derive(Default)]
pub(crate) struct Processes {
    running: Mutex<HashMap<i64, ProcessInfo>>,
    /// By name, which is case-sensitive.
    workers: Mutex<BTreeMap<Text, Arc<Mailbox>>>,
}

impl Processes {
    /// What is known of one.
    pub(crate) fn info(&self, number: i64) -> Option<ProcessInfo> {
        self.running.lock().get(&number).cloned()
    }

    /// The name of any process; one that serves a request is called by its number.
    pub(crate) fn name_of(&self, number: u64) -> Text {
        let started = i64::try_from(number).ok().and_then(|number| self.info(number));
        started.map_or_else(|| format!("P_{number}").into(), |info| info.name)
    }

    /// All of them, by number.
    pub(crate) fn all(&self) -> Vec<ProcessInfo> {
        let mut all: Vec<ProcessInfo> = self.running.lock().values().cloned().collect();
        all.sort_by_key(|info| info.number);
        all
    }

    /// The number of a running process of this name.
    pub(crate) fn number_of(&self, name: &str) -> Option<i64> {
        self.all().into_iter().find(|info| info.name == name).map(|info| info.number)
    }

    /// Lets every worker end when it has done what it was asked.
    pub(crate) fn retire(&self) {
        for mailbox in std::mem::take(&mut *self.workers.lock()).into_values() {
            mailbox.retired.store(true, Ordering::Relaxed);
            mailbox.arrived.notify_one();
        }
    }

    fn is_full(&self) -> bool {
        self.running.lock().len() >= PROCESSES_MAX
    }
}

/// Starts a process for one method and answers its number.
pub(crate) fn start(
    application: &Arc<Application>,
    name: Text,
    method: Text,
    arguments: Vec<Parcel>,
) -> Result<i64, ErrorStack> {
    spawn(application, name, false, move |run| perform(run, Call { task: Task::Method(method), arguments }))
}

/// Puts a call into a worker's mailbox, starting the worker when there is none of the name.
pub(crate) fn call_worker(
    application: &Arc<Application>,
    name: &Text,
    task: Task,
    arguments: Vec<Parcel>,
) -> Result<(), ErrorStack> {
    let mut workers = application.processes.workers.lock();
    let call = Call { task, arguments };
    if let Some(mailbox) = workers.get(name) {
        return mailbox.put(call);
    }
    let mailbox = Arc::new(Mailbox { calls: Mutex::new(Some(VecDeque::from([call]))), ..Mailbox::default() });
    let (served, stopping) = (Arc::clone(&mailbox), Arc::clone(&application.stopping));
    spawn(application, name.clone(), true, move |run| {
        while let Some(call) = served.take(&stopping) {
            perform(run, call);
        }
    })?;
    workers.insert(name.clone(), mailbox);
    Ok(())
}

/// `KILL WORKER`: empties the mailbox; the worker ends after its current task.
pub(crate) fn kill_worker(application: &Application, name: &str) {
    if let Some(mailbox) = application.processes.workers.lock().remove(name) {
        mailbox.close();
    }
}

impl Mailbox {
    fn put(&self, call: Call) -> Result<(), ErrorStack> {
        if let Some(calls) = self.calls.lock().as_mut() {
            if calls.len() >= CALLS_MAX {
                return Err(ErrorStack::runtime(format!("{CALLS_MAX} calls wait for this worker already.")));
            }
            calls.push_back(call);
            self.arrived.notify_one();
        }
        Ok(())
    }

    fn close(&self) {
        *self.calls.lock() = None;
        self.arrived.notify_one();
    }

    /// The next call; `None` when the worker must end.
    fn take(&self, stopping: &AtomicBool) -> Option<Call> {
        let mut calls = self.calls.lock();
        loop {
            if stopping.load(Ordering::Relaxed) {
                return None;
            }
            if let Some(call) = calls.as_mut()?.pop_front() {
                return Some(call);
            }
            if self.retired.load(Ordering::Relaxed) {
                return None;
            }
            self.arrived.wait_for(&mut calls, IDLE_SLICE);
        }
    }
}

/// Starts a thread that runs `work` and answers the number of its process.
fn spawn(
    application: &Arc<Application>,
    name: Text,
    is_worker: bool,
    work: impl FnOnce(&mut Run) + Send + 'static,
) -> Result<i64, ErrorStack> {
    if application.processes.is_full() {
        return Err(ErrorStack::runtime(format!("{PROCESSES_MAX} processes are running already.")));
    }
    let (tell, number) = std::sync::mpsc::channel();
    let of = Arc::clone(application);
    let thread = std::thread::Builder::new().name("process".into()).stack_size(STACK_BYTES);
    let started = thread.spawn(move || {
        let mut run = of.own_run();
        let number = i64::try_from(run.process().id().0).unwrap_or(i64::MAX);
        let since = of.environment.clock.now();
        let name = if name.is_empty() { format!("P_{number}").into() } else { name };
        let info = ProcessInfo { number, name: name.clone(), is_worker, since };
        of.processes.running.lock().insert(number, info);
        let _ends = Ends { application: &of, number, worker: is_worker.then_some(name) };
        let _ = tell.send(number);
        work(&mut run);
    });
    started
        .ok()
        .and_then(|_| number.recv().ok())
        .ok_or_else(|| ErrorStack::runtime("The machine gives no more threads for processes."))
}

/// Whatever ends the thread, its process is no longer known. Calls that came too late for a worker go to its next one.
struct Ends<'a> {
    application: &'a Application,
    number: i64,
    worker: Option<Text>,
}

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.application.processes.running.lock().remove(&self.number);
        if let Some(name) = self.worker.as_ref().filter(|_| std::thread::panicking()) {
            self.application.processes.workers.lock().remove(name);
        }
    }
}

fn perform(run: &mut Run, call: Call) {
    let arguments: Vec<Value> = call.arguments.into_iter().map(Parcel::unpack).collect();
    let result = match call.task {
        Task::Method(name) => run.call_method(&name, &arguments).unwrap_or(Ok(Value::Undefined)),
        Task::Formula(formula) => {
            let (formula, list) = (formula.unpack(), Value::Collection(arguments.into_iter().collect()));
            tessera_vm::call_member(run.process(), &formula, "apply", &[Value::Null, list])
        }
    };
    if let Err(error) = result {
        tracing::warn!(error = %error, "a process ended with an error");
    }
}
