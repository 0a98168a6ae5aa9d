//! `Web Form`: what code tells the page it was called from (`docs/API/WebFormClass.md`). All of it is gathered and sent
//! with the answer; what the page is showing meanwhile, the server does not know.

use std::any::Any;
use std::rc::Rc;

use tessera_values::{ErrorStack, Native, Scope, Text, Value};

use crate::context::Context;

/// Changes that one answer carries at most.
const CHANGES_MAX: usize = 1000;

/// What code told the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageNews {
    /// The message to show; the last one counts.
    pub notification: Option<Notification>,
    /// The states to switch, each once, in the order in which they were switched last.
    pub states: Vec<StateChange>,
    /// What becomes of components, in the order it was said.
    pub items: Vec<ItemChange>,
}

/// A message for whoever looks at the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// `message`, `error` or `warning`.
    pub kind: &'static str,
    /// The text.
    pub text: Text,
}

/// A state to switch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateChange {
    /// The name of the state.
    pub state: Text,
    /// On or off.
    pub enabled: bool,
}

/// What becomes of a component (`docs/API/WebFormItemClass.md`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemChange {
    /// The component's server reference.
    pub item: Text,
    /// `hide`, `show`, `addCSSClass` or `removeCSSClass`.
    pub operation: &'static str,
    /// The CSS class.
    pub class: Option<Text>,
}

impl PageNews {
    /// Is there nothing to tell?
    pub fn is_empty(&self) -> bool {
        self.notification.is_none() && self.states.is_empty() && self.items.is_empty()
    }

    fn switch(&mut self, state: Text, enabled: bool) -> Result<(), ErrorStack> {
        self.states.retain(|change| change.state != state);
        self.has_room()?;
        self.states.push(StateChange { state, enabled });
        Ok(())
    }

    fn change(&mut self, change: ItemChange) -> Result<(), ErrorStack> {
        self.has_room()?;
        self.items.push(change);
        Ok(())
    }

    fn has_room(&self) -> Result<(), ErrorStack> {
        if self.states.len() + self.items.len() < CHANGES_MAX {
            return Ok(());
        }
        Err(ErrorStack::runtime(format!("A page can't be told of more than {CHANGES_MAX} changes at once.")))
    }
}

/// `Web Form`
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
    fn get(self: Rc<Self>, _scope: &mut dyn Scope, name: &str) -> Result<Value, ErrorStack> {
        Ok(Value::Native(Rc::new(WebFormItem { context: Rc::clone(&self.context), name: name.into() })))
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
            "enableState" | "disableState" => {
                let switched =
                    self.context.tell_page(|news| news.switch(text(arguments), name == "enableState"));
                return Some(switched.map(|()| Value::Undefined));
            }
            _ => return None,
        };
        let notification = Notification { kind, text: text(arguments) };
        self.context.tell_page(|news| news.notification = Some(notification));
        Some(Ok(Value::Undefined))
    }
}

/// A component of the page.
struct WebFormItem {
    context: Rc<Context>,
    name: Text,
}

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
        arguments: &[Value],
    ) -> Option<Result<Value, ErrorStack>> {
        let (operation, class) = match name {
            "hide" => ("hide", None),
            "show" => ("show", None),
            "addCSSClass" => ("addCSSClass", Some(text(arguments))),
            "removeCSSClass" => ("removeCSSClass", Some(text(arguments))),
            _ => return None,
        };
        let change = ItemChange { item: self.name.clone(), operation, class };
        Some(self.context.tell_page(|news| news.change(change)).map(|()| Value::Undefined))
    }
}

fn text(arguments: &[Value]) -> Text {
    arguments.first().and_then(|text| text.as_text().cloned()).unwrap_or_default()
}
