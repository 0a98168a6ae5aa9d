//! [`Entity`]: one entity in memory, as code works with it (`docs/API/EntityClass.md`).

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use tessera_model::{Attribute, AttributeId, AttributeKind, Dataclass, DataclassId, FieldType, RecordId};
use tessera_sessions::Action;
use tessera_store::Row;
use tessera_values::{ClassId, DateForm, ErrorStack, Native, Scalar, Scope, Text, Value, write_json};
use tessera_vm::Process;

use crate::access;
use crate::context::Context;
use crate::error::attribute_not_found;
use crate::events::{self, EntityEvents};
use crate::relation;
use crate::selection::Selection;
use crate::user_function;

mod content;
pub(crate) mod functions;
mod lock;
pub(crate) mod object;
mod values;
mod vector;

pub(crate) use lock::failure as lock_failure;
pub use lock::{LockFailure, LockingClient, describe as describe_holder};
pub(crate) use values::Values;
pub(crate) use vector::native_value;
use vector::{is_vector, vector_scalar};

/// The values of an entity.
#[derive(Default)]
pub(crate) struct State {
    /// `None` until it is saved.
    pub(crate) record: Option<RecordId>,
    pub(crate) stamp: i64,
    pub(crate) timestamp_ms: i64,
    /// One value per storage attribute, as stored or as assigned since. The row is shared with whoever read it.
    pub(crate) values: Values,
    /// Object attributes that code holds a reference to; their changes are seen at save.
    pub(crate) objects: HashMap<AttributeId, Value>,
    /// Attributes assigned since load or save, in that order.
    pub(crate) touched: Vec<AttributeId>,
    /// What touched attributes of a stored entity held before; an automatic merge compares with it.
    pub(crate) base: HashMap<AttributeId, Scalar>,
    /// Related entities read before; the same reference every time.
    pub(crate) related: HashMap<AttributeId, Rc<Entity>>,
    pub(crate) is_dropped: bool,
    /// Attributes whose `touched` event is running.
    pub(crate) touching: Vec<AttributeId>,
    /// The `after…` event that is running.
    pub(crate) after: Option<events::Kind>,
}

/// An entity in memory.
pub struct Entity {
    pub(crate) context: Rc<Context>,
    pub(crate) dataclass: DataclassId,
    pub(crate) state: RefCell<State>,
    /// The selection it was taken from, and its place there.
    pub(crate) place: Option<(Rc<Selection>, usize)>,
    /// Which of the process's entities it is.
    number: u64,
    /// Did it lock its record?
    holds_lock: Cell<bool>,
}

impl State {
    /// What is stored, and nothing changed since.
    fn stored(row: Rc<Row>) -> Self {
        Self {
            record: Some(row.record),
            stamp: row.stamp,
            timestamp_ms: row.timestamp_ms,
            values: Values::Read(row),
            ..Self::default()
        }
    }

    fn put(&mut self, attribute: AttributeId, value: Scalar) {
        if let Some(slot) = self.values.slot(attribute) {
            let before = std::mem::replace(slot, value);
            self.base.entry(attribute).or_insert(before);
        }
        note_touched(&mut self.touched, attribute);
    }
}

impl Entity {
    /// An entity read from the data.
    pub fn from_row(context: &Rc<Context>, dataclass: DataclassId, row: impl Into<Rc<Row>>) -> Rc<Self> {
        Rc::new(Self::with(context, dataclass, row.into(), None))
    }

    /// An entity taken from a selection.
    pub(crate) fn from_selection(selection: &Rc<Selection>, index: usize, row: Rc<Row>) -> Rc<Self> {
        let place = Some((Rc::clone(selection), index));
        Rc::new(Self::with(&selection.context, selection.dataclass, row, place))
    }

    fn with(
        context: &Rc<Context>,
        dataclass: DataclassId,
        row: Rc<Row>,
        place: Option<(Rc<Selection>, usize)>,
    ) -> Self {
        Self::in_memory(context, dataclass, State::stored(row), place)
    }

    fn in_memory(
        context: &Rc<Context>,
        dataclass: DataclassId,
        state: State,
        place: Option<(Rc<Selection>, usize)>,
    ) -> Self {
        Self {
            context: Rc::clone(context),
            dataclass,
            state: RefCell::new(state),
            place,
            number: context.next_entity(),
            holds_lock: Cell::new(false),
        }
    }

