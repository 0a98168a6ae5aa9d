//! Classes of the server as objects: what `4D.Blob` reads as. Instances are natives of their own. The language has a
//! few such classes; a [`crate::Host`] gives its own, made of the same [`BuiltInClass`].

use std::any::Any;
use std::rc::Rc;

use tessera_values::{ErrorStack, Native, ObjectRef, Scope, Value};

use crate::arguments::Arguments;
use crate::process::Process;

/// What `new` does.
pub type Constructor = fn(&mut Process, &Arguments) -> Result<Value, ErrorStack>;

/// A class `4D.name`.
pub struct BuiltInClass {
    /// Without `4D.`.
    pub name: &'static str,
    /// The class it extends, also without `4D.`.
    pub parent: Option<&'static str>,
    /// `new`, for classes that code may make instances of.
    pub new: Option<Constructor>,
}

impl BuiltInClass {
    /// The class of a name among these, as code sees it.
    pub fn find(classes: &'static [Self], name: &str) -> Option<Value> {
        classes.iter().find(|class| class.name == name).map(|class| Value::Native(Rc::new(ClassValue(class))))
    }
}

const CLASSES: &[BuiltInClass] = &[
    BuiltInClass { name: "Object", parent: None, new: Some(|_, _| Ok(Value::Object(ObjectRef::new()))) },
    BuiltInClass { name: "Blob", parent: Some("Object"), new: Some(crate::commands::new_blob) },
    BuiltInClass { name: "Function", parent: Some("Object"), new: None },
    BuiltInClass { name: "Class", parent: Some("Object"), new: None },
    BuiltInClass { name: "Collection", parent: Some("Object"), new: None },
    BuiltInClass { name: "Signal", parent: Some("Object"), new: None },
    BuiltInClass { name: "Vector", parent: Some("Object"), new: Some(crate::vector::new_vector) },
    BuiltInClass { name: "Document", parent: Some("Object"), new: None },
    BuiltInClass { name: "Directory", parent: Some("Object"), new: None },
];

/// The class `4D.name`, if the language itself has it.
pub fn built_in_class(name: &str) -> Option<Value> {
    BuiltInClass::find(CLASSES, name)
}

/// The class `4D.name` of the host or of the language.
pub(crate) fn any_built_in_class(process: &Process, name: &str) -> Option<Value> {
    process.host().built_in_class(name).or_else(|| built_in_class(name))
}

struct ClassValue(&'static BuiltInClass);

impl Native for ClassValue {
    fn class_name(&self) -> &'static str {
        "4D.Class"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn get(self: Rc<Self>, scope: &mut dyn Scope, name: &str) -> Result<Value, ErrorStack> {
        Ok(match name {
            "name" => Value::text(self.0.name),
            "superclass" => self
                .0
                .parent
                .and_then(|parent| any_built_in_class(Process::of(scope), parent))
                .unwrap_or(Value::Null),
            "isShared" | "isSingleton" | "isSessionSingleton" => Value::Boolean(false),
            _ => Value::Undefined,
        })
    }

    fn call(
        self: Rc<Self>,
        scope: &mut dyn Scope,
        name: &str,
        arguments: &[Value],
    ) -> Option<Result<Value, ErrorStack>> {
        let new = self.0.new.filter(|_| name == "new")?;
        Some(new(Process::of(scope), &Arguments::new(arguments.iter().cloned(), 0)))
    }

    fn is_same(&self, other: &dyn Native) -> bool {
        other.as_any().downcast_ref::<Self>().is_some_and(|other| other.0.name == self.0.name)
    }
}
