//! A selection of entities of another server: an entity set there, read page by page.

use std::any::Any;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use tessera_values::{CollectionRef, ErrorStack, Native, Scope, Text, Value};

use super::catalog::{Dataclass, Kind, On};
use super::connection::Connection;
use super::content;
use super::dataclass::RemoteDataclass;
use super::entity::RemoteEntity;
use super::query::query_options;
use super::wire;
use crate::context::Context;
use crate::entity::object::Wanted;

/// How many entities one request reads (`docs/ORDA/client-server-optimization.md`: 80 by default).
const PAGE: u64 = 80;
/// How many pages are kept.
const PAGES_MAX: usize = 20;

/// An entity selection of a remote datastore. It can't be altered, and is always ordered.
pub(super) struct RemoteSelection {
    context: Rc<Context>,
    connection: Arc<Connection>,
    class: usize,
    class_name: Text,
    /// `Employee/$entityset/…`
    set: String,
    count: u64,
    pages: RefCell<HashMap<u64, Vec<Value>>>,
    plan: Value,
    path: Value,
}

impl RemoteSelection {
    /// The selection that a path and options address.
    pub(super) fn open(
        context: &Rc<Context>,
        connection: &Arc<Connection>,
        class: usize,
        path: &str,
        options: &str,
    ) -> Result<Rc<Self>, ErrorStack> {
        let path = wire::path(format!("{path}?{options}$method=entityset&$top={PAGE}"))?;
        let page = connection.get(context, &path)?;
        Self::from_page(context, connection, class, &page)?
            .ok_or_else(|| ErrorStack::data(1610, "The remote datastore made no entity set."))
    }

    /// The selection whose first page this is; `None` when the answer names no entity set.
    pub(super) fn from_page(
        context: &Rc<Context>,
        connection: &Arc<Connection>,
        class: usize,
        page: &Value,
    ) -> Result<Option<Rc<Self>>, ErrorStack> {
        let Value::Text(set) = wire::member(page, wire::ENTITYSET) else { return Ok(None) };
        // What the other server names is asked for as it is, but only there.
        let Some(set) = set.split_once("/rest/").map(|(_, set)| set.to_owned()) else { return Ok(None) };
        let count = wire::member(page, wire::COUNT).as_integer().unwrap_or_default();
        let Value::Collection(first) = wire::member(page, wire::ENTITIES) else { return Ok(None) };
        let first = first.to_vec();
        let pages = if first.len() as u64 <= PAGE { HashMap::from([(0, first)]) } else { HashMap::new() };
        Ok(Some(Rc::new(Self {
            context: Rc::clone(context),
            connection: Arc::clone(connection),
            class,
            class_name: wire::class_name(connection, class, "Selection"),
            set,
            count: u64::try_from(count).unwrap_or_default(),
            pages: RefCell::new(pages),
            plan: wire::member(page, wire::QUERY_PLAN),
            path: wire::member(page, wire::QUERY_PATH),
        })))
    }

    /// The address of its entity set.
    pub(super) fn uri(&self) -> String {
        format!("/rest/{}", self.set)
    }

    fn described(&self) -> &Dataclass {
        &self.connection.catalog().dataclasses[self.class]
    }

    pub(super) fn length(&self) -> u64 {
        self.count
    }

    /// The entity at a place; `None` when it was dropped.
    pub(super) fn entity(self: &Rc<Self>, index: u64) -> Result<Option<Rc<RemoteEntity>>, ErrorStack> {
        let number = index / PAGE;
        if !self.pages.borrow().contains_key(&number) {
            let path = format!("{}?$skip={}&$top={PAGE}", self.set, number * PAGE);
            let page = self.connection.get(&self.context, &path)?;
            let Value::Collection(entities) = wire::member(&page, wire::ENTITIES) else { return Ok(None) };
            let mut pages = self.pages.borrow_mut();
            if pages.len() >= PAGES_MAX {
                pages.clear();
            }
            pages.insert(number, entities.to_vec());
        }
        let at = usize::try_from(index % PAGE).unwrap_or_default();
        let json =
            self.pages.borrow().get(&number).and_then(|page| page.get(at)).cloned().unwrap_or_default();
        // A dropped entity has a stamp of 0 and nothing else.
        if wire::member(&json, "__KEY").is_nothing() {
            return Ok(None);
        }
        let place = Some((Rc::clone(self), index));
        Ok(Some(RemoteEntity::received(&self.context, &self.connection, self.class, &json, place)))
    }

