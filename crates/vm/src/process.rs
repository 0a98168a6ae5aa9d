//! [`Process`]: one run of 4D code, with its own variables, call stack and errors.
//!
//! A process begins and ends on one thread. A web request, a start-up method and a worker are each one process;
//! nothing but shared objects outlives it.

use std::any::Any;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use smallvec::SmallVec;
use tessera_values::{
    ClassId, ErrorStack, FourDError, Group, Local, ObjectRef, ProcessId, Scope, SharedValue, Text, Value,
    Variable,
};

use crate::bytecode::{Register, Routine};
use crate::code::{Code, Codes};
use crate::frame::{Frame, Frames};
use crate::host::{Environment, Host};
use crate::program::Program;

/// Where an error goes on inside `Try`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Handler {
    pub(crate) frame: usize,
    pub(crate) target: usize,
    pub(crate) uses: usize,
}

/// A running process.
pub struct Process {
    id: ProcessId,
    program: Arc<Program>,
    host: Rc<dyn Host>,
    environment: Arc<Environment>,
    /// The registers of all calls, the oldest first. What lies behind those of the newest is undefined.
    pub(crate) stack: Vec<Value>,
    pub(crate) frames: Frames,
    pub(crate) codes: Codes,
    pub(crate) handlers: Vec<Handler>,
    pub(crate) uses: Vec<Arc<Group>>,
    globals: Vec<Option<Rc<Variable>>>,
    pub(crate) last_errors: Vec<FourDError>,
    pub(crate) error_method: Option<(Text, usize)>,
    pub(crate) handling: bool,
    /// `ABORT` was called in the error method.
    pub(crate) aborted: bool,
    pub(crate) singletons: HashMap<ClassId, Value>,
    pub(crate) native_depth: usize,
    /// What a native function answers although it fails.
    answered: Option<Value>,
    /// Must the failed statement still assign the answer of its call?
    pub(crate) assigns_answer: bool,
    pub(crate) assertions: bool,
    /// Of years of two digits: the century of those from the pivot on, less one; earlier ones are of the next.
    pub(crate) century: (i64, i64),
    /// It may hold semaphores.
    pub(crate) has_semaphores: bool,
    pub(crate) fuel: u32,
    must_stop: Arc<AtomicBool>,
    deadline: Option<jiff::Timestamp>,
}

static NEXT_PROCESS: AtomicU64 = AtomicU64::new(1);

/// How many jumps and calls pass between two looks at the clock and the stop flag.
const FUEL: u32 = 4096;
/// What a command takes of it.
const COMMAND_FUEL: u32 = 64;

impl Process {
    /// A process about to run code of `program`.
    pub fn new(program: Arc<Program>, host: Rc<dyn Host>, environment: Arc<Environment>) -> Self {
        let seconds = environment.limits.run_seconds_max;
        let deadline = (seconds > 0)
            .then(|| environment.clock.now().checked_add(jiff::SignedDuration::from_secs(seconds)).ok())
            .flatten();
        Self {
            id: ProcessId(NEXT_PROCESS.fetch_add(1, Ordering::Relaxed)),
            globals: vec![None; program.globals.len()],
            program,
            host,
            frames: Frames::new(environment.limits.call_depth_max),
            environment,
            stack: Vec::new(),
            codes: Codes::default(),
            handlers: Vec::new(),
            uses: Vec::new(),
            last_errors: Vec::new(),
            error_method: None,
            handling: false,
            aborted: false,
            singletons: HashMap::new(),
            native_depth: 0,
            answered: None,
            assigns_answer: false,
            assertions: true,
            century: (19, 30),
            has_semaphores: false,
            fuel: FUEL,
            must_stop: Arc::default(),
            deadline,
        }
    }

    /// Ends the process at its next jump or call once the flag is set.
    pub fn stop_when(&mut self, flag: Arc<AtomicBool>) {
        self.must_stop = flag;
    }

    /// Lets it run as long as it likes: nobody waits for an answer.
    pub fn run_without_deadline(&mut self) {
        self.deadline = None;
    }

    /// Its number, unique in this server.
    pub fn id(&self) -> ProcessId {
        self.id
    }

    /// The project it runs.
    pub fn program(&self) -> &Arc<Program> {
        &self.program
    }

    /// The server around it.
    pub fn host(&self) -> Rc<dyn Host> {
        Rc::clone(&self.host)
    }

    /// Clock, chance, `Storage`, limits.
    pub fn environment(&self) -> &Arc<Environment> {
        &self.environment
    }

    /// The process behind the scope a native object was given.
    pub fn of(scope: &mut dyn Scope) -> &mut Self {
        scope.as_any_mut().downcast_mut().expect("the virtual machine's only scope is its process")
    }

    /// Calls a routine of the program and waits for its result.
    pub fn call(
        &mut self,
        routine: &Arc<Routine>,
        this: Value,
        arguments: &[Value],
    ) -> Result<Value, ErrorStack> {
        let code = self.codes.of(routine);
        self.call_code(&code, this, arguments, &[])
    }

