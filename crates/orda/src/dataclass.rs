//! Dataclasses as code sees them: `ds.Customers` (`docs/API/DataClassClass.md`).

use std::any::Any;
use std::rc::Rc;

use tessera_model::{Dataclass, DataclassId};
use tessera_sessions::Action;
use tessera_store::Columns;
use tessera_values::{
    ClassId, CollectionRef, ErrorStack, Native, ObjectRef, Properties, Scalar, Scope, Text, Value,
};
use tessera_vm::Process;

use crate::access;
use crate::context::Context;
use crate::datastore::DatastoreObject;
use crate::entity::{Entity, object};
use crate::error::store_error;
use crate::relation;
use crate::save::{SaveFailure, save_entity};
use crate::selection::Selection;
use crate::{query, restrict, user_function};

mod attribute;

/// A dataclass.
pub(crate) struct DataclassObject {
    context: Rc<Context>,
    dataclass: DataclassId,
}

impl DataclassObject {
    /// The dataclass it stands for.
    pub(crate) fn dataclass(&self) -> DataclassId {
        self.dataclass
    }

    pub(crate) fn value(context: &Rc<Context>, dataclass: DataclassId) -> Value {
        Value::Native(Rc::new(Self { context: Rc::clone(context), dataclass }))
    }

    fn class(&self) -> Option<ClassId> {
        self.context.application().classes.of(self.dataclass).dataclass
    }

    fn described(&self) -> &Dataclass {
        self.context.application().catalog.dataclass(self.dataclass)
    }

    fn function(
        self: &Rc<Self>,
        process: &mut Process,
        name: &str,
        arguments: &[Value],
    ) -> Option<Result<Value, ErrorStack>> {
        let first = arguments.first().cloned().unwrap_or_default();
        Some(match name {
            "all" => self.all(process),
            "query" => query::dataclass_query(process, &self.context, self.dataclass, arguments)
                .map(|selection| Value::Native(selection)),
            "get" => self.get_entity(process, &first),
            "new" => {
                Entity::create(process, &self.context, self.dataclass).map(|entity| Value::Native(entity))
            }
            "newSelection" => {
                let ordered = first.as_integer() == Some(1);
                Ok(Value::Native(Selection::of(&self.context, self.dataclass, Vec::new(), ordered, true)))
            }
            "getCount" => self.count(process),
            "fromCollection" => match first {
                Value::Collection(objects) => self.save_collection(process, &objects),
                other => Err(ErrorStack::runtime(format!(
                    "fromCollection needs a collection, not {}.",
                    other.kind()
                ))),
            },
            "getInfo" => Ok(self.info()),
            "getDataStore" => Ok(DatastoreObject::value(&self.context)),
            "getRemoteCache" => Ok(Value::Null),
            "setRemoteCacheSettings" | "clearRemoteCache" => Ok(Value::Undefined),
            _ => return None,
        })
    }

    fn all(&self, process: &mut Process) -> Result<Value, ErrorStack> {
        access::check(&self.context, self.dataclass, Action::Read)?;
        let filter = restrict::filter(process, &self.context, self.dataclass)?;
        Ok(Value::Native(Selection::lazy(&self.context, self.dataclass, filter, Vec::new())))
    }

    fn count(&self, process: &mut Process) -> Result<Value, ErrorStack> {
        access::check(&self.context, self.dataclass, Action::Read)?;
        let filter = restrict::filter(process, &self.context, self.dataclass)?;
        let count = self.context.connection(|connection| connection.count(self.dataclass, &filter));
        count.map(|count| Value::Integer(count as i64)).map_err(store_error)
    }

    /// `get(key)`: Null when there is none, when it is hidden by a restriction, and for a key of another type.
    fn get_entity(&self, process: &mut Process, key: &Value) -> Result<Value, ErrorStack> {
        access::check(&self.context, self.dataclass, Action::Read)?;
        let Some(key) = Scalar::from_value(key).filter(|key| !key.is_null()) else { return Ok(Value::Null) };
        let filter = restrict::filter(process, &self.context, self.dataclass)?;
        let attribute = self.described().key;
        let row = relation::row_by(&self.context, self.dataclass, attribute, &key, filter, &Columns::all())?;
        Ok(row.map_or(Value::Null, |row| Value::Native(Entity::from_row(&self.context, self.dataclass, row))))
    }

