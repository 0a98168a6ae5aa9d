//! An entity of another server: what it sent, and what code assigned since.

use std::any::Any;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use tessera_values::{CollectionRef, ErrorStack, Native, ObjectRef, Picture, Properties, Scope, Text, Value};

use super::catalog::{Attribute, Dataclass, Kind, On};
use super::connection::Connection;
use super::content;
use super::dataclass::RemoteDataclass;
use super::selection::RemoteSelection;
use super::wire;
use crate::context::Context;
use crate::entity::object::Wanted;

/// `dk with primary key`, `dk with stamp`
const WITH_KEY: i64 = 1;
const WITH_STAMP: i64 = 2;
/// `dk key as string`
const KEY_AS_STRING: i64 = 1;

/// An entity of a remote datastore.
pub(super) struct RemoteEntity {
    context: Rc<Context>,
    connection: Arc<Connection>,
    class: usize,
    class_name: Text,
    state: RefCell<State>,
    /// The selection it was taken from, and its place there.
    place: Option<(Rc<RemoteSelection>, u64)>,
}

#[derive(Default)]
struct State {
    /// Does the other server have it?
    is_stored: bool,
    stamp: i64,
    /// As sent, by attribute.
    values: HashMap<Text, Value>,
    touched: Vec<Text>,
    /// Related entities read before; the same reference every time.
    related: HashMap<Text, Rc<RemoteEntity>>,
}

impl RemoteEntity {
    fn with(
        context: &Rc<Context>,
        connection: &Arc<Connection>,
        class: usize,
        state: State,
        place: Option<(Rc<RemoteSelection>, u64)>,
    ) -> Rc<Self> {
        Rc::new(Self {
            context: Rc::clone(context),
            connection: Arc::clone(connection),
            class,
            class_name: wire::class_name(connection, class, "Entity"),
            state: RefCell::new(state),
            place,
        })
    }

    /// `new()`
    pub(super) fn new(context: &Rc<Context>, connection: &Arc<Connection>, class: usize) -> Rc<Self> {
        Self::with(context, connection, class, State::default(), None)
    }

    /// One that was sent.
    pub(super) fn received(
        context: &Rc<Context>,
        connection: &Arc<Connection>,
        class: usize,
        json: &Value,
        place: Option<(Rc<RemoteSelection>, u64)>,
    ) -> Rc<Self> {
        let entity = Self::with(context, connection, class, State::default(), place);
        entity.absorb(json);
        entity
    }

    /// The entity with a key; `None` when the other server has none.
    pub(super) fn read(
        context: &Rc<Context>,
        connection: &Arc<Connection>,
        class: usize,
        key: &Value,
    ) -> Result<Option<Rc<Self>>, ErrorStack> {
        let name = &connection.catalog().dataclasses[class].name;
        let answer = connection.get_plainly(context, &format!("{name}{}", wire::key_segment(key)?))?;
        if answer.status == 404 {
            return Ok(None);
        }
        let json = connection.checked(answer)?;
        Ok(Some(Self::received(context, connection, class, &json, None)))
    }

    /// Takes over what the other server sent; attributes it left out are null.
    fn absorb(&self, json: &Value) {
        let Value::Object(json) = json else { return };
        let attributes = self.described().attributes.iter();
        let values =
            attributes.filter_map(|attribute| Some((attribute.name.clone(), json.get(&attribute.name)?)));
        *self.state.borrow_mut() = State {
            is_stored: json.get("__KEY").is_some_and(|key| !key.is_nothing()),
            stamp: json.get("__STAMP").and_then(|stamp| stamp.as_integer()).unwrap_or_default(),
            values: values.collect(),
            ..State::default()
        };
    }

    fn described(&self) -> &Dataclass {
        &self.connection.catalog().dataclasses[self.class]
    }

    /// Its key; Null while it has none.
    pub(super) fn key(&self) -> Value {
        self.raw(&self.described().key)
    }

    fn raw(&self, attribute: &str) -> Value {
        self.state.borrow().values.get(attribute).cloned().unwrap_or(Value::Null)
    }

    /// `Employee[7]`
    fn path(&self) -> Result<String, ErrorStack> {
        Ok(format!("{}{}", self.described().name, wire::key_segment(&self.key())?))
    }

