//! Classes while code runs: `cs`, `4D`, `new`, `me` and `Super` (`docs/Concepts/classes.md`).

use std::any::Any;
use std::rc::Rc;
use std::sync::Arc;

use tessera_values::{ClassId, ErrorStack, Native, ObjectRef, Scope, SharedObject, Text, Value};

use crate::built_in_class::any_built_in_class;
use crate::bytecode::Routine;
use crate::host::Singletons;
use crate::member::{Callee, unknown_function};
use crate::process::Process;
use crate::program::{Base, Class, Singleton};

/// `cs`
pub(crate) struct ClassStore;

impl Native for ClassStore {
    fn class_name(&self) -> &'static str {
        "cs"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn get(self: Rc<Self>, scope: &mut dyn Scope, name: &str) -> Result<Value, ErrorStack> {
        let process = Process::of(scope);
        if let Some(class) = process.program().class(name) {
            return Ok(Value::Native(Rc::new(ClassObject(class.id, class.name.clone()))));
        }
        Ok(process.host().implicit_class(name).unwrap_or_default())
    }

    fn keys(self: Rc<Self>, scope: &mut dyn Scope) -> Vec<Text> {
        Process::of(scope).program().classes().iter().map(|class| class.name.clone()).collect()
    }
}

/// `4D`
pub(crate) struct BuiltInStore;

impl Native for BuiltInStore {
    fn class_name(&self) -> &'static str {
        "4D"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn get(self: Rc<Self>, scope: &mut dyn Scope, name: &str) -> Result<Value, ErrorStack> {
        let process = Process::of(scope);
        any_built_in_class(process, name)
            .ok_or_else(|| ErrorStack::runtime(format!("The class 4D.{name} is not available.")))
    }
}

/// `cs.Name`
pub struct ClassObject(pub ClassId, Text);

impl ClassObject {
    /// The class object of a class of the program.
    pub fn of(class: &Class) -> Self {
        Self(class.id, class.name.clone())
    }

    /// The class's name.
    pub fn name(&self) -> &Text {
        &self.1
    }
}

impl Native for ClassObject {
    fn class_name(&self) -> &'static str {
        "4D.Class"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn get(self: Rc<Self>, scope: &mut dyn Scope, name: &str) -> Result<Value, ErrorStack> {
        let process = Process::of(scope);
        let program = Arc::clone(process.program());
        let class = program.class_by_id(self.0);
        Ok(match name {
            "name" => Value::Text(class.name.clone()),
            "superclass" => match &class.base {
                Base::User(parent) => Value::Native(Rc::new(Self::of(program.class_by_id(*parent)))),
                _ => Value::Null,
            },
            "isShared" => Value::Boolean(class.shared),
            "isSingleton" => Value::Boolean(class.singleton != Singleton::No),
            "isSessionSingleton" => Value::Boolean(class.singleton == Singleton::Session),
            "me" => singleton(process, class, &[])?,
            _ => Value::Undefined,
        })
    }

    fn call(
        self: Rc<Self>,
        scope: &mut dyn Scope,
        name: &str,
        arguments: &[Value],
    ) -> Option<Result<Value, ErrorStack>> {
        if name != "new" {
            return None;
        }
        let process = Process::of(scope);
        let program = Arc::clone(process.program());
        let class = program.class_by_id(self.0);
        Some(if class.singleton == Singleton::No {
            instantiate(process, class, arguments)
        } else {
            singleton(process, class, arguments)
        })
    }

    fn is_same(&self, other: &dyn Native) -> bool {
        other.as_any().downcast_ref::<Self>().is_some_and(|other| other.0 == self.0)
    }
}