    /// Creates or updates one entity per object; not atomic. The first failure is thrown at the end.
    fn save_collection(&self, process: &mut Process, objects: &CollectionRef) -> Result<Value, ErrorStack> {
        let mut records = Vec::new();
        let mut failed: Option<ErrorStack> = None;
        for value in objects.to_vec() {
            let Value::Object(properties) = value else { continue };
            match self.save_one(process, &properties) {
                Ok(entity) => records.extend(entity.state.borrow().record),
                Err(error) if error.fatal => return Err(error),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        match failed {
            Some(error) => Err(error),
            None => Ok(Value::Native(Selection::of(&self.context, self.dataclass, records, false, false))),
        }
    }

    fn save_one(&self, process: &mut Process, properties: &ObjectRef) -> Result<Rc<Entity>, ErrorStack> {
        let described = self.described();
        let is_new = properties.get("__NEW").and_then(|new| new.as_boolean()).unwrap_or(false);
        let own_key = properties.get(&described.key_attribute().name).filter(|key| !key.is_nothing());
        let key = own_key.or_else(|| properties.get("__KEY").filter(|_| !is_new));
        let found = match key.filter(|_| !is_new) {
            Some(key) => self.get_entity(process, &key)?,
            None => Value::Null,
        };
        let entity = match found {
            Value::Native(native) => crate::entity::functions::IntoOrda::into_entity(native).ok(),
            _ => None,
        };
        let entity = match entity {
            Some(entity) => {
                let stamp = properties.get("__STAMP").and_then(|stamp| stamp.as_integer());
                if stamp.is_some_and(|stamp| stamp != entity.stamp()) {
                    return Err(stale(&entity));
                }
                entity
            }
            None => Entity::create(process, &self.context, self.dataclass)?,
        };
        object::from_object(process, &entity, properties)?;
        save_entity(process, &entity).map_err(|failure| match failure {
            SaveFailure::Other(error) => error,
            SaveFailure::Event { error, thrown, .. } => {
                thrown.unwrap_or_else(|| crate::events::error_of(&error))
            }
            SaveFailure::StampChanged
            | SaveFailure::MergeFailed
            | SaveFailure::Locked(_)
            | SaveFailure::Gone => stale(&entity),
        })?;
        Ok(entity)
    }

    fn info(&self) -> Value {
        let described = self.described();
        let properties = Properties::from_iter([
            ("name".into(), Value::Text(described.name.clone())),
            ("primaryKey".into(), Value::Text(described.key_attribute().name.clone())),
            ("tableNumber".into(), Value::Integer(i64::from(described.table_number))),
            ("exposed".into(), Value::Boolean(described.exposed)),
        ]);
        Value::Object(ObjectRef::from_properties(properties))
    }
}

/// The error of a stamp that another save has moved on.
pub(crate) fn stale(entity: &Entity) -> ErrorStack {
    let key = crate::save::key_text(&entity.key());
    let table = &entity.described().name;
    ErrorStack::data(
        1263,
        format!("Given stamp does not match current one for record# {key} of table {table}"),
    )
}

impl Native for DataclassObject {
    fn class_name(&self) -> &str {
        &self.context.application().classes.of(self.dataclass).dataclass_name
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn get(self: Rc<Self>, scope: &mut dyn Scope, name: &str) -> Result<Value, ErrorStack> {
        let process = Process::of(scope);
        if let Some(attribute) = self.described().attribute_named(name) {
            return Ok(attribute::describe(&self.context, self.described(), attribute));
        }
        Ok(user_function::value(process, self.class(), name))
    }

    fn call(
        self: Rc<Self>,
        scope: &mut dyn Scope,
        name: &str,
        arguments: &[Value],
    ) -> Option<Result<Value, ErrorStack>> {
        let process = Process::of(scope);
        if let Some(result) = self.function(process, name, arguments) {
            return Some(result);
        }
        user_function::call(process, self.class(), name, self, arguments)
    }

    fn keys(self: Rc<Self>, _scope: &mut dyn Scope) -> Vec<Text> {
        self.described().named().map(|attribute| attribute.name.clone()).collect()
    }

    fn is_same(&self, other: &dyn Native) -> bool {
        other.as_any().downcast_ref::<Self>().is_some_and(|other| other.dataclass == self.dataclass)
    }
}

/// `cs.CustomersEntity` without a class file: an empty class that exists all the same.
pub(crate) struct ImplicitClass(Text);

impl ImplicitClass {
    pub(crate) fn value(name: &str) -> Value {
        Value::Native(Rc::new(Self(name.into())))
    }
}

impl Native for ImplicitClass {
    fn class_name(&self) -> &'static str {
        "4D.Class"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn get(self: Rc<Self>, _scope: &mut dyn Scope, name: &str) -> Result<Value, ErrorStack> {
        Ok(if name == "name" { Value::Text(self.0.clone()) } else { Value::Undefined })
    }
}