    /// `dataclass.new()`: in memory only, with blanks where Null is mapped to them, after the class's constructor.
    pub fn create(
        process: &mut Process,
        context: &Rc<Context>,
        dataclass: DataclassId,
    ) -> Result<Rc<Self>, ErrorStack> {
        let described = context.application().catalog.dataclass(dataclass);
        let values = described.storage().iter().map(|attribute| match attribute.field() {
            Some(field) if field.never_null => field.field_type.blank(),
            _ => Scalar::Null,
        });
        let state = State { values: Values::Own(values.collect()), ..State::default() };
        let entity = Rc::new(Self::in_memory(context, dataclass, state, None));
        let program = std::sync::Arc::clone(process.program());
        let class =
            context.application().classes.of(dataclass).entity.map(|class| program.class_by_id(class));
        if let Some(constructor) = class.and_then(|class| class.constructor.as_ref()) {
            process.call(&constructor.routine, Value::Native(entity.clone()), &[])?;
        }
        Ok(entity)
    }

    /// The process it belongs to.
    pub fn context(&self) -> &Rc<Context> {
        &self.context
    }

    /// Its dataclass.
    pub fn dataclass(&self) -> DataclassId {
        self.dataclass
    }

    fn class(&self) -> Option<ClassId> {
        self.context.application().classes.of(self.dataclass).entity
    }

    /// The event functions of its class.
    pub(crate) fn events(&self) -> Option<Arc<EntityEvents>> {
        self.context.application().classes.of(self.dataclass).events.clone()
    }

    pub(crate) fn described(&self) -> &Dataclass {
        // The catalog lives as long as the application, which the context holds.
        self.context.application().catalog.dataclass(self.dataclass)
    }

    /// Its key; Null while it has none.
    pub fn key(&self) -> Scalar {
        self.scalar(self.described().key)
    }

    /// Its stamp; 0 until it is saved.
    pub fn stamp(&self) -> i64 {
        self.state.borrow().stamp
    }

    /// When it was last saved, in milliseconds since 1970.
    pub fn timestamp_ms(&self) -> i64 {
        self.state.borrow().timestamp_ms
    }

    /// Is it not saved yet?
    pub fn is_new(&self) -> bool {
        self.state.borrow().record.is_none()
    }

    /// The value of a storage attribute, without any check.
    pub fn scalar(&self, attribute: AttributeId) -> Scalar {
        let state = self.state.borrow();
        if let Some(object) = state.objects.get(&attribute) {
            return object_scalar(object);
        }
        state.values.of(attribute).cloned().unwrap_or_default()
    }

    /// Reads an attribute as code does.
    pub fn read(self: &Rc<Self>, process: &mut Process, attribute: &Attribute) -> Result<Value, ErrorStack> {
        access::check_attribute(&self.context, self.dataclass, attribute.id, Action::Read)?;
        match &attribute.kind {
            AttributeKind::Storage(field) => {
                match field.field_type {
                    FieldType::Object if !is_vector(attribute) => {
                        return Ok(self.object_attribute(attribute.id));
                    }
                    FieldType::Picture | FieldType::Blob => self.complete()?,
                    _ => {}
                }
                Ok(native_value(attribute, &self.scalar(attribute.id)))
            }
            AttributeKind::RelatedEntity { .. } => {
                Ok(relation::one(process, self, attribute)?
                    .map_or(Value::Null, |entity| Value::Native(entity)))
            }
            AttributeKind::RelatedEntities { .. } => {
                Ok(Value::Native(relation::many(process, self, attribute)?))
            }
            AttributeKind::Calculated(_) => self.compute(process, attribute),
            AttributeKind::Alias { path } => {
                let context = Rc::clone(&self.context);
                context.unchecked_attributes(|| {
                    path.split('.')
                        .try_fold(Value::Native(Rc::clone(self) as Rc<dyn Native>), |value, step| {
                            tessera_vm::get_member(process, &value, step)
                        })
                })
            }
        }
    }

    /// The object of an object attribute: the same reference every time, so that changes inside it can be saved.
    fn object_attribute(&self, attribute: AttributeId) -> Value {
        if let Some(object) = self.state.borrow().objects.get(&attribute) {
            return object.clone();
        }
        let value = self.scalar(attribute).to_value();
        if !value.is_nothing() {
            self.state.borrow_mut().objects.insert(attribute, value.clone());
        }
        value
    }

    fn compute(self: &Rc<Self>, process: &mut Process, attribute: &Attribute) -> Result<Value, ErrorStack> {
        let Some(function) = self.computed(process, &attribute.name).and_then(|computed| computed.get) else {
            return Ok(Value::Undefined);
        };
        let event = crate::computed::event(self.described(), &attribute.name, "get", &[]);
        let context = Rc::clone(&self.context);
        let this = Value::Native(Rc::clone(self) as Rc<dyn Native>);
        let value = context
            .unchecked_attributes(|| process.call(&function.routine, this, std::slice::from_ref(&event)))?;
        Ok(match crate::computed::event_result(&event) {
            Some(result) => result,
            None => value,
        })
    }