    fn at(self: &Rc<Self>, index: i64) -> Result<Value, ErrorStack> {
        let length = i64::try_from(self.count).unwrap_or(i64::MAX);
        let index = if index < 0 { index + length } else { index };
        match u64::try_from(index) {
            Ok(index) if index < self.count => {
                Ok(self.entity(index)?.map_or(Value::Null, |entity| Value::Native(entity)))
            }
            _ => Ok(Value::Null),
        }
    }

    fn narrowed(&self, options: &str) -> Result<Value, ErrorStack> {
        Self::open(&self.context, &self.connection, self.class, &self.set, options)
            .map(|selection| Value::Native(selection))
    }

    fn function(
        self: &Rc<Self>,
        scope: &mut dyn Scope,
        name: &str,
        arguments: &[Value],
    ) -> Result<Value, ErrorStack> {
        let first = arguments.first().cloned().unwrap_or_default();
        let text = first.as_text().cloned().unwrap_or_default();
        match name {
            "first" => return self.at(0),
            "last" => return self.at(-1),
            "at" => return self.at(first.as_integer().unwrap_or_default()),
            "query" => return self.narrowed(&query_options(arguments)?),
            "orderBy" if !text.is_empty() => {
                return self.narrowed(&format!("{}&", wire::quoted("$orderby", &text)?));
            }
            "clean" => return self.narrowed("$clean=true&"),
            "and" | "or" | "minus" => return self.combined(name, &first),
            "sum" | "average" | "min" | "max" | "count" => return self.computed(name, &text),
            "distinct" => return self.values(&text, "$distinct=true&$top=-1"),
            "toCollection" => return self.objects(scope, arguments),
            "extract" if arguments.len() == 1 => return self.projected(scope, &text),
            "drop" => {
                self.connection.post(
                    &self.context,
                    &format!("{}?$method=delete", self.set),
                    String::new(),
                )?;
                return self.narrowed("$clean=true&");
            }
            "refresh" => {
                self.pages.borrow_mut().clear();
                return Ok(Value::Undefined);
            }
            "isOrdered" => return Ok(Value::Boolean(true)),
            "isAlterable" => return Ok(Value::Boolean(false)),
            "getRemoteContextAttributes" => return Ok(Value::text("")),
            "getDataClass" => {
                return Ok(RemoteDataclass::value(&self.context, &self.connection, self.class));
            }
            _ => {}
        }
        if self.described().has_function(On::Selection, name) {
            let path = format!("{}/{}?$method=entityset", self.set, wire::encoded(name));
            let answer = self.connection.post(
                &self.context,
                &path,
                content::arguments(&self.context, &self.connection, arguments)?,
            )?;
            return wire::result(&self.context, &self.connection, answer);
        }
        match name {
            "add" => Err(ErrorStack::data(1637, "This entity selection cannot be altered")),
            "orderBy" | "orderByFormula" | "extract" | "slice" | "copy" | "contains" | "selected"
            | "distinctPaths" => Err(wire::refused(name)),
            _ => Err(wire::unknown_function(name, &self.class_name)),
        }
    }

    fn combined(&self, name: &str, other: &Value) -> Result<Value, ErrorStack> {
        let Some(other) = other.as_native::<Self>().filter(|other| other.class == self.class) else {
            return Err(crate::error::incompatible());
        };
        let operator = match name {
            "and" => "AND",
            "or" => "OR",
            _ => "EXCEPT",
        };
        let id = other.set.rsplit('/').next().unwrap_or_default();
        self.narrowed(&format!("$logicOperator={operator}&$otherCollection={}&", wire::encoded(id)))
    }

    fn computed(&self, name: &str, attribute: &str) -> Result<Value, ErrorStack> {
        let value = self.values(attribute, &format!("$compute={name}"))?;
        Ok(match value {
            // Over nothing there is a sum and a count, but neither mean nor ends.
            Value::Null if name == "sum" => Value::Integer(0),
            Value::Null => Value::Undefined,
            value => value,
        })
    }

