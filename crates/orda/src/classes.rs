//! [`ClassTable`]: which classes of the code belong to which dataclass.

use std::sync::Arc;

use tessera_model::{Catalog, DataclassId};
use tessera_values::{ClassId, Text};
use tessera_vm::Program;
use tessera_vm::bytecode::Routine;

use crate::events::EntityEvents;

/// What a class is to the datastore.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClassRole {
    Datastore,
    Dataclass(DataclassId),
    Entity(DataclassId),
    Selection(DataclassId),
    Other,
}

/// The classes that belong to one dataclass, and their names as code sees them.
#[derive(Clone, Debug, Default)]
pub(crate) struct DataclassClasses {
    pub(crate) dataclass_name: Text,
    pub(crate) entity_name: Text,
    pub(crate) selection_name: Text,
    pub(crate) dataclass: Option<ClassId>,
    pub(crate) entity: Option<ClassId>,
    pub(crate) selection: Option<ClassId>,
    pub(crate) restrict: Option<Arc<Routine>>,
    pub(crate) events: Option<Arc<EntityEvents>>,
}

/// The classes of a project, from both sides.
#[derive(Debug)]
pub(crate) struct ClassTable {
    roles: Vec<ClassRole>,
    of_dataclasses: Vec<DataclassClasses>,
    datastore: Option<ClassId>,
}

impl ClassTable {
    pub(crate) fn new(program: &Program, catalog: &Catalog) -> Self {
        let mut roles = vec![ClassRole::Other; program.classes().len()];
        let mut find = |name: &str, role| {
            let class = program.class(name)?;
            roles[class.id.0 as usize] = role;
            Some(class)
        };
        let datastore = find("DataStore", ClassRole::Datastore).map(|class| class.id);
        let of_dataclasses = catalog.dataclasses().iter().map(|dataclass| {
            let (id, name) = (dataclass.id, &dataclass.name);
            let class = find(name, ClassRole::Dataclass(id));
            let entity = find(&format!("{name}Entity"), ClassRole::Entity(id));
            let selection = find(&format!("{name}Selection"), ClassRole::Selection(id));
            let restrict = class.and_then(|class| class.events.get(&("restrict".into(), Text::new())));
            DataclassClasses {
                dataclass_name: format!("cs.{name}").into(),
                entity_name: format!("cs.{name}Entity").into(),
                selection_name: format!("cs.{name}Selection").into(),
                dataclass: class.map(|class| class.id),
                entity: entity.map(|class| class.id),
                selection: selection.map(|class| class.id),
                restrict: restrict.map(|function| Arc::clone(&function.routine)),
                events: entity.and_then(|class| EntityEvents::of(class, dataclass)).map(Arc::new),
            }
        });
        let of_dataclasses = of_dataclasses.collect();
        Self { roles, of_dataclasses, datastore }
    }

    /// What a class is to the datastore.
    pub(crate) fn role(&self, class: ClassId) -> ClassRole {
        self.roles.get(class.0 as usize).copied().unwrap_or(ClassRole::Other)
    }

    /// The classes of a dataclass.
    pub(crate) fn of(&self, dataclass: DataclassId) -> &DataclassClasses {
        &self.of_dataclasses[dataclass.index()]
    }

    /// The DataStore class.
    pub(crate) fn datastore(&self) -> Option<ClassId> {
        self.datastore
    }
}