/// The one instance of a singleton class, made on first use.
pub fn singleton(process: &mut Process, class: &Class, arguments: &[Value]) -> Result<Value, ErrorStack> {
    let store: Arc<Singletons> = match class.singleton {
        Singleton::No => return Ok(Value::Undefined),
        Singleton::Process => {
            if let Some(instance) = process.singletons.get(&class.id) {
                return Ok(instance.clone());
            }
            let instance = instantiate(process, class, arguments)?;
            process.singletons.insert(class.id, instance.clone());
            return Ok(instance);
        }
        Singleton::Shared => Arc::clone(&process.environment().shared.singletons),
        Singleton::Session => process.host().session_singletons().ok_or_else(|| {
            ErrorStack::runtime(format!("{} needs a session, and there is none here.", class.name))
        })?,
    };
    if let Some(instance) = store.get(class.id) {
        return Ok(Value::Object(ObjectRef::Shared(instance)));
    }
    // The same process may come here again from inside the constructor; others wait until it has run.
    process.lock(Arc::clone(store.making()))?;
    let made = match store.get(class.id) {
        Some(instance) => Ok(Value::Object(ObjectRef::Shared(instance))),
        None => instantiate(process, class, arguments),
    };
    if let Ok(Value::Object(ObjectRef::Shared(instance))) = &made {
        store.put(class.id, Arc::clone(instance));
    }
    process.unlock_last();
    made
}

/// `cs.Name.new(arguments)`
pub fn instantiate(process: &mut Process, class: &Class, arguments: &[Value]) -> Result<Value, ErrorStack> {
    let program = Arc::clone(process.program());
    let lineage: Vec<&Class> = program.lineage(class.id).collect();
    match lineage.last().map(|root| &root.base) {
        Some(Base::Missing(name)) => {
            return Err(ErrorStack::runtime(format!(
                "The class {name}, which {} extends, does not exist.",
                class.name
            )));
        }
        Some(Base::BuiltIn(name)) if !matches!(name.as_str(), "Object") => {
            return Err(ErrorStack::runtime(format!("{} can't be created with new().", class.name)));
        }
        _ => {}
    }
    let object = if class.shared {
        ObjectRef::Shared(SharedObject::new(Some(class.id)))
    } else {
        ObjectRef::instance(class.id)
    };
    let this = Value::Object(object.clone());
    let locks = class.shared;
    if locks {
        process.lock_shared(&this)?;
    }
    let built = fill(process, &lineage, &object, &this, arguments);
    if locks {
        process.unlock_last();
    }
    built.map(|()| this)
}

fn fill(
    process: &mut Process,
    lineage: &[&Class],
    object: &ObjectRef,
    this: &Value,
    arguments: &[Value],
) -> Result<(), ErrorStack> {
    for class in lineage.iter().rev() {
        for property in &class.properties {
            if let Some(initial) = &property.initial {
                let value = process.call(initial, this.clone(), &[])?;
                object.set(process.id(), property.name.clone(), value)?;
            }
        }
    }
    if let Some(constructor) = lineage.iter().find_map(|class| class.constructor.as_ref()) {
        process.call(&constructor.routine, this.clone(), arguments)?;
    }
    Ok(())
}

/// The constructor that `Super( )` runs; `None` when the parent has none.
pub(crate) fn super_constructor(
    process: &Process,
    routine: &Routine,
) -> Result<Option<Arc<Routine>>, ErrorStack> {
    let class = routine.class.ok_or_else(|| ErrorStack::runtime("Super only makes sense inside a class."))?;
    let program = process.program();
    Ok(match program.class_by_id(class).base {
        Base::User(parent) => program
            .lineage(parent)
            .find_map(|class| class.constructor.as_ref())
            .map(|constructor| Arc::clone(&constructor.routine)),
        _ => None,
    })
}

/// The function that `Super.name( )` runs.
pub(crate) fn super_function(process: &Process, routine: &Routine, name: &str) -> Result<Callee, ErrorStack> {
    let class = routine.class.ok_or_else(|| ErrorStack::runtime("Super only makes sense inside a class."))?;
    let program = process.program();
    match program.class_by_id(class).base {
        Base::User(parent) => program
            .function(parent, name)
            .map(|function| Callee::Routine(Arc::clone(&function.routine), None))
            .ok_or_else(|| unknown_function(name, &program.class_by_id(parent).name)),
        // Built-in functions can't be overridden, so the receiver's own one is the parent's.
        Base::BuiltIn(_) => Ok(Callee::Native),
        _ => Err(unknown_function(name, "the parent class")),
    }
}
