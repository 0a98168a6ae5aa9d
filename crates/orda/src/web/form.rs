//! `Web Form`: what code tells the page (`docs/API/WebFormClass.md`).

use std::any::Any;
use std::rc::Rc;

use tessera_values::{ErrorStack, Native, Scope, Value};

use crate::context::{Context, WebFormMessage};

/// `Web Form`: what it is told is kept and sent back with the answer.
pub(crate) struct WebForm {
    context: Rc<Context>,
}

impl WebForm {
    pub(crate) fn new(context: &Rc<Context>) -> Self {
        Self { context: Rc::clone(context) }
    }
}

impl Native for WebForm {
    fn class_name(&self) -> &'static str {
        "4D.WebForm"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    /// A component of the page, by its server reference.
    fn get(self: Rc<Self>, _scope: &mut dyn Scope, _name: &str) -> Result<Value, ErrorStack> {
        Ok(Value::Native(Rc::new(WebFormItem)))
    }

    fn call(
        self: Rc<Self>,
        _scope: &mut dyn Scope,
        name: &str,
        arguments: &[Value],
    ) -> Option<Result<Value, ErrorStack>> {
        let kind = match name {
            "setMessage" => "message",
            "setError" => "error",
            "setWarning" => "warning",
            // States belong to the page; without one they change nothing.
            "enableState" | "disableState" => return Some(Ok(Value::Undefined)),
            _ => return None,
        };
        let text = arguments.first().and_then(|text| text.as_text().cloned()).unwrap_or_default();
        self.context.add_message(WebFormMessage { kind, text });
        Some(Ok(Value::Undefined))
    }
}

/// A component (`docs/API/WebFormItemClass.md`). It belongs to the page; where there is none, nothing is shown or hidden.
struct WebFormItem;

impl Native for WebFormItem {
    fn class_name(&self) -> &'static str {
        "4D.WebFormItem"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn call(
        self: Rc<Self>,
        _scope: &mut dyn Scope,
        name: &str,
        _arguments: &[Value],
    ) -> Option<Result<Value, ErrorStack>> {
        matches!(name, "hide" | "show" | "addCSSClass" | "removeCSSClass").then_some(Ok(Value::Undefined))
    }
}
