//! Functions as values: formulas, and class functions read without parentheses (`docs/API/FunctionClass.md`).

use std::any::Any;
use std::rc::Rc;
use std::sync::Arc;

use tessera_values::{CollectionRef, ErrorStack, Local, Native, Scope, Value};

use crate::bytecode::{Register, Routine};
use crate::code::Code;
use crate::process::Process;

/// A `4D.Function`.
#[derive(Clone, Debug)]
pub struct FunctionValue {
    code: Rc<Code>,
    captured: Rc<Captured>,
}

/// The values a formula captured, formulas perhaps that captured others.
#[derive(Debug, Default)]
struct Captured(Vec<(Register, Value)>);

impl Drop for Captured {
    fn drop(&mut self) {
        tessera_values::release(self.0.drain(..).map(|(_, value)| value));
    }
}

impl FunctionValue {
    /// A function of a class.
    pub fn routine(routine: Arc<Routine>) -> Self {
        Self { code: Code::new(routine), captured: Rc::default() }
    }

    /// A formula with the values it captured.
    pub(crate) fn formula(code: Rc<Code>, captured: Vec<(Register, Value)>) -> Self {
        Self { code, captured: Rc::new(Captured(captured)) }
    }

    /// What it captured.
    pub(crate) fn captured(&self) -> &[(Register, Value)] {
        &self.captured.0
    }

    /// A project method.
    pub(crate) fn method(process: &mut Process, name: &str) -> Option<Self> {
        let routine = Arc::clone(&process.program().method(name)?.routine);
        Some(Self { code: process.codes.of(&routine), captured: Rc::default() })
    }

    /// What a call runs: `Formula(myMethod).call(Null; "a")` passes "a" on (`docs/API/FunctionClass.md`).
    pub(crate) fn called(&self, process: &mut Process) -> Self {
        let Some(method) = self.code.routine.delegate else { return self.clone() };
        let routine = process.program().methods().get(usize::from(method)).map(|m| Arc::clone(&m.routine));
        match routine {
            Some(routine) => Self { code: process.codes.of(&routine), captured: Rc::default() },
            None => self.clone(),
        }
    }

    /// Calls it with a `This`.
    pub fn call(&self, process: &mut Process, this: Value, arguments: &[Value]) -> Result<Value, ErrorStack> {
        let called = self.called(process);
        process.call_code(&called.code, this, arguments, &called.captured.0)
    }

    /// Calls what [`FunctionValue::called`] gave on an object, which is its first argument and its `This`. Answers where
    /// on the stack the result lies; it has to be made undefined there.
    #[inline]
    pub(crate) fn call_on(
        &self,
        process: &mut Process,
        object: &Rc<Local>,
        extra: &[Value],
    ) -> Result<usize, ErrorStack> {
        process.call_on(&self.code, object, extra, &self.captured.0)
    }

    /// The code as the process runs it.
    pub(crate) fn code(&self) -> &Code {
        &self.code
    }

    /// The compiled code.
    pub(crate) fn compiled(&self) -> &Arc<Routine> {
        &self.code.routine
    }
}

impl Native for FunctionValue {
    fn class_name(&self) -> &'static str {
        "4D.Function"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn get(self: Rc<Self>, _: &mut dyn Scope, name: &str) -> Result<Value, ErrorStack> {
        Ok(match name {
            "source" => Value::Text(self.code.routine.source.clone()),
            _ => Value::Undefined,
        })
    }

    fn call(
        self: Rc<Self>,
        scope: &mut dyn Scope,
        name: &str,
        arguments: &[Value],
    ) -> Option<Result<Value, ErrorStack>> {
        let process = Process::of(scope);
        let this = arguments.first().cloned().unwrap_or_default();
        match name {
            "call" => Some(FunctionValue::call(&self, process, this, arguments.get(1..).unwrap_or_default())),
            "apply" => {
                let list = match arguments.get(1) {
                    Some(Value::Collection(list)) => list.clone(),
                    _ => CollectionRef::new(),
                };
                Some(FunctionValue::call(&self, process, this, &list.to_vec()))
            }
            _ => None,
        }
    }
}
