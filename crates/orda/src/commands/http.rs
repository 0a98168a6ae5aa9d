//! `4D.HTTPRequest`: requests that code sends to other servers (`docs/API/HTTPRequestClass.md`).
//!
//! A request runs on a thread of its own from `new` on, so that code can send several and wait for them in turn.

use std::any::Any;
use std::rc::Rc;

use tessera_values::{ErrorStack, Native, Scope, Value};

mod exchange;
mod options;
mod request;

use options::Options;
use request::HttpRequest;

/// The class `4D.HTTPRequest`.
struct HttpRequestClass;

pub(super) fn class(name: &str) -> Option<Value> {
    (name == "HTTPRequest").then(|| Value::Native(Rc::new(HttpRequestClass)))
}

impl Native for HttpRequestClass {
    fn class_name(&self) -> &'static str {
        "4D.Class"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn get(self: Rc<Self>, _: &mut dyn Scope, name: &str) -> Result<Value, ErrorStack> {
        Ok(match name {
            "name" => Value::text("HTTPRequest"),
            "superclass" => tessera_vm::built_in_class("Object").unwrap_or(Value::Null),
            "isShared" | "isSingleton" | "isSessionSingleton" => Value::Boolean(false),
            _ => Value::Undefined,
        })
    }

    fn call(
        self: Rc<Self>,
        _: &mut dyn Scope,
        name: &str,
        arguments: &[Value],
    ) -> Option<Result<Value, ErrorStack>> {
        (name == "new").then(|| {
            let Some(Value::Text(url)) = arguments.first() else {
                return Err(ErrorStack::runtime("4D.HTTPRequest.new() needs a URL as its first parameter."));
            };
            let options = Options::read(url, arguments.get(1))?;
            Ok(Value::Native(Rc::new(HttpRequest::send(options)?)))
        })
    }

    fn is_same(&self, other: &dyn Native) -> bool {
        other.as_any().is::<Self>()
    }
}