    fn read_attribute(self: &Rc<Self>, attribute: &Attribute) -> Result<Value, ErrorStack> {
        let raw = self.raw(&attribute.name);
        match attribute.kind {
            Kind::RelatedEntity => self.related(attribute, &raw),
            Kind::RelatedEntities => self.related_entities(attribute),
            Kind::Storage | Kind::Calculated | Kind::Alias => {
                let deferred = wire::member(&wire::member(&raw, wire::DEFERRED), "uri");
                match deferred.as_text() {
                    Some(uri) if matches!(attribute.type_name.as_str(), "image" | "blob") => {
                        self.content(attribute, uri)
                    }
                    _ => Ok(wire::decode(&attribute.type_name, &raw)),
                }
            }
        }
    }

    /// N→1: read when it is first asked for.
    fn related(&self, attribute: &Attribute, raw: &Value) -> Result<Value, ErrorStack> {
        if let Some(related) = self.state.borrow().related.get(&attribute.name) {
            return Ok(Value::Native(Rc::clone(related) as Rc<dyn Native>));
        }
        let deferred = wire::member(raw, wire::DEFERRED);
        let key = [wire::member(&deferred, "__KEY"), wire::member(raw, "__KEY")];
        let key = key.into_iter().find(|key| !key.is_nothing());
        let class = self.connection.catalog().dataclass(&attribute.type_name);
        let (Some(key), Some(class)) = (key, class) else { return Ok(Value::Null) };
        let Some(related) = Self::read(&self.context, &self.connection, class, &key)? else {
            return Ok(Value::Null);
        };
        self.state.borrow_mut().related.insert(attribute.name.clone(), Rc::clone(&related));
        Ok(Value::Native(related))
    }

    /// 1→N: an entity set made by the other server.
    fn related_entities(&self, attribute: &Attribute) -> Result<Value, ErrorStack> {
        let class = self.connection.catalog().dataclass_of_selection(&attribute.type_name);
        let Some(class) = class.filter(|_| self.state.borrow().is_stored) else { return Ok(Value::Null) };
        let name = wire::encoded(&attribute.name);
        let path = format!("{}/{name}?$method=subentityset&$expand={name}", self.path()?);
        let page = self.connection.get(&self.context, &path)?;
        let selection = RemoteSelection::from_page(&self.context, &self.connection, class, &page)?;
        Ok(selection.map_or(Value::Null, |selection| Value::Native(selection)))
    }

    /// The bytes behind a deferred picture or blob.
    fn content(&self, attribute: &Attribute, uri: &str) -> Result<Value, ErrorStack> {
        let Some((_, path)) = uri.split_once("/rest/") else { return Ok(Value::Null) };
        let answer = self.connection.get_plainly(&self.context, &path.replace('"', "%22"))?;
        if answer.status >= 400 {
            return self.connection.checked(answer);
        }
        let (mime, bytes) = answer.content();
        Ok(match attribute.type_name.as_str() {
            "image" => Value::Picture(Rc::new(Picture { mime: mime.into(), bytes: bytes.into() })),
            _ => Value::Blob(bytes.into()),
        })
    }

    fn assign(&self, attribute: &Attribute, value: &Value) -> Result<(), ErrorStack> {
        let name = &attribute.name;
        if attribute.read_only || attribute.kind == Kind::RelatedEntities {
            return Err(ErrorStack::runtime(format!("The attribute \"{name}\" is read-only.")));
        }
        let (raw, related) = match (attribute.kind, value.as_native::<Self>()) {
            (Kind::RelatedEntity, Some(other)) if other.described().name == attribute.type_name => {
                (Value::Object(ObjectRef::from([("__KEY", other.key())])), native_of(value))
            }
            (Kind::RelatedEntity, Some(_)) => return Err(crate::error::incompatible()),
            (Kind::RelatedEntity, None) if !value.is_nothing() => {
                (Value::Object(ObjectRef::from([("__KEY", value.clone())])), None)
            }
            _ => (wire::encode(name, &attribute.type_name, value)?, None),
        };
        let mut state = self.state.borrow_mut();
        state.values.insert(name.clone(), raw);
        match related {
            Some(related) => state.related.insert(name.clone(), related),
            None => state.related.remove(name),
        };
        if !state.touched.contains(name) {
            state.touched.push(name.clone());
        }
        Ok(())
    }

