//! A dataclass of another server.

use std::any::Any;
use std::rc::Rc;
use std::sync::Arc;

use tessera_values::{CollectionRef, ErrorStack, Native, ObjectRef, Scope, Text, Value};

use super::catalog::{Attribute, Dataclass, Kind, On};
use super::connection::Connection;
use super::content;
use super::datastore::RemoteDatastore;
use super::entity::RemoteEntity;
use super::query::query_options;
use super::selection::RemoteSelection;
use super::wire;
use crate::context::Context;

/// `$remote.Employee`
pub(super) struct RemoteDataclass {
    context: Rc<Context>,
    connection: Arc<Connection>,
    class: usize,
    class_name: Text,
}

impl RemoteDataclass {
    pub(super) fn value(context: &Rc<Context>, connection: &Arc<Connection>, class: usize) -> Value {
        Value::Native(Rc::new(Self {
            context: Rc::clone(context),
            connection: Arc::clone(connection),
            class,
            class_name: wire::class_name(connection, class, ""),
        }))
    }

    fn described(&self) -> &Dataclass {
        &self.connection.catalog().dataclasses[self.class]
    }

    fn function(&self, name: &str, arguments: &[Value]) -> Result<Value, ErrorStack> {
        let (context, connection) = (&self.context, &self.connection);
        let described = self.described();
        let selection = |options: &str| {
            RemoteSelection::open(context, connection, self.class, &described.name, options)
                .map(|selection| Value::Native(selection))
        };
        match name {
            "all" => return selection(""),
            "query" => return selection(&query_options(arguments)?),
            "get" => return self.entity(arguments.first().unwrap_or(&Value::Undefined)),
            "new" => return Ok(Value::Native(RemoteEntity::new(context, connection, self.class))),
            "getCount" => {
                let page = connection.get(context, &format!("{}?$top=0", described.name))?;
                return Ok(wire::member(&page, wire::COUNT));
            }
            "getInfo" => {
                return Ok(Value::Object(ObjectRef::from([
                    ("name", Value::Text(described.name.clone())),
                    ("primaryKey", Value::Text(described.key.clone())),
                    ("tableNumber", Value::Integer(described.number)),
                    ("exposed", Value::Boolean(true)),
                ])));
            }
            "getDataStore" => return Ok(RemoteDatastore::value(context, Arc::clone(connection))),
            "fromCollection" => return self.save_collection(arguments.first().unwrap_or(&Value::Undefined)),
            _ => {}
        }
        if described.has_function(On::Dataclass, name) {
            let path = format!("{}/{}?$method=entityset", described.name, wire::encoded(name));
            let answer =
                connection.post(context, &path, content::arguments(context, connection, arguments)?)?;
            return wire::result(context, connection, answer);
        }
        match name {
            "newSelection" | "getRemoteCache" | "setRemoteCacheSettings" | "clearRemoteCache" => {
                Err(wire::refused(name))
            }
            _ => Err(wire::unknown_function(name, &described.name)),
        }
    }

    /// `get(key)`: Null when there is none.
    fn entity(&self, key: &Value) -> Result<Value, ErrorStack> {
        if key.is_nothing() {
            return Ok(Value::Null);
        }
        let found = RemoteEntity::read(&self.context, &self.connection, self.class, key)?;
        Ok(found.map_or(Value::Null, |entity| Value::Native(entity)))
    }

    /// All objects in one request; those that were saved, in their order.
    fn save_collection(&self, objects: &Value) -> Result<Value, ErrorStack> {
        let Value::Collection(objects) = objects else {
            return Err(ErrorStack::runtime(format!(
                "fromCollection needs a collection, not {}.",
                objects.kind()
            )));
        };
        let sent = objects.to_vec().iter().map(|object| self.sent(object)).collect::<Result<Vec<_>, _>>()?;
        let body = wire::json(&Value::Collection(CollectionRef::from_vec(sent)))?;
        let path = format!("{}?$method=update", self.described().name);
        let answer = self.connection.post_plainly(&self.context, &path, body)?.json();
        if let Some(error) = wire::errors(&answer) {
            return Err(error);
        }
        let Value::Collection(saved) = wire::member(&answer, wire::ENTITIES) else { return Ok(Value::Null) };
        let mut keys = Vec::new();
        for entity in saved.to_vec() {
            if let Some(error) = wire::errors(&entity) {
                return Err(error);
            }
            keys.push(wire::member(&entity, &self.described().key));
        }
        let filter = format!("{} in :1", self.described().key);
        let keys = Value::Collection(CollectionRef::from_vec(keys));
        self.function("query", &[Value::text(filter), keys])
    }

    fn sent(&self, object: &Value) -> Result<Value, ErrorStack> {
        let Value::Object(object) = object else { return Ok(object.clone()) };
        let members = object.keys().into_iter().filter_map(|name| {
            let attribute = self.described().attribute(&name);
            if !name.starts_with(wire::RESERVED) && attribute.is_none_or(|attribute| attribute.read_only) {
                return None;
            }
            let type_name = attribute.map_or("", |attribute| attribute.type_name.as_str());
            let value = wire::encode(&name, type_name, &object.get(&name).unwrap_or_default());
            let value = value.and_then(|value| content::uploaded(&self.context, &self.connection, value));
            Some(value.map(|value| (name, value)))
        });
        members.collect::<Result<ObjectRef, ErrorStack>>().map(Value::Object)
    }

    /// `$remote.Employee.name`: what the attribute is.
    fn attribute(&self, attribute: &Attribute) -> Value {
        let Attribute { name, kind, type_name, read_only } = attribute;
        let read_only = *read_only || *kind == Kind::RelatedEntities;
        Value::Object(ObjectRef::from([
            ("name", Value::Text(name.clone())),
            ("kind", Value::text(kind.name())),
            ("type", Value::Text(type_name.clone())),
            ("exposed", Value::Boolean(true)),
            ("readOnly", Value::Boolean(read_only)),
        ]))
    }
}

impl Native for RemoteDataclass {
    fn class_name(&self) -> &str {
        &self.class_name
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn get(self: Rc<Self>, _scope: &mut dyn Scope, name: &str) -> Result<Value, ErrorStack> {
        let attribute = self.described().attribute(name);
        Ok(attribute.map_or(Value::Undefined, |attribute| self.attribute(attribute)))
    }

    fn call(
        self: Rc<Self>,
        _scope: &mut dyn Scope,
        name: &str,
        arguments: &[Value],
    ) -> Option<Result<Value, ErrorStack>> {
        Some(self.function(name, arguments))
    }

    fn keys(self: Rc<Self>, _scope: &mut dyn Scope) -> Vec<Text> {
        self.described().attributes.iter().map(|attribute| attribute.name.clone()).collect()
    }

    fn is_same(&self, other: &dyn Native) -> bool {
        other.as_any().downcast_ref::<Self>().is_some_and(|other| {
            other.class == self.class && Arc::ptr_eq(&self.connection, &other.connection)
        })
    }
}