    fn computed(&self, process: &Process, name: &str) -> Option<tessera_vm::Computed> {
        process.program().computed(self.class()?, name).cloned()
    }

    /// Assigns an attribute as code and REST do, and tells its `touched` event.
    pub fn assign(
        self: &Rc<Self>,
        process: &mut Process,
        attribute: &Attribute,
        value: Value,
    ) -> Result<(), ErrorStack> {
        self.assign_quietly(process, attribute, value)?;
        events::touched(process, self, attribute);
        Ok(())
    }

    fn assign_quietly(
        self: &Rc<Self>,
        process: &mut Process,
        attribute: &Attribute,
        value: Value,
    ) -> Result<(), ErrorStack> {
        match &attribute.kind {
            AttributeKind::Storage(field) => {
                // What was there before is kept, to be compared.
                if matches!(field.field_type, FieldType::Picture | FieldType::Blob) {
                    self.complete()?;
                }
                let scalar = match &value {
                    Value::Native(_) | Value::Collection(_) if is_vector(attribute) => {
                        vector_scalar(&value).ok_or_else(|| not_assignable(attribute, &value))?
                    }
                    Value::Object(_) if is_vector(attribute) => {
                        return Err(not_assignable(attribute, &value));
                    }
                    Value::Object(_) | Value::Collection(_) if field.field_type == FieldType::Object => {
                        let mut state = self.state.borrow_mut();
                        state.objects.insert(attribute.id, value.clone());
                        object_scalar(&value)
                    }
                    value => {
                        self.state.borrow_mut().objects.remove(&attribute.id);
                        storable(attribute, field.field_type, value)?
                    }
                };
                self.put(attribute.id, scalar);
                // A foreign key that changed leads to another entity.
                let described = self.described();
                self.state.borrow_mut().related.retain(|relation, _| {
                    !matches!(described.attribute(*relation).kind,
                        AttributeKind::RelatedEntity { foreign_key, .. } if foreign_key == attribute.id)
                });
                Ok(())
            }
            AttributeKind::RelatedEntity { target, foreign_key, destination, .. } => {
                relation::assign(self, attribute, *target, *foreign_key, *destination, value)
            }
            AttributeKind::Calculated(_) => {
                let Some(function) =
                    self.computed(process, &attribute.name).and_then(|computed| computed.set)
                else {
                    return Err(read_only(&attribute.name));
                };
                let event = crate::computed::event(
                    self.described(),
                    &attribute.name,
                    "set",
                    &[("value", value.clone())],
                );
                let this = Value::Native(Rc::clone(self) as Rc<dyn Native>);
                process.call(&function.routine, this, &[value, event]).map(|_| ())
            }
            AttributeKind::Alias { path } => match self.described().attribute_named(path) {
                Some(target) if target.is_storage() => {
                    let target = target.clone();
                    self.assign(process, &target, value)
                }
                _ => Err(read_only(&attribute.name)),
            },
            AttributeKind::RelatedEntities { .. } => Err(read_only(&attribute.name)),
        }
    }

    /// Stores a value in memory and notes that it was touched.
    pub(crate) fn put(&self, attribute: AttributeId, value: Scalar) {
        self.state.borrow_mut().put(attribute, value);
    }

    /// Attributes that have to be saved: those assigned, and object attributes changed from inside.
    pub(crate) fn changes(&self) -> Vec<(AttributeId, Scalar)> {
        let mut state = self.state.borrow_mut();
        let changed: Vec<_> = state
            .objects
            .iter()
            .map(|(attribute, object)| (*attribute, object_scalar(object)))
            .filter(|(attribute, scalar)| state.values.of(*attribute) != Some(scalar))
            .collect();
        for (attribute, scalar) in changed {
            state.put(attribute, scalar);
        }
        let described = self.context.application().catalog.dataclass(self.dataclass);
        state
            .touched
            .iter()
            .filter(|attribute| described.attribute(**attribute).is_storage())
            .map(|attribute| (*attribute, state.values.of(*attribute).cloned().unwrap_or_default()))
            .collect()
    }
}

pub(crate) fn note_touched(touched: &mut Vec<AttributeId>, attribute: AttributeId) {
    if !touched.contains(&attribute) {
        touched.push(attribute);
    }
}

fn read_only(name: &str) -> ErrorStack {
    ErrorStack::runtime(format!("The attribute \"{name}\" is read-only."))
}