    /// As the argument of a function: what was assigned goes along.
    pub(super) fn as_argument(&self) -> Result<Value, ErrorStack> {
        let mut members = self.changes()?;
        members.insert(wire::DATACLASS.into(), Value::Text(self.described().name.clone()));
        members.insert(wire::ENTITY.into(), Value::Boolean(true));
        Ok(Value::Object(ObjectRef::from_properties(members)))
    }

    /// Key, stamp, and what was assigned.
    fn changes(&self) -> Result<Properties, ErrorStack> {
        let key = self.key();
        let state = self.state.borrow();
        let mut members = Properties::new();
        if state.is_stored {
            members.insert("__KEY".into(), key);
            members.insert("__STAMP".into(), Value::Integer(state.stamp));
        }
        for name in &state.touched {
            let value = state.values.get(name).cloned().unwrap_or(Value::Null);
            members.insert(name.clone(), content::uploaded(&self.context, &self.connection, value)?);
        }
        Ok(members)
    }

    /// `save()`: a predictable failure is answered.
    fn save(&self) -> Result<Value, ErrorStack> {
        {
            let state = self.state.borrow();
            if state.is_stored && state.touched.is_empty() {
                return Ok(success());
            }
        }
        let path = format!("{}?$method=update", self.described().name);
        let body = wire::json(&Value::Object(ObjectRef::from_properties(self.changes()?)))?;
        let answer = self.connection.post_plainly(&self.context, &path, body)?;
        let (status, json) = (answer.status, answer.json());
        if status < 400 && wire::errors(&json).is_none() {
            self.absorb(&json);
            return Ok(success());
        }
        Ok(failure(status, &json))
    }

    /// `drop()`
    fn drop_stored(&self) -> Result<Value, ErrorStack> {
        if !self.state.borrow().is_stored {
            return Ok(gone());
        }
        let path = format!("{}?$method=delete", self.path()?);
        let answer = self.connection.post_plainly(&self.context, &path, String::new())?;
        Ok(match answer.status {
            404 => gone(),
            status if status >= 400 => failure(status, &answer.json()),
            _ => success(),
        })
    }

    fn reload(&self) -> Result<Value, ErrorStack> {
        let answer = self.connection.get_plainly(&self.context, &self.path()?)?;
        if answer.status == 404 {
            return Ok(gone());
        }
        self.absorb(&self.connection.checked(answer)?);
        Ok(success())
    }

    /// `lock()` and `unlock()`: for the session on the other server.
    fn lock(&self, locks: bool) -> Result<Value, ErrorStack> {
        let answer = self.connection.get(&self.context, &format!("{}?$lock={locks}", self.path()?))?;
        let done = wire::member(&answer, "result").as_boolean().unwrap_or(false);
        Ok(if done { success() } else { failure(200, &answer) })
    }

    fn neighbour(&self, place: impl Fn(u64, u64) -> Option<u64>) -> Result<Value, ErrorStack> {
        let Some((selection, index)) = &self.place else { return Ok(Value::Null) };
        match place(*index, selection.length()).filter(|index| *index < selection.length()) {
            Some(index) => Ok(selection.entity(index)?.map_or(Value::Null, |entity| Value::Native(entity))),
            None => Ok(Value::Null),
        }
    }