    /// Calls code; what a formula captured goes into its registers.
    pub(crate) fn call_code(
        &mut self,
        code: &Rc<Code>,
        this: Value,
        arguments: &[Value],
        captured: &[(Register, Value)],
    ) -> Result<Value, ErrorStack> {
        self.run_call(captured, |process| process.push_call_of(code, arguments, this))
            .map(|base| std::mem::take(&mut self.stack[base]))
    }

    /// The same with an object that is the first argument and `This`. Answers where on the stack the result lies.
    #[inline]
    pub(crate) fn call_on(
        &mut self,
        code: &Rc<Code>,
        object: &Rc<Local>,
        extra: &[Value],
        captured: &[(Register, Value)],
    ) -> Result<usize, ErrorStack> {
        self.run_call(captured, |process| {
            if extra.is_empty() && process.call_on_quickly(code, object) {
                return Ok(());
            }
            let this = Value::Object(ObjectRef::Local(Rc::clone(object)));
            let mut arguments = SmallVec::<[Value; 2]>::new();
            arguments.push(this.clone());
            arguments.extend(extra.iter().cloned());
            process.push_call_of(code, &arguments, this)
        })
    }

    /// Runs what `push` puts on the stack.
    #[inline]
    fn run_call(
        &mut self,
        captured: &[(Register, Value)],
        push: impl FnOnce(&mut Self) -> Result<(), ErrorStack>,
    ) -> Result<usize, ErrorStack> {
        if self.native_depth >= self.environment.limits.native_depth_max {
            return Err(ErrorStack::runtime("Calls are nested too deeply."));
        }
        let base = self.stack_end();
        let floor = self.frames.len();
        self.native_depth += 1;
        let result = push(self).and_then(|()| {
            for (register, value) in captured {
                self.stack[base + usize::from(*register)].copy_from(value);
            }
            self.run(floor)
        });
        self.native_depth -= 1;
        result.map(|()| base)
    }

    /// Where the registers of the newest call end.
    #[inline]
    pub(crate) fn stack_end(&self) -> usize {
        self.frames.last().map_or(0, |frame| frame.end)
    }

    /// Errors as `Last errors` gives them; empty when there are none.
    pub fn last_errors(&self) -> &[FourDError] {
        &self.last_errors
    }

    /// Replaces what `Last errors` gives.
    pub fn set_last_errors(&mut self, errors: Vec<FourDError>) {
        self.last_errors = errors;
    }

    /// Queues an error to be raised when the running routine returns. Inside a `Try` of that routine it is only told
    /// by `Last errors` (`docs/Concepts/error-handling.md`).
    pub fn defer(&mut self, error: FourDError) {
        let number = self.frames.len().wrapping_sub(1);
        let Some(frame) = self.frames.last_mut() else { return };
        if self.handlers.last().is_some_and(|handler| handler.frame == number) {
            self.last_errors.push(error);
        } else {
            frame.aside.get_or_insert_default().deferred.push(error);
        }
    }

    /// The answer of a native function that is about to fail: `$status:=$entity.save()` assigns its result before the
    /// error is raised.
    pub fn answer_and_fail(&mut self, answer: Value) {
        self.answered = Some(answer);
    }

    /// Takes that answer.
    pub(crate) fn take_answer(&mut self) -> Option<Value> {
        self.answered.take()
    }

    /// Does a `Try` or an error method take the next error?
    pub fn is_guarded(&self) -> bool {
        !self.handlers.is_empty() || self.error_method().is_some()
    }

    /// The method that takes errors here, and inside how many `Try` it was installed: the process's own, else that of
    /// the server.
    pub(crate) fn error_method(&self) -> Option<(Text, usize)> {
        let global = || self.environment.shared.error_method.lock().clone().map(|method| (method, 0));
        self.error_method.clone().or_else(global)
    }

