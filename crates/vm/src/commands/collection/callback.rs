//! Callbacks: a formula, a function or the name of a method, called with an object that holds the element.

use std::rc::Rc;
use std::sync::Arc;

use smallvec::SmallVec;
use tessera_values::{CollectionRef, ErrorStack, Local, ObjectRef, Value};

use crate::arguments::Arguments;
use crate::bytecode::Routine;
use crate::function::FunctionValue;
use crate::process::Process;

/// What to call for each element.
pub(super) struct Callback {
    code: Code,
    /// Arguments after the object.
    extra: Vec<Value>,
    /// `$1` of the last call, used again while nobody kept it.
    item: Rc<Local>,
}

enum Code {
    Function(Rc<FunctionValue>),
    Method(Arc<Routine>),
}

impl Callback {
    /// From the argument at a position; the arguments after it are passed on.
    pub(super) fn new(process: &Process, arguments: &Arguments, position: usize) -> Result<Self, ErrorStack> {
        let value = arguments.value(position);
        let code = match (&value, value.as_native::<FunctionValue>()) {
            (_, Some(function)) => Code::Function(Rc::new(function.clone())),
            (Value::Text(name), _) => {
                let method = process
                    .program()
                    .method(name)
                    .ok_or_else(|| ErrorStack::runtime(format!("There is no method {name}.")))?;
                Code::Method(Arc::clone(&method.routine))
            }
            (other, _) => {
                return Err(ErrorStack::runtime(format!(
                    "Argument {} must be a formula or the name of a method, not {}.",
                    position + 1,
                    other.kind()
                )));
            }
        };
        let extra = (position + 1..arguments.len()).map(|position| arguments.value(position)).collect();
        Ok(Self { code, extra, item: Rc::default() })
    }

    /// Calls with `.value` and further properties; answers the result, or what the code put into `.result`.
    pub(super) fn call(
        &mut self,
        process: &mut Process,
        properties: &[(&'static str, Value)],
    ) -> Result<Value, ErrorStack> {
        if Rc::strong_count(&self.item) > 1 {
            self.item = Rc::default();
        }
        let properties = properties.iter().map(|(name, value)| (*name, value.clone()));
        self.item.properties.borrow_mut().fill(properties);
        // UNSPECIFIED: This inside a callback. Taken: the object passed as $1.
        let this = Value::Object(ObjectRef::Local(Rc::clone(&self.item)));
        let mut given = SmallVec::<[Value; 2]>::new();
        given.push(this.clone());
        given.extend(self.extra.iter().cloned());
        let result = match &self.code {
            Code::Function(function) => function.call(process, this, &given)?,
            Code::Method(routine) => process.call(routine, this, &given)?,
        };
        Ok(if let Value::Undefined = result { self.property("result") } else { result })
    }

    /// A property of `$1` after the call.
    pub(super) fn property(&self, name: &str) -> Value {
        self.item.properties.borrow().get(name).cloned().unwrap_or_default()
    }

    /// Did the code ask to end the loop?
    pub(super) fn must_stop(&self) -> bool {
        super::is_true(&self.property("stop"))
    }

    /// Calls for each element from `start` on, until the code sets `.stop` or `work` answers False.
    pub(super) fn each(
        &mut self,
        process: &mut Process,
        collection: &CollectionRef,
        start: usize,
        mut work: impl FnMut(usize, Value, Value) -> bool,
    ) -> Result<(), ErrorStack> {
        let length = collection.len();
        for index in start..length {
            // The code may have shortened the collection.
            let Some(element) = collection.get(index) else { break };
            let result = self.call(process, &[("value", element.clone())])?;
            if !work(index, element, result) || self.must_stop() {
                break;
            }
        }
        Ok(())
    }
}
