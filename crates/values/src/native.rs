//! [`Native`]: objects that Rust code implements, as 4D code sees them.

use std::any::Any;
use std::rc::Rc;
use std::sync::Arc;

use crate::shared::{Group, SharedNative};
use crate::{ErrorStack, Value};

/// The running process, seen from a native object that needs it.
///
/// `values` knows no process; an implementation downcasts to the one type it was written for.
pub trait Scope: Any {
    /// Itself, for the downcast.
    fn as_any_mut(&mut self) -> &mut dyn Any;
}

/// An object implemented in Rust: an entity, an entity selection, a file, the session, a class, a function…
///
/// Every member has a default that refuses, so that an implementation writes only what its class documents.
pub trait Native: Any {
    /// The class as code names it, for instance `4D.File` or `cs.EmployeeEntity`.
    fn class_name(&self) -> &str;

    /// Itself, for downcasts.
    fn as_any(&self) -> &dyn Any;

    /// Reads `.name`. The default knows no property and answers undefined.
    fn get(self: Rc<Self>, _scope: &mut dyn Scope, _name: &str) -> Result<Value, ErrorStack> {
        Ok(Value::Undefined)
    }

    /// Writes `.name`.
    fn set(self: Rc<Self>, _scope: &mut dyn Scope, name: &str, _value: Value) -> Result<(), ErrorStack> {
        Err(ErrorStack::runtime(format!("The property \"{name}\" of {} is read-only.", self.class_name())))
    }

    /// Calls `.name(args)`. `None` when there is no such function, so that the caller can look further.
    fn call(
        self: Rc<Self>,
        _scope: &mut dyn Scope,
        _name: &str,
        _arguments: &[Value],
    ) -> Option<Result<Value, ErrorStack>> {
        None
    }

    /// Reads `[index]`; by default a text index reads the property of that name.
    fn index(self: Rc<Self>, scope: &mut dyn Scope, index: &Value) -> Result<Value, ErrorStack> {
        match index {
            Value::Text(name) => self.get(scope, name),
            _ => Err(ErrorStack::runtime(format!("{} can't be read by number.", self.class_name()))),
        }
    }

    /// Writes `[index]`; by default a text index writes the property of that name.
    fn set_index(
        self: Rc<Self>,
        scope: &mut dyn Scope,
        index: &Value,
        value: Value,
    ) -> Result<(), ErrorStack> {
        match index {
            Value::Text(name) => self.set(scope, name, value),
            _ => Err(ErrorStack::runtime(format!("An element of {} can't be assigned.", self.class_name()))),
        }
    }

    /// The number of turns of `For each`, or `None` when it can't be iterated.
    fn iteration_length(self: Rc<Self>, _scope: &mut dyn Scope) -> Option<Result<usize, ErrorStack>> {
        None
    }

    /// The element of turn `index`; `Ok(None)` skips the turn (an entity dropped meanwhile).
    fn iteration_item(
        self: Rc<Self>,
        _scope: &mut dyn Scope,
        _index: usize,
    ) -> Result<Option<Value>, ErrorStack> {
        Ok(None)
    }

    /// The names `OB Keys` and `For each` on an object see.
    fn keys(self: Rc<Self>, _scope: &mut dyn Scope) -> Vec<crate::Text> {
        Vec::new()
    }

    /// What `OB Copy` makes of it, a shareable one or one of this process's own; `None` leaves that to the command.
    fn copied(self: Rc<Self>, _scope: &mut dyn Scope, _shared: bool) -> Option<Result<Value, ErrorStack>> {
        None
    }

    /// The numbers of a vector.
    fn numbers(&self) -> Option<&[f64]> {
        None
    }

    /// The form that may be stored in shared objects, when there is one.
    fn to_shared(&self) -> Option<Arc<dyn SharedNative>> {
        None
    }

    /// The lock that `Use` takes, for objects that several processes hold.
    fn group(&self) -> Option<Arc<Group>> {
        None
    }

    /// Same object? By default the same reference; compared by `=` (`docs/Concepts/operators.md`).
    fn is_same(&self, other: &dyn Native) -> bool {
        std::ptr::addr_eq(std::ptr::from_ref(self.as_any()), std::ptr::from_ref(other.as_any()))
    }
}
