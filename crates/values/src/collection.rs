//! Collections: elements numbered from 0, local to a process or shared.

use std::cell::RefCell;
use std::ops::Deref;
use std::rc::Rc;
use std::sync::Arc;

use crate::Value;
use crate::shared::{ProcessId, ShareError, SharedCollection, SharedValue};

/// The elements of a collection of one process.
#[derive(Debug, Default)]
pub struct Elements(RefCell<Vec<Value>>);

impl Deref for Elements {
    type Target = RefCell<Vec<Value>>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl Drop for Elements {
    fn drop(&mut self) {
        crate::release(self.0.get_mut().drain(..));
    }
}

/// A reference to a collection; copying it shares the collection.
#[derive(Clone, Debug)]
pub enum CollectionRef {
    /// Reachable from one process only.
    Local(Rc<Elements>),
    /// Reachable from every process; writes need `Use`.
    Shared(Arc<SharedCollection>),
}

/// The largest index a single assignment may extend a collection to; beyond it the write is refused, so that
/// one line of code can't take all memory.
pub const COLLECTION_LENGTH_MAX: usize = 50_000_000;

impl Default for CollectionRef {
    fn default() -> Self {
        Self::Local(Rc::default())
    }
}

impl CollectionRef {
    /// An empty local collection.
    pub fn new() -> Self {
        Self::default()
    }

    /// A local collection of these elements.
    pub fn from_vec(elements: Vec<Value>) -> Self {
        Self::Local(Rc::new(Elements(RefCell::new(elements))))
    }

    /// The number of elements.
    pub fn len(&self) -> usize {
        match self {
            Self::Local(local) => local.borrow().len(),
            Self::Shared(shared) => shared.len(),
        }
    }

    /// True without elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The element at `index`.
    pub fn get(&self, index: usize) -> Option<Value> {
        match self {
            Self::Local(local) => local.borrow().get(index).cloned(),
            Self::Shared(shared) => shared.get(index).map(SharedValue::into_value),
        }
    }

    /// `*to` := the element at `index`; false beyond the end.
    #[inline]
    pub fn copy_at(&self, index: usize, to: &mut Value) -> bool {
        match self {
            Self::Local(local) => match local.borrow().get(index) {
                Some(element) => to.copy_from(element),
                None => return false,
            },
            Self::Shared(shared) => match shared.get(index) {
                Some(element) => *to = SharedValue::into_value(element),
                None => return false,
            },
        }
        true
    }

    /// Writes the element at `index`, filling the gap before it with Null.
    pub fn set(&self, process: ProcessId, index: usize, value: Value) -> Result<(), ShareError> {
        self.update(process, |elements| {
            if index >= elements.len() {
                elements.resize_with(index + 1, || Value::Null);
            }
            elements[index] = value;
        })
    }

    /// All elements, copied.
    pub fn to_vec(&self) -> Vec<Value> {
        match self {
            Self::Local(local) => local.borrow().clone(),
            Self::Shared(shared) => shared.to_vec().into_iter().map(SharedValue::into_value).collect(),
        }
    }

    /// Changes the elements; a shared collection locks itself for the change (`docs/Concepts/shared.md`).
    pub fn update<R>(
        &self,
        process: ProcessId,
        change: impl FnOnce(&mut Vec<Value>) -> R,
    ) -> Result<R, ShareError> {
        match self {
            Self::Local(local) => Ok(change(&mut local.borrow_mut())),
            Self::Shared(shared) => shared.update(process, |elements| {
                let mut values: Vec<Value> = elements.iter().cloned().map(SharedValue::into_value).collect();
                let result = change(&mut values);
                let changed = values.iter().map(SharedValue::from_value).collect::<Result<Vec<_>, _>>()?;
                *elements = changed;
                Ok(result)
            }),
        }
    }

    /// Same collection?
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Local(a), Self::Local(b)) => Rc::ptr_eq(a, b),
            (Self::Shared(a), Self::Shared(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }
}

impl FromIterator<Value> for CollectionRef {
    fn from_iter<I: IntoIterator<Item = Value>>(elements: I) -> Self {
        Self::from_vec(elements.into_iter().collect())
    }
}