    /// What is computed over an attribute.
    fn values(&self, attribute: &str, options: &str) -> Result<Value, ErrorStack> {
        let path = format!("{}?$attributes={}&{options}", self.set, wire::encoded(attribute));
        let answer = self.connection.get(&self.context, &path)?;
        let type_name = self.described().attribute(attribute).map_or("", |attribute| &attribute.type_name);
        Ok(match answer {
            Value::Collection(values) => {
                let values = values.to_vec();
                let values = values.iter().map(|value| wire::decode(type_name, value)).collect();
                Value::Collection(CollectionRef::from_vec(values))
            }
            value => wire::decode(type_name, &value),
        })
    }

    /// `toCollection({paths {; options {; begin {; howMany}}}})`
    fn objects(self: &Rc<Self>, scope: &mut dyn Scope, arguments: &[Value]) -> Result<Value, ErrorStack> {
        let (paths, numbers) = match arguments.first() {
            Some(Value::Text(_) | Value::Collection(_)) => (arguments.first(), &arguments[1..]),
            _ => (None, arguments),
        };
        let number = |at: usize| numbers.get(at).and_then(Value::as_integer);
        let wanted = Wanted::from_argument(paths);
        let begin = u64::try_from(number(1).unwrap_or(0)).unwrap_or(0).min(self.count);
        let end = number(2).and_then(|many| u64::try_from(many).ok());
        let end = end.map_or(self.count, |many| begin.saturating_add(many).min(self.count));
        let mut objects = Vec::new();
        for index in begin..end {
            if let Some(entity) = self.entity(index)? {
                objects.push(entity.object(scope, &wanted, number(0).unwrap_or(0))?);
            }
        }
        Ok(Value::Collection(CollectionRef::from_vec(objects)))
    }

    /// The values of an attribute, without nulls; of a relation its entities or selections.
    fn projected(self: &Rc<Self>, scope: &mut dyn Scope, path: &str) -> Result<Value, ErrorStack> {
        let mut values = Vec::new();
        for index in 0..self.count {
            let Some(entity) = self.entity(index)? else { continue };
            let mut value = Value::Native(entity);
            for step in path.split('.') {
                value = match value {
                    Value::Native(native) => native.get(scope, step)?,
                    other => wire::member(&other, step),
                };
            }
            if !value.is_nothing() {
                values.push(value);
            }
        }
        Ok(Value::Collection(CollectionRef::from_vec(values)))
    }
}

impl Native for RemoteSelection {
    fn class_name(&self) -> &str {
        &self.class_name
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn get(self: Rc<Self>, scope: &mut dyn Scope, name: &str) -> Result<Value, ErrorStack> {
        match name {
            "length" => return Ok(Value::Integer(i64::try_from(self.length()).unwrap_or(i64::MAX))),
            "queryPlan" => return Ok(self.plan.clone()),
            "queryPath" => return Ok(self.path.clone()),
            _ => {}
        }
        match self.described().attribute(name).map(|attribute| attribute.kind) {
            Some(Kind::RelatedEntity | Kind::RelatedEntities) => {
                Err(wire::refused("The related entities of a whole selection"))
            }
            Some(_) => self.projected(scope, name),
            None => Err(crate::error::attribute_not_found(name, &self.described().name)),
        }
    }

    fn call(
        self: Rc<Self>,
        scope: &mut dyn Scope,
        name: &str,
        arguments: &[Value],
    ) -> Option<Result<Value, ErrorStack>> {
        Some(self.function(scope, name, arguments))
    }

    fn index(self: Rc<Self>, scope: &mut dyn Scope, index: &Value) -> Result<Value, ErrorStack> {
        match index {
            Value::Text(name) => self.get(scope, name),
            index => match index.as_integer().and_then(|index| u64::try_from(index).ok()) {
                Some(index) if index < self.count => {
                    Ok(self.entity(index)?.map_or(Value::Null, |entity| Value::Native(entity)))
                }
                _ => Err(ErrorStack::runtime("The index lies outside the entity selection.")),
            },
        }
    }

    fn iteration_length(self: Rc<Self>, _scope: &mut dyn Scope) -> Option<Result<usize, ErrorStack>> {
        Some(Ok(usize::try_from(self.count).unwrap_or(usize::MAX)))
    }

    fn iteration_item(
        self: Rc<Self>,
        _scope: &mut dyn Scope,
        index: usize,
    ) -> Result<Option<Value>, ErrorStack> {
        Ok(self.entity(index as u64)?.map(|entity| Value::Native(entity)))
    }
}