    /// The object of `toObject` and `toCollection`.
    pub(super) fn object(
        self: &Rc<Self>,
        scope: &mut dyn Scope,
        wanted: &Wanted,
        options: i64,
    ) -> Result<Value, ErrorStack> {
        let mut properties = Properties::new();
        if options & WITH_KEY != 0 {
            properties.insert("__KEY".into(), self.key());
        }
        if options & WITH_STAMP != 0 {
            properties.insert("__STAMP".into(), Value::Integer(self.state.borrow().stamp));
        }
        let key_form = |raw: &Value| match raw {
            Value::Object(raw) => {
                let deferred = raw.get(wire::DEFERRED).unwrap_or(Value::Object(raw.clone()));
                Value::Object(ObjectRef::from([("__KEY", wire::member(&deferred, "__KEY"))]))
            }
            _ => Value::Null,
        };
        if wanted.everything {
            for attribute in &self.described().attributes {
                let value = match attribute.kind {
                    Kind::Storage => self.read_attribute(attribute)?,
                    Kind::RelatedEntity => key_form(&self.raw(&attribute.name)),
                    _ => continue,
                };
                properties.insert(attribute.name.clone(), value);
            }
        }
        for (name, below) in &wanted.nodes {
            let Some(attribute) = self.described().attribute(name) else { continue };
            let alone = *below == Wanted::default();
            let value = match attribute.kind {
                Kind::RelatedEntity if alone => key_form(&self.raw(name)),
                Kind::RelatedEntities if alone => continue,
                _ => match self.read_attribute(attribute)? {
                    Value::Native(native) => related_object(scope, &native, below, options)?,
                    value => value,
                },
            };
            properties.insert(name.clone(), value);
        }
        Ok(Value::Object(ObjectRef::from_properties(properties)))
    }

    fn assign_all(&self, object: &ObjectRef) {
        for name in object.keys() {
            if let Some(attribute) = self.described().attribute(&name) {
                // A value that can't be assigned leaves the attribute as it is (`docs/API/EntityClass.md`).
                let value = match object.get(&name).unwrap_or_default() {
                    Value::Object(related) if attribute.kind == Kind::RelatedEntity => {
                        related.get("__KEY").unwrap_or_default()
                    }
                    value => value,
                };
                let _ = self.assign(attribute, &value);
            }
        }
    }

    fn function(
        self: &Rc<Self>,
        scope: &mut dyn Scope,
        name: &str,
        arguments: &[Value],
    ) -> Result<Value, ErrorStack> {
        let first = arguments.first().cloned().unwrap_or_default();
        match name {
            "save" if first.as_integer().unwrap_or(0) == 0 => return self.save(),
            "drop" => return self.drop_stored(),
            "reload" => return self.reload(),
            "lock" if first.as_integer().unwrap_or(0) == 0 => return self.lock(true),
            "unlock" => return self.lock(false),
            "isNew" => return Ok(Value::Boolean(!self.state.borrow().is_stored)),
            "touched" => return Ok(Value::Boolean(!self.state.borrow().touched.is_empty())),
            "touchedAttributes" => {
                let touched = self.state.borrow().touched.iter().cloned().map(Value::Text).collect();
                return Ok(Value::Collection(CollectionRef::from_vec(touched)));
            }
            "getKey" => {
                let as_string = first.as_integer() == Some(KEY_AS_STRING);
                return Ok(match self.key() {
                    key @ (Value::Integer(_) | Value::Real(_)) if as_string => Value::text(wire::json(&key)?),
                    key => key,
                });
            }
            "getStamp" => return Ok(Value::Integer(self.state.borrow().stamp)),
            "getDataClass" => {
                return Ok(RemoteDataclass::value(&self.context, &self.connection, self.class));
            }
            "getSelection" => {
                let selection = self.place.as_ref().map(|(selection, _)| Rc::clone(selection));
                return Ok(selection.map_or(Value::Null, |selection| Value::Native(selection)));
            }
            "indexOf" if first.is_nothing() => {
                let index = self.place.as_ref().map_or(-1, |(_, index)| *index as i64);
                return Ok(Value::Integer(index));
            }
            "first" => return self.neighbour(|_, _| Some(0)),
            "last" => return self.neighbour(|_, length| length.checked_sub(1)),
            "next" => return self.neighbour(|index, _| Some(index + 1)),
            "previous" => return self.neighbour(|index, _| index.checked_sub(1)),
            "toObject" => {
                let wanted = Wanted::from_argument(Some(&first).filter(|value| value.as_integer().is_none()));
                let options = arguments.iter().find_map(Value::as_integer).unwrap_or_default();
                return self.object(scope, &wanted, options);
            }
            "fromObject" => {
                if let Value::Object(object) = &first {
                    self.assign_all(object);
                }
                return Ok(Value::Undefined);
            }
            "getRemoteContextAttributes" => return Ok(Value::text("")),
            _ => {}
        }
        if self.described().has_function(On::Entity, name) {
            let path = format!("{}/{}?$method=entityset", self.path()?, wire::encoded(name));
            let answer = self.connection.post(
                &self.context,
                &path,
                content::arguments(&self.context, &self.connection, arguments)?,
            )?;
            return wire::result(&self.context, &self.connection, answer);
        }
        match name {
            "save" | "lock" => Err(wire::refused(&format!("An option of {name}"))),
            "clone" | "diff" | "indexOf" => Err(wire::refused(name)),
            _ => Err(wire::unknown_function(name, &self.class_name)),
        }
    }
}

