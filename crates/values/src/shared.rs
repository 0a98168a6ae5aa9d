//! Shared objects and collections: what several processes may reach, and the lock groups behind `Use`.
//!
//! A write needs the group's lock, a read never does (`docs/Concepts/shared.md`). Putting one shared value into
//! another joins both into one group; `Storage` and `Session.storage` are *single* and join nobody.

use std::fmt;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use parking_lot::{Condvar, Mutex, RwLock};

use crate::Properties;
use crate::{Blob, ClassId, CollectionRef, Date, Native, ObjectRef, Text, Time, Value};

/// Who holds a lock: one running process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ProcessId(pub u64);

/// Rust code outside any process. It may not write shared values that somebody else uses.
pub const NOBODY: ProcessId = ProcessId(0);

/// Why a shared value could not be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShareError {
    /// The value is local to a process: an object, a collection, an entity, a picture, a pointer…
    #[error("Not supported value type in a shared object or shared collection.")]
    NotShareable,
    /// No `Use` around the write.
    #[error("A shared object or collection can only be changed between Use and End use.")]
    NotInUse,
    /// The value already belongs to another lock group.
    #[error("This shared object or collection belongs to another group.")]
    OtherGroup,
    /// Waiting for the lock was cut short, because the process must stop.
    #[error("The process was stopped while it waited for a shared object.")]
    Interrupted,
}

/// A native object that several processes may hold, for instance a shareable entity selection.
pub trait SharedNative: Send + Sync + 'static {
    /// The form a process works with.
    fn to_local(self: Arc<Self>) -> Rc<dyn Native>;
    /// The class as code names it.
    fn class_name(&self) -> &str;
}

/// What shared objects and collections hold.
#[derive(Clone)]
pub enum SharedValue {
    /// Null (undefined becomes Null)
    Null,
    /// Boolean
    Boolean(bool),
    /// Whole number
    Integer(i64),
    /// Double
    Real(f64),
    /// Text
    Text(Text),
    /// Date
    Date(Date),
    /// Time
    Time(Time),
    /// Bytes
    Blob(Blob),
    /// Another shared object
    Object(Arc<SharedObject>),
    /// Another shared collection
    Collection(Arc<SharedCollection>),
    /// A native that may be shared
    Native(Arc<dyn SharedNative>),
}

impl fmt::Debug for SharedValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.clone().into_value())
    }
}

impl SharedValue {
    /// The shareable form of a value; refuses what is local to its process.
    pub fn from_value(value: &Value) -> Result<Self, ShareError> {
        Ok(match value {
            Value::Undefined | Value::Null => Self::Null,
            Value::Boolean(b) => Self::Boolean(*b),
            Value::Integer(n) => Self::Integer(*n),
            Value::Real(n) => Self::Real(*n),
            Value::Text(text) => Self::Text(text.clone()),
            Value::Date(date) => Self::Date(*date),
            Value::Time(time) => Self::Time(*time),
            Value::Blob(blob) => Self::Blob(blob.clone()),
            Value::Object(ObjectRef::Shared(object)) => Self::Object(Arc::clone(object)),
            Value::Collection(CollectionRef::Shared(collection)) => Self::Collection(Arc::clone(collection)),
            Value::Native(native) => Self::Native(native.to_shared().ok_or(ShareError::NotShareable)?),
            Value::Object(_)
            | Value::Collection(_)
            | Value::Pointer(_)
            | Value::Array(_)
            | Value::Picture(_) => {
                return Err(ShareError::NotShareable);
            }
        })
    }

    /// The value, if it can hold others.
    fn into_nested(self) -> Option<Value> {
        matches!(self, Self::Object(_) | Self::Collection(_)).then(|| self.into_value())
    }

