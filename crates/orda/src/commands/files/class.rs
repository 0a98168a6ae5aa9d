//! The classes `4D.File`, `4D.Folder` and `4D.FileHandle` as objects.

use std::any::Any;
use std::rc::Rc;

use tessera_values::{ErrorStack, Native, Scope, Value};
use tessera_vm::Process;

use super::document::Kind;
use crate::context::Context;

struct DocumentClass {
    name: &'static str,
    parent: &'static str,
    kind: Option<Kind>,
}

/// The class of a name, without `4D.`.
pub(super) fn find(name: &str) -> Option<Value> {
    let class = match name {
        "File" => DocumentClass { name: "File", parent: "Document", kind: Some(Kind::File) },
        "Folder" => DocumentClass { name: "Folder", parent: "Directory", kind: Some(Kind::Folder) },
        "FileHandle" => DocumentClass { name: "FileHandle", parent: "Object", kind: None },
        _ => return None,
    };
    Some(Value::Native(Rc::new(class)))
}

impl Native for DocumentClass {
    fn class_name(&self) -> &'static str {
        "4D.Class"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn get(self: Rc<Self>, _: &mut dyn Scope, name: &str) -> Result<Value, ErrorStack> {
        Ok(match name {
            "name" => Value::text(self.name),
            "superclass" => tessera_vm::built_in_class(self.parent).unwrap_or(Value::Null),
            "isShared" | "isSingleton" | "isSessionSingleton" => Value::Boolean(false),
            _ => Value::Undefined,
        })
    }

    fn call(
        self: Rc<Self>,
        scope: &mut dyn Scope,
        name: &str,
        arguments: &[Value],
    ) -> Option<Result<Value, ErrorStack>> {
        let kind = self.kind.filter(|_| name == "new")?;
        let context = Context::of(Process::of(scope));
        let path = arguments.first().cloned().unwrap_or_default();
        Some(super::make(&context, kind, &path))
    }

    fn is_same(&self, other: &dyn Native) -> bool {
        other.as_any().downcast_ref::<Self>().is_some_and(|other| other.name == self.name)
    }
}