/// The value a field takes, or an error that names both.
fn storable(attribute: &Attribute, field_type: FieldType, value: &Value) -> Result<Scalar, ErrorStack> {
    let scalar = Scalar::from_value(value).and_then(|scalar| field_type.accept(&scalar));
    scalar.ok_or_else(|| not_assignable(attribute, value))
}

fn not_assignable(attribute: &Attribute, value: &Value) -> ErrorStack {
    let what = match value {
        Value::Native(native) => native.class_name().to_owned(),
        value => value.kind().to_string(),
    };
    ErrorStack::runtime(format!("{what} can't be assigned to the attribute \"{}\".", attribute.name))
}

/// The number that code means by a text, or a whole one by a real with decimals; `None` where the value is right as it
/// is, or nothing helps. Clients have to send what fits.
// UNSPECIFIED: how far code may be off. Taken: as `Num` reads a text and `Round` a real, since public projects fill
// numbers from the columns of their files.
fn number_in(attribute: &Attribute, value: &Value) -> Option<Value> {
    let field_type = attribute.field()?.field_type;
    if Scalar::from_value(value).is_some_and(|scalar| field_type.accept(&scalar).is_some()) {
        return None;
    }
    if field_type == FieldType::Time {
        // A time that lay in a collection or an object is a number of seconds.
        return value.as_integer().map(|seconds| Value::Time(tessera_values::Time::from_seconds(seconds)));
    }
    let number = match value {
        Value::Text(text) => tessera_values::parse_number(text),
        Value::Real(number) => *number,
        _ => return None,
    };
    match field_type {
        FieldType::Real | FieldType::Float => Some(Value::Real(number)),
        _ if field_type.is_whole() => Some(Value::Real(number.round())),
        _ => None,
    }
}

/// An object as it is stored. One that contains itself can't be, and becomes Null.
pub(crate) fn object_scalar(value: &Value) -> Scalar {
    if value.is_nothing() {
        return Scalar::Null;
    }
    let mut json = String::new();
    match write_json(&mut json, value, DateForm::Day) {
        Ok(()) => Scalar::Object(json.into()),
        Err(_) => Scalar::Null,
    }
}

/// Reads an attribute of an entity for a client: computed attributes and aliases are evaluated, storage attributes are
/// read without a permission check, because the caller has decided which attributes it sends.
pub fn attribute_value(
    process: &mut Process,
    entity: &Rc<Entity>,
    attribute: &Attribute,
) -> Result<Value, ErrorStack> {
    let context = Rc::clone(&entity.context);
    context.unchecked_attributes(|| entity.read(process, attribute))
}

impl Native for Entity {
    fn class_name(&self) -> &str {
        &self.context.application().classes.of(self.dataclass).entity_name
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn get(self: Rc<Self>, scope: &mut dyn Scope, name: &str) -> Result<Value, ErrorStack> {
        let process = Process::of(scope);
        let this = self;
        let described = this.described();
        if let Some(attribute) = described.attribute_named(name) {
            return this.read(process, attribute);
        }
        Ok(user_function::value(process, this.class(), name))
    }

    fn set(self: Rc<Self>, scope: &mut dyn Scope, name: &str, value: Value) -> Result<(), ErrorStack> {
        let process = Process::of(scope);
        let this = self;
        let described = this.described();
        match described.attribute_named(name) {
            Some(attribute) => {
                // Code gives vectors as what they are (`docs/API/VectorClass.md`).
                if is_vector(attribute) && matches!(value, Value::Collection(_)) {
                    return Err(not_assignable(attribute, &value));
                }
                let value = content::of_file(&this.context, attribute, value)?;
                let value = number_in(attribute, &value).unwrap_or(value);
                this.assign(process, attribute, value)
            }
            None => Err(attribute_not_found(name, &described.name)),
        }
    }

    fn call(
        self: Rc<Self>,
        scope: &mut dyn Scope,
        name: &str,
        arguments: &[Value],
    ) -> Option<Result<Value, ErrorStack>> {
        let process = Process::of(scope);
        if let Some(result) = functions::call(&self, process, name, arguments) {
            return Some(result);
        }
        user_function::call(process, self.class(), name, self, arguments)
    }

    fn keys(self: Rc<Self>, _scope: &mut dyn Scope) -> Vec<Text> {
        self.described().named().map(|attribute| attribute.name.clone()).collect()
    }
}

impl Entity {
    /// All storage values as they are in memory.
    pub fn values(&self) -> Vec<Scalar> {
        (0..self.state.borrow().values.all().len())
            .map(|index| self.scalar(AttributeId(index as u32)))
            .collect()
    }

    /// The internal record, once saved.
    pub fn record(&self) -> Option<RecordId> {
        self.state.borrow().record
    }
}