    /// The value a process works with.
    pub fn into_value(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Boolean(b) => Value::Boolean(b),
            Self::Integer(n) => Value::Integer(n),
            Self::Real(n) => Value::Real(n),
            Self::Text(text) => Value::Text(text),
            Self::Date(date) => Value::Date(date),
            Self::Time(time) => Value::Time(time),
            Self::Blob(blob) => Value::Blob(blob),
            Self::Object(object) => Value::Object(ObjectRef::Shared(object)),
            Self::Collection(collection) => Value::Collection(CollectionRef::Shared(collection)),
            Self::Native(native) => Value::Native(native.to_local()),
        }
    }
}

/// The lock that a group of shared values has in common. The same process may take it again.
#[derive(Debug, Default)]
pub struct Group {
    holder: Mutex<Option<(ProcessId, u32)>>,
    freed: Condvar,
}

/// How often a waiting process looks whether it must stop.
const WAIT_SLICE: Duration = Duration::from_millis(50);

impl Group {
    /// Takes the lock, waiting while another process holds it. `must_stop` is asked while waiting.
    pub fn lock(&self, process: ProcessId, must_stop: &dyn Fn() -> bool) -> Result<(), ShareError> {
        let mut holder = self.holder.lock();
        loop {
            match *holder {
                None => {
                    *holder = Some((process, 1));
                    return Ok(());
                }
                Some((owner, count)) if owner == process => {
                    *holder = Some((owner, count + 1));
                    return Ok(());
                }
                Some(_) => {
                    if must_stop() {
                        return Err(ShareError::Interrupted);
                    }
                    self.freed.wait_for(&mut holder, WAIT_SLICE);
                }
            }
        }
    }

    /// Gives the lock back once; nothing happens when `process` does not hold it.
    pub fn unlock(&self, process: ProcessId) {
        let mut holder = self.holder.lock();
        if let Some((owner, count)) = *holder
            && owner == process
        {
            *holder = if count > 1 { Some((owner, count - 1)) } else { None };
            self.freed.notify_one();
        }
    }

    /// Does `process` hold the lock?
    pub fn is_held_by(&self, process: ProcessId) -> bool {
        matches!(*self.holder.lock(), Some((owner, _)) if owner == process)
    }
}

#[derive(Debug, Default)]
struct Membership {
    group: RwLock<Arc<Group>>,
    joined: AtomicBool,
    single: bool,
}

impl Membership {
    fn group(&self) -> Arc<Group> {
        Arc::clone(&self.group.read())
    }

    fn join(&self, group: &Arc<Group>) -> Result<(), ShareError> {
        if Arc::ptr_eq(&self.group(), group) {
            return Ok(());
        }
        // `Storage` belongs to everybody: who holds it must not find it in another group.
        if self.single || self.joined.swap(true, Ordering::AcqRel) {
            return Err(ShareError::OtherGroup);
        }
        *self.group.write() = Arc::clone(group);
        Ok(())
    }
}

fn adopt(parent: &Membership, value: &SharedValue) -> Result<(), ShareError> {
    if parent.single {
        return Ok(());
    }
    let group = parent.group();
    match value {
        SharedValue::Object(object) => object.join(&group),
        SharedValue::Collection(collection) => collection.join(&group),
        _ => Ok(()),
    }
}

/// An object that every process may read, and write under `Use`.
#[derive(Debug)]
pub struct SharedObject {
    class: Option<ClassId>,
    membership: Membership,
    properties: RwLock<Properties<SharedValue>>,
}

impl SharedObject {
    /// An empty shared object, or an instance of a shared class.
    pub fn new(class: Option<ClassId>) -> Arc<Self> {
        Arc::new(Self { class, membership: Membership::default(), properties: RwLock::default() })
    }

    /// An object like `Storage`: what is put into it keeps its own group.
    pub fn new_single() -> Arc<Self> {
        let membership = Membership { single: true, ..Membership::default() };
        Arc::new(Self { class: None, membership, properties: RwLock::default() })
    }

    /// The class of an instance.
    pub fn class(&self) -> Option<ClassId> {
        self.class
    }

