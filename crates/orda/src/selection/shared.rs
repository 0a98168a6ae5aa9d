//! A selection that several processes share: `Session.storage` and its like.

use std::any::Any;
use std::cell::OnceCell;
use std::rc::Rc;
use std::sync::Arc;

use tessera_model::{DataclassId, RecordId};
use tessera_values::{ErrorStack, Native, Scope, SharedNative, Text, Value};
use tessera_vm::Process;

use super::Selection;
use crate::context::Context;

/// A shareable selection as `Session.storage` keeps it: references only, checked again by whoever reads it.
pub(super) struct SharedSelection {
    pub(super) dataclass: DataclassId,
    pub(super) records: Arc<Vec<RecordId>>,
    pub(super) ordered: bool,
    pub(super) class_name: Text,
}

impl SharedNative for SharedSelection {
    fn to_local(self: Arc<Self>) -> Rc<dyn Native> {
        Rc::new(Stored { shared: self, opened: OnceCell::new() })
    }

    fn class_name(&self) -> &str {
        &self.class_name
    }
}

/// A stored selection in the hands of a process: it becomes a selection of that process when it is first used.
struct Stored {
    shared: Arc<SharedSelection>,
    opened: OnceCell<Rc<Selection>>,
}

impl Stored {
    fn open(&self, scope: &mut dyn Scope) -> Rc<Selection> {
        let SharedSelection { dataclass, records, ordered, .. } = self.shared.as_ref();
        let opened = self.opened.get_or_init(|| {
            let context = Context::of(Process::of(scope));
            Selection::shareable(&context, *dataclass, Arc::clone(records), *ordered)
        });
        Rc::clone(opened)
    }
}

impl Native for Stored {
    fn class_name(&self) -> &str {
        &self.shared.class_name
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn get(self: Rc<Self>, scope: &mut dyn Scope, name: &str) -> Result<Value, ErrorStack> {
        self.open(scope).get(scope, name)
    }

    fn call(
        self: Rc<Self>,
        scope: &mut dyn Scope,
        name: &str,
        arguments: &[Value],
    ) -> Option<Result<Value, ErrorStack>> {
        self.open(scope).call(scope, name, arguments)
    }

    fn index(self: Rc<Self>, scope: &mut dyn Scope, index: &Value) -> Result<Value, ErrorStack> {
        self.open(scope).index(scope, index)
    }

    fn iteration_length(self: Rc<Self>, _scope: &mut dyn Scope) -> Option<Result<usize, ErrorStack>> {
        Some(Ok(self.shared.records.len()))
    }

    fn iteration_item(
        self: Rc<Self>,
        scope: &mut dyn Scope,
        index: usize,
    ) -> Result<Option<Value>, ErrorStack> {
        self.open(scope).iteration_item(scope, index)
    }

    fn copied(self: Rc<Self>, scope: &mut dyn Scope, shared: bool) -> Option<Result<Value, ErrorStack>> {
        self.open(scope).copied(scope, shared)
    }

    fn to_shared(&self) -> Option<Arc<dyn SharedNative>> {
        Some(Arc::clone(&self.shared) as Arc<dyn SharedNative>)
    }
}