    /// Tells the host when the running routine ends; used for privileges promoted inside it.
    pub fn watch_frame(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            frame.watched = true;
        }
    }

    /// How many calls are on the stack.
    pub fn depth(&self) -> usize {
        self.frames.len()
    }

    /// Name and line of every call, the newest first.
    pub fn call_chain(&self) -> Vec<(Text, u32)> {
        self.frames.iter().rev().map(|frame| (frame.code.routine.name.clone(), line_of(frame))).collect()
    }

    /// `This` of the running routine.
    pub fn this(&self) -> Value {
        self.frames.last().map(|frame| frame.this.clone()).unwrap_or_default()
    }

    /// The arguments passed to the running routine.
    pub(crate) fn frame_arguments(&self) -> Vec<Value> {
        let Some(frame) = self.frames.last() else { return Vec::new() };
        let declared = frame.code.routine.parameters.len().min(frame.count);
        let mut arguments: Vec<Value> = (0..declared).map(|at| unbox(&self.stack[frame.base + at])).collect();
        arguments.extend_from_slice(frame.extra());
        arguments
    }

    /// A process variable by number.
    pub(crate) fn global(&mut self, number: u16) -> Rc<Variable> {
        // A formula made from a text may name variables the program does not have: they start empty and are lost.
        let Some(slot) = self.globals.get_mut(usize::from(number)) else {
            return Variable::new("", Value::Undefined);
        };
        if let Some(variable) = slot {
            return Rc::clone(variable);
        }
        let global = &self.program.globals[usize::from(number)];
        let variable = Variable::new(global.name.clone(), global.declared.empty());
        *slot = Some(Rc::clone(&variable));
        variable
    }

    /// A process variable by name, if the project uses one of that name. `OK` and `Error` are such variables.
    pub fn variable(&mut self, name: &str) -> Option<Rc<Variable>> {
        let number = self.program.global_numbers.get(&crate::program::lower(name)).copied()?;
        Some(self.global(number))
    }

    /// Sets a system variable such as `OK`, for code that looks at it.
    pub fn set_variable(&mut self, name: &str, value: Value) {
        if let Some(variable) = self.variable(name) {
            *variable.value.borrow_mut() = value;
        }
    }

    /// Sets `OK`.
    pub fn set_ok(&mut self, succeeded: bool) {
        self.set_variable("OK", Value::Integer(i64::from(succeeded)));
    }

    pub(crate) fn interprocess(&self, name: &str) -> Value {
        let name = crate::host::key(name);
        self.environment.shared.interprocess.get(&name).map_or(Value::Undefined, SharedValue::into_value)
    }

    pub(crate) fn set_interprocess(&self, name: &str, value: &Value) -> Result<(), ErrorStack> {
        let value = SharedValue::from_value(value)?;
        Ok(self.environment.shared.interprocess.put(crate::host::key(name), value)?)
    }

    /// Counts down; now and then looks whether the process must end.
    pub(crate) fn burn(&mut self) -> Result<(), ErrorStack> {
        self.fuel -= 1;
        if self.fuel == 0 {
            self.fuel = FUEL;
            self.check_stop()?;
        }
        Ok(())
    }

    /// Counts down for a command, which may take long by itself: the next look comes after a few of them.
    pub(crate) fn burn_for_command(&mut self) -> Result<(), ErrorStack> {
        self.fuel = self.fuel.saturating_sub(COMMAND_FUEL).max(1);
        self.burn()
    }

    fn is_late(&self) -> bool {
        self.deadline.is_some_and(|deadline| self.environment.clock.now() > deadline)
    }

    /// The error that ends the process, when it must end. Commands that wait ask now and then.
    pub fn check_stop(&self) -> Result<(), ErrorStack> {
        if self.must_stop.load(Ordering::Relaxed) {
            return Err(ErrorStack::fatal("The server is stopping."));
        }
        if self.is_late() {
            return Err(ErrorStack::fatal(format!(
                "The code ran longer than {} seconds.",
                self.environment.limits.run_seconds_max
            )));
        }
        Ok(())
    }

    /// Locks the group of a shared value until [`Process::unlock_last`].
    pub(crate) fn lock_shared(&mut self, value: &Value) -> Result<(), ErrorStack> {
        use tessera_values::{CollectionRef, ObjectRef};
        let group = match value {
            Value::Object(ObjectRef::Shared(object)) => object.group(),
            Value::Collection(CollectionRef::Shared(collection)) => collection.group(),
            Value::Native(native) if native.group().is_some() => native.group().unwrap_or_default(),
            other => {
                return Err(ErrorStack::runtime(format!(
                    "Use needs a shared object or collection, not {}.",
                    other.kind()
                )));
            }
        };
        self.lock(group)
    }

    /// Takes a lock until [`Process::unlock_last`]; whoever waits may be told to stop, or wait too long.
    pub(crate) fn lock(&mut self, group: Arc<Group>) -> Result<(), ErrorStack> {
        group.lock(self.id, &|| self.must_stop.load(Ordering::Relaxed) || self.is_late())?;
        self.uses.push(group);
        Ok(())
    }

    pub(crate) fn unlock_last(&mut self) {
        if let Some(group) = self.uses.pop() {
            group.unlock(self.id);
        }
    }

    pub(crate) fn unlock_to(&mut self, floor: usize) {
        while self.uses.len() > floor {
            self.unlock_last();
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.unlock_to(0);
        if self.has_semaphores {
            self.environment.shared.semaphores.release(self.id);
        }
    }
}

impl Scope for Process {
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

pub(crate) fn line_of(frame: &Frame) -> u32 {
    frame.code.routine.line(frame.position.saturating_sub(1))
}

/// The value of a register that may be boxed.
pub(crate) fn unbox(value: &Value) -> Value {
    match value {
        Value::Pointer(tessera_values::Pointer::Variable(variable)) => variable.value.borrow().clone(),
        value => value.clone(),
    }
}