    /// The lock group it belongs to now.
    pub fn group(&self) -> Arc<Group> {
        self.membership.group()
    }

    /// Reads a property; no lock needed.
    pub fn get(&self, name: &str) -> Option<SharedValue> {
        self.properties.read().get(name).cloned()
    }

    /// Writes a property; `process` must hold the group.
    pub fn set(&self, process: ProcessId, name: Text, value: SharedValue) -> Result<(), ShareError> {
        if !self.group().is_held_by(process) {
            return Err(ShareError::NotInUse);
        }
        self.put(name, value)
    }

    /// Writes a property of an object nobody else has seen yet.
    pub fn put(&self, name: Text, value: SharedValue) -> Result<(), ShareError> {
        adopt(&self.membership, &value)?;
        let mut properties = self.properties.write();
        if properties.is_empty() {
            // A server with many sessions has as many storages, and most have one property.
            properties.reserve_one();
        }
        properties.insert(name, value);
        Ok(())
    }

    /// Removes a property; `process` must hold the group.
    pub fn remove(&self, process: ProcessId, name: &str) -> Result<(), ShareError> {
        if !self.group().is_held_by(process) {
            return Err(ShareError::NotInUse);
        }
        self.properties.write().remove(name);
        Ok(())
    }

    /// The property names in creation order.
    pub fn keys(&self) -> Vec<Text> {
        self.properties.read().keys().cloned().collect()
    }

    /// True without properties.
    pub fn is_empty(&self) -> bool {
        self.properties.read().is_empty()
    }

    fn join(&self, group: &Arc<Group>) -> Result<(), ShareError> {
        self.membership.join(group)?;
        rejoin(self.properties.read().values().cloned(), group);
        Ok(())
    }
}

impl Drop for SharedObject {
    fn drop(&mut self) {
        crate::release(self.properties.get_mut().take_values().filter_map(SharedValue::into_nested));
    }
}

/// Members follow their owner into its new group, however deep they lie.
fn rejoin(members: impl Iterator<Item = SharedValue>, group: &Arc<Group>) {
    let mut waiting: Vec<SharedValue> = members.collect();
    while let Some(member) = waiting.pop() {
        match member {
            SharedValue::Object(object) if !Arc::ptr_eq(&object.group(), group) => {
                *object.membership.group.write() = Arc::clone(group);
                waiting.extend(object.properties.read().values().cloned());
            }
            SharedValue::Collection(collection) if !Arc::ptr_eq(&collection.group(), group) => {
                *collection.membership.group.write() = Arc::clone(group);
                waiting.extend(collection.elements.read().iter().cloned());
            }
            _ => {}
        }
    }
}

/// A collection that every process may read, and write under `Use`.
#[derive(Debug, Default)]
pub struct SharedCollection {
    membership: Membership,
    elements: RwLock<Vec<SharedValue>>,
}

impl SharedCollection {
    /// An empty shared collection.
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// The lock group it belongs to now.
    pub fn group(&self) -> Arc<Group> {
        self.membership.group()
    }

    /// The number of elements.
    pub fn len(&self) -> usize {
        self.elements.read().len()
    }

    /// True without elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The element at `index`; no lock needed.
    pub fn get(&self, index: usize) -> Option<SharedValue> {
        self.elements.read().get(index).cloned()
    }

    /// All elements, copied.
    pub fn to_vec(&self) -> Vec<SharedValue> {
        self.elements.read().clone()
    }

    /// Adds an element to a collection nobody else has seen yet.
    pub fn put(&self, value: SharedValue) -> Result<(), ShareError> {
        adopt(&self.membership, &value)?;
        self.elements.write().push(value);
        Ok(())
    }

    /// Changes the elements. `process` must hold the group; new members join it.
    pub fn update<R>(
        &self,
        process: ProcessId,
        change: impl FnOnce(&mut Vec<SharedValue>) -> Result<R, ShareError>,
    ) -> Result<R, ShareError> {
        if !self.group().is_held_by(process) {
            return Err(ShareError::NotInUse);
        }
        let mut elements = self.to_vec();
        let result = change(&mut elements)?;
        for element in &elements {
            adopt(&self.membership, element)?;
        }
        *self.elements.write() = elements;
        Ok(result)
    }

