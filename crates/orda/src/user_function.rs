//! Functions of the project's own classes, as members of the objects of this crate.

use std::rc::Rc;
use std::sync::Arc;

use tessera_values::{ClassId, ErrorStack, Native, Value};
use tessera_vm::{FunctionValue, Process};

/// `object.name`: the function as a value, undefined when the class has none of that name.
pub(crate) fn value(process: &Process, class: Option<ClassId>, name: &str) -> Value {
    class.and_then(|class| process.program().function(class, name)).map_or(Value::Undefined, |function| {
        Value::Native(Rc::new(FunctionValue::routine(Arc::clone(&function.routine))))
    })
}

/// `object.name(…)`; `None` when the class has no function of that name.
pub(crate) fn call(
    process: &mut Process,
    class: Option<ClassId>,
    name: &str,
    this: Rc<dyn Native>,
    arguments: &[Value],
) -> Option<Result<Value, ErrorStack>> {
    let routine = Arc::clone(&process.program().function(class?, name)?.routine);
    Some(process.call(&routine, Value::Native(this), arguments))
}
