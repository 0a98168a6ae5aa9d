//! Objects: ordered properties, local to a process or shared.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use crate::shared::{ProcessId, ShareError, SharedObject, SharedValue};
use crate::{Properties, Text, Value};

/// Which class of the running program an object is an instance of. Only the program can tell its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClassId(pub u32);

/// An object of one process.
#[derive(Debug, Default)]
pub struct Local {
    /// The class, for instances.
    pub class: Option<ClassId>,
    /// The properties.
    pub properties: RefCell<Properties>,
}

impl Local {
    /// An object without properties, perhaps an instance of a class.
    pub fn new(class: Option<ClassId>) -> Rc<Self> {
        Rc::new(Self { class, properties: RefCell::default() })
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        crate::release(self.properties.get_mut().take_values());
    }
}

/// A reference to an object; copying it shares the object.
#[derive(Clone, Debug)]
pub enum ObjectRef {
    /// Reachable from one process only.
    Local(Rc<Local>),
    /// Reachable from every process; writes need `Use`.
    Shared(Arc<SharedObject>),
}

impl Default for ObjectRef {
    fn default() -> Self {
        Self::Local(Rc::default())
    }
}

impl ObjectRef {
    /// An empty local object.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty local instance of a class.
    pub fn instance(class: ClassId) -> Self {
        Self::Local(Local::new(Some(class)))
    }

    /// A local object with these properties.
    pub fn from_properties(properties: Properties) -> Self {
        Self::Local(Rc::new(Local { class: None, properties: RefCell::new(properties) }))
    }

    /// The class of an instance.
    pub fn class(&self) -> Option<ClassId> {
        match self {
            Self::Local(local) => local.class,
            Self::Shared(shared) => shared.class(),
        }
    }

    /// Reads a property; names are case-sensitive.
    pub fn get(&self, name: &str) -> Option<Value> {
        match self {
            Self::Local(local) => local.properties.borrow().get(name).cloned(),
            Self::Shared(shared) => shared.get(name).map(SharedValue::into_value),
        }
    }

    /// Writes a property. Undefined resets an existing one to the empty value of its type and creates none
    /// (`docs/Concepts/dt_null_undefined.md`).
    pub fn set(&self, process: ProcessId, name: impl Into<Text>, value: Value) -> Result<(), ShareError> {
        let name = name.into();
        match self {
            Self::Local(local) => {
                let mut properties = local.properties.borrow_mut();
                if let Value::Undefined = value {
                    if let Some(current) = properties.get_mut(&name) {
                        *current = current.emptied();
                    }
                } else {
                    properties.insert(name, value);
                }
                Ok(())
            }
            Self::Shared(shared) => shared.set(process, name, SharedValue::from_value(&value)?),
        }
    }

    /// Removes a property; absent ones are no error.
    pub fn remove(&self, process: ProcessId, name: &str) -> Result<(), ShareError> {
        match self {
            Self::Local(local) => {
                local.properties.borrow_mut().remove(name);
                Ok(())
            }
            Self::Shared(shared) => shared.remove(process, name),
        }
    }

    /// The property names in creation order.
    pub fn keys(&self) -> Vec<Text> {
        match self {
            Self::Local(local) => local.properties.borrow().keys().cloned().collect(),
            Self::Shared(shared) => shared.keys(),
        }
    }

    /// True without any property.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Local(local) => local.properties.borrow().is_empty(),
            Self::Shared(shared) => shared.is_empty(),
        }
    }

    /// Same object?
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Local(a), Self::Local(b)) => Rc::ptr_eq(a, b),
            (Self::Shared(a), Self::Shared(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }
}

impl<const N: usize> From<[(&str, Value); N]> for ObjectRef {
    fn from(properties: [(&str, Value); N]) -> Self {
        properties.into_iter().map(|(name, value)| (Text::from(name), value)).collect()
    }
}

impl FromIterator<(Text, Value)> for ObjectRef {
    fn from_iter<I: IntoIterator<Item = (Text, Value)>>(properties: I) -> Self {
        Self::from_properties(properties.into_iter().collect())
    }
}
