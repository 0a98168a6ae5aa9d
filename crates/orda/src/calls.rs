//! Functions that clients call: which ones there are, and running them.

use std::rc::Rc;
use std::sync::Arc;

use tessera_model::DataclassId;
use tessera_sessions::FunctionOwner;
use tessera_values::{ClassId, ErrorStack, Text, Value};
use tessera_vm::bytecode::Type;
use tessera_vm::{Function, Singleton, singleton};

use crate::access;
use crate::application::Application;
use crate::context::Run;
use crate::dataclass::DataclassObject;
use crate::datastore::DatastoreObject;
use crate::entity::Entity;
use crate::selection::Selection;

/// What a function is called on.
#[derive(Clone)]
pub enum Target {
    /// `ds`
    Datastore,
    /// A dataclass.
    Dataclass(DataclassId),
    /// An entity.
    Entity(Rc<Entity>),
    /// An entity selection.
    Selection(Rc<Selection>),
    /// The instance of a singleton class.
    Singleton(Text),
}

/// A function declared `exposed`.
#[derive(Clone, Debug)]
pub struct ExposedFunction {
    /// Its exact name.
    pub name: Text,
    /// The class it belongs to, as permissions name it: dataclass or singleton; empty for the datastore.
    pub owner: Owner,
    /// May GET call it?
    pub on_http_get: bool,
    /// The declared types of its parameters.
    pub parameters: Vec<Type>,
    function: Function,
}

/// Whom an exposed function belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The datastore class.
    Datastore,
    /// One of the classes of a dataclass.
    Dataclass(DataclassId),
    /// A singleton class.
    Singleton(Text),
}

impl ExposedFunction {
    /// The declared type of its result.
    pub fn result(&self) -> Option<&Type> {
        self.function.routine.result_type.as_ref()
    }
}

impl Owner {
    fn as_permission_owner(&self) -> FunctionOwner<'_> {
        match self {
            Self::Datastore => FunctionOwner::Datastore,
            Self::Dataclass(dataclass) => FunctionOwner::Dataclass(*dataclass),
            Self::Singleton(class) => FunctionOwner::Singleton(class),
        }
    }
}

impl Application {
    fn exposed(&self, class: Option<ClassId>, name: &str, owner: Owner) -> Option<ExposedFunction> {
        let function = self.program.function(class?, name).filter(|function| function.modifiers.exposed)?;
        Some(ExposedFunction {
            name: name.into(),
            owner,
            on_http_get: function.modifiers.on_http_get,
            parameters: function.parameters.clone(),
            function: function.clone(),
        })
    }

    fn all_exposed(&self, class: Option<ClassId>, owner: &Owner) -> Vec<ExposedFunction> {
        let Some(class) = class else { return Vec::new() };
        let names: Vec<Text> =
            self.program.lineage(class).flat_map(|c| c.functions.keys().cloned()).collect();
        names.iter().filter_map(|name| self.exposed(Some(class), name, owner.clone())).collect()
    }

    /// An exposed function of the datastore class.
    pub fn datastore_function(&self, name: &str) -> Option<ExposedFunction> {
        self.exposed(self.classes.datastore(), name, Owner::Datastore)
    }

    /// An exposed function of a dataclass class.
    pub fn dataclass_function(&self, dataclass: DataclassId, name: &str) -> Option<ExposedFunction> {
        self.exposed(self.classes.of(dataclass).dataclass, name, Owner::Dataclass(dataclass))
    }

    /// An exposed function of an entity class.
    pub fn entity_function(&self, dataclass: DataclassId, name: &str) -> Option<ExposedFunction> {
        self.exposed(self.classes.of(dataclass).entity, name, Owner::Dataclass(dataclass))
    }

    /// An exposed function of an entity selection class.
    pub fn selection_function(&self, dataclass: DataclassId, name: &str) -> Option<ExposedFunction> {
        self.exposed(self.classes.of(dataclass).selection, name, Owner::Dataclass(dataclass))
    }

    /// An exposed function of a shared or session singleton.
    pub fn singleton_function(&self, class: &str, name: &str) -> Option<ExposedFunction> {
        let class = self.program.class(class)?;
        matches!(class.singleton, Singleton::Shared | Singleton::Session)
            .then(|| self.exposed(Some(class.id), name, Owner::Singleton(class.name.clone())))
            .flatten()
    }

    /// Every exposed function of the datastore class.
    pub fn datastore_functions(&self) -> Vec<ExposedFunction> {
        self.all_exposed(self.classes.datastore(), &Owner::Datastore)
    }

    /// Every exposed function of a dataclass: its own, those of its entities, those of its selections.
    pub fn functions_of(&self, dataclass: DataclassId) -> [Vec<ExposedFunction>; 3] {
        let classes = self.classes.of(dataclass);
        let owner = Owner::Dataclass(dataclass);
        [classes.dataclass, classes.entity, classes.selection].map(|class| self.all_exposed(class, &owner))
    }

    /// Shared and session singletons with their exposed functions; those without any are left out.
    pub fn exposed_singletons(&self) -> Vec<(Text, Vec<ExposedFunction>)> {
        self.program
            .classes()
            .iter()
            .filter(|class| matches!(class.singleton, Singleton::Shared | Singleton::Session))
            .map(|class| {
                (class.name.clone(), self.all_exposed(Some(class.id), &Owner::Singleton(class.name.clone())))
            })
            .filter(|(_, functions)| !functions.is_empty())
            .collect()
    }
}

/// Whether the permission to execute is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// As for every function.
    Permission,
    /// `authentify` in force login: guests may always call it.
    Nothing,
}

impl Run {
    /// Refuses a call this session may not make.
    pub fn check_call(&self, function: &ExposedFunction, ask: Ask) -> Result<(), ErrorStack> {
        match ask {
            Ask::Permission => {
                access::check_function(self.context(), function.owner.as_permission_owner(), &function.name)
            }
            Ask::Nothing => Ok(()),
        }
    }

    /// Calls an exposed function for a client, if its session may.
    pub fn call_exposed(
        &mut self,
        function: &ExposedFunction,
        target: Target,
        arguments: &[Value],
        ask: Ask,
    ) -> Result<Value, ErrorStack> {
        self.check_call(function, ask)?;
        let context = Rc::clone(self.context());
        let this = match target {
            Target::Datastore => DatastoreObject::value(&context),
            Target::Dataclass(dataclass) => DataclassObject::value(&context, dataclass),
            Target::Entity(entity) => Value::Native(entity),
            Target::Selection(selection) => Value::Native(selection),
            Target::Singleton(class) => {
                let program = Arc::clone(self.process().program());
                let class = program.class(&class).ok_or_else(|| {
                    ErrorStack::data(1827, format!("The singleton {class} cannot be found"))
                })?;
                singleton(self.process(), class, &[])?
            }
        };
        self.call(&function.function.routine, this, arguments)
    }

    /// Calls a database method, for instance `onRESTAuthentication`; `None` when the project has none.
    pub fn call_database_method(
        &mut self,
        name: &str,
        arguments: &[Value],
    ) -> Option<Result<Value, ErrorStack>> {
        let routine = Arc::clone(self.process().program().database_method(name)?);
        Some(self.call(&routine, Value::Undefined, arguments))
    }

    /// Calls a project method; `None` when the project has none of that name.
    pub fn call_method(&mut self, name: &str, arguments: &[Value]) -> Option<Result<Value, ErrorStack>> {
        let routine = Arc::clone(&self.process().program().method(name)?.routine);
        Some(self.call(&routine, Value::Undefined, arguments))
    }
}
