//! [`Host`]: the one door from the language to the server around it.

use std::any::Any;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::tz::TimeZone;
use parking_lot::Mutex;
use tessera_values::{Chance, ClassId, Clock, ErrorStack, Group, SharedObject, Text, Value};

use crate::arguments::Arguments;
use crate::bytecode::Routine;
use crate::process::Process;

/// What the layer above the language offers to running code. Every method has a default that offers nothing, so
/// that the language can be run and tested alone.
pub trait Host: Any {
    /// Itself, for the layer above to find its own type again.
    fn as_any(&self) -> &dyn Any;

    /// Runs a command the language itself does not know. `None` when the host does not know it either.
    fn command(
        &self,
        _process: &mut Process,
        _command: u16,
        _arguments: &mut Arguments,
    ) -> Option<Result<Value, ErrorStack>> {
        None
    }

    /// The class `4D.name`.
    fn built_in_class(&self, _name: &str) -> Option<Value> {
        None
    }

    /// The class `cs.name` when the project has no file for it: the implicit data classes, and components.
    fn implicit_class(&self, _name: &str) -> Option<Value> {
        None
    }

    /// A routine marked as watched is about to run.
    fn entered(&self, _process: &mut Process, _routine: &Arc<Routine>) -> Result<(), ErrorStack> {
        Ok(())
    }

    /// A frame that was watched has ended, normally or by an error.
    fn left(&self, _process: &mut Process, _routine: &Arc<Routine>) {}

    /// Where instances of session singletons live; `None` outside a session.
    fn session_singletons(&self) -> Option<Arc<Singletons>> {
        None
    }

    /// `collection.query()`: the indexes of the elements that match, in their order.
    fn query_collection(
        &self,
        _process: &mut Process,
        _elements: &[Value],
        _arguments: &[Value],
    ) -> Result<Vec<usize>, ErrorStack> {
        Err(ErrorStack::runtime("collection.query() is not available here."))
    }

    /// Writes a line to the log: `LOG EVENT`, `ALERT`, and what a server answers without a desktop.
    fn log(&self, _importance: Importance, _message: &str) {}
}

/// How loud a log line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Importance {
    /// Information message
    Information,
    /// Warning message
    Warning,
    /// Error message
    Error,
}

/// A host that offers nothing, for running pure code.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoHost;

impl Host for NoHost {
    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// What code can ask of the machine, given as arguments so that tests decide it.
pub struct Environment {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Unguessable bytes, for UUIDs and password salts.
    pub chance: Arc<dyn Chance>,
    /// The server's time zone, for `Current date` and ISO dates.
    pub time_zone: TimeZone,
    /// Process-independent state: `Storage`, interprocess variables, shared singletons.
    pub shared: Shared,
    /// What running code may use up.
    pub limits: Limits,
    random: AtomicU64,
}

impl Environment {
    /// An environment; `seed` decides what `Random` yields.
    pub fn new(clock: Arc<dyn Clock>, chance: Arc<dyn Chance>, time_zone: TimeZone, seed: u64) -> Self {
        Self {
            clock,
            chance,
            time_zone,
            shared: Shared::default(),
            limits: Limits::default(),
            random: AtomicU64::new(seed),
        }
    }

    /// The next `Random`, 0 to 32767. SplitMix64: quick, seedable, and nothing that must not be guessed uses it.
    pub fn random(&self) -> i64 {
        let state = self.random.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) >> 49) as i64
    }
}

/// State that all processes of a server have in common.
pub struct Shared {
    /// `Storage`
    pub storage: Arc<SharedObject>,
    /// `<>name` by lower-cased name; only shareable values are kept.
    pub interprocess: Arc<SharedObject>,
    /// One instance per server.
    pub singletons: Arc<Singletons>,
    /// The method that takes errors of processes without one of their own: `ON ERR CALL(method; ek global)`.
    pub error_method: Mutex<Option<Text>>,
    /// Who holds which semaphore.
    pub semaphores: crate::semaphores::Semaphores,
}

impl Default for Shared {
    fn default() -> Self {
        Self {
            storage: SharedObject::new_single(),
            interprocess: SharedObject::new_single(),
            singletons: Arc::default(),
            error_method: Mutex::default(),
            semaphores: crate::semaphores::Semaphores::default(),
        }
    }
}

/// Instances of shared classes, one per class.
#[derive(Debug, Default)]
pub struct Singletons {
    instances: Mutex<HashMap<ClassId, Arc<SharedObject>>>,
    making: Arc<Group>,
}

impl Singletons {
    /// The instance, if it exists.
    pub fn get(&self, class: ClassId) -> Option<Arc<SharedObject>> {
        self.instances.lock().get(&class).cloned()
    }

    /// Keeps an instance.
    pub fn put(&self, class: ClassId, instance: Arc<SharedObject>) {
        self.instances.lock().insert(class, instance);
    }

    /// Held while an instance is made, so that its constructor runs once.
    pub fn making(&self) -> &Arc<Group> {
        &self.making
    }
}

/// What running code may use up. Beyond it, a fatal 4D error ends the process.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Calls inside calls.
    pub call_depth_max: usize,
    /// Native functions that call back, inside each other (sorting with a formula inside a computed attribute…).
    pub native_depth_max: usize,
    /// Seconds of run time of one request; 0 for no limit.
    pub run_seconds_max: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { call_depth_max: 1000, native_depth_max: 60, run_seconds_max: 0 }
    }
}

/// A name as a key of case-insensitive tables.
pub(crate) fn key(name: &str) -> Text {
    crate::program::lower(name)
}