/// An entity held by a value.
fn native_of(value: &Value) -> Option<Rc<RemoteEntity>> {
    let Value::Native(native) = value else { return None };
    (Rc::clone(native) as Rc<dyn Any>).downcast().ok()
}

/// What a path goes through: a related entity, or several.
fn related_object(
    scope: &mut dyn Scope,
    native: &Rc<dyn Native>,
    below: &Wanted,
    options: i64,
) -> Result<Value, ErrorStack> {
    let any = Rc::clone(native) as Rc<dyn Any>;
    let any = match any.downcast::<RemoteEntity>() {
        Ok(entity) => return entity.object(scope, below, options),
        Err(any) => any,
    };
    let Ok(selection) = any.downcast::<RemoteSelection>() else {
        return Ok(Value::Native(Rc::clone(native)));
    };
    let mut objects = Vec::new();
    for index in 0..selection.length() {
        if let Some(entity) = selection.entity(index)? {
            objects.push(entity.object(scope, below, options)?);
        }
    }
    Ok(Value::Collection(CollectionRef::from_vec(objects)))
}

fn success() -> Value {
    Value::Object(ObjectRef::from([("success", Value::Boolean(true))]))
}

fn gone() -> Value {
    status_object(5, "Entity does not exist anymore", Properties::new())
}

fn status_object(status: i64, text: &str, more: Properties) -> Value {
    let mut properties = Properties::new();
    properties.insert("success".into(), Value::Boolean(false));
    properties.insert("status".into(), Value::Integer(status));
    properties.insert("statusText".into(), Value::text(text));
    properties.extend(more);
    Value::Object(ObjectRef::from_properties(properties))
}

/// What a refused save, drop or lock answers, by what the other server says of it.
fn failure(status: u16, json: &Value) -> Value {
    let told = wire::member(json, wire::STATUS);
    let number = wire::member(&told, "status").as_integer();
    let text = wire::member(&told, "statusText").as_text().cloned();
    let mut more = Properties::new();
    for name in ["lockKind", "lockKindText", "lockInfo"] {
        let value = wire::member(&told, name);
        if !value.is_nothing() {
            more.insert(name.into(), value);
        }
    }
    if let Some(stack) = wire::errors(json) {
        let errors = stack.errors.iter().map(tessera_vm::error_object).collect();
        more.insert("errors".into(), Value::Collection(CollectionRef::from_vec(errors)));
    }
    match (status, number, text) {
        (401, ..) => status_object(1, "Permission Error", more),
        (_, Some(number), Some(text)) => status_object(number, &text, more),
        _ => status_object(4, "Other error", more),
    }
}

impl Native for RemoteEntity {
    fn class_name(&self) -> &str {
        &self.class_name
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn get(self: Rc<Self>, _scope: &mut dyn Scope, name: &str) -> Result<Value, ErrorStack> {
        match self.described().attribute(name) {
            Some(attribute) => self.read_attribute(attribute),
            None => Ok(Value::Undefined),
        }
    }

    fn set(self: Rc<Self>, _scope: &mut dyn Scope, name: &str, value: Value) -> Result<(), ErrorStack> {
        match self.described().attribute(name) {
            Some(attribute) => self.assign(attribute, &value),
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

    fn keys(self: Rc<Self>, _scope: &mut dyn Scope) -> Vec<Text> {
        self.described().attributes.iter().map(|attribute| attribute.name.clone()).collect()
    }
}