    fn join(&self, group: &Arc<Group>) -> Result<(), ShareError> {
        self.membership.join(group)?;
        rejoin(self.elements.read().iter().cloned(), group);
        Ok(())
    }
}

impl Drop for SharedCollection {
    fn drop(&mut self) {
        crate::release(self.elements.get_mut().drain(..).filter_map(SharedValue::into_nested));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: ProcessId = ProcessId(1);
    const B: ProcessId = ProcessId(2);

    #[test]
    fn a_write_needs_the_lock_and_a_read_does_not() {
        // S076, S077
        let object = SharedObject::new(None);
        assert_eq!(object.set(A, "x".into(), SharedValue::Integer(1)), Err(ShareError::NotInUse));
        object.group().lock(A, &|| false).unwrap();
        object.set(A, "x".into(), SharedValue::Integer(1)).unwrap();
        assert!(matches!(object.get("x"), Some(SharedValue::Integer(1))));
        assert_eq!(object.set(B, "x".into(), SharedValue::Null), Err(ShareError::NotInUse));
    }

    #[test]
    fn plain_objects_are_refused() {
        // S078
        let value = Value::Object(ObjectRef::new());
        assert!(matches!(SharedValue::from_value(&value), Err(ShareError::NotShareable)));
    }

    #[test]
    fn children_of_storage_keep_their_own_group() {
        // S079
        let storage = SharedObject::new_single();
        let child = SharedObject::new(None);
        storage.group().lock(A, &|| false).unwrap();
        storage.set(A, "child".into(), SharedValue::Object(Arc::clone(&child))).unwrap();
        assert_eq!(child.set(A, "x".into(), SharedValue::Null), Err(ShareError::NotInUse));
        child.group().lock(B, &|| false).unwrap();
        child.set(B, "x".into(), SharedValue::Null).unwrap();
    }

    #[test]
    fn nested_use_counts() {
        // S080
        let group = Group::default();
        group.lock(A, &|| false).unwrap();
        group.lock(A, &|| false).unwrap();
        group.unlock(A);
        assert!(group.is_held_by(A));
        group.unlock(A);
        assert!(!group.is_held_by(A));
        assert_eq!(group.lock(B, &|| false), Ok(()));
        assert_eq!(group.lock(A, &|| true), Err(ShareError::Interrupted));
    }

    #[test]
    fn a_grouped_object_joins_no_second_group() {
        // S081
        let (one, two, child) = (SharedObject::new(None), SharedObject::new(None), SharedObject::new(None));
        one.put("c".into(), SharedValue::Object(Arc::clone(&child))).unwrap();
        assert!(Arc::ptr_eq(&one.group(), &child.group()));
        assert_eq!(two.put("c".into(), SharedValue::Object(child)), Err(ShareError::OtherGroup));
    }

    #[test]
    fn storage_joins_no_group() {
        let (storage, child) = (SharedObject::new_single(), SharedObject::new(None));
        storage.put("c".into(), SharedValue::Object(child)).unwrap();
        let owner = SharedObject::new(None);
        assert_eq!(owner.put("s".into(), SharedValue::Object(storage)), Err(ShareError::OtherGroup));
    }

    #[test]
    fn a_whole_group_joins_another_with_its_owner() {
        let (outer, list, inner) =
            (SharedObject::new(None), SharedCollection::new(), SharedObject::new(None));
        list.put(SharedValue::Object(Arc::clone(&inner))).unwrap();
        outer.put("list".into(), SharedValue::Collection(Arc::clone(&list))).unwrap();
        assert!(Arc::ptr_eq(&outer.group(), &inner.group()));
        assert!(Arc::ptr_eq(&outer.group(), &list.group()));
    }
}
